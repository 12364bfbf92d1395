// What happens to routes when devices and their links go down and come up (fib_sync_down_dev, fib_sync_up). Those with
// a nexthop object live and die with it (nexthops.ts).
import { type RouteBody, rebalance } from './entry.ts';
import { type FibDevice, type NextHop, NextHopFlag, Scope } from './route.ts';

/** NETDEV_CHANGE, NETDEV_DOWN, NETDEV_UNREGISTER. */
export const DownEvent = { CARRIER: 0, DOWN: 1, GONE: 2 } as const;

const flagsOf = (event: number): number =>
  event === DownEvent.CARRIER ? NextHopFlag.LINKDOWN : NextHopFlag.DEAD | NextHopFlag.LINKDOWN;

/**
 * Marks the next hops by `device`; whether the whole route is down now. Local addresses stay unless `force`. A
 * multipath route goes with the first of its devices that is unregistered.
 */
export function syncDown(body: RouteBody, device: FibDevice, event: number, force: boolean): boolean {
  if (body.nexthop !== null) return false;
  const flags = flagsOf(event);
  let uses = false;
  let dead = 0;
  for (const hop of body.nextHops) {
    if (hop.device === device) uses = true;
    if ((hop.flags & NextHopFlag.DEAD) !== 0) {
      dead++;
    } else if (hop.device === device && (force || hop.scope !== Scope.NOWHERE)) {
      hop.flags |= flags;
      dead++;
    }
    if (event === DownEvent.GONE && hop.device === device) {
      dead = body.nextHops.length;
      break;
    }
  }
  if (!uses) return false;
  const down = dead === body.nextHops.length;
  if (down) body.flags |= flags;
  rebalance(body);
  return down;
}

/** Takes `flags` from the next hops by `device`, which is up; true if the route changed or was alive. */
export function syncUp(body: RouteBody, device: FibDevice, flags: number): boolean {
  if (body.nexthop !== null) return false;
  if (!body.nextHops.some((hop) => hop.device === device)) return false;
  let alive = 0;
  for (const hop of body.nextHops) {
    if ((hop.flags & flags) === 0) {
      alive++;
    } else if (hop.device === device) {
      alive++;
      hop.flags &= ~flags;
    }
  }
  if (alive > 0) body.flags &= ~flags;
  rebalance(body);
  return alive > 0;
}

/** The link's MTU changed from `old` to `mtu`: so may what was learnt about paths behind it (fnhe_update_pmtu). */
export function syncMtu(hops: readonly NextHop[], device: FibDevice, mtu: number, old: number): void {
  for (const hop of hops) {
    if (hop.device !== device || hop.exceptions === null) continue;
    for (const exception of hop.exceptions.values()) {
      if (exception.mtuLocked) {
        if (mtu > exception.mtu) continue;
        exception.mtu = mtu;
        exception.mtuLocked = false;
      } else if (mtu < exception.mtu || old === exception.mtu) {
        exception.mtu = mtu;
      }
    }
  }
}
