// Nodes that see a prefix alike want the same route for it: they share one object, or a cluster of 1,000 nodes would
// have a million of them.
import type { RouteUpdate } from '../calc/types.ts';
import { sameTarget } from '../table/target.ts';
import type { Placement } from './placement.ts';

export class PlacementCache {
  private readonly held = new WeakMap<RouteUpdate, Placement[]>();

  /** An equal placement that was made for this update, or this one from now on. */
  share(update: RouteUpdate, placement: Placement): Placement {
    const others = this.held.get(update);
    const found = others?.find((other) => isSame(other, placement));
    if (found !== undefined) return found;
    if (others === undefined) this.held.set(update, [placement]);
    else others.push(placement);
    return placement;
  }
}

const isSame = (a: Placement, b: Placement): boolean =>
  a.writer === b.writer &&
  a.routeClass === b.routeClass &&
  a.device === b.device &&
  sameTarget(a.target, b.target);
