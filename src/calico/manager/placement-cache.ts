// Nodes that see a prefix alike want the same route for it: they share one object, which is found by what they see it
// with. A cluster of 1,000 nodes would have a million of them, and a million computations, otherwise.
import type { RouteUpdate } from '../calc/types.ts';
import { sameTarget } from '../table/target.ts';
import { type NodeView, type Placement, placementOf, writerOf } from './placement.ts';

/** What one kind of view makes of an update. */
interface Held {
  readonly signature: string;
  readonly placement: Placement | null;
}

export class PlacementCache {
  private held = new WeakMap<RouteUpdate, Held[]>();

  /** The tunnel ends of nodes are others now: what was made with them is forgotten. */
  forget(): void {
    this.held = new WeakMap();
  }

  of(update: RouteUpdate, view: NodeView): Placement | null {
    if (update.node === view.node) return placementOf(update, view);
    const others = this.held.get(update);
    const isOwn = writerOf(update, view) === 'bird';
    if (others !== undefined && !isOwn)
      for (const { signature, placement } of others) if (signature === view.signature) return placement;
    const wanted = placementOf(update, view);
    const placement = others?.find((other) => isSame(other.placement, wanted))?.placement ?? wanted;
    const held = { signature: isOwn ? NOBODYS : view.signature, placement };
    if (others === undefined) this.held.set(update, [held]);
    else if (!isOwn || placement === wanted) others.push(held);
    return placement;
  }
}

/** BIRD's routes hang on what the node has learnt, and from whom: they are shared where they are equal. */
const NOBODYS = '';

const isSame = (a: Placement | null, b: Placement | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.writer === b.writer &&
    a.routeClass === b.routeClass &&
    a.device === b.device &&
    sameTarget(a.target, b.target));
