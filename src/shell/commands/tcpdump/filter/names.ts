// Names in filter expressions: ports, protocols, EtherTypes.
import { TCP_SERVICES, UDP_SERVICES } from '../services.ts';

export const IP_PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['ip', 0],
  ['hopopt', 0],
  ['icmp', 1],
  ['igmp', 2],
  ['ggp', 3],
  ['ipencap', 4],
  ['st', 5],
  ['tcp', 6],
  ['egp', 8],
  ['igp', 9],
  ['pup', 12],
  ['udp', 17],
  ['dccp', 33],
  ['ipv6', 41],
  ['ipv6-route', 43],
  ['ipv6-frag', 44],
  ['rsvp', 46],
  ['gre', 47],
  ['esp', 50],
  ['ah', 51],
  ['ipv6-icmp', 58],
  ['ipv6-nonxt', 59],
  ['ipv6-opts', 60],
  ['eigrp', 88],
  ['ospf', 89],
  ['ipip', 94],
  ['etherip', 97],
  ['encap', 98],
  ['pim', 103],
  ['ipcomp', 108],
  ['vrrp', 112],
  ['l2tp', 115],
  ['sctp', 132],
  ['udplite', 136],
]);

/** EtherTypes by name; libpcap knows some more that it looks for behind LLC. */
export const ETHER_PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['pup', 0x0200],
  ['xns', 0x0600],
  ['ip', 0x0800],
  ['arp', 0x0806],
  ['mopdl', 0x6001],
  ['moprc', 0x6002],
  ['decnet', 0x6003],
  ['lat', 0x6004],
  ['sca', 0x6007],
  ['rarp', 0x8035],
  ['vexp', 0x805b],
  ['vprod', 0x805c],
  ['ip6', 0x86dd],
  ['loopback', 0x9000],
]);

const TCP = 6;
const UDP = 17;

/** Second names of /etc/services that people use. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['www', 'http'],
  ['mail', 'smtp'],
]);

const portOf = (table: ReadonlyMap<number, string>, name: string): number => {
  for (const [port, service] of table) if (service === name) return port;
  return -1;
};

/** A service's port and IP protocol, 0 if it is both TCP's and UDP's; null if there is none. */
export function servicePort(text: string): { port: number; protocol: number } | null {
  const name = ALIASES.get(text) ?? text;
  const tcp = portOf(TCP_SERVICES, name);
  const udp = portOf(UDP_SERVICES, name);
  if (tcp < 0 && udp < 0) return null;
  if (tcp < 0) return { port: udp, protocol: UDP };
  return { port: tcp, protocol: tcp === udp ? 0 : TCP };
}
