// Routes as RTM_NEWROUTE, RTM_DELROUTE and the dump of RTM_GETROUTE serve them.
import { Errno, refuse } from '../addr/errno.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Outcome, RouteInfo, RouteRequest, RouteVerb } from './types.ts';

/** `ip route add|change|replace|append|prepend|test …`. */
export function changeRoute(_namespace: Namespace, _verb: RouteVerb, _request: RouteRequest): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** `ip route del …`: what the request leaves out (type included) matches anything. */
export function deleteRoute(_namespace: Namespace, _request: RouteRequest): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** Every route of every table (or of one) in the order of the kernel's dump. */
export function dumpRoutes(_namespace: Namespace, _table?: number): RouteInfo[] {
  return [];
}

/** One learnt exception of a route (`ip route show cache`). */
export interface RouteCacheInfo extends RouteInfo {
  /** Learnt path MTU, 0 for none. */
  mtu: number;
  mtuLocked: boolean;
  /** Seconds that are left, -1 for ever. */
  expires: number;
}

/** What was learnt about destinations: redirects and path MTUs (`ip route show cache`). */
export function dumpRouteCache(_namespace: Namespace): RouteCacheInfo[] {
  return [];
}

/** `ip route flush cache`: forgets what was learnt. */
export function flushRouteCache(_namespace: Namespace): void {}
