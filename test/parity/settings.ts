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
];

function drawHostSettings(draw: Draw, lab: Lab, host: Host): void {
  const set = (name: string, value: number) =>
    lab.lines.push(`ip netns exec ${host.name} sysctl -qw net.ipv4.${name}=${value}`);
  if (draw.chance(85)) set('ip_forward', 1);
  const devices = ['all', ...host.others, ...host.ports.map(({ device }) => device)];
  for (let left = draw.pick([0, 0, 1, 2, 4]); left > 0; left--) {
    const [name, ...values] = draw.pick(DEVICE_SETTINGS);
    set(`conf.${draw.pick(devices)}.${name}`, draw.pick(values));
  }
  if (!draw.chance(25)) return;
  const [name, ...values] = draw.pick(HOST_SETTINGS);
  set(name, draw.pick(values));
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
  if (table === '') return;
  const selector = draw.pick([
    'from all',
    `from ${draw.pick(draw.pick(lab.hosts).addresses)}`,
    `iif ${port.device}`,
    'to 192.168.0.0/16',
    'tos 0x10',
  ]);
  const action = draw.pick(['lookup 77', 'lookup 77', 'lookup 77', 'blackhole', 'unreachable', 'prohibit']);
  lab.lines.push(`ip -n ${host.name} rule add ${selector} ${action} pref ${draw.int(100, 40000)}`);
}

export function drawSettings(draw: Draw, lab: Lab): void {
  for (const host of lab.hosts) {
    drawHostSettings(draw, lab, host);
    drawOddRoutes(draw, lab, host);
  }
}
