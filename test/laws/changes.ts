// Draws one administrative change of a lab, as the line that a user would type: whatever may be asked, at any time.
import type { Draw } from '../parity/draw.ts';
import type { Host, Lab } from '../parity/lab.ts';

/** Devices besides those that the lab came with, made and deleted by changes. */
const MADE = ['x0', 'x1', 'x2', 'x3'];
const TABLES = ['', '', '', ' table 77', ' table local'];
const MTUS = [68, 576, 600, 1280, 1400, 1500, 9000, 65535];
const GROUPS = ['224.0.0.9', '239.1.1.1'];

/** What a change is drawn from: the lab, and a host of it. */
interface Scope {
  readonly draw: Draw;
  readonly lab: Lab;
  readonly host: Host;
}

type Template = (scope: Scope) => string;

const device = ({ draw, host }: Scope): string =>
  draw.pick([...host.ports.map((port) => port.device), ...host.others, ...MADE]);
const otherHost = ({ draw, lab }: Scope): string => draw.pick(lab.hosts).name;
const address = ({ draw, lab, host }: Scope): string =>
  draw.chance(30)
    ? draw.pick(host.addresses)
    : draw.chance(50)
      ? draw.pick(draw.pick(lab.hosts).addresses)
      : `10.${draw.int(0, 3)}.0.${draw.pick([0, 1, 2, 3, 255])}`;
const prefix = (scope: Scope): string => `${address(scope)}/${scope.draw.pick([0, 8, 24, 30, 31, 32])}`;
const hardware = ({ draw, host }: Scope): string =>
  draw.pick([...host.ports.flatMap((port) => [port.mac, port.peer.mac]), '02:00:00:00:77:07']);
const gateway = ({ draw, host }: Scope): string => {
  const { device, peer, bridge } = draw.pick(host.ports);
  return `via ${peer.address} dev ${bridge || device}`;
};
const network = ({ draw, lab, host }: Scope): string =>
  draw.pick([
    'default',
    `192.168.${draw.pick(lab.hosts).index}.0/24`,
    '172.16.0.0/12',
    draw.pick(host.addresses),
  ]);

const ip = (scope: Scope, words: string): string => `ip -n ${scope.host.name} ${words}`;
const bridge = (scope: Scope, words: string): string => `bridge -n ${scope.host.name} ${words}`;
const sysctl = (scope: Scope, words: string): string =>
  `ip netns exec ${scope.host.name} sysctl -qw net.ipv4.${words}`;

const LINK_WORDS: readonly Template[] = [
  () => 'up',
  () => 'up',
  () => 'down',
  () => 'promisc on',
  () => 'arp off',
  () => 'arp on',
  () => 'multicast off',
  () => 'nomaster',
  () => 'master br0',
  ({ draw }) => `master ${draw.pick(MADE)}`,
  ({ draw }) => `mtu ${draw.pick(MTUS)}`,
  (scope) => `address ${hardware(scope)}`,
  (scope) => `netns ${otherHost(scope)}`,
  ({ draw }) => `name ${draw.pick(MADE)}`,
];

const KIND_WORDS: readonly Template[] = [
  () => 'dummy',
  () => 'bridge',
  () => 'bridge stp_state 1',
  (scope) => `veth peer name ${scope.draw.pick(MADE)} netns ${otherHost(scope)}`,
  (scope) => `ipip local ${address(scope)} remote ${address(scope)}`,
  (scope) => `vxlan id ${scope.draw.int(1, 9)} dstport 4789 remote ${address(scope)}`,
  (scope) =>
    `vxlan id ${scope.draw.int(1, 9)} dstport 0 group ${scope.draw.pick(GROUPS)} dev ${device(scope)}`,
  (scope) => `vxlan id ${scope.draw.int(1, 9)} dstport 4789 local ${address(scope)} proxy`,
];

const SETTINGS: readonly (readonly [name: string, ...values: number[]])[] = [
  ['ip_forward', 0, 1],
  ['conf.all.rp_filter', 0, 1, 2],
  ['conf.all.proxy_arp', 0, 1],
  ['conf.all.accept_redirects', 0, 1],
  ['conf.all.promote_secondaries', 0, 1],
  ['conf.all.route_localnet', 0, 1],
  ['ip_no_pmtu_disc', 0, 1],
  ['ip_default_ttl', 1, 2, 64],
  ['ipfrag_time', 1, 30],
  ['ipfrag_low_thresh', 0, 1000],
  ['ipfrag_high_thresh', 1000, 4194304],
  ['ipfrag_max_dist', 0, 1, 64],
  ['icmp_ratelimit', 0, 1000],
];

/** Those of neighbours are of devices, or of the whole machine. */
const NEIGHBOUR_SETTINGS: readonly (readonly [name: string, ...values: number[]])[] = [
  ['unres_qlen_bytes', 0, 2000, 212992],
  ['mcast_solicit', 0, 1, 3],
  ['proxy_delay', 0, 80],
  ['retrans_time_ms', 10, 1000],
];

/** Requests that may be made again without more coming of it. */
const REPLACEMENTS: readonly Template[] = [
  (scope) => ip(scope, `address replace ${prefix(scope)} dev ${device(scope)}`),
  (scope) => ip(scope, `address replace ${address(scope)} peer ${prefix(scope)} dev ${device(scope)}`),
  (scope) => ip(scope, `route replace ${network(scope)} ${gateway(scope)}${scope.draw.pick(TABLES)}`),
  (scope) => ip(scope, `route replace ${network(scope)} dev ${device(scope)}${scope.draw.pick(TABLES)}`),
  (scope) =>
    ip(
      scope,
      `route replace ${network(scope)} nexthop ${gateway(scope)} nexthop ${gateway(scope)} weight ${scope.draw.int(1, 4)}`,
    ),
  (scope) =>
    ip(
      scope,
      `route replace ${scope.draw.pick(['blackhole', 'unreachable', 'prohibit', 'throw'])} ${network(scope)} metric ${scope.draw.int(0, 2)}`,
    ),
  (scope) =>
    ip(scope, `neigh replace ${address(scope)} lladdr ${hardware(scope)} dev ${device(scope)} nud permanent`),
  (scope) => ip(scope, `neigh replace proxy ${address(scope)} dev ${device(scope)}`),
  (scope) =>
    bridge(
      scope,
      `fdb replace ${hardware(scope)} dev ${device(scope)} ${scope.draw.pick(['self', 'master', `dst ${address(scope)}`])} static`,
    ),
  (scope) => ip(scope, `link set ${device(scope)} mtu ${scope.draw.pick(MTUS)}`),
  (scope) => ip(scope, `link set ${device(scope)} ${scope.draw.pick(['up', 'down', 'nomaster'])}`),
];

const CHANGES: readonly Template[] = [
  ...REPLACEMENTS,
  (scope) => ip(scope, `link set ${device(scope)} ${scope.draw.pick(LINK_WORDS)(scope)}`),
  (scope) => ip(scope, `link set ${device(scope)} ${scope.draw.pick(LINK_WORDS)(scope)}`),
  (scope) => ip(scope, `link add ${scope.draw.pick(MADE)} type ${scope.draw.pick(KIND_WORDS)(scope)}`),
  (scope) => ip(scope, `link add ${scope.draw.pick(MADE)} up type ${scope.draw.pick(KIND_WORDS)(scope)}`),
  (scope) => ip(scope, `link del ${device(scope)}`),
  (scope) => ip(scope, `address del ${prefix(scope)} dev ${device(scope)}`),
  (scope) => ip(scope, `address flush dev ${device(scope)}`),
  (scope) => ip(scope, `address add ${prefix(scope)} dev ${device(scope)} valid_lft 3 preferred_lft 1`),
  (scope) => ip(scope, `route del ${network(scope)}${scope.draw.pick(TABLES)}`),
  (scope) => ip(scope, `route append ${network(scope)} ${gateway(scope)} onlink`),
  (scope) => ip(scope, `route flush ${scope.draw.pick(['table main', 'table local', 'cache'])}`),
  (scope) => ip(scope, `neigh flush ${scope.draw.pick(['all', `dev ${device(scope)}`])}`),
  (scope) => ip(scope, `neigh del ${address(scope)} dev ${device(scope)}`),
  (scope) =>
    ip(
      scope,
      `rule ${scope.draw.pick(['add', 'del'])} from ${address(scope)} ${scope.draw.pick(['lookup 77', 'blackhole', 'unreachable', 'goto 32766'])} pref 100`,
    ),
  (scope) => ip(scope, `rule ${scope.draw.pick(['add', 'del'])} iif ${device(scope)} lookup 77 pref 200`),
  (scope) => ip(scope, `rule del pref ${scope.draw.pick([0, 32766, 32767])}`),
  (scope) =>
    bridge(
      scope,
      `fdb ${scope.draw.pick(['append', 'del'])} 00:00:00:00:00:00 dev ${device(scope)} dst ${address(scope)}`,
    ),
  (scope) => bridge(scope, `fdb flush dev ${device(scope)}`),
  (scope) =>
    bridge(
      scope,
      `link set dev ${device(scope)} ${scope.draw.pick(['hairpin on', 'state 0', 'state 3', 'flood off', 'isolated on'])}`,
    ),
  (scope) => {
    const [name, ...values] = scope.draw.pick(SETTINGS);
    return sysctl(scope, `${name}=${scope.draw.pick(values)}`);
  },
  (scope) => {
    const [name, ...values] = scope.draw.pick(NEIGHBOUR_SETTINGS);
    return sysctl(scope, `neigh.${device(scope)}.${name}=${scope.draw.pick(values)}`);
  },
  (scope) => sysctl(scope, `conf.${device(scope)}.forwarding=${scope.draw.int(0, 1)}`),
  (scope) =>
    `ip netns exec ${scope.host.name} ping -c 1 -W 0.1 -s ${scope.draw.pick([0, 56, 1473, 4000])} ${address(scope)}`,
];

/** What concerns the whole machine: seldom, for little is left behind. */
const UPHEAVALS: readonly Template[] = [
  ({ host }) => `ip netns del ${host.name}`,
  ({ host }) => `ip netns add ${host.name}`,
  () => 'modprobe -r ipip',
  () => 'modprobe ipip',
];

const draws =
  (from: readonly Template[]) =>
  (draw: Draw, lab: Lab): string =>
    draw.pick(from)({ draw, lab, host: draw.pick(lab.hosts) });

export const drawReplacement = draws(REPLACEMENTS);

export function drawChange(draw: Draw, lab: Lab): string {
  return draws(draw.chance(6) ? UPHEAVALS : CHANGES)(draw, lab);
}
