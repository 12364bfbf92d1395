// EtherTypes by the names that tcpdump prints (ethertype_values in print-ether.c).
import { hex4, type Tokens, token } from './tokens.ts';

export const ETHERTYPE = {
  IPV4: 0x0800,
  ARP: 0x0806,
  TRAIL: 0x1000,
  TEB: 0x6558,
  REVARP: 0x8035,
  VLAN: 0x8100,
  IPV6: 0x86dd,
  QINQ: 0x88a8,
  JUMBO: 0x8870,
  LOOPBACK: 0x9000,
  VLAN_9100: 0x9100,
  VLAN_9200: 0x9200,
} as const;

/** Up to here the field is the length of an 802.3 frame (MAX_ETHERNET_LENGTH_VAL). */
export const LENGTH_MAX = 1500;

export const ETHERTYPE_NAMES: Tokens = new Map([
  [0x00fe, 'GRE-OSI'],
  [0x0200, 'PUP'],
  [0x0500, 'Sprite'],
  [0x0600, 'NS'],
  [0x0707, 'GeoNet (old)'],
  [0x0800, 'IPv4'],
  [0x0806, 'ARP'],
  [0x1000, 'Trail'],
  [0x1111, 'CALM FAST'],
  [0x6001, 'MOP DL'],
  [0x6002, 'MOP RC'],
  [0x6003, 'DN'],
  [0x6004, 'LAT'],
  [0x6007, 'SCA'],
  [0x6558, 'TEB'],
  [0x8035, 'Reverse ARP'],
  [0x8038, 'Lanbridge'],
  [0x803c, 'DEC DNS'],
  [0x803e, 'DEC DTS'],
  [0x805b, 'VEXP'],
  [0x805c, 'VPROD'],
  [0x809b, 'Appletalk'],
  [0x80f3, 'Appletalk ARP'],
  [0x8100, '802.1Q'],
  [0x8137, 'IPX'],
  [0x86dd, 'IPv6'],
  [0x8808, 'MPCP'],
  [0x8809, 'Slow Protocols'],
  [0x880b, 'PPP'],
  [0x8847, 'MPLS unicast'],
  [0x8848, 'MPLS multicast'],
  [0x8863, 'PPPoE D'],
  [0x8864, 'PPPoE S'],
  [0x886f, 'MS NLB heartbeat'],
  [0x8870, 'Jumbo'],
  [0x888e, 'EAPOL'],
  [0x8899, 'Realtek protocols'],
  [0x88a2, 'AoE'],
  [0x88a8, '802.1Q-QinQ'],
  [0x88ca, 'TIPC'],
  [0x88cc, 'LLDP'],
  [0x88e5, '802.1AE MACsec'],
  [0x88f7, 'PTP'],
  [0x8902, 'CFM'],
  [0x893a, 'IEEE1905.1'],
  [0x8947, 'GeoNet'],
  [0x894f, 'NSH'],
  [0x9000, 'Loopback'],
  [0x9100, '802.1Q-9100'],
  [0x9200, '802.1Q-9200'],
  [0xabcd, 'CFM (old)'],
  [0xd28b, 'Arista Vendor Specific Protocol'],
  [0xfefe, 'OSI'],
]);

/** `ethertype IPv4 (0x0800)`, with -q `IPv4`. */
export function etherTypeWords(type: number, quiet: boolean): string {
  if (quiet) return token(ETHERTYPE_NAMES, type, `Unknown Ethertype (0x${hex4(type)})`);
  return `ethertype ${token(ETHERTYPE_NAMES, type, 'Unknown')} (0x${hex4(type)})`;
}

/** `vlan 5, p 0`, from the tag control information of 802.1Q. */
export const vlanWords = (tci: number): string =>
  `vlan ${tci & 0xfff}, p ${tci >>> 13}${(tci & 0x1000) !== 0 ? ', DEI' : ''}`;
