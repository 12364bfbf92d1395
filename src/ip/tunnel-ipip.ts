// IPIP: a packet into a packet, and out of it (net/ipv4/ipip.c, net/ipv4/ip_tunnel.c; RFC 2003).
import { ANY, type Ipv4, ipv4 } from '../addr/ipv4.ts';
import { Drop } from '../drop/reasons.ts';
import { FlowKey } from '../fib/flow.ts';
import type { NextHop, Route } from '../fib/route.ts';
import { enqueueCell, scrub } from '../link/transmit.ts';
import type { Device, TunnelState } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Packet, PacketType } from '../packet/packet.ts';
import { EtherType } from '../wire/ethernet.ts';
import { IcmpType, UnreachableCode } from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import { decapsulateEcn, encapsulateEcn } from './ecn.ts';
import { sendIcmpError } from './icmp-error.ts';
import { forgetStrippedChecksum } from './offload.ts';
import type { OptionsFound } from './options.ts';
import { isMtuLocked, keptPathOf, learnMtu, pathMtu, ROUTING_TOS, RouteResult } from './route.ts';
import { routeOutput } from './route-output.ts';
import { nextIdentification } from './send.ts';
import { reportEarlierError } from './tunnel-error.ts';
import { ipipDeviceFor } from './tunnel-lookup.ts';
import { localOut } from './vrf.ts';

/** Overhead: one IPv4 header. */
export const IPIP_OVERHEAD = ip.IPV4_HEADER;

const INHERIT = 1;
const ANY_PROTOCOL = 0;
/** INET_DSCP_MASK: the bits of TOS that stand for a class, without ECN. */
const DSCP_MASK = 0xfc;

const outer = new RouteResult();
const inner = new RouteResult();
const key = new FlowKey();
const innerKey = new FlowKey();

/** The route that brought a packet to the device, restored from what output left on the packet. */
export function restoreRoute(
  namespace: Namespace,
  device: Device,
  packet: Packet,
  result: RouteResult,
): void {
  result.reset();
  result.device = device;
  result.destination = ip.destination(packet.view, packet.network);
  result.route = packet.route as Route | null;
  result.nextHop = packet.nextHop as NextHop | null;
  result.gateway = result.nextHop?.gateway ?? ANY;
  result.findException(namespace);
  result.pathFailed = keptPathOf(packet, packet.network)?.failed ?? false;
}

/** The inner packet's path is narrower: its route remembers (skb_dst_update_pmtu_no_confirm). */
export function narrowInnerPath(
  namespace: Namespace,
  device: Device,
  packet: Packet,
  result: RouteResult,
  mtu: number,
): void {
  const { view, network } = packet;
  innerKey.ask(ip.destination(view, network), ip.source(view, network));
  innerKey.oif = device.port === null ? device.index : 0;
  innerKey.tos = ip.tos(view, network) & ROUTING_TOS;
  innerKey.mark = packet.mark;
  innerKey.protocol = ip.protocol(view, network);
  const { observer } = namespace.kernel;
  learnMtu(namespace, result, innerKey, mtu);
  if (observer !== null && result.exception === null && mtu <= pathMtu(result))
    observer.step?.(namespace, packet, { kind: 'pathMtu', destination: innerKey.destination, mtu });
}

/** Sends a packet that was given to an IPIP device, head at its IPv4 header (ip_tunnel_xmit). */
export function transmitIpip(device: Device, packet: Packet): void {
  const { namespace, underlay } = device;
  const tunnel = device.tunnel!;
  if (packet.protocol !== EtherType.IPV4 || packet.length < ip.IPV4_HEADER || !carriesIpv4(tunnel.protocol)) {
    fail(device, packet, Drop.UNHANDLED_PROTO);
    return;
  }
  packet.network = packet.head;
  const { view, head } = packet;
  const innerTos = ip.tos(view, head);
  const remote = tunnel.remote !== ANY ? tunnel.remote : ipv4(packet.hop);
  if (remote === ANY) {
    fail(device, packet, Drop.TUNNEL_NO_REMOTE);
    return;
  }
  const tos = (tunnel.tos & INHERIT) !== 0 ? innerTos : tunnel.tos;
  askForIpip(tunnel, remote, tos, key);
  if (routeOutput(underlay, key, outer) !== 0) {
    device.stats.txCarrierErrors++;
    fail(device, packet, Drop.IP_OUTNOROUTES);
    return;
  }
  if (outer.device === device) {
    device.stats.collisions++;
    fail(device, packet, Drop.TUNNEL_LOOP);
    return;
  }
  const df = (tunnel.pmtudisc ? ip.DF : 0) | (tunnel.ignoreDf ? 0 : ip.fragment(view, head) & ip.DF);
  if (packet !== reported) {
    if (!fitsPath(namespace, device, packet, df)) return;
    if (device.tunnelErrors > 0 && waitsForReport(device, packet)) return;
  }
  reported = null;
  encapsulate(
    device,
    packet,
    encapsulateEcn(tos, innerTos),
    tunnel.ttl || ip.ttl(view, head),
    isMtuLocked(outer) ? 0 : df,
  );
}

/** The question for the route of the outer packet. */
export function askForIpip(tunnel: TunnelState, remote: Ipv4, tos: number, question: FlowKey): void {
  question.ask(remote, tunnel.local);
  question.oif = tunnel.link;
  question.tos = tos & DSCP_MASK & ROUTING_TOS;
  question.mark = tunnel.fwmark;
  question.protocol = ip.IpProtocol.IPIP;
}

/** The packet that waits behind the report of an earlier error. */
let reported: Packet | null = null;

/** Tells of an earlier error. A report that takes a tunnel itself is through it before `packet` goes on: true if so. */
function waitsForReport(device: Device, packet: Packet): boolean {
  const { deferred } = device.namespace.kernel;
  const { length } = deferred;
  reportEarlierError(device, packet);
  if (deferred.length === length || !deferred.push(device, packet)) return false;
  reported = packet;
  return true;
}

export const carriesIpv4 = (protocol: number): boolean =>
  protocol === ANY_PROTOCOL || protocol === ip.IpProtocol.IPIP;

/** tnl_update_pmtu: teaches the inner route the tunnel's MTU, and refuses what DF keeps from passing. */
function fitsPath(namespace: Namespace, device: Device, packet: Packet, df: number): boolean {
  const { view, head } = packet;
  restoreRoute(namespace, device, packet, inner);
  const mtu = df !== 0 ? pathMtu(outer) - IPIP_OVERHEAD : pathMtu(inner);
  if (inner.nextHop !== null) narrowInnerPath(namespace, device, packet, inner, mtu);
  if ((ip.fragment(view, head) & ip.DF) === 0 || packet.length <= mtu) return true;
  const { observer } = namespace.kernel;
  if (observer !== null) observer.step?.(namespace, packet, { kind: 'tooBig', device, mtu });
  sendIcmpError(namespace, packet, 0, IcmpType.UNREACHABLE, UnreachableCode.FRAGMENTATION_NEEDED, mtu, null);
  fail(device, packet, Drop.PKT_TOO_BIG);
  return false;
}

function fail(device: Device, packet: Packet, reason: number): void {
  device.stats.txErrors++;
  device.namespace.kernel.drop(device.namespace, packet, reason, device);
}

/** iptunnel_xmit. */
function encapsulate(device: Device, packet: Packet, tos: number, ttl: number, df: number): void {
  const { underlay } = device;
  const length = packet.length;
  const at = packet.push(ip.IPV4_HEADER);
  const { view } = packet;
  ip.write(view, at, packet.length, tos, df, ttl, ip.IpProtocol.IPIP, key.source, key.destination);
  ip.setIdentification(view, at, nextIdentification(underlay));
  ip.fillChecksum(view, at);
  sendOuter(device, packet, outer, length);
}

/**
 * The outer packet, around an inner one of `length`, is a new packet of the underlay's: it goes out, or its own DF stops
 * it at home.
 */
export function sendOuter(device: Device, packet: Packet, route: RouteResult, length: number): void {
  const { underlay } = device;
  const { observer } = underlay.kernel;
  if (observer !== null)
    observer.step?.(device.namespace, packet, {
      kind: 'encapsulated',
      device,
      bytes: packet.length - length,
      route,
    });
  packet.unshare();
  packet.network = packet.head;
  packet.flags = 0;
  packet.fragMaxSize = 0;
  packet.ignoreDf = false;
  packet.inputIndex = 0;
  packet.type = PacketType.HOST;
  if (underlay !== device.namespace) packet.mark = 0;
  const mtu = localOut(underlay, packet, route);
  if (mtu === 0) {
    device.stats.txPackets++;
    device.stats.txBytes += length;
    return;
  }
  device.stats.txDropped++;
  sendIcmpError(
    underlay,
    packet,
    route.flags,
    IcmpType.UNREACHABLE,
    UnreachableCode.FRAGMENTATION_NEEDED,
    mtu,
    null,
  );
  underlay.kernel.drop(underlay, packet, Drop.PKT_TOO_BIG, device);
}

/**
 * A packet of protocol 4 for us, `packet.network` at the outer header and `packet.head` behind it (ipip_tunnel_rcv).
 * Without a device that fits, port unreachable goes back (tunnel4_rcv).
 */
export function receiveIpip(
  namespace: Namespace,
  input: Device,
  packet: Packet,
  routeFlags: number,
  options: OptionsFound,
): void {
  const { kernel } = namespace;
  const { view, network, head } = packet;
  if (packet.length < ip.IPV4_HEADER) {
    kernel.drop(namespace, packet, Drop.PKT_TOO_SMALL, input);
    return;
  }
  const device = ipipDeviceFor(
    namespace,
    ip.source(view, network),
    ip.destination(view, network),
    input.index,
  );
  if (device === null) {
    sendIcmpError(namespace, packet, routeFlags, IcmpType.UNREACHABLE, UnreachableCode.PORT, 0, options);
    kernel.drop(namespace, packet, Drop.TUNNEL_NO_DEVICE, input);
    return;
  }
  if (!carriesIpv4(device.tunnel!.protocol)) {
    kernel.drop(namespace, packet, Drop.TUNNEL_NO_DEVICE, device);
    return;
  }
  const tos = decapsulateEcn(ip.tos(view, network), ip.tos(view, head));
  if (tos < 0) {
    device.stats.rxFrameErrors++;
    device.stats.rxErrors++;
    kernel.drop(namespace, packet, Drop.IP_TUNNEL_ECN, device);
    return;
  }
  if (kernel.observer !== null) kernel.observer.step?.(namespace, packet, { kind: 'decapsulated', device });
  if (tos !== ip.tos(view, head)) ip.changeTos(view, head, tos);
  packet.protocol = EtherType.IPV4;
  packet.type = PacketType.HOST;
  enterDevice(device, packet);
}

/** What came out of a tunnel is received by its device, with nothing left of the outer packet. */
export function enterDevice(device: Device, packet: Packet): void {
  const { stats } = device;
  stats.rxPackets++;
  stats.rxBytes += packet.length - device.headerLength;
  scrub(packet, device.underlay !== device.namespace);
  packet.network = packet.head;
  forgetStrippedChecksum(packet);
  // skb_clear_hash_if_not_l4.
  if (!packet.flowHashHasPorts) packet.flowHash = 0;
  enqueueCell(device.namespace.kernel, device, packet);
}
