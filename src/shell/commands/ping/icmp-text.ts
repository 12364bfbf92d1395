// ping's words for ICMP messages (pr_icmph of iputils).
import { formatIpv4, type Ipv4 } from '../../../addr/ipv4.ts';

const UNREACHABLE: readonly string[] = [
  'Destination Net Unreachable',
  'Destination Host Unreachable',
  'Destination Protocol Unreachable',
  'Destination Port Unreachable',
  'Frag needed and DF set (mtu = %)',
  'Source Route Failed',
  'Destination Net Unknown',
  'Destination Host Unknown',
  'Source Host Isolated',
  'Destination Net Prohibited',
  'Destination Host Prohibited',
  'Destination Net Unreachable for Type of Service',
  'Destination Host Unreachable for Type of Service',
  'Packet filtered',
  'Precedence Violation',
  'Precedence Cutoff',
];

const REDIRECT: readonly string[] = [
  'Redirect Network',
  'Redirect Host',
  'Redirect Type of Service and Network',
  'Redirect Type of Service and Host',
];

const TIME_EXCEEDED: readonly string[] = ['Time to live exceeded', 'Frag reassembly time exceeded'];

const PLAIN: ReadonlyMap<number, string> = new Map([
  [0, 'Echo Reply'],
  [4, 'Source Quench'],
  [8, 'Echo Request'],
  [13, 'Timestamp'],
  [14, 'Timestamp Reply'],
  [15, 'Information Request'],
  [16, 'Information Reply'],
  [17, 'Address Mask Request'],
  [18, 'Address Mask Reply'],
]);

/**
 * The line about a message, without its newline. `info` is the MTU, the gateway of a redirect or the pointer of a
 * parameter problem; `nameOf` gives the gateway its name.
 */
export function icmpText(
  type: number,
  code: number,
  info: number,
  nameOf: (address: Ipv4) => string = formatIpv4,
): string {
  switch (type) {
    case 3:
      return UNREACHABLE[code]?.replace('%', String(info >>> 0)) ?? `Dest Unreachable, Bad Code: ${code}`;
    case 5:
      return `${REDIRECT[code] ?? `Redirect, Bad Code: ${code}`}(New nexthop: ${nameOf((info | 0) as Ipv4)})`;
    case 11:
      return TIME_EXCEEDED[code] ?? `Time exceeded, Bad Code: ${code}`;
    case 12:
      return `Parameter problem: pointer = ${info >>> 0}`;
    default:
      return PLAIN.get(type) ?? `Bad ICMP type: ${type}`;
  }
}
