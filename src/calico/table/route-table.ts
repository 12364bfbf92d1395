// Felix's RouteTable (felix/routetable): makes one table of a namespace's kernel have the routes that the managers want
// and keeps its hands off those of others. Desired, actual, difference: only the last reaches the port.

import { Errno, type Refusal } from '../../addr/errno.ts';
import { NudState } from '../../admin/neighbour-constants.ts';
import type { RouteInfo } from '../../admin/types.ts';
import type { Operation } from '../../program/operation.ts';
import type { Failure, Port } from '../../program/port.ts';
import { prefixKey } from '../calc/types.ts';
import { KernelKeys } from './kernel-key.ts';
import { isUsable } from './link-state.ts';
import type { Ownership } from './ownership.ts';
import type { RouteClass } from './route-class.ts';
import { Claim, hasMac, isWritten, RouteInterface, Slot, unlinkClaim, winnerOf } from './route-slot.ts';
import { removalOf, requestOf, sameRoute, sameTarget, type Target, targetOf } from './target.ts';

export interface RouteTableOptions {
  /** The kernel's number of it: 254 is main. */
  readonly table: number;
  readonly ownership: Ownership;
  /** Microseconds. */
  readonly now: () => number;
  /** How long unknown routes on workloads' interfaces are left alone, in microseconds. */
  readonly grace: number;
}

export class RouteTable {
  private readonly port: Port;
  private readonly options: RouteTableOptions;
  private readonly keys = new KernelKeys();
  private readonly interfaces = new Map<string, RouteInterface>();
  private readonly slots = new Map<number, Slot>();
  /** Slots where the kernel may have another route than is wanted. */
  private readonly dirty = new Map<number, Slot>();
  /** Slots whose neighbour is to be written. */
  private readonly neighbours = new Map<number, Slot>();
  /** Interfaces whose routes the kernel may have dropped. */
  private readonly unsure = new Set<RouteInterface>();
  /** Routes of ours behind another of ours with the same key, which replacing would not touch. */
  private duplicates: { readonly target: Target; readonly tos: number; readonly device: string }[] = [];
  private unread = true;
  private readings = 0;
  private graceEnd = Infinity;

  constructor(port: Port, options: RouteTableOptions) {
    this.port = port;
    this.options = options;
  }

  /** When applying again removes what a time of grace protects now; Infinity if nothing waits. */
  get nextDeadline(): number {
    return this.graceEnd;
  }

  // ---- what is wanted --------------------------------------------------------------------------------------------

  /** These and no others, of this class on this interface ('' for none). */
  set(cls: RouteClass, iface: string, targets: readonly Target[]): void {
    const wanted = new Set<number>();
    for (const target of targets) wanted.add(this.claim(cls, iface, target));
    const held = this.interfaces.get(iface)?.claims[cls];
    for (const [key, claim] of held ?? []) if (!wanted.has(key)) this.release(key, claim);
  }

  update(cls: RouteClass, iface: string, target: Target): void {
    this.claim(cls, iface, target);
  }

  /** `prefix` is the prefixKey of the destination. */
  remove(cls: RouteClass, iface: string, prefix: number, priority: number): void {
    const key = this.keys.keyOf(prefix, priority, 0);
    const claim = this.interfaces.get(iface)?.claims[cls]?.get(key);
    if (claim !== undefined) this.release(key, claim);
  }

  private claim(cls: RouteClass, name: string, target: Target): number {
    const key = this.keys.keyOf(prefixKey(target.destination, target.length), target.priority, 0);
    const iface = this.interfaceCalled(name);
    iface.claims[cls] ??= new Map();
    const claims = iface.claims[cls] as Map<number, Claim>;
    const held = claims.get(key);
    if (held !== undefined && sameTarget(held.target, target)) return key;
    const slot = this.slotAt(key, iface);
    if (held === undefined) this.addClaim(claims, key, slot, new Claim(cls, iface, target));
    else held.target = target;
    this.touch(key, slot);
    return key;
  }

  private addClaim(claims: Map<number, Claim>, key: number, slot: Slot, claim: Claim): void {
    claims.set(key, claim);
    claim.next = slot.claims;
    slot.claims = claim;
    claim.iface.wanted++;
    claim.iface.served = true;
  }

  private release(key: number, claim: Claim): void {
    const slot = this.slots.get(key) as Slot;
    claim.iface.claims[claim.cls]?.delete(key);
    claim.iface.wanted--;
    unlinkClaim(slot, claim);
    this.touch(key, slot);
  }

  private touch(key: number, slot: Slot): void {
    this.dirty.set(key, slot);
    if (hasMac(slot)) this.neighbours.set(key, slot);
  }

  private slotAt(key: number, iface: RouteInterface): Slot {
    const held = this.slots.get(key);
    if (held !== undefined) return held;
    const slot = new Slot(iface, 0);
    this.slots.set(key, slot);
    return slot;
  }

  // ---- what happens to interfaces ----------------------------------------------------------------------------------

  /** `up` is oper-up. The kernel drops the routes of an interface that goes down, and forgets one that is gone. */
  interfaceChanged(name: string, state: 'up' | 'down' | 'gone', index: number): void {
    const iface = this.interfaceCalled(name);
    const present = state === 'gone' ? 0 : index;
    if (iface.index !== present) {
      iface.since = this.options.now();
      iface.served = iface.wanted > 0;
    }
    iface.up = state === 'up';
    iface.index = present;
    this.unsure.add(iface);
    for (const claims of iface.claims)
      for (const key of claims?.keys() ?? []) this.touch(key, this.slots.get(key) as Slot);
    if (state === 'gone' && iface.wanted === 0) this.interfaces.delete(name);
  }

  private interfaceCalled(name: string): RouteInterface {
    const held = this.interfaces.get(name);
    if (held !== undefined) return held;
    const iface = new RouteInterface(name, this.options.now());
    this.interfaces.set(name, iface);
    return iface;
  }

  // ---- what the kernel has -----------------------------------------------------------------------------------------

  /** Reads the whole table again at the next apply, and writes every neighbour again. */
  resync(): void {
    this.unread = true;
    for (const [key, slot] of this.slots) if (hasMac(slot)) this.neighbours.set(key, slot);
  }

  /** Neighbours go with some of the routes. */
  get hasNeighbours(): boolean {
    for (const slot of this.slots.values()) if (hasMac(slot)) return true;
    return false;
  }

  private read(): void {
    const reading = ++this.readings;
    this.duplicates = [];
    for (const route of this.port.routes(this.options.table)) this.observe(route, reading);
    for (const [key, slot] of this.slots)
      if (slot.has !== null && slot.seen !== reading && this.isUnsure(slot.on)) {
        slot.has = null;
        this.dirty.set(key, slot);
      }
    this.unread = false;
    this.unsure.clear();
  }

  private isUnsure(iface: RouteInterface): boolean {
    return this.unread || this.unsure.has(iface);
  }

  private observe(route: RouteInfo, reading: number): void {
    const hop = route.nextHops.length === 1 ? route.nextHops[0] : undefined;
    const device = hop?.device ?? '';
    if (!this.options.ownership.ownsRoute(route, device)) return;
    const prefix = prefixKey(route.destination, route.length);
    const key = this.keys.keyOf(prefix, route.priority, route.tos);
    const on = this.interfaceCalled(device);
    const held = this.slots.get(key);
    if (held?.seen === reading) {
      this.duplicates.push({ target: targetOf(route), tos: route.tos, device });
      return;
    }
    if (held !== undefined) held.seen = reading;
    if (!this.isUnsure(on) && (held === undefined || !this.isUnsure(held.on))) return;
    const slot = held ?? this.newSlot(key, on, route.tos);
    slot.seen = reading;
    this.found(key, slot, on, hop?.index ?? 0, targetOf(route));
  }

  private newSlot(key: number, on: RouteInterface, tos: number): Slot {
    const slot = new Slot(on, tos);
    this.slots.set(key, slot);
    return slot;
  }

  private found(key: number, slot: Slot, on: RouteInterface, index: number, target: Target): void {
    if (slot.has !== null && slot.index === index && sameRoute(slot.has, target)) return;
    slot.has = target;
    slot.on = on;
    slot.index = index;
    this.dirty.set(key, slot);
  }

  // ---- the difference ----------------------------------------------------------------------------------------------

  /** Deletions, then routes, then neighbours. What fails stays to be done. */
  apply(): Failure[] {
    const failures: Failure[] = [];
    if (this.unread || this.unsure.size > 0) this.read();
    this.removeDuplicates(failures);
    this.graceEnd = Infinity;
    for (const [key, slot] of this.dirty) {
      const winner = winnerOf(slot);
      if (winner === null) this.withdraw(key, slot, failures);
      else if (isWritten(slot, winner)) this.dirty.delete(key);
    }
    for (const [key, slot] of this.dirty) {
      const winner = winnerOf(slot);
      if (winner !== null) this.write(key, slot, winner, failures);
    }
    for (const [key, slot] of this.neighbours) this.writeNeighbour(key, slot, failures);
    return failures;
  }

  /** A request to delete may hit the first of two that differ in what it cannot name: so the table is read again. */
  private removeDuplicates(failures: Failure[]): void {
    for (let tries = 0; this.duplicates.length > 0 && tries < 3; tries++) {
      for (const { target, tos, device } of this.duplicates) this.delete(target, tos, device, failures);
      this.unread = true;
      this.read();
    }
  }

  private withdraw(key: number, slot: Slot, failures: Failure[]): void {
    if (slot.has !== null) {
      if (this.isInGrace(slot.on)) return;
      if (!this.delete(slot.has, slot.tos, slot.on.name, failures)) return;
      slot.has = null;
    }
    this.dirty.delete(key);
    if (slot.claims === null) this.slots.delete(key);
  }

  /** The route may be of a workload that lives and that we were not told of yet. */
  private isInGrace(iface: RouteInterface): boolean {
    const { ownership, now, grace } = this.options;
    if (iface.served || !ownership.ownsInterface(iface.name)) return false;
    const end = iface.since + grace;
    if (now() >= end) return false;
    this.graceEnd = Math.min(this.graceEnd, end);
    return true;
  }

  private write(key: number, slot: Slot, { iface, target }: Claim, failures: Failure[]): void {
    const route = requestOf(target, this.options.table, iface.name);
    const operation: Operation = { do: 'route', verb: 'replace', route };
    const refusal = this.port.perform(operation);
    if (refusal !== null) {
      if (refusal.errno === Errno.EEXIST) this.unread = true;
      this.report(iface, operation, refusal, failures);
      return;
    }
    slot.has = target;
    slot.on = iface;
    slot.index = iface.index;
    this.dirty.delete(key);
  }

  private writeNeighbour(key: number, slot: Slot, failures: Failure[]): void {
    const winner = winnerOf(slot);
    if (winner !== null && winner.target.mac !== 0) {
      if (this.dirty.has(key)) return;
      const operation = neighbourOf(winner);
      const refusal = this.port.perform(operation);
      if (refusal !== null) {
        this.report(winner.iface, operation, refusal, failures);
        return;
      }
    }
    this.neighbours.delete(key);
  }

  /** True if what was to be removed is not there any more. */
  private delete(target: Target, tos: number, device: string, failures: Failure[]): boolean {
    const route = removalOf(target, tos, this.options.table, device);
    const operation: Operation = { do: 'route', verb: 'delete', route };
    const refusal = this.port.perform(operation);
    if (refusal === null || refusal.errno === Errno.ESRCH) return true;
    if (refusal.errno === Errno.ENODEV && this.port.link(device) === null) return true;
    failures.push({ operation, refusal });
    return false;
  }

  /** An interface that went in between is no failure: its event is under way. */
  private report(iface: RouteInterface, operation: Operation, refusal: Refusal, failures: Failure[]): void {
    const isAboutLink = refusal.errno === Errno.ENETDOWN || refusal.errno === Errno.ENODEV;
    if (isAboutLink && !isUsable(this.port.link(iface.name))) return;
    failures.push({ operation, refusal });
  }
}

function neighbourOf({ iface, target }: Claim): Operation {
  const { destination, mac } = target;
  return {
    do: 'replace-neighbour',
    neighbour: { destination, device: iface.name, lladdr: mac, state: NudState.PERMANENT },
  };
}
