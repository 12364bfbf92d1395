// Routing tables: which routes a prefix has, in which order, and what a request may do to them (net/ipv4/fib_trie.c).
import { Errno } from '../addr/errno.ts';
import type { Ipv4 } from '../addr/ipv4.ts';
import { metricsMatch, type RouteBodies, RouteEntry } from './entry.ts';
import { PrefixMap } from './lpm.ts';
import { type Route, type RouteConfig, Scope, Table } from './route.ts';

/** NLM_F_*: how a request to make a route treats those that are there. */
export const InsertFlag = { REPLACE: 0x100, EXCL: 0x200, CREATE: 0x400, APPEND: 0x800 } as const;

/**
 * The entries of one trie. The local and the main table share one until the first change of a rule (fib_unmerge),
 * and a lookup in either then sees both: a longer prefix of main wins over a shorter one of local.
 */
export class RouteStore {
  readonly prefixes = new PrefixMap();
  /** First entry of each prefix, by the value that `prefixes` gives; null for a free place. */
  readonly heads: (RouteEntry | null)[] = [];
  private readonly free: number[] = [];
  private readonly bodies: RouteBodies;

  constructor(bodies: RouteBodies) {
    this.bodies = bodies;
  }

  head(destination: Ipv4, length: number): RouteEntry | null {
    const place = this.prefixes.get(destination, length);
    return place < 0 ? null : this.heads[place];
  }

  /** Puts `entry` before `before`, or, for null, behind the last of its table. */
  link(entry: RouteEntry, before: RouteEntry | null): void {
    this.bodies.hold(entry.body);
    const place = this.prefixes.get(entry.destination, entry.length);
    if (place < 0) {
      this.addPrefix(entry);
      return;
    }
    let previous: RouteEntry | null = null;
    let next = this.heads[place];
    while (next !== null && next !== before && (before !== null || next.body.table >= entry.body.table)) {
      previous = next;
      next = next.next;
    }
    entry.next = next;
    if (previous === null) this.heads[place] = entry;
    else previous.next = entry;
  }

  unlink(entry: RouteEntry): void {
    const place = this.prefixes.get(entry.destination, entry.length);
    const head = this.heads[place] as RouteEntry;
    if (head !== entry) {
      let previous = head;
      while (previous.next !== entry) previous = previous.next as RouteEntry;
      previous.next = entry.next;
    } else {
      this.heads[place] = entry.next;
      if (entry.next === null) this.dropPrefix(entry, place);
    }
    this.bodies.release(entry.body);
  }

  /** Every entry of `table` for which `wanted` holds, in no order. */
  collect(table: number, wanted: (entry: RouteEntry) => boolean): RouteEntry[] {
    const found: RouteEntry[] = [];
    for (const head of this.heads)
      for (let entry = head; entry !== null; entry = entry.next)
        if (entry.body.table === table && wanted(entry)) found.push(entry);
    return found;
  }

  /** Every entry of `table` as the kernel dumps it: by first address, the longest prefix first. */
  inOrder(table: number): RouteEntry[] {
    const found: RouteEntry[] = [];
    for (const place of this.prefixes.inOrder())
      for (let entry = this.heads[place]; entry !== null; entry = entry.next)
        if (entry.body.table === table) found.push(entry);
    return found;
  }

  private addPrefix(entry: RouteEntry): void {
    const place = this.free.pop() ?? this.heads.length;
    entry.next = null;
    this.heads[place] = entry;
    this.prefixes.insert(entry.destination, entry.length, place);
  }

  private dropPrefix(entry: RouteEntry, place: number): void {
    this.prefixes.delete(entry.destination, entry.length);
    this.free.push(place);
  }
}

/** One table (struct fib_table). */
export class RouteTable {
  readonly id: number;
  store: RouteStore;
  /** Default routes that were made less those that were asked away: those that were flushed still count. */
  defaults = 0;

  constructor(id: number, store: RouteStore) {
    this.id = id;
    this.store = store;
  }

  /** Makes a route; 0, or EEXIST or ENOENT as `flags` say (fib_table_insert). */
  insert(entry: RouteEntry, flags: number): Errno {
    const first = this.find(entry.destination, entry.length, entry.tos, entry.priority);
    let before = first;
    if (first !== null && first.tos === entry.tos && first.priority === entry.priority) {
      if ((flags & InsertFlag.EXCL) !== 0) return Errno.EEXIST;
      const match = this.twinOf(entry, first);
      if ((flags & InsertFlag.REPLACE) !== 0) return this.replace(first, match, entry);
      if (match !== null) return Errno.EEXIST;
      if ((flags & InsertFlag.APPEND) !== 0) before = this.behindRun(first);
    }
    if ((flags & InsertFlag.CREATE) === 0) return Errno.ENOENT;
    this.store.link(entry, before);
    if (entry.length === 0) this.defaults++;
    return 0;
  }

  /** Removes the first route that has all that `config` names; null if none has (fib_table_delete). */
  delete(config: RouteConfig): RouteEntry | null {
    const tos = config.tos ?? 0;
    let entry = this.find(config.destination, config.length, tos, 0);
    while (entry !== null && entry.body.table === this.id && entry.tos === tos) {
      if (matches(config, entry)) {
        if (entry.length === 0) this.defaults--;
        this.store.unlink(entry);
        return entry;
      }
      entry = entry.next;
    }
    return null;
  }

  /** This very entry is in the table. */
  holds(wanted: RouteEntry): boolean {
    let entry = this.store.head(wanted.destination, wanted.length);
    while (entry !== null && entry !== wanted) entry = entry.next;
    return entry !== null;
  }

  /** The first route with this TOS and at least this priority, or else the one behind its place (fib_find_alias). */
  private find(destination: Ipv4, length: number, tos: number, priority: number): RouteEntry | null {
    let entry = this.store.head(destination, length);
    for (; entry !== null; entry = entry.next) {
      if (entry.body.table > this.id) continue;
      if (entry.body.table !== this.id) return null;
      if (entry.tos > tos) continue;
      if (entry.tos < tos || entry.priority >= priority) return entry;
    }
    return null;
  }

  private inRun(entry: RouteEntry | null, first: RouteEntry): entry is RouteEntry {
    return (
      entry !== null &&
      entry.body.table === this.id &&
      entry.tos === first.tos &&
      entry.priority === first.priority
    );
  }

  /** The route in the run from `first` on that is the same as `entry` in everything. */
  private twinOf(entry: RouteEntry, first: RouteEntry): RouteEntry | null {
    let twin: RouteEntry | null = first;
    while (this.inRun(twin, first)) {
      if (twin.body === entry.body) return twin;
      twin = twin.next;
    }
    return null;
  }

  private behindRun(first: RouteEntry): RouteEntry | null {
    let entry: RouteEntry | null = first;
    while (this.inRun(entry, first)) entry = entry.next;
    return entry;
  }

  private replace(first: RouteEntry, twin: RouteEntry | null, entry: RouteEntry): Errno {
    if (twin !== null) return twin === first ? 0 : Errno.EEXIST;
    this.store.link(entry, first);
    this.store.unlink(first);
    return 0;
  }
}

/** Whether a route is one that a request to remove means (fib_table_delete, fib_nh_match). */
function matches(config: RouteConfig, route: Route): boolean {
  return (
    (!config.type || route.type === config.type) &&
    (config.scope === undefined || config.scope === Scope.NOWHERE || route.scope === config.scope) &&
    (!config.prefsrc || route.prefsrc === config.prefsrc) &&
    (!config.protocol || route.protocol === config.protocol) &&
    (!config.priority || route.priority === config.priority) &&
    nextHopsMatch(config, route) &&
    metricsMatch(config.metrics, route.metrics)
  );
}

function nextHopsMatch(config: RouteConfig, route: Route): boolean {
  const wanted = config.nextHops;
  if (config.nexthopId) return route.nexthop?.id === config.nexthopId;
  if (route.nexthop !== null) return wanted.length === 0;
  const isList = isMultipath(config);
  if (wanted.length > 0 && isList) {
    // A request may name more next hops than the route has, but not fewer.
    if (wanted.length < route.nextHops.length) return false;
  }
  return wanted.every((hop, index) => {
    const has = route.nextHops[index];
    if (has === undefined) return true;
    if (hop.device && hop.device !== has.device) return false;
    const realms = isList ? hop.realms : config.realms;
    if (realms && realms !== has.realms) return false;
    return !hop.gateway || hop.gateway === has.gateway;
  });
}

/** Next hops came as a list (RTA_MULTIPATH), be it of one. */
export const isMultipath = (config: RouteConfig): boolean => config.multipath ?? config.nextHops.length > 1;

/** The order of `table all`: by bucket of the hash, in it the newest first (FIB_TABLE_HASHSZ is 256). */
export function inDumpOrder(tables: Iterable<RouteTable>): RouteTable[] {
  return [...tables].reverse().sort((a, b) => (a.id & 255) - (b.id & 255));
}

/** Moves the routes of the local table out of the trie that it shares with main (fib_trie_unmerge). */
export function unmerge(local: RouteTable, bodies: RouteBodies): void {
  const own = new RouteStore(bodies);
  for (const entry of local.store.inOrder(Table.LOCAL)) {
    const copy = new RouteEntry(entry.destination, entry.length, entry.tos, entry.body);
    copy.chosenDefault = entry.chosenDefault;
    own.link(copy, null);
    local.store.unlink(entry);
  }
  local.store = own;
}
