// Routes as RTM_NEWROUTE, RTM_DELROUTE and the dump of RTM_GETROUTE serve them.

import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { ANY } from '../addr/ipv4.ts';
import type { KeptPath, NextHop, NextHopConfig, Route, RouteConfig, RouteException } from '../fib/route.ts';
import { NextHopFlag, RouteType, Table } from '../fib/route.ts';
import { RouteFlag } from '../ip/route.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { NextHopInfo, Outcome, RouteInfo, RouteRequest, RouteVerb } from './types.ts';

/** `ip route add|change|replace|append|prepend|test …`. */
export function changeRoute(namespace: Namespace, verb: RouteVerb, request: RouteRequest): Outcome {
  const config = configOf(namespace, request, RouteType.UNICAST);
  return 'errno' in config ? config : namespace.fib.insert(config, verb);
}

/** `ip route del …`: what the request leaves out (type included) matches anything. */
export function deleteRoute(namespace: Namespace, request: RouteRequest): Outcome {
  const config = configOf(namespace, request, RouteType.UNSPEC);
  return 'errno' in config ? config : namespace.fib.delete(config);
}

/** Field by field: measured, spreading the request costs two microseconds, and a cluster has a million routes. */
function configOf(namespace: Namespace, request: RouteRequest, type: number): RouteConfig | Refusal {
  const nextHops: NextHopConfig[] = [];
  for (const { device: name, gateway, weight, onlink, pervasive, realms } of request.nextHops) {
    const device = name === '' ? null : namespace.names.get(name);
    if (device === undefined) return refuse(Errno.ENODEV);
    nextHops.push({ device, gateway, weight, onlink, pervasive, realms });
  }
  return {
    table: request.table || Table.MAIN,
    destination: request.destination,
    length: request.length,
    tos: request.tos,
    type: request.type ?? type,
    protocol: request.protocol,
    scope: request.scope,
    priority: request.priority,
    prefsrc: request.prefsrc,
    metrics: request.metrics,
    realms: request.realms,
    nextHops,
    multipath: request.multipath,
    nexthopId: request.nexthopId,
  };
}

/** Every route of every table (or of one) in the order of the kernel's dump. */
export function dumpRoutes(namespace: Namespace, table?: number): RouteInfo[] {
  const routes = table === undefined ? namespace.fib.dumpAll() : namespace.fib.dump(table);
  return routes.map((route) => reportRoute(namespace, route));
}

/** Whether a table was ever written to: dumping another is ENOENT "ipv4: FIB table does not exist". */
export const hasTable = (namespace: Namespace, table: number): boolean => namespace.fib.hasTable(table);

/** A route as netlink tells it: where nexthop_compat_mode is off, a nexthop object's next hops are not repeated. */
export function reportRoute({ conf }: Namespace, route: Route): RouteInfo {
  const info = describeRoute(route);
  return route.nexthop === null || conf.nexthop_compat_mode !== 0 ? info : { ...info, nextHops: [] };
}

/** A route as it is reported (fib_dump_info). */
export const describeRoute = (route: Route): RouteInfo => ({
  table: route.table,
  destination: route.destination,
  length: route.length,
  tos: route.tos,
  type: route.nexthop?.leadsNowhere ? RouteType.BLACKHOLE : route.type,
  protocol: route.protocol,
  scope: route.scope,
  priority: route.priority,
  prefsrc: route.prefsrc,
  metrics: route.metrics,
  flags: route.flags,
  realms: route.nextHops.length === 1 ? route.nextHops[0].realms : 0,
  nextHops: route.nextHops.filter((hop) => hop.device !== null || hop.gateway !== 0).map(describeHop),
  nexthopId: route.nexthop?.id ?? 0,
});

/** Flags of a next hop as fib_nexthop_info reports them. */
function reportedFlags(hop: NextHop): number {
  const { DEAD, LINKDOWN, ONLINK, OFFLOAD } = NextHopFlag;
  const flags = hop.flags & (DEAD | LINKDOWN | ONLINK | OFFLOAD);
  return (flags & LINKDOWN) !== 0 && hop.device?.ignoreLinkdown === true ? flags | DEAD : flags;
}

const describeHop = (hop: NextHop): NextHopInfo => ({
  device: hop.device?.name ?? '',
  index: hop.device?.index ?? 0,
  gateway: hop.gateway,
  weight: hop.weight,
  flags: reportedFlags(hop),
  realms: hop.realms,
});

/** One learnt exception of a route (`ip route show cache`). */
export interface RouteCacheInfo extends RouteInfo {
  /** Learnt path MTU, 0 for none. */
  mtu: number;
  mtuLocked: boolean;
  /** Microseconds that are left, 0 for ever. */
  expires: number;
  /** RTCF_*: a gateway that a redirect named. */
  cacheFlags: number;
}

/** What was learnt about destinations: redirects and path MTUs (`ip route show cache`). */
export function dumpRouteCache(namespace: Namespace): RouteCacheInfo[] {
  const { now } = namespace.kernel.clock;
  const cached: RouteCacheInfo[] = [];
  for (const route of namespace.fib.dumpAll())
    for (const hop of route.nextHops)
      for (const exception of hop.exceptions?.values() ?? []) {
        const kept = exception.input ?? exception.output;
        const isCurrent = exception.expires === 0 || exception.expires > now;
        if (kept !== null && isCurrent && exception.generation === namespace.pathGeneration)
          cached.push(describeCached(route, hop, exception, kept, now));
      }
  return cached;
}

function describeCached(
  route: Route,
  hop: NextHop,
  exception: RouteException,
  kept: KeptPath,
  now: number,
): RouteCacheInfo {
  return {
    ...describeRoute(route),
    // rt_fill_info is asked for no flow.
    tos: 0,
    destination: exception.destination,
    length: 32,
    nextHops: [{ ...describeHop(hop), gateway: exception.gateway || hop.gateway }],
    cacheFlags: exception.gateway === ANY ? 0 : RouteFlag.REDIRECTED,
    mtu: kept.failed ? 0 : kept.mtu,
    mtuLocked: kept.mtuLocked,
    expires: exception.expires === 0 || kept.failed ? 0 : exception.expires - now,
  };
}

/** `ip route flush cache`, or a write to net.ipv4.route.flush: what was learnt counts no more (ipv4_sysctl_rtcache_flush). */
export function flushRouteCache(namespace: Namespace): void {
  namespace.pathGeneration++;
  namespace.fib.addressesChanged();
}
