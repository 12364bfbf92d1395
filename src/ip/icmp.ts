// ICMP received for us: echo and timestamp are answered, errors go to whom they concern (net/ipv4/icmp.c).
import { ANY, type Ipv4, ipv4, isZeronet } from '../addr/ipv4.ts';
import { Drop, type DropReason } from '../drop/reasons.ts';
import { FlowKey } from '../fib/flow.ts';
import { RouteType, Scope } from '../fib/route.ts';
import type { NamespaceConf } from '../netns/conf.ts';
import { Mib } from '../netns/counters.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace, Socket } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import { checksum } from '../wire/checksum.ts';
import * as icmp from '../wire/icmp.ts';
import { IcmpType, UnreachableCode } from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import * as udp from '../wire/udp.ts';
import * as vxlan from '../wire/vxlan.ts';
import { selectAddress } from './devinet.ts';
import type { OptionsFound } from './options.ts';
import { echoOptions } from './options-echo.ts';
import { learnFromIcmp, learnRedirect } from './path-mtu.ts';
import { isLimited, withinGlobalLimit, withinRateLimit } from './peers.ts';
import { ROUTING_TOS, RouteFlag, RouteResult } from './route.ts';
import { routeOutput } from './route-output.ts';
import {
  defaultTtl,
  millisecondsToday,
  nextIdentification,
  pushHeaderWithOptions,
  sendOfSocket,
} from './send.ts';
import { hearsErrorAt } from './socket-device.ts';
import { rememberTunnelError } from './tunnel-error.ts';
import { ipipDeviceFor, isVxlanPort, vxlanDeviceFor } from './tunnel-lookup.ts';

/** What a handler ends with: the packet did its work. Any other value is the reason why it did not. */
const DONE = -1;
const HIGHEST_TYPE = 18;
/** PROBE (RFC 8335): a handler each, and icmp_echo_enable_probe is off; nobody here waits for the answers. */
const EXTENDED_ECHO = 42;
const EXTENDED_ECHO_REPLY = 43;
const HIGHEST_UNREACHABLE_CODE = 15;
const TIMESTAMP_LENGTH = 20;

const route = new RouteResult();
const key = new FlowKey();

/** Takes an ICMP message, `packet.head` at its header, and ends the packet. */
export function receiveIcmp(
  namespace: Namespace,
  device: Device,
  packet: Packet,
  routeFlags: number,
  options: OptionsFound,
): void {
  const reason = handle(namespace, device, packet, routeFlags, options);
  if (reason === DONE) namespace.kernel.consume(namespace, packet);
  else namespace.kernel.drop(namespace, packet, reason, device);
}

/** What icmp_rcv refuses whatever it is about; DONE for nothing. */
function check({ counters, conf }: Namespace, packet: Packet, routeFlags: number): DropReason {
  const { view, head } = packet;
  counters.count(Mib.IcmpInMsgs);
  if (checksum(view, head, packet.length) !== 0) {
    counters.count(Mib.IcmpInCsumErrors);
    return Drop.ICMP_CSUM;
  }
  if (packet.length < icmp.ICMP_HEADER) return Drop.NOT_SPECIFIED;
  const type = icmp.type(view, head);
  counters.countIcmpIn(type);
  if (type === EXTENDED_ECHO || type === EXTENDED_ECHO_REPLY) return DONE;
  if (type > HIGHEST_TYPE) return Drop.UNHANDLED_PROTO;
  const toGroup = (routeFlags & (RouteFlag.BROADCAST | RouteFlag.MULTICAST)) !== 0;
  return toGroup && !allowedToGroup(conf, type) ? Drop.INVALID_PROTO : DONE;
}

function handle(
  namespace: Namespace,
  device: Device,
  packet: Packet,
  routeFlags: number,
  options: OptionsFound,
): DropReason {
  const fault = check(namespace, packet, routeFlags);
  if (fault !== DONE) {
    namespace.counters.count(Mib.IcmpInErrors);
    return fault;
  }
  const type = icmp.type(packet.view, packet.head);
  switch (type) {
    case IcmpType.ECHO:
      if (namespace.conf.icmp_echo_ignore_all === 0)
        reply(namespace, device, packet, routeFlags, options, IcmpType.ECHO_REPLY);
      return DONE;
    case IcmpType.TIMESTAMP:
      return receiveTimestamp(namespace, device, packet, routeFlags, options);
    case IcmpType.UNREACHABLE:
    case IcmpType.TIME_EXCEEDED:
    case IcmpType.PARAMETER_PROBLEM:
    case IcmpType.SOURCE_QUENCH:
    case IcmpType.REDIRECT:
      return receiveError(namespace, device, packet, type);
    default:
      return DONE;
  }
}

/** RFC 1122 sections 3.2.2.6 and 3.2.2.8. */
function allowedToGroup(conf: NamespaceConf, type: number): boolean {
  if (type === IcmpType.ECHO || type === IcmpType.TIMESTAMP) return conf.icmp_echo_ignore_broadcasts === 0;
  return type === IcmpType.ADDRESS_MASK || type === IcmpType.ADDRESS_MASK_REPLY;
}

function receiveTimestamp(
  namespace: Namespace,
  device: Device,
  packet: Packet,
  routeFlags: number,
  options: OptionsFound,
): DropReason {
  if (packet.length < icmp.ICMP_HEADER + 4) {
    namespace.counters.count(Mib.IcmpInErrors);
    return Drop.PKT_TOO_SMALL;
  }
  reply(namespace, device, packet, routeFlags, options, IcmpType.TIMESTAMP_REPLY);
  return DONE;
}

/** The address that a packet should be answered from (fib_compute_spec_dst). */
export function answerFrom(namespace: Namespace, device: Device, packet: Packet, routeFlags: number): Ipv4 {
  const { view, network } = packet;
  const groups = RouteFlag.BROADCAST | RouteFlag.MULTICAST;
  if ((routeFlags & RouteFlag.LOCAL) !== 0 && (routeFlags & groups) === 0)
    return ip.destination(view, network);
  const sender = ip.source(view, network);
  if (isZeronet(sender)) return selectAddress(namespace, device, sender, Scope.LINK);
  key.ask(sender, ANY);
  key.l3mdev = device.l3mdev?.index ?? 0;
  key.tos = ip.tos(view, network) & ROUTING_TOS;
  if (namespace.fib.lookup(key) === 0)
    return namespace.fib.preferredSource(namespace.fib.route!, namespace.fib.nextHop!);
  return selectAddress(namespace, device, sender, Scope.UNIVERSE);
}

/** icmp_reply: the same message with another type, sent back to where the packet came from. */
function reply(
  namespace: Namespace,
  device: Device,
  packet: Packet,
  routeFlags: number,
  options: OptionsFound,
  type: number,
): void {
  const { view, network } = packet;
  const limited = isLimited(namespace, type, 0);
  if (limited && !withinGlobalLimit(namespace)) return;
  const echoed = echoOptions(namespace, packet, options);
  const source = answerFrom(namespace, device, packet, routeFlags);
  const destination = ip.source(view, network);
  const tos = ip.tos(view, network);
  key.ask(echoed !== null && echoed.firstHop !== ANY ? echoed.firstHop : destination, source);
  key.oif = device.l3mdev?.index ?? 0;
  key.tos = tos & 0x1e;
  key.mark = namespace.conf.fwmark_reflect !== 0 ? packet.mark : 0;
  key.protocol = ip.IpProtocol.ICMP;
  if (routeOutput(namespace, key, route) !== 0) return;
  if (limited && !withinRateLimit(namespace, route.device, key.destination)) return;
  const message =
    type === IcmpType.TIMESTAMP_REPLY ? timestampReply(namespace, packet) : copyMessage(namespace, packet);
  icmp.setType(message.view, message.head, type);
  fillIcmpChecksum(message);
  message.mark = key.mark;
  message.trace = packet.trace;
  const { observer } = namespace.kernel;
  if (observer !== null) observer.step?.(namespace, packet, { kind: 'answered', made: message });
  message.ignoreDf = true;
  const ttl = defaultTtl(namespace, route);
  const id = nextIdentification(namespace);
  const { ICMP } = ip.IpProtocol;
  pushHeaderWithOptions(namespace, message, echoed, key.source, destination, ICMP, tos, ttl, 0, id);
  // Whatever the answer is, it is counted as an echo reply: its type is asked of the route, which has none (__ip_make_skb).
  namespace.counters.countIcmpOut(IcmpType.ECHO_REPLY);
  sendOfSocket(namespace, message, route);
}

/** An echo reply is the request with another type: the code stays too, whatever it is. */
function copyMessage(namespace: Namespace, packet: Packet): Packet {
  const message = namespace.kernel.pool.alloc(packet.length);
  message.bytes.set(packet.data(), message.put(packet.length));
  return message;
}

/** Receive and transmit time of ours behind the sender's (RFC 792, page 16). */
function timestampReply(namespace: Namespace, packet: Packet): Packet {
  const message = namespace.kernel.pool.alloc(TIMESTAMP_LENGTH);
  const at = message.put(TIMESTAMP_LENGTH);
  message.bytes.set(packet.bytes.subarray(packet.head, packet.head + 12), at);
  icmp.setCode(message.view, at, 0);
  message.view.setUint32(at + 12, millisecondsToday(namespace));
  message.view.setUint32(at + 16, millisecondsToday(namespace));
  return message;
}

function fillIcmpChecksum(message: Packet): void {
  const { view, head } = message;
  icmp.setIcmpChecksum(view, head, 0);
  icmp.setIcmpChecksum(view, head, checksum(view, head, message.length));
}

/** icmp_unreach and icmp_redirect: an error that quotes a packet of ours. */
function receiveError(namespace: Namespace, device: Device, packet: Packet, type: number): DropReason {
  const { view, head } = packet;
  const quoted = head + icmp.ICMP_HEADER;
  const { counters } = namespace;
  if (packet.tail - quoted < ip.IPV4_HEADER || ip.headerLength(view, quoted) < ip.IPV4_HEADER) {
    counters.count(Mib.IcmpInErrors);
    return packet.tail - quoted < ip.IPV4_HEADER ? Drop.PKT_TOO_SMALL : Drop.IP_INHDR;
  }
  const code = icmp.code(view, head);
  if (type === IcmpType.UNREACHABLE && code > HIGHEST_UNREACHABLE_CODE) return DONE;
  if (type === IcmpType.TIME_EXCEEDED && code === icmp.TimeExceededCode.REASSEMBLY) return DONE;
  const tooBig = type === IcmpType.UNREACHABLE && code === UnreachableCode.FRAGMENTATION_NEEDED;
  const distrust = namespace.conf.ip_no_pmtu_disc;
  if (tooBig && (distrust === 2 || distrust === 3)) return DONE;
  if (type !== IcmpType.REDIRECT && isBogus(namespace, ip.destination(view, quoted))) return DONE;
  if (packet.tail - quoted < ip.headerLength(view, quoted) + 8) {
    counters.count(Mib.IcmpInErrors);
    return DONE;
  }
  const info = tooBig && distrust === 0 ? icmp.nextHopMtu(view, head) : errorInfo(packet, type);
  deliverError(namespace, device, packet, type, code, info, quoted);
  return DONE;
}

/** An error about what was sent to a broadcast breaks RFC 1122 section 3.2.2, and may be ignored for that. */
const isBogus = (namespace: Namespace, destination: Ipv4): boolean =>
  namespace.conf.icmp_ignore_bogus_error_responses === 0 &&
  namespace.fib.addressType(destination) === RouteType.BROADCAST;

function errorInfo(packet: Packet, type: number): number {
  if (type === IcmpType.REDIRECT) return icmp.rest(packet.view, packet.head);
  return type === IcmpType.PARAMETER_PROBLEM ? icmp.rest(packet.view, packet.head) >>> 24 : 0;
}

/**
 * icmp_socket_deliver: to raw sockets of the quoted protocol, then to the protocol itself. A redirect is no error to a
 * socket (raw_err): it only changes the route.
 */
function deliverError(
  namespace: Namespace,
  device: Device,
  packet: Packet,
  type: number,
  code: number,
  info: number,
  quoted: number,
): void {
  const { view } = packet;
  const protocol = ip.protocol(view, quoted);
  const sender = ip.source(view, packet.network);
  const head = packet.head;
  packet.head = quoted;
  let heard = false;
  let bound = 0;
  for (const socket of namespace.sockets)
    if (socket.protocol === protocol && socket.error !== undefined && hearsIn(socket, packet, device)) {
      heard = true;
      bound ||= socket.device?.index ?? 0;
      if (type !== IcmpType.REDIRECT && type !== IcmpType.SOURCE_QUENCH)
        socket.error(packet, device, type, code, info);
    }
  packet.head = head;
  const tooBig = type === IcmpType.UNREACHABLE && code === UnreachableCode.FRAGMENTATION_NEEDED;
  const tunnel = protocol === ip.IpProtocol.IPIP ? quotedTunnel(namespace, packet, quoted) : null;
  if (!heard && tunnel === null && !protocolHears(namespace, device, packet, protocol, quoted)) {
    // Who has sockets counts what is for none (__udp4_lib_err, tcp_v4_err).
    if (protocol === ip.IpProtocol.UDP || protocol === ip.IpProtocol.TCP)
      namespace.counters.count(Mib.IcmpInErrors);
    return;
  }
  const oif = bound || boundTunnel(namespace, device, packet, tunnel, quoted);
  if (tooBig) learnPathMtu(namespace, packet, quoted, info, oif);
  else if (type === IcmpType.REDIRECT && (code & 7) <= icmp.RedirectCode.HOST_FOR_TOS)
    learnRedirect(namespace, device, view, quoted, sender, ipv4(info), oif);
  else if (tunnel !== null && (type === IcmpType.UNREACHABLE || type === IcmpType.TIME_EXCEEDED))
    rememberTunnelError(tunnel, type);
}

/** Not bound to another device. */
const hearsIn = ({ device: bound, protocol }: Socket, packet: Packet, device: Device): boolean =>
  bound === undefined || hearsErrorAt(bound, packet, device, protocol);

/** The underlay device of the tunnel that sent the quoted packet, or the VRF of its socket; 0 for none. */
function boundTunnel(
  namespace: Namespace,
  device: Device,
  packet: Packet,
  tunnel: Device | null,
  quoted: number,
): number {
  if (tunnel !== null) return tunnel.tunnel!.link;
  const isVxlan =
    ip.protocol(packet.view, quoted) === ip.IpProtocol.UDP && quotesVxlan(namespace, device, packet, quoted);
  return isVxlan ? (device.l3mdev?.index ?? 0) : 0;
}

function learnPathMtu(namespace: Namespace, packet: Packet, quoted: number, mtu: number, oif: number): void {
  const { view } = packet;
  const { observer } = namespace.kernel;
  learnFromIcmp(namespace, view, quoted, mtu, oif);
  if (observer === null) return;
  observer.step?.(namespace, packet, { kind: 'pathMtu', destination: ip.destination(view, quoted), mtu });
}

/** The IPIP device that sent the quoted packet; null for none. */
const quotedTunnel = (namespace: Namespace, packet: Packet, quoted: number): Device | null =>
  ipipDeviceFor(
    namespace,
    ip.destination(packet.view, quoted),
    ip.source(packet.view, quoted),
    packet.inputIndex,
  );

/** The other protocols that listen to errors without a socket: echo replies of ours, and VXLAN tunnels. */
function protocolHears(
  namespace: Namespace,
  device: Device,
  packet: Packet,
  protocol: number,
  quoted: number,
): boolean {
  const { view } = packet;
  if (protocol === ip.IpProtocol.ICMP)
    return icmp.type(view, quoted + ip.headerLength(view, quoted)) === IcmpType.ECHO_REPLY;
  return protocol === ip.IpProtocol.UDP && quotesVxlan(namespace, device, packet, quoted);
}

/** The quoted packet is of a VNI that is spoken here on its source port or its destination port (vxlan_err_lookup). */
function quotesVxlan(namespace: Namespace, device: Device, packet: Packet, quoted: number): boolean {
  const { view } = packet;
  const transport = quoted + ip.headerLength(view, quoted);
  const at = transport + udp.UDP_HEADER;
  if (packet.tail - at < vxlan.VXLAN_HEADER || (vxlan.flags(view, at) & vxlan.VXLAN_FLAG_VNI) === 0)
    return false;
  const vrf = device.l3mdev;
  const [own, other] = [udp.sourcePort(view, transport), udp.destinationPort(view, transport)];
  const port = isVxlanPort(namespace, own, vrf) ? own : other;
  return vxlanDeviceFor(namespace, port, vxlan.vni(view, at), vrf) !== null;
}
