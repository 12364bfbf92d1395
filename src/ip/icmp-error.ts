// ICMP errors: when one is sent, from which address, and what it quotes (__icmp_send in net/ipv4/icmp.c).
import { ANY, type Ipv4, ipv4 } from '../addr/ipv4.ts';
import { FlowKey, LOOPBACK_INDEX } from '../fib/flow.ts';
import type { NextHop } from '../fib/route.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Packet, PacketType } from '../packet/packet.ts';
import { checksum } from '../wire/checksum.ts';
import * as icmp from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import { selectAddress } from './devinet.ts';
import { lookBack } from './icmp-reverse.ts';
import type { OptionsFound } from './options.ts';
import { type EchoedOptions, echoOptions } from './options-echo.ts';
import { isLimited, withinGlobalLimit, withinRateLimit } from './peers.ts';
import { pathMtu, RouteFlag, RouteResult } from './route.ts';
import { routeOutput } from './route-output.ts';
import { defaultTtl, nextIdentification, pushHeaderWithOptions, sendOfSocket } from './send.ts';

/** An error never makes an answer longer than this (RFC 1812 section 4.3.2.3). */
const ERROR_LENGTH_MAX = 576;
/** 192.0.0.8, the source of errors of a host without an address (RFC 7600). */
const DUMMY_SOURCE = ipv4(0xc0000008);
/** Errors have precedence "internetwork control" (RFC 1812 section 4.3.2.5). */
const PRECEDENCE = 0xc0;
const TOS_MASK = 0x1e;
const HIGHEST_TYPE = 18;
/** Unassigned types and router discovery: they quote nothing and yet are answered with no error (icmp_pointers). */
const TAKEN_FOR_ERRORS: readonly number[] = [1, 2, 6, 7, 9, 10];

const route = new RouteResult();
const key = new FlowKey();

/** True if an error about this packet is allowed at all (RFC 1122 section 3.2.2). */
function mayProvokeError(packet: Packet, routeFlags: number): boolean {
  const { view, network } = packet;
  if (packet.tail - network < ip.IPV4_HEADER || packet.type !== PacketType.HOST) return false;
  if ((routeFlags & (RouteFlag.BROADCAST | RouteFlag.MULTICAST)) !== 0) return false;
  if ((ip.fragment(view, network) & ip.OFFSET_MASK) !== 0) return false;
  if (ip.protocol(view, network) !== ip.IpProtocol.ICMP) return true;
  const at = network + ip.headerLength(view, network);
  if (at >= packet.tail) return false;
  const type = icmp.type(view, at);
  return type <= HIGHEST_TYPE && !icmp.isError(type) && !TAKEN_FOR_ERRORS.includes(type);
}

/** Where the packet came in, or is about to go out (icmp_get_route_lookup_dev). */
function deviceOf(namespace: Namespace, packet: Packet): Device | null {
  if (packet.inputIndex !== 0) return namespace.devices.get(packet.inputIndex) ?? null;
  return ((packet.nextHop as NextHop | null)?.device as Device | null | undefined) ?? null;
}

/**
 * Tells the sender of `packet` that something is wrong with it, if the rules allow. The packet stays the caller's.
 * `routeFlags` are those of the route that it was on; `rest` fills the second word of the message, and
 * `at` is the device where it is now: the answer is routed in its VRF.
 */
export function sendIcmpError(
  namespace: Namespace,
  packet: Packet,
  routeFlags: number,
  type: number,
  code: number,
  rest: number,
  options: OptionsFound | null,
  at: Device | null = deviceOf(namespace, packet),
): void {
  if (!mayProvokeError(packet, routeFlags)) return;
  const limited = isLimited(namespace, type, code);
  if (limited && packet.inputIndex !== LOOPBACK_INDEX && !withinGlobalLimit(namespace)) return;
  const { view, network } = packet;
  const tos = (ip.tos(view, network) & TOS_MASK) | PRECEDENCE;
  const echoed = options === null ? null : echoOptions(namespace, packet, options);
  const back = ip.source(view, network);
  key.ask(
    echoed !== null && echoed.firstHop !== ANY ? echoed.firstHop : back,
    errorSource(namespace, packet, routeFlags),
  );
  key.tos = tos & TOS_MASK;
  key.mark = namespace.conf.fwmark_reflect !== 0 ? packet.mark : 0;
  key.protocol = ip.IpProtocol.ICMP;
  key.oif = at?.l3mdev?.index ?? 0;
  if (routeOutput(namespace, key, route) !== 0) return;
  if (namespace.learntPaths) lookBack(namespace, packet, key.destination, tos, at);
  if (limited && !withinRateLimit(namespace, route.device, key.destination)) return;
  const room =
    Math.min(pathMtu(route), ERROR_LENGTH_MAX) -
    ip.IPV4_HEADER -
    (echoed?.bytes.length ?? 0) -
    icmp.ICMP_HEADER;
  if (room <= ip.IPV4_HEADER) return;
  const message = quote(namespace, packet, type, code, rest, Math.min(packet.tail - network, room));
  const { observer } = namespace.kernel;
  if (observer !== null) observer.step?.(namespace, packet, { kind: 'answered', made: message });
  emit(namespace, message, back, tos, echoed);
}

/** 0 leaves the choice to the route back to the sender. */
function errorSource(namespace: Namespace, packet: Packet, routeFlags: number): Ipv4 {
  if ((routeFlags & RouteFlag.LOCAL) !== 0) return ip.destination(packet.view, packet.network);
  if (namespace.conf.icmp_errors_use_inbound_ifaddr === 0) return ANY;
  const device = namespace.devices.get(packet.inputIndex);
  return device === undefined
    ? ANY
    : selectAddress(namespace, device.l3mdev ?? device, ip.source(packet.view, packet.network), 253);
}

function quote(
  namespace: Namespace,
  packet: Packet,
  type: number,
  code: number,
  rest: number,
  size: number,
): Packet {
  const message = namespace.kernel.pool.alloc(icmp.ICMP_HEADER + size);
  const at = message.put(icmp.ICMP_HEADER + size);
  message.bytes.set(packet.bytes.subarray(packet.network, packet.network + size), at + icmp.ICMP_HEADER);
  icmp.setType(message.view, at, type);
  icmp.setCode(message.view, at, code);
  icmp.setIcmpChecksum(message.view, at, 0);
  icmp.setRest(message.view, at, rest);
  icmp.setIcmpChecksum(message.view, at, checksum(message.view, at, message.length));
  message.mark = key.mark;
  message.trace = packet.trace;
  return message;
}

function emit(
  namespace: Namespace,
  message: Packet,
  destination: Ipv4,
  tos: number,
  echoed: EchoedOptions | null,
): void {
  const source = key.source !== ANY ? key.source : DUMMY_SOURCE;
  const ttl = defaultTtl(namespace, route);
  const id = nextIdentification(namespace);
  const { ICMP } = ip.IpProtocol;
  message.ignoreDf = true;
  namespace.counters.countIcmpOut(icmp.type(message.view, message.head));
  pushHeaderWithOptions(namespace, message, echoed, source, destination, ICMP, tos, ttl, 0, id);
  sendOfSocket(namespace, message, route);
}
