// The packet that a trace sends, as a local user would: a ping, a datagram, the first segment of a connection.
import { ANY, type Ipv4 } from '../addr/ipv4.ts';
import { type DatagramRequest, sendDatagram, sourceFor } from '../ip/socket.ts';
import type { Namespace } from '../netns/namespace.ts';
import { checksum, pseudoHeaderSum } from '../wire/checksum.ts';
import * as icmp from '../wire/icmp.ts';
import { IcmpType } from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import * as tcp from '../wire/tcp.ts';
import { TcpFlag } from '../wire/tcp.ts';
import * as udp from '../wire/udp.ts';
import type { ProbeProtocol } from './trace-types.ts';

export interface Probe {
  readonly protocol: ProbeProtocol;
  /** Bytes of data. */
  readonly size: number;
  readonly df: boolean;
  /** 0 for the sender's default. */
  readonly ttl: number;
  readonly sourcePort: number;
  readonly port: number;
}

const PROTOCOL_NUMBERS = {
  icmp: ip.IpProtocol.ICMP,
  udp: ip.IpProtocol.UDP,
  tcp: ip.IpProtocol.TCP,
} as const;
const HEADERS = { icmp: icmp.ICMP_HEADER, udp: udp.UDP_HEADER, tcp: tcp.TCP_HEADER } as const;

export const protocolNumber = (protocol: ProbeProtocol): number => PROTOCOL_NUMBERS[protocol];

/** Of the whole IPv4 packet. */
export const lengthOf = ({ protocol, size }: Probe): number => ip.IPV4_HEADER + HEADERS[protocol] + size;

/** TCP never lets its segments be fragmented on the way (tcp_v4_init_sock: IP_PMTUDISC_WANT). */
export const setsDf = ({ protocol, df }: Probe): boolean => df || protocol === 'tcp';

/** IP_PMTUDISC_DONT and IP_PMTUDISC_DO, what `ping -M dont` and `ping -M do` ask for. */
const DONT = 0;
const DO = 2;
const IDENTIFIER = 1;

/** Who speaks: the sender of the trace, or the one who answers. */
type Speaker = 'question' | 'answer';

/** The transport header with `size` bytes of data behind it. */
function payloadOf(probe: Probe, speaker: Speaker, source: Ipv4, destination: Ipv4): Uint8Array {
  const bytes = new Uint8Array(HEADERS[probe.protocol] + probe.size);
  for (let i = HEADERS[probe.protocol]; i < bytes.length; i++) bytes[i] = i & 0xff;
  const view = new DataView(bytes.buffer);
  if (probe.protocol === 'icmp') writeEcho(view, speaker);
  else if (probe.protocol === 'udp') writeUdp(view, probe, speaker, source, destination);
  else writeTcp(view, probe, speaker, source, destination);
  return bytes;
}

function writeEcho(view: DataView, speaker: Speaker): void {
  icmp.setType(view, 0, speaker === 'question' ? IcmpType.ECHO : IcmpType.ECHO_REPLY);
  view.setUint16(4, IDENTIFIER);
  view.setUint16(6, 1);
  icmp.setIcmpChecksum(view, 0, checksum(view, 0, view.byteLength));
}

const portsOf = (probe: Probe, speaker: Speaker): [number, number] =>
  speaker === 'question' ? [probe.sourcePort, probe.port] : [probe.port, probe.sourcePort];

function writeUdp(view: DataView, probe: Probe, speaker: Speaker, source: Ipv4, destination: Ipv4): void {
  const [from, to] = portsOf(probe, speaker);
  udp.write(view, 0, from, to, view.byteLength);
  const pseudo = pseudoHeaderSum(source, destination, ip.IpProtocol.UDP, view.byteLength);
  udp.setUdpChecksum(view, 0, checksum(view, 0, view.byteLength, pseudo) || 0xffff);
}

/** A SYN; as an answer a reset, to which nobody answers again. */
function writeTcp(view: DataView, probe: Probe, speaker: Speaker, source: Ipv4, destination: Ipv4): void {
  const [from, to] = portsOf(probe, speaker);
  const flags = speaker === 'question' ? TcpFlag.SYN : TcpFlag.RST | TcpFlag.ACK;
  tcp.write(view, 0, from, to, 1, speaker === 'question' ? 0 : 2, flags);
  const pseudo = pseudoHeaderSum(source, destination, ip.IpProtocol.TCP, view.byteLength);
  tcp.setTcpChecksum(view, 0, checksum(view, 0, view.byteLength, pseudo));
}

export interface Sending {
  readonly namespace: Namespace;
  /** ANY for the one that the route prefers. */
  readonly source: Ipv4;
  readonly destination: Ipv4;
  readonly speaker: Speaker;
  readonly trace: number;
}

/** The source address that the packet will have; ANY if there is no way to its destination. */
export function sourceOf(namespace: Namespace, source: Ipv4, destination: Ipv4): Ipv4 {
  if (source !== ANY) return source;
  const chosen = sourceFor(namespace, destination);
  return 'errno' in chosen ? ANY : chosen.source;
}

/** Answers of the kernel's own may be fragmented, but for resets (icmp_push_reply, ip_send_unicast_reply). */
const mustNotFragment = (probe: Probe, speaker: Speaker): boolean =>
  speaker === 'question' ? setsDf(probe) : probe.protocol === 'tcp';

/** Sends the packet; 0, or the errno of sendmsg(2). */
export function sendProbe(probe: Probe, sending: Sending): number {
  const { namespace, source, destination, speaker, trace } = sending;
  const answerHasNoData = speaker === 'answer' && probe.protocol === 'tcp';
  const request: DatagramRequest = {
    source,
    destination,
    protocol: PROTOCOL_NUMBERS[probe.protocol],
    pmtudisc: mustNotFragment(probe, speaker) ? DO : DONT,
    trace,
    payload: payloadOf(answerHasNoData ? { ...probe, size: 0 } : probe, speaker, source, destination),
  };
  if (probe.ttl !== 0 && speaker === 'question') request.ttl = probe.ttl;
  return sendTogether(namespace, request);
}

/** Pieces leave together, so that what is told of the cut comes before what is told of them. */
function sendTogether(namespace: Namespace, request: DatagramRequest): number {
  const { kernel } = namespace;
  const { softirqs } = kernel;
  kernel.softirqs = null;
  try {
    return sendDatagram(namespace, request);
  } finally {
    kernel.softirqs = softirqs;
  }
}
