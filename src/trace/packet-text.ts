// A frame in a few words, for people: the packet that somebody sent, whatever tunnels it is in.
import { formatIpv4 } from '../addr/ipv4.ts';
import { formatMac } from '../addr/mac.ts';
import * as arp from '../wire/arp.ts';
import { ArpOp } from '../wire/arp.ts';
import * as ethernet from '../wire/ethernet.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as icmp from '../wire/icmp.ts';
import { IcmpType } from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import * as tcp from '../wire/tcp.ts';
import { TcpFlag } from '../wire/tcp.ts';
import * as udp from '../wire/udp.ts';
import { type Dissection, isArp } from './dissect.ts';

const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map([
  [ip.IpProtocol.ICMP, 'ICMP'],
  [ip.IpProtocol.IGMP, 'IGMP'],
  [ip.IpProtocol.IPIP, 'IPIP'],
  [ip.IpProtocol.TCP, 'TCP'],
  [ip.IpProtocol.UDP, 'UDP'],
  [ip.IpProtocol.IPV6, 'IPv6-in-IPv4'],
  [ip.IpProtocol.GRE, 'GRE'],
]);

export const protocolName = (protocol: number): string =>
  PROTOCOL_NAMES.get(protocol) ?? `protocol ${protocol}`;

const ETHERTYPE_LLDP = 0x88cc;
const ETHERTYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [EtherType.IPV6, 'IPv6'],
  [EtherType.VLAN, 'VLAN'],
  [EtherType.QINQ, '802.1ad VLAN'],
  [EtherType.LOOPBACK, 'Loopback'],
  [ETHERTYPE_LLDP, 'LLDP'],
]);
/** 01:80:c2:00:00:00, where bridges talk to each other (IEEE 802.1D). */
const MAC_STP = 0x0180c2000000;

/** Words for a frame that is neither ARP nor IPv4: `IPv6`, `STP`, `EtherType 0x88b5`. */
export function etherTypeText(view: DataView, link: number, type: number): string {
  const name = ETHERTYPE_NAMES.get(type);
  if (name !== undefined) return name;
  if (type >= ethernet.ETHERTYPE_MIN) return `EtherType 0x${type.toString(16).padStart(4, '0')}`;
  return link >= 0 && ethernet.destination(view, link) === MAC_STP ? 'STP' : '802.3';
}

/** `192.168.36.73 > 192.168.202.5 ICMP echo request, id 851, seq 1`, `ARP who-has 10.0.0.1 tell 10.0.0.2`. */
export function packetText(view: DataView, found: Dissection): string {
  if (found.etherType === EtherType.ARP) return arpText(view, found);
  if (found.etherType === EtherType.IPV4) return ipv4Text(view, found.network, found.end);
  return malformedOr(view, found);
}

function malformedOr(view: DataView, found: Dissection): string {
  if (found.link < 0) return found.network < view.byteLength ? 'malformed IPv4' : 'a packet of another form';
  if (view.byteLength - found.link < ethernet.ETHERNET_HEADER) return `a frame of ${view.byteLength} bytes`;
  const type = ethernet.etherType(view, found.link);
  if (type === EtherType.IPV4) return 'malformed IPv4';
  const [to, from] = [ethernet.destination(view, found.link), ethernet.source(view, found.link)];
  return `${formatMac(from)} > ${formatMac(to)} ${etherTypeText(view, found.link, type)}`;
}

function arpText(view: DataView, { network, end }: Dissection): string {
  if (!isArp(view, network, end)) return 'malformed ARP';
  const op = arp.operation(view, network);
  const sender = formatIpv4(arp.senderIp(view, network));
  if (op === ArpOp.REQUEST) return `ARP who-has ${formatIpv4(arp.targetIp(view, network))} tell ${sender}`;
  if (op === ArpOp.REPLY) return `ARP ${sender} is-at ${formatMac(arp.senderMac(view, network))}`;
  return `ARP operation ${op}`;
}

/** The IPv4 packet at `at`, whose header is whole. */
export function ipv4Text(view: DataView, at: number, end: number): string {
  const [from, to] = [formatIpv4(ip.source(view, at)), formatIpv4(ip.destination(view, at))];
  const protocol = ip.protocol(view, at);
  const field = ip.fragment(view, at);
  const offset = (field & ip.OFFSET_MASK) << 3;
  const body = at + ip.headerLength(view, at);
  if (offset !== 0)
    return `${from} > ${to} ${protocolName(protocol)} fragment at ${offset}, length ${end - body}`;
  const rest = transportText(view, protocol, body, end, from, to);
  return (field & ip.MF) !== 0 ? `${rest}, first fragment, length ${end - body}` : rest;
}

function transportText(
  view: DataView,
  protocol: number,
  at: number,
  end: number,
  from: string,
  to: string,
): string {
  const { ICMP, TCP, UDP } = ip.IpProtocol;
  if (protocol === ICMP && end - at >= icmp.ICMP_HEADER) return `${from} > ${to} ${icmpText(view, at, end)}`;
  if (protocol === UDP && end - at >= udp.UDP_HEADER)
    return `${from}.${udp.sourcePort(view, at)} > ${to}.${udp.destinationPort(view, at)} UDP, length ${end - at - udp.UDP_HEADER}`;
  if (protocol === TCP && end - at >= tcp.TCP_HEADER)
    return `${from}.${tcp.sourcePort(view, at)} > ${to}.${tcp.destinationPort(view, at)} TCP ${tcpText(view, at, end)}`;
  return `${from} > ${to} ${protocolName(protocol)}, length ${end - at}`;
}

const TCP_FLAGS: readonly (readonly [bit: number, letter: string])[] = [
  [TcpFlag.FIN, 'F'],
  [TcpFlag.SYN, 'S'],
  [TcpFlag.RST, 'R'],
  [TcpFlag.PSH, 'P'],
  [TcpFlag.ACK, '.'],
  [TcpFlag.URG, 'U'],
];

function tcpText(view: DataView, at: number, end: number): string {
  const bits = tcp.flags(view, at);
  const letters = TCP_FLAGS.filter(([bit]) => (bits & bit) !== 0).map(([, letter]) => letter);
  const length = Math.max(0, end - at - tcp.headerLength(view, at));
  return `[${letters.join('') || 'none'}], seq ${tcp.sequence(view, at)}, length ${length}`;
}

const UNREACHABLE: readonly string[] = [
  'net unreachable',
  'host unreachable',
  'protocol unreachable',
  'port unreachable',
  'fragmentation needed',
  'source route failed',
];

function icmpText(view: DataView, at: number, end: number): string {
  const type = icmp.type(view, at);
  const numbers = `, id ${icmp.identifier(view, at)}, seq ${icmp.sequence(view, at)}`;
  if (type === IcmpType.ECHO) return `ICMP echo request${numbers}`;
  if (type === IcmpType.ECHO_REPLY) return `ICMP echo reply${numbers}`;
  if (!icmp.isError(type)) return `ICMP type ${type}, length ${end - at}`;
  return `ICMP ${icmpErrorText(view, at)}${aboutText(view, at + icmp.ICMP_HEADER, end)}`;
}

/** `fragmentation needed, mtu 1460`, of the ICMP error at `at`. */
export function icmpErrorText(view: DataView, at: number): string {
  const [type, code] = [icmp.type(view, at), icmp.code(view, at)];
  if (type === IcmpType.TIME_EXCEEDED)
    return code === icmp.TimeExceededCode.TTL ? 'time exceeded' : 'reassembly time exceeded';
  if (type === IcmpType.REDIRECT) return `redirect to ${formatIpv4(icmp.rest(view, at) as never)}`;
  if (type === IcmpType.PARAMETER_PROBLEM) return 'parameter problem';
  if (type === IcmpType.SOURCE_QUENCH) return 'source quench';
  if (code === icmp.UnreachableCode.FILTERED) return 'administratively prohibited';
  const words = UNREACHABLE[code] ?? `unreachable, code ${code}`;
  return code === icmp.UnreachableCode.FRAGMENTATION_NEEDED
    ? `${words}, mtu ${icmp.nextHopMtu(view, at)}`
    : words;
}

function aboutText(view: DataView, quoted: number, end: number): string {
  if (end - quoted < ip.IPV4_HEADER) return '';
  return ` (about ${formatIpv4(ip.source(view, quoted))} > ${formatIpv4(ip.destination(view, quoted))})`;
}
