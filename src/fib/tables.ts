// All tables of one namespace, and what happens to their routes when devices and addresses come and go.
import type { Ipv4 } from '../addr/ipv4.ts';
import { RouteBodies, type RouteBody, type RouteEntry } from './entry.ts';
import { DownEvent, syncDown, syncMtu, syncUp } from './link-state.ts';
import { type FibDevice, NextHopFlag, type Route, Table } from './route.ts';
import { inDumpOrder, RouteStore, RouteTable, unmerge } from './table.ts';

/** FIB_MAX_AUTO_TABLE_ID: the highest table that a rule without one is given. */
const AUTO_TABLE_MAX = 4096;

export class Tables {
  readonly bodies = new RouteBodies();
  /** null until the first route is made in it, as every table is unknown until then. */
  main: RouteTable | null = null;
  default: RouteTable | null = null;
  private readonly byId = new Map<number, RouteTable>();
  /** The local table is made, if it is, in a trie of its own: set by the first change of a rule. */
  private isSplit = false;

  get(id: number): RouteTable | undefined {
    return this.byId.get(id || Table.MAIN);
  }

  /** The table, made if need be; the local one in main's trie until `splitLocal` (fib_new_table). */
  make(id: number): RouteTable {
    const known = this.byId.get(id);
    if (known !== undefined) return known;
    const shared = id === Table.LOCAL && !this.isSplit;
    const store = shared ? this.make(Table.MAIN).store : new RouteStore(this.bodies);
    const table = new RouteTable(id, store);
    this.byId.set(id, table);
    if (id === Table.MAIN) this.main = table;
    if (id === Table.DEFAULT) this.default = table;
    return table;
  }

  /** The first table that does not exist yet, made (fib_empty_table); null if all do. */
  makeEmpty(): RouteTable | null {
    for (let id = 1; id <= AUTO_TABLE_MAX; id++) if (!this.byId.has(id)) return this.make(id);
    return null;
  }

  /** The local table gets a trie of its own, at the first change of a rule (fib_unmerge). */
  splitLocal(): void {
    const local = this.byId.get(Table.LOCAL);
    if (local !== undefined && local.store === this.main?.store) unmerge(local, this.bodies);
    this.isSplit = true;
  }

  dump(id: number): Route[] {
    const table = this.get(id);
    return table === undefined ? [] : table.store.inOrder(table.id);
  }

  dumpAll(): Route[] {
    return inDumpOrder(this.byId.values()).flatMap((table) => table.store.inOrder(table.id));
  }

  /** Removes every route for which `wanted` holds; the tables stay. */
  flush(wanted: (entry: RouteEntry) => boolean): void {
    for (const table of this.byId.values())
      for (const entry of table.store.collect(table.id, wanted)) table.store.unlink(entry);
  }

  /** Next hops by `device` die, and with them the routes that have no other (fib_disable_ip). */
  disable(device: FibDevice, event: number, force: boolean): void {
    let dead = false;
    for (const body of this.bodies) if (syncDown(body, device, event, force)) dead = true;
    if (dead && event !== DownEvent.CARRIER) this.flushDead();
  }

  /** Takes `flags` from the next hops by `device`, which is up. */
  revive(device: FibDevice, flags: number): void {
    for (const body of this.bodies) syncUp(body, device, flags);
  }

  syncMtu(device: FibDevice, mtu: number, old: number): void {
    for (const { nexthop, nextHops } of this.bodies)
      if (nexthop === null) syncMtu(nextHops, device, mtu, old);
  }

  /** Removes the routes of a table that prefer a source address that is gone (fib_sync_down_addr); they come back. */
  disableSource(source: Ipv4, table: number): readonly RouteEntry[] {
    const dead = new Set<RouteBody>();
    for (const body of this.bodies) {
      if (body.prefsrc !== source || body.table !== table) continue;
      body.flags |= NextHopFlag.DEAD;
      dead.add(body);
    }
    if (dead.size === 0) return [];
    const gone = inDumpOrder(this.byId.values()).flatMap(({ store, id }) =>
      store.inOrder(id).filter(({ body }) => dead.has(body)),
    );
    this.flushDead();
    return gone;
  }

  /** Some route goes by this gateway on this device (ip_fib_check_default). */
  hasGateway(gateway: Ipv4, device: FibDevice): boolean {
    for (const body of this.bodies)
      for (const hop of body.nextHops)
        if (hop.device === device && hop.gateway === gateway && (hop.flags & NextHopFlag.DEAD) === 0)
          return true;
    return false;
  }

  /** Removes the routes that are down as a whole (fib_flush). */
  flushDead(): void {
    this.flush((entry) => (entry.body.flags & NextHopFlag.DEAD) !== 0);
  }
}
