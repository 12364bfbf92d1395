// Forwarding a packet that is for somebody else (ip_forward in net/ipv4/ip_forward.c), and refusing to (ip_error).
import { Errno } from '../addr/errno.ts';
import { ANY, type Ipv4 } from '../addr/ipv4.ts';
import { Drop } from '../drop/reasons.ts';
import { FlowKey } from '../fib/flow.ts';
import { Mib } from '../netns/counters.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Packet, PacketFlag, PacketType } from '../packet/packet.ts';
import { SECOND } from '../time/clock.ts';
import { IcmpType, RedirectCode, TimeExceededCode, UnreachableCode } from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import { selectAddress } from './devinet.ts';
import { sendIcmpError } from './icmp-error.ts';
import { forwardOptions, type OptionsFound } from './options.ts';
import { output } from './output.ts';
import { mayReportNoRoute, peerOf } from './peers.ts';
import { mtuFor, type RouteResult } from './route.ts';
import { forwards } from './route-input.ts';

/** net.ipv4.route.redirect_number, redirect_load (0.02 s) and redirect_silence (20.48 s). */
const REDIRECT_NUMBER = 9;
const REDIRECT_LOAD = SECOND / 50;
const REDIRECT_SILENCE = REDIRECT_LOAD << (REDIRECT_NUMBER + 1);

/** Sends a received packet on along `route`. */
export function forward(
  namespace: Namespace,
  input: Device,
  packet: Packet,
  route: RouteResult,
  options: OptionsFound,
): void {
  const { kernel } = namespace;
  const { view, head } = packet;
  if (packet.type !== PacketType.HOST) {
    kernel.drop(namespace, packet, Drop.NOT_FOR_US, input);
    return;
  }
  if (ip.ttl(view, head) <= 1) {
    namespace.counters.count(Mib.IpInHdrErrors);
    sendIcmpError(namespace, packet, route.flags, IcmpType.TIME_EXCEEDED, TimeExceededCode.TTL, 0, options);
    kernel.drop(namespace, packet, Drop.IP_INHDR, input);
    return;
  }
  if (options.sourceRoute !== 0 && options.strict && route.gateway !== ANY) {
    sendIcmpError(
      namespace,
      packet,
      route.flags,
      IcmpType.UNREACHABLE,
      UnreachableCode.SOURCE_ROUTE_FAILED,
      0,
      options,
    );
    kernel.drop(namespace, packet, Drop.IP_OPTIONS, input);
    return;
  }
  packet.flags |= PacketFlag.FORWARDED;
  const mtu = mtuFor(namespace, route, true);
  if (packet.length > mtu && isTooBig(packet, mtu)) {
    namespace.counters.count(Mib.IpFragFails);
    refuseTooBig(namespace, input, packet, route, mtu, options);
    return;
  }
  packet.unshare();
  ip.decreaseTtl(view, head);
  if (route.redirect && options.sourceRoute === 0) redirect(namespace, packet, route, options);
  if (options.length !== 0) forwardOptions(packet, options, outgoingAddress(namespace, input, packet, route));
  const { counters } = namespace;
  counters.forwarded++;
  counters.octetsOut += packet.length;
  const refused = output(namespace, packet, route);
  if (refused !== 0) refuseTooBig(namespace, input, packet, route, refused, options);
}

/** ip_exceeds_mtu, the length being known to. */
const isTooBig = (packet: Packet, mtu: number): boolean =>
  (ip.fragment(packet.view, packet.head) & ip.DF) !== 0 && (packet.fragMaxSize > mtu || !packet.ignoreDf);

function refuseTooBig(
  namespace: Namespace,
  input: Device,
  packet: Packet,
  route: RouteResult,
  mtu: number,
  options: OptionsFound,
): void {
  const code = UnreachableCode.FRAGMENTATION_NEEDED;
  const { observer } = namespace.kernel;
  if (observer !== null) observer.step?.(namespace, packet, { kind: 'tooBig', device: route.device, mtu });
  sendIcmpError(namespace, packet, route.flags, IcmpType.UNREACHABLE, code, mtu, options);
  namespace.kernel.drop(namespace, packet, Drop.PKT_TOO_BIG, input);
}

/** ip_rt_send_redirect: with growing pauses, and not for ever to a host that does not listen. */
function redirect(namespace: Namespace, packet: Packet, route: RouteResult, options: OptionsFound): void {
  const { now } = namespace.kernel.clock;
  const peer = peerOf(namespace, ip.source(packet.view, packet.head), route.device);
  if (now > peer.filledAt + REDIRECT_SILENCE) {
    peer.tokens = 0;
    peer.redirects = 0;
  }
  if (peer.redirects >= REDIRECT_NUMBER) {
    peer.filledAt = now;
    return;
  }
  if (peer.redirects !== 0 && now <= peer.filledAt + REDIRECT_LOAD * 2 ** peer.redirects) return;
  sendIcmpError(namespace, packet, route.flags, IcmpType.REDIRECT, RedirectCode.HOST, route.hop, options);
  peer.filledAt = now;
  peer.redirects++;
}

const sourceKey = new FlowKey();
/** RT_TOS. */
const TOS_MASK = 0x1e;

/** The address that record route and timestamps get from us (ip_rt_get_source). */
function outgoingAddress(namespace: Namespace, input: Device, packet: Packet, route: RouteResult): Ipv4 {
  const { view, head } = packet;
  sourceKey.ask(ip.destination(view, head), ip.source(view, head));
  sourceKey.tos = ip.tos(view, head) & TOS_MASK;
  sourceKey.oif = route.device.index;
  sourceKey.iif = input.index;
  sourceKey.mark = packet.mark;
  return namespace.fib.lookup(sourceKey) === 0
    ? namespace.fib.preferredSource(namespace.fib.route!, namespace.fib.nextHop!)
    : selectAddress(namespace, route.device, route.hop, 0);
}

/** A packet without a way: tells its sender where forwarding is on, and ends it (ip_error). */
export function refuse(
  namespace: Namespace,
  input: Device,
  packet: Packet,
  route: RouteResult,
  options: OptionsFound,
): void {
  const code = refusalCode(route.error);
  countRefusal(namespace, input, route.error);
  if (
    code >= 0 &&
    forwards(input) &&
    mayReportNoRoute(namespace, ip.source(packet.view, packet.network), input)
  )
    sendIcmpError(namespace, packet, route.flags, IcmpType.UNREACHABLE, code, 0, options);
  namespace.kernel.drop(namespace, packet, refusalReason(route.error), input);
}

/** A router counts only what it has no route for, a host what is for another host too. */
function countRefusal({ counters }: Namespace, input: Device, errno: Errno): void {
  if (errno === Errno.ENETUNREACH) counters.count(Mib.IpExtInNoRoutes);
  else if (errno === Errno.EHOSTUNREACH && !forwards(input)) counters.count(Mib.IpInAddrErrors);
}

/** The code of the ICMP error, or -1 for a silent end (a blackhole). */
function refusalCode(errno: Errno): number {
  if (errno === Errno.EHOSTUNREACH) return UnreachableCode.HOST;
  if (errno === Errno.ENETUNREACH) return UnreachableCode.NET;
  return errno === Errno.EACCES ? UnreachableCode.FILTERED : -1;
}

function refusalReason(errno: Errno): number {
  if (errno === Errno.EHOSTUNREACH) return Drop.IP_INADDRERRORS;
  if (errno === Errno.ENETUNREACH) return Drop.IP_INNOROUTES;
  return errno === Errno.EACCES ? Drop.ROUTE_PROHIBIT : Drop.BLACKHOLE;
}
