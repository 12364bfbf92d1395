// One destination and metric in a RouteTable: who wants which route there, and what the kernel has.
import type { RouteClass } from './route-class.ts';
import { sameRoute, type Target } from './target.ts';

/** An interface as its events tell of it; the one called '' stands for none, and is always up. */
export class RouteInterface {
  readonly name: string;
  index = 0;
  up: boolean;
  /** When it was first heard of: its time of grace begins. */
  since: number;
  /** There were routes for it: what else is on it is no relic of the time before our start. */
  served = false;
  /** How many claims name it. */
  wanted = 0;
  /** By class, then by key. */
  readonly claims: (Map<number, Claim> | undefined)[] = [];

  constructor(name: string, now: number) {
    this.name = name;
    this.up = name === '';
    this.since = now;
  }
}

/** A target that a manager wants on an interface; those of one slot are a list in no order. */
export class Claim {
  readonly cls: RouteClass;
  readonly iface: RouteInterface;
  target: Target;
  next: Claim | null = null;

  constructor(cls: RouteClass, iface: RouteInterface, target: Target) {
    this.cls = cls;
    this.iface = iface;
    this.target = target;
  }
}

export class Slot {
  claims: Claim | null = null;
  /** Of the kernel's key; only routes of others have one. */
  readonly tos: number;
  /** What the kernel has of ours, and on which interface; null for nothing. */
  has: Target | null = null;
  on: RouteInterface;
  /** The interface's index when the route was written: the same name may be another interface now. */
  index = 0;
  /** Number of the reading that last saw a route here. */
  seen = 0;

  constructor(on: RouteInterface, tos: number) {
    this.on = on;
    this.tos = tos;
  }
}

/** The lowest class wins, in it the highest index; interfaces that are down have no say. */
export function winnerOf(slot: Slot): Claim | null {
  let best: Claim | null = null;
  for (let claim = slot.claims; claim !== null; claim = claim.next)
    if (claim.iface.up && (best === null || beats(claim, best))) best = claim;
  return best;
}

const beats = (one: Claim, other: Claim): boolean =>
  one.cls === other.cls ? one.iface.index > other.iface.index : one.cls < other.cls;

/** The kernel has what is wanted. */
export const isWritten = (slot: Slot, { iface, target }: Claim): boolean =>
  slot.has !== null && slot.index === iface.index && sameRoute(slot.has, target);

export function unlinkClaim(slot: Slot, gone: Claim): void {
  if (slot.claims === gone) {
    slot.claims = gone.next;
    return;
  }
  let claim = slot.claims;
  while (claim !== null && claim.next !== gone) claim = claim.next;
  if (claim !== null) claim.next = gone.next;
}

/** Some claim of it names the workload's MAC address. */
export function hasMac(slot: Slot): boolean {
  for (let claim = slot.claims; claim !== null; claim = claim.next) if (claim.target.mac !== 0) return true;
  return false;
}
