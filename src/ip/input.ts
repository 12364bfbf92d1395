// The way into the stack: the header is checked, a route is found, and the packet is delivered, forwarded or
// refused (ip_rcv in net/ipv4/ip_input.c).
import { ANY, type Ipv4, ipv4, isLimitedBroadcast, isMulticast } from '../addr/ipv4.ts';
import { Drop, type DropReason } from '../drop/reasons.ts';
import { type NextHop, RouteType } from '../fib/route.ts';
import { type Counters, Mib } from '../netns/counters.ts';
import { type Device, Kind } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Packet, PacketFlag, PacketType } from '../packet/packet.ts';
import { onesSum } from '../wire/checksum.ts';
import { IcmpType } from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import { deliver } from './deliver.ts';
import { portsOf } from './flow-dissector.ts';
import { forward, refuse } from './forward.ts';
import { sendIcmpError } from './icmp-error.ts';
import { compileOptions, OptionsFound } from './options.ts';
import { PacketOptionsHost } from './options-host.ts';
import { RouteFlag, RouteResult } from './route.ts';
import { InputKey, ROUTED, routeInput } from './route-input.ts';
import { restoreRoute } from './tunnel-ipip.ts';
import { enterVrf } from './vrf.ts';

const route = new RouteResult();
const key = new InputKey();
const options = new OptionsFound();

const GOOD = -1;

/** ip_rcv_core: GOOD, or why the packet ends. After GOOD the header is whole and the packet is as long as it says. */
function check(packet: Packet, counters: Counters): DropReason {
  if (packet.type === PacketType.OTHERHOST) return Drop.OTHERHOST;
  const { view, head, length } = packet;
  counters.received++;
  counters.octetsIn += length;
  const headerLength = length < ip.IPV4_HEADER ? 0 : ip.headerLength(view, head);
  if (headerLength < ip.IPV4_HEADER || ip.version(view, head) !== 4) {
    counters.count(Mib.NoHeader);
    return Drop.IP_INHDR;
  }
  const tos = ip.tos(view, head);
  if ((tos & 3) !== 0) counters.countEcn(tos);
  if (length < headerLength) return Drop.IP_INHDR;
  if (onesSum(view, head, headerLength) !== 0xffff) return Drop.IP_CSUM;
  const total = ip.totalLength(view, head);
  if (length < total) return Drop.PKT_TOO_SMALL;
  if (total < headerLength) return Drop.IP_INHDR;
  packet.trim(total);
  return GOOD;
}

/** What the kernel counts of a header that is not as it should be. */
function countFault(counters: Counters, fault: DropReason): void {
  if (fault === Drop.OTHERHOST) return;
  if (fault === Drop.PKT_TOO_SMALL) {
    counters.count(Mib.IpExtInTruncatedPkts);
    return;
  }
  if (fault === Drop.IP_CSUM) counters.count(Mib.IpExtInCsumErrors);
  counters.count(Mib.IpInHdrErrors);
}

/** Takes a packet that `device` received, head at its IPv4 header. */
export function receiveIpv4(namespace: Namespace, device: Device, packet: Packet): void {
  const { kernel, counters } = namespace;
  const fault = check(packet, counters);
  if (fault !== GOOD) {
    countFault(counters, fault);
    kernel.drop(namespace, packet, fault, device);
    return;
  }
  packet.network = packet.head;
  packet.inputIndex = device.index;
  options.reset();
  const looped = packet.type === PacketType.LOOPBACK && device.kind !== Kind.VRF;
  const vrf = device.l3mdev;
  if (vrf !== null) enterVrf(vrf, device, packet);
  const { view, head } = packet;
  const unrouted =
    (packet.flags & PacketFlag.ROUTED_LOCAL) !== 0
      ? routeLooped(device, packet, looped)
      : packet.nextHop !== null
        ? routeKept(namespace, packet)
        : routeReceived(namespace, device, packet);
  if (unrouted !== ROUTED) {
    if (unrouted === Drop.IP_RPFILTER) counters.count(Mib.TcpExtIPReversePathFilter);
    kernel.drop(namespace, packet, unrouted, device);
    return;
  }
  if (kernel.observer !== null) kernel.observer.step?.(namespace, packet, { kind: 'input', route });
  if (ip.headerLength(view, head) > ip.IPV4_HEADER && !acceptOptions(namespace, device, packet)) return;
  if (route.type === RouteType.MULTICAST || route.type === RouteType.BROADCAST)
    countGroup(counters, packet.length);
  else if (isUnicastInGroupFrame(device, packet)) {
    kernel.drop(namespace, packet, Drop.UNICAST_IN_L2_MULTICAST, device);
    return;
  }
  dispatch(namespace, vrf ?? device, device, packet);
}

/** `input` is the device that upper layers see: the VRF for what came in by a slave of it (skb->dev). */
function dispatch(namespace: Namespace, input: Device, device: Device, packet: Packet): void {
  switch (route.type) {
    case RouteType.LOCAL:
    case RouteType.BROADCAST:
    case RouteType.MULTICAST:
      deliver(namespace, input, packet, route.flags, options);
      return;
    case RouteType.UNREACHABLE:
      refuse(namespace, device, packet, route, options);
      return;
    default:
      forward(namespace, input, packet, route, options);
  }
}

function routeReceived(namespace: Namespace, device: Device, packet: Packet): DropReason {
  const { view, head } = packet;
  key.destination = ip.destination(view, head);
  key.source = ip.source(view, head);
  key.tos = ip.tos(view, head);
  key.mark = packet.mark;
  key.protocol = ip.protocol(view, head);
  key.ports = namespace.fibFor(key.destination).rulesNeedPorts ? portsOf(packet, head) : 0;
  key.arp = false;
  return routeInput(namespace, device, key, route);
}

/** Routed when it was sent: to ourselves by the loopback, or a group that we belong to. */
function routeLooped(device: Device, packet: Packet, looped: boolean): DropReason {
  const destination = ip.destination(packet.view, packet.head);
  route.reset();
  route.device = device;
  route.destination = destination;
  route.type = RouteType.LOCAL;
  route.flags = RouteFlag.LOCAL;
  if (isMulticast(destination)) {
    route.type = RouteType.MULTICAST;
    route.flags = RouteFlag.LOCAL + RouteFlag.MULTICAST;
  } else if (isLimitedBroadcast(destination) || looped) {
    route.type = RouteType.BROADCAST;
    route.flags = RouteFlag.LOCAL + RouteFlag.BROADCAST;
  }
  return ROUTED;
}

/**
 * What came back before it had left (the error of a VXLAN behind a bridge) still has its route: it is forwarded on it
 * once more, or is nobody's where this machine had sent it (dst_discard).
 */
function routeKept(namespace: Namespace, packet: Packet): DropReason {
  if ((packet.flags & PacketFlag.FORWARDED) === 0) return Drop.NOT_SPECIFIED;
  restoreRoute(namespace, (packet.nextHop as NextHop).device as Device, packet, route);
  if (route.gateway === ANY) route.gateway = ipv4(packet.hop);
  route.type = RouteType.UNICAST;
  return ROUTED;
}

function countGroup(counters: Counters, length: number): void {
  const isMulticastRoute = route.type === RouteType.MULTICAST;
  counters.count(isMulticastRoute ? Mib.IpExtInMcastPkts : Mib.IpExtInBcastPkts);
  counters.count(isMulticastRoute ? Mib.IpExtInMcastOctets : Mib.IpExtInBcastOctets, length);
}

/** drop_unicast_in_l2_multicast (RFC 1122 section 3.3.6). */
function isUnicastInGroupFrame(device: Device, packet: Packet): boolean {
  if (packet.type !== PacketType.BROADCAST && packet.type !== PacketType.MULTICAST) return false;
  return (
    (device.conf.drop_unicast_in_l2_multicast | device.namespace.confAll.drop_unicast_in_l2_multicast) !== 0
  );
}

const host = new PacketOptionsHost();

/** ip_rcv_options: false if the packet ended, with a parameter problem where an option is wrong. */
function acceptOptions(namespace: Namespace, device: Device, packet: Packet): boolean {
  host.ask(namespace, device, packet, route.flags);
  const wrong = compileOptions(packet, options, host);
  if (wrong !== 0) {
    namespace.counters.count(Mib.IpInHdrErrors);
    return refuseOptions(namespace, device, packet, wrong);
  }
  if (options.sourceRoute === 0) return true;
  if (device.conf.accept_source_route === 0 || namespace.confAll.accept_source_route === 0) {
    namespace.kernel.drop(namespace, packet, Drop.IP_OPTIONS, device);
    return false;
  }
  return followSourceRoute(namespace, device, packet);
}

function refuseOptions(namespace: Namespace, device: Device, packet: Packet, pointer: number): boolean {
  if (pointer > 0)
    sendIcmpError(namespace, packet, route.flags, IcmpType.PARAMETER_PROBLEM, 0, pointer << 24, options);
  namespace.kernel.drop(namespace, packet, Drop.IP_OPTIONS, device);
  return false;
}

/** ip_options_rcv_srr: a packet that reached a stop of its source route is routed to the next one. */
function followSourceRoute(namespace: Namespace, device: Device, packet: Packet): boolean {
  if (packet.type !== PacketType.HOST) return refuseOptions(namespace, device, packet, 0);
  if (route.type === RouteType.UNICAST)
    return options.strict ? refuseOptions(namespace, device, packet, 16) : true;
  if (route.type !== RouteType.LOCAL) return refuseOptions(namespace, device, packet, 0);
  return nextStop(namespace, device, packet);
}

/** The next stop that is not an address of ours becomes where the packet goes. */
function nextStop(namespace: Namespace, device: Device, packet: Packet): boolean {
  const { view, bytes, head } = packet;
  const at = head + options.sourceRoute;
  const length = bytes[at + 1];
  let pointer = bytes[at + 2];
  let next: Ipv4 = ANY;
  for (; pointer <= length; pointer += 4) {
    if (pointer + 3 > length) return refuseOptions(namespace, device, packet, options.sourceRoute + 2);
    next = ipv4(view.getInt32(at + pointer - 1));
    key.destination = next;
    const unrouted = routeInput(namespace, device, key, route);
    if (unrouted !== ROUTED || (route.type !== RouteType.UNICAST && route.type !== RouteType.LOCAL))
      return refuseOptions(namespace, device, packet, 0);
    if (route.type !== RouteType.LOCAL) break;
    ip.setDestination(view, head, next);
    options.changed = true;
  }
  if (pointer <= length) {
    options.sourceRouteHit = true;
    options.nextHop = next;
    options.changed = true;
  }
  return true;
}
