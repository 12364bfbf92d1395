// Routing of what was received (ip_route_input_slow and fib_validate_source): where it goes, and whether its
// source may be believed.
import { Errno } from '../addr/errno.ts';
import {
  ANY,
  type Ipv4,
  isLimitedBroadcast,
  isLocalMulticast,
  isLoopback,
  isMulticast,
  isZeronet,
} from '../addr/ipv4.ts';
import { Drop, type DropReason } from '../drop/reasons.ts';
import { usesDevice } from '../fib/entry.ts';
import { FlowKey } from '../fib/flow.ts';
import { RouteType, Scope } from '../fib/route.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { IpProtocol } from '../wire/ipv4.ts';
import { addressOwner, isOnLink } from './devinet.ts';
import { completeRealms, realmsBack } from './realms.ts';
import { ROUTING_TOS, RouteFlag, type RouteResult } from './route.ts';
import { flowHash } from './route-output.ts';

/** The route was found; any other value of `routeInput` is the DropReason of a packet that has none. */
export const ROUTED = -1;

/** What routing has to know of a received packet. */
export class InputKey {
  destination: Ipv4 = ANY;
  source: Ipv4 = ANY;
  tos = 0;
  mark = 0;
  protocol = 0;
  /** Source and destination port as one word; read only where a rule asks for them. */
  ports = 0;
  /** An ARP question: it is routed as if its target were a destination, but broadcast is no answer. */
  arp = false;
}

const lookupKey = new FlowKey();
const sourceKey = new FlowKey();

/** Either flag of the device or of all (IN_DEV_ORCONF). */
const eitherLocalnet = (device: Device): boolean =>
  (device.conf.route_localnet | device.namespace.confAll.route_localnet) !== 0;

/** Forwarding is on at this device (IN_DEV_FORWARD). */
export const forwards = (device: Device): boolean => device.conf.forwarding !== 0;

/** Broadcasts of a subnet are forwarded to it (IN_DEV_BFORWARD). */
const forwardsBroadcasts = (device: Device): boolean =>
  (device.conf.bc_forwarding & device.namespace.confAll.bc_forwarding) !== 0;

/** Fills `result` for a packet that `device` received. Returns ROUTED, or the reason why it must end. */
export function routeInput(
  namespace: Namespace,
  device: Device,
  key: InputKey,
  result: RouteResult,
): DropReason {
  result.reset();
  result.device = device;
  if (isMulticast(key.destination)) return routeMulticast(namespace, device, key, result);
  if (device.ipv4Disabled) return Drop.NOT_SPECIFIED;
  const martian = martianReason(device, key);
  if (martian !== ROUTED) return martian;
  const { source, destination } = key;
  if (isLimitedBroadcast(destination) || (source === ANY && destination === ANY))
    return broadcastInput(namespace, device, key, result);
  return lookupInput(namespace, device, key, result);
}

/** Addresses that have no business on a wire (the martian_source and martian_destination labels). */
function martianReason(device: Device, key: InputKey): DropReason {
  const { source, destination } = key;
  if (isMulticast(source) || isLimitedBroadcast(source)) return Drop.IP_INVALID_SOURCE;
  if (isLimitedBroadcast(destination) || (source === ANY && destination === ANY)) return ROUTED;
  if (isZeronet(source)) return Drop.IP_INVALID_SOURCE;
  if (isZeronet(destination)) return Drop.IP_INVALID_DEST;
  if ((isLoopback(destination) || isLoopback(source)) && !eitherLocalnet(device)) return Drop.IP_LOCALNET;
  return ROUTED;
}

function lookupInput(namespace: Namespace, device: Device, key: InputKey, result: RouteResult): DropReason {
  const fib = namespace.fibFor(key.destination);
  const flow = lookupKey.ask(key.destination, key.source);
  flow.iif = device.index;
  flow.tos = key.tos & ROUTING_TOS;
  flow.mark = key.mark;
  if (fib.rulesNeedPorts) {
    flow.protocol = key.protocol;
    flow.sourcePort = key.ports >>> 16;
    flow.destinationPort = key.ports & 0xffff;
  }
  const failed = fib.lookup(flow);
  if (failed !== 0) return noRoute(result, forwards(device) ? failed : Errno.EHOSTUNREACH);
  const type = fib.route!.type;
  if (type === RouteType.BROADCAST && (key.arp || !forwardsBroadcasts(device)))
    return broadcastInput(namespace, device, key, result);
  if (type === RouteType.LOCAL) return localInput(namespace, device, key, result);
  if (type !== RouteType.BROADCAST) {
    if (!forwards(device)) return noRoute(result, Errno.EHOSTUNREACH);
    if (type !== RouteType.UNICAST) return Drop.IP_INVALID_DEST;
  }
  if (fib.route!.nextHops.length > 1) fib.selectMultipath(flowHash(flow));
  return forwardInput(namespace, device, key, result);
}

/** A route that answers with an error; ip_error decides what is told to whom. */
function noRoute(result: RouteResult, errno: Errno): DropReason {
  result.type = RouteType.UNREACHABLE;
  result.error = errno;
  return ROUTED;
}

function localInput(namespace: Namespace, device: Device, key: InputKey, result: RouteResult): DropReason {
  result.adopt(namespace, key.destination);
  const verdict = validateSource(namespace, device, key.source, key.destination, key, 0);
  if (verdict < 0) return -verdict;
  result.type = RouteType.LOCAL;
  result.flags = RouteFlag.LOCAL;
  result.realms = namespace.fibFor(key.destination).hasRealms ? backRealms : 0;
  result.gateway = ANY;
  return ROUTED;
}

function broadcastInput(
  namespace: Namespace,
  device: Device,
  key: InputKey,
  result: RouteResult,
): DropReason {
  if (key.arp) return Drop.ARP_NOT_ANSWERED;
  if (!isZeronet(key.source)) {
    const verdict = validateSource(namespace, device, key.source, ANY, key, 0);
    if (verdict < 0) return -verdict;
  }
  result.type = RouteType.BROADCAST;
  result.flags = RouteFlag.BROADCAST + RouteFlag.LOCAL;
  result.destination = key.destination;
  result.device = device;
  return ROUTED;
}

/** __mkroute_input. */
function forwardInput(namespace: Namespace, device: Device, key: InputKey, result: RouteResult): DropReason {
  result.adopt(namespace, key.destination);
  const out = result.nextHop!.device as Device;
  if (out.ipv4Disabled) return Drop.NOT_SPECIFIED;
  const verdict = validateSource(namespace, device, key.source, key.destination, key, out.index);
  if (verdict < 0) return -verdict;
  const gateway = result.nextHop!.gateway;
  if (key.arp && out === device && !pvlan(device)) return Drop.ARP_NOT_ANSWERED;
  const { hasRealms } = namespace.fibFor(key.destination);
  if (hasRealms) result.realms = completeRealms(result.realms, backRealms);
  if (!hasRealms || backRealms === 0) result.bindException(namespace, 'input');
  result.type = RouteType.UNICAST;
  result.device = out;
  result.redirect =
    verdict === DIRECT && out === device && sendsRedirects(out) && mayRedirect(out, key.source, gateway);
  return ROUTED;
}

/** A proxy answers even for what is behind the device that asks (IN_DEV_PROXY_ARP_PVLAN). */
export const pvlan = (device: Device): boolean =>
  (device.conf.proxy_arp_pvlan | device.namespace.confAll.proxy_arp_pvlan) !== 0;

const sendsRedirects = (device: Device): boolean =>
  (device.conf.send_redirects | device.namespace.confAll.send_redirects) !== 0;

function mayRedirect(device: Device, source: Ipv4, gateway: Ipv4): boolean {
  if ((device.conf.shared_media | device.namespace.confAll.shared_media) !== 0) return true;
  return isOnLink(device, source, gateway);
}

function routeMulticast(
  namespace: Namespace,
  device: Device,
  key: InputKey,
  result: RouteResult,
): DropReason {
  const isMember = device.groups.has(key.destination) || device.vrf?.groups.has(key.destination) === true;
  if (key.arp || device.ipv4Disabled || !isMember) return Drop.NOT_FOR_US;
  const { source } = key;
  if (isMulticast(source) || isLimitedBroadcast(source)) return Drop.IP_INVALID_SOURCE;
  if (isLoopback(source) && !eitherLocalnet(device)) return Drop.IP_LOCALNET;
  if (isZeronet(source)) {
    if (!isLocalMulticast(key.destination) && key.protocol !== IpProtocol.IGMP) return Drop.IP_INVALID_SOURCE;
  } else {
    const verdict = validateSource(namespace, device, source, ANY, key, 0);
    if (verdict < 0) return -verdict;
  }
  result.type = RouteType.MULTICAST;
  result.flags = RouteFlag.MULTICAST + RouteFlag.LOCAL;
  result.destination = key.destination;
  return ROUTED;
}

/** Of the route back to the source that was validated last (itag). */
let backRealms = 0;

/** The source is fine, and directly on the link. */
const DIRECT = 1;
/** The source is fine. */
const FINE = 0;

/** rp_filter in force: the larger of the device's and all's (IN_DEV_RPFILTER). */
const reversePathFilter = (device: Device): number =>
  Math.max(device.conf.rp_filter, device.namespace.confAll.rp_filter);

/**
 * fib_validate_source: FINE or DIRECT, or the negated DropReason. `outIndex` is where the packet would leave, 0 for
 * local delivery.
 */
function validateSource(
  namespace: Namespace,
  device: Device,
  source: Ipv4,
  destination: Ipv4,
  key: InputKey,
  outIndex: number,
): number {
  const filter = reversePathFilter(device);
  const acceptLocal = (device.conf.accept_local | namespace.confAll.accept_local) !== 0;
  const fib = namespace.fibFor(source);
  if (filter === 0 && !fib.hasRealms && (device.index !== outIndex || !sendsRedirects(device))) {
    if (acceptLocal) return FINE;
    if (!fib.hasCustomLocalRoutes && !fib.hasCustomRules)
      return addressOwner(namespace, source) !== null ? -Drop.IP_LOCAL_SOURCE : FINE;
  }
  return validateByRoute(namespace, device, source, destination, key, outIndex, filter, acceptLocal);
}

/** __fib_validate_source: the route back to the source, and whether it uses this device. */
function validateByRoute(
  namespace: Namespace,
  device: Device,
  source: Ipv4,
  destination: Ipv4,
  key: InputKey,
  outIndex: number,
  filter: number,
  acceptLocal: boolean,
): number {
  const fib = namespace.fibFor(source);
  const flow = sourceKey.ask(source, destination);
  flow.iif = outIndex === 0 ? 1 : outIndex;
  flow.l3mdev = device.l3mdev?.index ?? 0;
  flow.tos = key.tos & ROUTING_TOS;
  flow.mark = (device.conf.src_valid_mark | namespace.confAll.src_valid_mark) !== 0 ? key.mark : 0;
  if (fib.rulesNeedPorts) {
    flow.protocol = key.protocol;
    flow.sourcePort = key.ports & 0xffff;
    flow.destinationPort = key.ports >>> 16;
  }
  backRealms = 0;
  const unknown = filter === 0 ? FINE : -Drop.IP_RPFILTER;
  if (fib.lookup(flow) !== 0) return unknown;
  const type = fib.route!.type;
  if (type !== RouteType.UNICAST && (type !== RouteType.LOCAL || !acceptLocal)) return -Drop.IP_LOCAL_SOURCE;
  if (fib.hasRealms) backRealms = realmsBack(fib);
  if (usesDevice(fib.route!, device) || (type === RouteType.LOCAL && device.loopback))
    return directness(fib.nextHop!.scope);
  if (device.addresses.length === 0) return unknown;
  if (filter === 1) return -Drop.IP_RPFILTER;
  flow.oif = device.index;
  if (fib.lookup(flow) === 0 && fib.route!.type === RouteType.UNICAST) return directness(fib.nextHop!.scope);
  return FINE;
}

const directness = (scope: number): number => (scope >= Scope.HOST ? DIRECT : FINE);
