// Routing of what is sent from here (ip_route_output_key_hash_rcu in net/ipv4/route.c).
import { Errno } from '../addr/errno.ts';
import {
  ANY,
  type Ipv4,
  isLimitedBroadcast,
  isLocalMulticast,
  isLoopback,
  isMulticast,
  isZeronet,
  LOOPBACK,
} from '../addr/ipv4.ts';
import type { FlowKey } from '../fib/flow.ts';
import { RouteType, Scope } from '../fib/route.ts';
import { type Device, Kind } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { IpProtocol } from '../wire/ipv4.ts';
import { deviceOfAddress, selectAddress } from './devinet.ts';
import { ROUTING_TOS, RouteFlag, type RouteResult } from './route.ts';

/**
 * Finds the route for `key` and fills `result`; `key.source` and `key.destination` are completed on the way, as the
 * kernel completes its flowi4. Returns 0 or the errno that connect(2) or sendmsg(2) would give.
 */
export function routeOutput(namespace: Namespace, key: FlowKey, result: RouteResult): Errno {
  result.reset();
  key.iif = 1;
  key.tos &= ROUTING_TOS;
  key.scope = Scope.UNIVERSE;
  if (key.source !== ANY) {
    const refused = checkSource(namespace, key);
    if (refused !== 0) return refused;
  }
  let device: Device | null = null;
  if (key.oif !== 0) {
    device = namespace.devices.get(key.oif) ?? null;
    if (device === null) return Errno.ENODEV;
    if (!device.up || device.ipv4Disabled) return Errno.ENETUNREACH;
    if (
      isLocalMulticast(key.destination) ||
      isLimitedBroadcast(key.destination) ||
      key.protocol === IpProtocol.IGMP
    ) {
      if (key.source === ANY) key.source = selectAddress(namespace, device, ANY, Scope.LINK);
      return makeOutput(namespace, key, result, device, RouteType.UNICAST, false);
    }
    if (key.source === ANY) {
      if (isMulticast(key.destination)) key.source = selectAddress(namespace, device, ANY, key.scope);
      else if (key.destination === ANY) key.source = selectAddress(namespace, device, ANY, Scope.HOST);
    }
  }
  if (key.destination === ANY) {
    key.destination = key.source;
    if (key.destination === ANY) {
      key.destination = LOOPBACK;
      key.source = LOOPBACK;
      return makeOutput(namespace, key, result, namespace.loopback, RouteType.LOCAL, false);
    }
  }
  return lookupOutput(namespace, key, result, device);
}

/** A source must be an address of ours, and a broadcast or multicast without a device leaves by the source's. */
function checkSource(namespace: Namespace, key: FlowKey): Errno {
  const source = key.source;
  if (isMulticast(source) || isLimitedBroadcast(source) || isZeronet(source)) return Errno.EINVAL;
  const owner = deviceOfAddress(namespace, source);
  if (owner === null && !key.anySource) return Errno.ENETUNREACH;
  if (key.oif !== 0 || !(isMulticast(key.destination) || isLimitedBroadcast(key.destination))) return 0;
  if (owner === null) return Errno.ENETUNREACH;
  key.oif = owner.index;
  return 0;
}

function lookupOutput(namespace: Namespace, key: FlowKey, result: RouteResult, device: Device | null): Errno {
  const { fib } = namespace;
  const failed = fib.lookup(key);
  if (failed !== 0) {
    const isGroup = isMulticast(key.destination);
    if (key.oif === 0 || device === null || (key.l3mdev !== 0 && !isGroup)) return failed;
    // the routing tables know nothing: the destination is taken to be on the link
    fib.table = 0;
    if (key.source === ANY) key.source = selectAddress(namespace, device, ANY, Scope.LINK);
    return makeOutput(namespace, key, result, device, RouteType.UNICAST, false);
  }
  const route = fib.route!;
  if (route.type === RouteType.LOCAL) {
    if (key.source === ANY) key.source = route.prefsrc !== ANY ? route.prefsrc : key.destination;
    // A VRF device is the loopback of its domain.
    const owner = (fib.nextHop!.device as Device).l3mdev ?? namespace.loopback;
    key.oif = owner.index;
    return makeOutput(namespace, key, result, owner, RouteType.LOCAL, true);
  }
  fib.selectPath(key, flowHash(key));
  if (key.source === ANY) key.source = sourceBy(namespace, key);
  return makeOutput(namespace, key, result, fib.nextHop!.device as Device, route.type, true);
}

/** A packet that leaves its VRF by a leaked route still has an address of the VRF (fib_select_path). */
function sourceBy(namespace: Namespace, key: FlowKey): Ipv4 {
  const { fib } = namespace;
  const vrf = key.l3mdev === 0 ? undefined : namespace.devices.get(key.l3mdev);
  if (vrf === undefined || (fib.nextHop!.device as Device).l3mdev === vrf)
    return fib.preferredSource(fib.route!, fib.nextHop!);
  return selectAddress(namespace, vrf, ANY, Scope.LINK);
}

/**
 * A hash of 31 bits over what fib_multipath_hash_policy 0 looks at, source and destination. The kernel's is seeded
 * at random; ours is the same in every run.
 */
export function flowHash(key: FlowKey): number {
  let hash = Math.imul(key.source ^ Math.imul(key.destination, 0x9e3779b1), 0x85ebca6b);
  hash ^= hash >>> 13;
  return (Math.imul(hash, 0xc2b2ae35) >>> 1) & 0x7fffffff;
}

/** __mkroute_output. */
function makeOutput(
  namespace: Namespace,
  key: FlowKey,
  result: RouteResult,
  device: Device,
  found: number,
  fromFib: boolean,
): Errno {
  const { destination, source } = key;
  if (device.ipv4Disabled) return Errno.EINVAL;
  const localnet = (device.conf.route_localnet | namespace.confAll.route_localnet) !== 0;
  const isLoop = device.loopback || device.kind === Kind.VRF;
  if (!localnet && isLoopback(source) && !isLoop) return Errno.EINVAL;
  const type = outputType(destination, found);
  if (type === RouteType.UNSPEC) return Errno.EINVAL;
  result.flags = outputFlags(device, destination, type);
  result.type = type;
  result.device = device;
  const useFib =
    fromFib &&
    type !== RouteType.BROADCAST &&
    !(type === RouteType.MULTICAST && namespace.fib.route!.length < 4);
  if (useFib) {
    result.adopt(namespace, destination);
    if (isKept(result)) result.bindException(namespace, 'output');
  } else result.destination = destination;
  if (type === RouteType.LOCAL) result.gateway = ANY;
  result.source = source;
  return 0;
}

/** What groups of ours get is made anew each time, and what is for an address of another device than the loopback (do_cache). */
const isKept = ({ type, isLocal, device, nextHop }: RouteResult): boolean =>
  type === RouteType.LOCAL ? nextHop?.device === device : type !== RouteType.MULTICAST || !isLocal;

function outputType(destination: Ipv4, found: number): number {
  if (isLimitedBroadcast(destination)) return RouteType.BROADCAST;
  if (isMulticast(destination)) return RouteType.MULTICAST;
  if (isZeronet(destination)) return RouteType.UNSPEC;
  return found;
}

function outputFlags(device: Device, destination: Ipv4, type: number): number {
  const loop = device.loopback ? RouteFlag.LOCAL : 0;
  if (type === RouteType.LOCAL) return RouteFlag.LOCAL;
  if (type === RouteType.BROADCAST) return RouteFlag.BROADCAST + RouteFlag.LOCAL;
  // Even what goes to the loopback device is heard by members only (ip_check_mc_rcu).
  if (type === RouteType.MULTICAST)
    return RouteFlag.MULTICAST + (device.groups.has(destination) ? RouteFlag.LOCAL : 0);
  return loop;
}
