// There is no TCP in the lab but what a program brings along: any other segment for us is answered with a reset, as a
// host without a listener answers (tcp_v4_send_reset; RFC 9293 section 3.10.7.1).
import { ANY } from '../addr/ipv4.ts';
import { Drop } from '../drop/reasons.ts';
import { FlowKey } from '../fib/flow.ts';
import { Mib } from '../netns/counters.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace, Socket } from '../netns/namespace.ts';
import { type Packet, PacketType } from '../packet/packet.ts';
import { checksum, pseudoHeaderSum } from '../wire/checksum.ts';
import * as ip from '../wire/ipv4.ts';
import * as tcp from '../wire/tcp.ts';
import type { OptionsFound } from './options.ts';
import { echoOptions } from './options-echo.ts';
import { RouteFlag, RouteResult } from './route.ts';
import { routeOutput } from './route-output.ts';
import { defaultTtl, pushHeader, pushHeaderWithOptions, sendOfSocket } from './send.ts';

/** TOS without ECN, which a reset does not take part in. */
const DSCP_MASK = 0xfc;

const route = new RouteResult();
const key = new FlowKey();

/** Takes a segment, `packet.head` at its header, and ends it. */
export function receiveTcp(
  namespace: Namespace,
  device: Device,
  packet: Packet,
  routeFlags: number,
  options: OptionsFound,
): void {
  const reason = check(packet);
  count(namespace, packet, reason);
  const socket = reason === Drop.TCP_NO_SOCKET ? listenerOf(namespace, packet) : undefined;
  if (socket !== undefined) {
    socket.receive(packet, device);
    namespace.kernel.consume(namespace, packet);
    return;
  }
  const toGroup = (routeFlags & (RouteFlag.BROADCAST | RouteFlag.MULTICAST)) !== 0;
  if (reason === Drop.TCP_NO_SOCKET && (routeFlags & RouteFlag.LOCAL) !== 0 && !toGroup)
    reset(namespace, device, packet, options);
  namespace.kernel.drop(namespace, packet, reason, device);
}

/** tcp_v4_rcv: what is not for us alone is not counted, what is cut off counts as no error. */
function count({ counters }: Namespace, packet: Packet, reason: number): void {
  if (reason === Drop.NO_SOCKET) return;
  counters.count(Mib.TcpInSegs);
  const isBadOffset =
    packet.length >= tcp.TCP_HEADER && tcp.headerLength(packet.view, packet.head) < tcp.TCP_HEADER;
  if (reason === Drop.TCP_CSUM) counters.count(Mib.TcpInCsumErrors);
  if (reason === Drop.TCP_CSUM || isBadOffset) counters.count(Mib.TcpInErrs);
}

const listenerOf = (namespace: Namespace, { view, head }: Packet): Socket | undefined =>
  namespace.tcpPorts.get(tcp.destinationPort(view, head));

function check(packet: Packet): number {
  const { view, head, network } = packet;
  if (packet.type !== PacketType.HOST) return Drop.NO_SOCKET;
  if (packet.length < tcp.TCP_HEADER || tcp.headerLength(view, head) < tcp.TCP_HEADER)
    return Drop.PKT_TOO_SMALL;
  if (packet.length < tcp.headerLength(view, head)) return Drop.PKT_TOO_SMALL;
  const pseudo = pseudoHeaderSum(
    ip.source(view, network),
    ip.destination(view, network),
    ip.IpProtocol.TCP,
    packet.length,
  );
  return checksum(view, head, packet.length, pseudo) === 0 ? Drop.TCP_NO_SOCKET : Drop.TCP_CSUM;
}

/** The answer has the options of the segment turned round (ip_send_unicast_reply). */
function reset(namespace: Namespace, device: Device, packet: Packet, options: OptionsFound): void {
  const { view, head, network } = packet;
  const flags = tcp.flags(view, head);
  if ((flags & tcp.TcpFlag.RST) !== 0) return;
  // Whether there is a way back or not.
  namespace.counters.count(Mib.TcpOutSegs);
  namespace.counters.count(Mib.TcpOutRsts);
  const echoed = echoOptions(namespace, packet, options);
  const destination = ip.source(view, network);
  const firstHop = echoed !== null && echoed.firstHop !== ANY ? echoed.firstHop : destination;
  key.ask(firstHop, ip.destination(view, network));
  key.tos = ip.tos(view, network) & 0x1e;
  key.protocol = ip.IpProtocol.TCP;
  key.oif = device.l3mdev?.index ?? 0;
  if (routeOutput(namespace, key, route) !== 0) return;
  const answer = answerTo(namespace, packet, flags);
  const { observer } = namespace.kernel;
  if (observer !== null) observer.step?.(namespace, packet, { kind: 'answered', made: answer });
  const tos = ip.tos(view, network) & DSCP_MASK;
  const ttl = defaultTtl(namespace, route);
  const { TCP } = ip.IpProtocol;
  if (echoed === null) pushHeader(answer, key.source, destination, TCP, tos, ttl, ip.DF, 0);
  else pushHeaderWithOptions(namespace, answer, echoed, key.source, destination, TCP, tos, ttl, ip.DF, 0);
  sendOfSocket(namespace, answer, route);
}

/** The reset itself, which has to name what the sender expects. */
function answerTo(namespace: Namespace, packet: Packet, flags: number): Packet {
  const { view, head, network } = packet;
  const answer = namespace.kernel.pool.alloc(tcp.TCP_HEADER);
  const at = answer.put(tcp.TCP_HEADER);
  const acknowledges = (flags & tcp.TcpFlag.ACK) !== 0;
  const next = tcp.sequence(view, head) + segmentLength(packet, flags);
  tcp.write(
    answer.view,
    at,
    tcp.destinationPort(view, head),
    tcp.sourcePort(view, head),
    acknowledges ? tcp.acknowledgement(view, head) : 0,
    acknowledges ? 0 : next >>> 0,
    tcp.TcpFlag.RST | (acknowledges ? 0 : tcp.TcpFlag.ACK),
  );
  const [source, destination] = [ip.destination(view, network), ip.source(view, network)];
  const pseudo = pseudoHeaderSum(source, destination, ip.IpProtocol.TCP, tcp.TCP_HEADER);
  tcp.setTcpChecksum(answer.view, at, checksum(answer.view, at, tcp.TCP_HEADER, pseudo));
  answer.trace = packet.trace;
  return answer;
}

/** SYN and FIN take a sequence number each. */
function segmentLength(packet: Packet, flags: number): number {
  const payload = packet.length - tcp.headerLength(packet.view, packet.head);
  return payload + ((flags & tcp.TcpFlag.SYN) !== 0 ? 1 : 0) + ((flags & tcp.TcpFlag.FIN) !== 0 ? 1 : 0);
}
