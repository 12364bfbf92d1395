// Draws the settings of the hosts of a lab, routes that refuse, and rules.
import type { Draw } from './draw.ts';
import type { Host, Lab } from './lab.ts';

/** Of one device or of all. */
const DEVICE_SETTINGS: readonly (readonly [name: string, ...values: number[]])[] = [
  ['rp_filter', 0, 1, 2],
  ['proxy_arp', 0, 1],
  ['proxy_arp_pvlan', 0, 1],
  ['arp_ignore', 0, 1, 2, 3, 8],
  ['arp_announce', 0, 1, 2],
  ['arp_filter', 0, 1],
  ['arp_accept', 0, 1, 2],
  ['accept_local', 0, 1],
  ['route_localnet', 0, 1],
  ['accept_source_route', 0, 1],
  ['drop_gratuitous_arp', 0, 1],
  ['drop_unicast_in_l2_multicast', 0, 1],
  ['accept_redirects', 0, 1],
  ['secure_redirects', 0, 1],
  ['forwarding', 0, 1],
  ['bc_forwarding', 0, 1],
  ['shared_media', 0, 1],
  ['promote_secondaries', 0, 1],
  ['ignore_routes_with_linkdown', 0, 1],
];

const HOST_SETTINGS: readonly (readonly [name: string, ...values: number[]])[] = [
  ['icmp_echo_ignore_all', 0, 1],
  ['icmp_echo_ignore_broadcasts', 0, 1],
  ['icmp_errors_use_inbound_ifaddr', 0, 1],
  ['ip_forward_use_pmtu', 0, 1],
  ['ip_no_pmtu_disc', 0, 1, 2, 3],
  ['ip_default_ttl', 1, 5, 64, 255],
  ['ip_forward_update_priority', 0, 1],
  ['ipfrag_max_dist', 0, 1, 64],
  ['ip_nonlocal_bind', 0, 1],
  ['fib_multipath_hash_policy', 0, 1, 2],
  ['route.min_pmtu', 552, 576, 1000],
];

/** A setting of a host, of one of its devices, or of all of them, as a line. */
export function drawSetting(draw: Draw, host: Host): string {
  const devices = ['all', ...host.others, ...host.ports.map(({ device }) => device)];
  const ofDevice = draw.chance(80);
  const [name, ...values] = draw.pick(ofDevice ? DEVICE_SETTINGS : HOST_SETTINGS);
  const key = ofDevice ? `conf.${draw.pick(devices)}.${name}` : name;
  return `ip netns exec ${host.name} sysctl -qw net.ipv4.${key}=${draw.pick(values)}`;
}

function drawHostSettings(draw: Draw, lab: Lab, host: Host): void {
  if (draw.chance(85)) lab.lines.push(`ip netns exec ${host.name} sysctl -qw net.ipv4.ip_forward=1`);
  for (let left = draw.pick([0, 0, 1, 2, 4]); left > 0; left--) lab.lines.push(drawSetting(draw, host));
}

/** Routes that refuse or lead astray, in the main table or in one that a rule names. */
function drawOddRoutes(draw: Draw, lab: Lab, host: Host): void {
  const table = draw.chance(30) ? ' table 77' : '';
  for (let left = draw.pick([0, 0, 1, 2]); left > 0; left--) {
    const target = `172.${16 + draw.int(0, 15)}.0.0/${draw.pick([12, 16, 24])}`;
    const type = draw.pick(['blackhole', 'unreachable', 'prohibit', 'throw']);
    lab.lines.push(
      `ip -n ${host.name} route replace ${type} ${target.replace(/^(172\.)\d+(.*\/12)$/, '$116$2')}${table}`,
    );
    lab.oddities.push(target.replace('.0.0/', '.0.7/').replace(/\/.*/, ''));
  }
  const port = draw.pick(host.ports);
  if (draw.chance(40))
    lab.lines.push(
      `ip -n ${host.name} route add default via ${port.peer.address} dev ${port.bridge || port.device}${table}`,
    );
  lab.lines.push(...(draw.chance(25) ? [drawRoute(draw, lab, host, table)] : []));
  if (table !== '') lab.lines.push(drawRule(draw, lab, host));
}

/** A way to some network that has a type of service, several next hops, or values for its packets. */
export function drawRoute(draw: Draw, lab: Lab, host: Host, table: string): string {
  const port = draw.pick(host.ports);
  const hop = `via ${port.peer.address} dev ${port.bridge || port.device}`;
  const network = draw.pick([
    `192.168.${draw.pick(lab.hosts).index}.0/${draw.pick([24, 25, 29])}`,
    `${draw.pick(draw.pick(lab.hosts).addresses)}/32`,
    `172.${16 + draw.int(0, 15)}.0.0/16`,
  ]);
  const way = draw.pick([
    // Which of the two it is nobody can tell from the frames: the hash has a seed of the kernel's.
    `nexthop ${hop} nexthop ${hop} weight ${draw.int(1, 5)}`,
    `nexthop ${hop} weight 3 nexthop ${hop} onlink`,
    `${hop} onlink`,
    `${hop} mtu ${draw.pick(['', 'lock '])}${draw.pick([552, 600, 1000, 1400])}`,
    `${hop} hoplimit ${draw.int(1, 255)}`,
    `${hop} src ${draw.pick(host.addresses)}`,
    `dev ${port.bridge || port.device} scope link`,
    hop,
  ]);
  const tos = draw.chance(30) ? `tos ${draw.pick(['0x10', '0x08', '0x04', '0x1c'])} ` : '';
  return `ip -n ${host.name} route replace ${tos}${network} ${way}${draw.chance(20) ? ' metric 3' : ''}${table}`;
}

export function drawRule(draw: Draw, lab: Lab, host: Host): string {
  const port = draw.pick(host.ports);
  const selector = draw.pick([
    'from all',
    `from ${draw.pick(draw.pick(lab.hosts).addresses)}`,
    `not from ${draw.pick(draw.pick(lab.hosts).addresses)}`,
    `iif ${port.device}`,
    `iif ${draw.pick(['lo', ...host.others])}`,
    `oif ${port.device}`,
    'to 192.168.0.0/16',
    'tos 0x10',
    'ipproto icmp',
    'ipproto udp dport 9',
    'fwmark 1',
  ]);
  const action = draw.pick([
    'lookup 77',
    'lookup 77',
    'lookup 77',
    `lookup main suppress_prefixlength ${draw.pick([0, 16, 24])}`,
    'goto 32766',
    'blackhole',
    'unreachable',
    'prohibit',
  ]);
  return `ip -n ${host.name} rule add ${selector} ${action} pref ${draw.int(100, 32000)}`;
}

export function drawSettings(draw: Draw, lab: Lab): void {
  for (const host of lab.hosts) {
    drawHostSettings(draw, lab, host);
    drawOddRoutes(draw, lab, host);
  }
}
