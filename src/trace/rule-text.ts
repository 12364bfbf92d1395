// A rule as `ip rule` prints it (print_rule in iproute2's ip/iprule.c), a space in the place of the tab.
import { formatIpv4, type Ipv4 } from '../addr/ipv4.ts';
import { protocolText, tableText, typeText } from '../admin/route-text.ts';
import { type Rule, RuleAction, Table } from '../fib/route.ts';
import { IpProtocol } from '../wire/ipv4.ts';

const ALL_BITS = 0xffffffff;
/** RTPROT_KERNEL: of the rules that every namespace begins with. */
const OF_KERNEL = 2;

/** `100: from all to 192.168.202.0/26 prohibit`. */
export function ruleText(rule: Rule): string {
  const words = [`${rule.priority}:`];
  if (rule.invert) words.push('not');
  words.push(...selectorWords(rule), ...actionWords(rule));
  if (rule.protocol !== 0 && rule.protocol !== OF_KERNEL) words.push(`proto ${protocolText(rule.protocol)}`);
  return words.join(' ');
}

function selectorWords(rule: Rule): string[] {
  const words = [rule.sourceLength === 0 ? 'from all' : `from ${endText(rule.source, rule.sourceLength)}`];
  if (rule.destinationLength !== 0) words.push(`to ${endText(rule.destination, rule.destinationLength)}`);
  if (rule.tos !== 0) words.push(`tos 0x${rule.tos.toString(16).padStart(2, '0')}`);
  if (rule.mark !== 0 || rule.markMask !== 0) words.push(`fwmark ${markText(rule)}`);
  if (rule.iif !== '') words.push(`iif ${rule.iif}`);
  if (rule.oif !== '') words.push(`oif ${rule.oif}`);
  if (rule.tunnelId !== 0) words.push(`tun_id ${rule.tunnelId}`);
  if (rule.uidRange !== null) words.push(`uidrange ${rule.uidRange.join('-')}`);
  if (rule.ipProtocol !== 0) words.push(`ipproto ${ipProtocolText(rule.ipProtocol)}`);
  words.push(...portWords('sport', rule.sourcePorts), ...portWords('dport', rule.destinationPorts));
  return words;
}

const endText = (address: Ipv4, length: number): string =>
  length === 32 ? formatIpv4(address) : `${formatIpv4(address)}/${length}`;

/** C's `%#x`. */
const hex = (value: number): string => (value === 0 ? '0' : `0x${(value >>> 0).toString(16)}`);

const markText = ({ mark, markMask }: Rule): string =>
  markMask >>> 0 === ALL_BITS ? hex(mark) : `${hex(mark)}/${hex(markMask)}`;

const OSPF = 89;
/** Of /etc/protocols, those that routers meet. */
const IP_PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [IpProtocol.ICMP, 'icmp'],
  [IpProtocol.IGMP, 'igmp'],
  [IpProtocol.IPIP, 'ipencap'],
  [IpProtocol.TCP, 'tcp'],
  [IpProtocol.UDP, 'udp'],
  [IpProtocol.GRE, 'gre'],
  [OSPF, 'ospf'],
]);

const ipProtocolText = (protocol: number): string => IP_PROTOCOLS.get(protocol) ?? `ipproto-${protocol}`;

function portWords(key: string, [first, last]: readonly [number, number]): string[] {
  if (first === 0 && last === 0) return [];
  return [first === last ? `${key} ${first}` : `${key} ${first}-${last}`];
}

function actionWords(rule: Rule): string[] {
  const words = rule.table === 0 ? [] : lookupWords(rule);
  if (rule.l3mdev) words.push('lookup [l3mdev-table]');
  if (rule.realms !== 0) words.push(`realms ${realmsText(rule.realms)}`);
  if (rule.action === RuleAction.GOTO) words.push(`goto ${rule.target}`);
  else if (rule.action === RuleAction.NOP) words.push('nop');
  else if (rule.action !== RuleAction.TO_TABLE) words.push(typeText(rule.action));
  return words;
}

const realmsText = (realms: number): string =>
  realms >>> 16 === 0 ? `${realms}` : `${realms >>> 16}/${realms & 0xffff}`;

function lookupWords({ table, suppressPrefixLength, suppressIfgroup }: Rule): string[] {
  const words = [`lookup ${table === Table.MAIN ? 'main' : tableText(table)}`];
  if (suppressPrefixLength !== -1) words.push(`suppress_prefixlength ${suppressPrefixLength}`);
  if (suppressIfgroup !== -1)
    words.push(`suppress_ifgroup ${suppressIfgroup === 0 ? 'default' : suppressIfgroup}`);
  return words;
}
