// The routing of one namespace: the one object through which its routes and rules are asked and changed.
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { ANY, type Ipv4 } from '../addr/ipv4.ts';
import { RouteBody, RouteEntry } from './entry.ts';
import { DownEvent } from './link-state.ts';
import { RouteLookup } from './lookup.ts';
import type { Nexthop } from './nexthop.ts';
import type { NexthopConfig } from './nexthops.ts';
import {
  type FibDevice,
  NextHopFlag,
  type Route,
  type RouteConfig,
  RouteType,
  type Rule,
  RuleAction,
  Table,
} from './route.ts';
import { checkTos, RuleEntry } from './rules.ts';
import { checkRequest, createBody } from './semantics.ts';
import { InsertFlag } from './table.ts';

/** How a request treats routes that are there, in iproute2's words. */
export type InsertMode = 'add' | 'change' | 'replace' | 'append' | 'prepend' | 'test';

const MODE_FLAGS: Readonly<Record<InsertMode, number>> = {
  add: InsertFlag.CREATE | InsertFlag.EXCL,
  change: InsertFlag.REPLACE,
  replace: InsertFlag.CREATE | InsertFlag.REPLACE,
  append: InsertFlag.CREATE | InsertFlag.APPEND,
  prepend: InsertFlag.CREATE,
  test: InsertFlag.EXCL,
};

/** Hears of what a user or an address changes; what goes with a device or a nexthop goes unheard, as in Linux. */
export interface FibWatcher {
  route(route: Route, change: 'new' | 'gone'): void;
  rule(rule: RuleEntry, change: 'new' | 'gone'): void;
  nexthop(nexthop: Nexthop, change: 'new' | 'gone'): void;
}

export class Fib extends RouteLookup {
  /** Grows with every change of routes, rules, links or addresses: whoever caches an answer compares it. */
  generation = 0;
  /** Somebody but the kernel made a route of type local at some time (fib_has_custom_local_routes). */
  hasCustomLocalRoutes = false;
  /** Null while nobody listens: a cluster makes a million routes. */
  watcher: FibWatcher | null = null;

  // ---- routes ----------------------------------------------------------------------------------------------

  /** Makes or changes a route as a user asks for it (RTM_NEWROUTE). The table comes to be even if that is refused. */
  insert(config: RouteConfig, mode: InsertMode): Refusal | null {
    const asked = withTable(config);
    const refusal = checkRequest(asked) ?? this.insertInto(asked, MODE_FLAGS[mode]);
    if (refusal === null && asked.type === RouteType.LOCAL) this.hasCustomLocalRoutes = true;
    return refusal;
  }

  /** Removes the first route that has all that `config` names, priority 0 and type 0 meaning any (RTM_DELROUTE). */
  delete(config: RouteConfig): Refusal | null {
    const asked = withTable(config);
    const refusal = checkRequest(asked);
    if (refusal !== null) return refusal;
    if (asked.nexthopId && this.nexthop(asked.nexthopId) === undefined)
      return refuse(Errno.EINVAL, 'Nexthop id does not exist');
    const table = this.tables.get(asked.table);
    if (table === undefined) return refuse(Errno.ESRCH, 'FIB table does not exist');
    const gone = table.delete(asked);
    if (gone === null) return refuse(Errno.ESRCH);
    this.generation++;
    this.watcher?.route(gone, 'gone');
    return null;
  }

  /** Makes the route that an address brings with it (fib_magic): like `append`, and no user's route. */
  insertForAddress(config: RouteConfig): Refusal | null {
    return this.insertInto(config, InsertFlag.CREATE | InsertFlag.APPEND);
  }

  /** Removes the route that an address brought; true if there was one. */
  deleteForAddress(config: RouteConfig): boolean {
    const gone = this.tables.make(config.table).delete(config);
    if (gone === null) return false;
    this.generation++;
    this.watcher?.route(gone, 'gone');
    return true;
  }

  /** Whether the table exists: one that does not is an error to dump (ENOENT "ipv4: FIB table does not exist"). */
  hasTable(table: number): boolean {
    return this.tables.get(table) !== undefined;
  }

  /** The routes of a table in the order of the kernel's dump: by first address, the longest prefix first. */
  dump(table: number): Route[] {
    return this.tables.dump(table);
  }

  /** The routes of all tables in the order of `ip route show table all`. */
  dumpAll(): Route[] {
    return this.tables.dumpAll();
  }

  /** Empties one table, or all of them. The tables stay. */
  flush(table?: number): void {
    this.tables.flush((entry) => table === undefined || entry.table === table);
    this.generation++;
  }

  // ---- nexthop objects -------------------------------------------------------------------------------------

  /** Makes a nexthop object, or puts it in the place of the one with its id (RTM_NEWNEXTHOP). */
  addNexthop(config: NexthopConfig): Refusal | null {
    this.generation++;
    return this.nexthops.add(config, this);
  }

  /** Deletes a nexthop object, the routes that use it and the groups that have no other (RTM_DELNEXTHOP). */
  deleteNexthop(id: number): Refusal | null {
    this.generation++;
    return this.nexthops.delete(id, this);
  }

  nexthopChanged(nexthop: Nexthop, change: 'new' | 'gone'): void {
    this.watcher?.nexthop(nexthop, change);
  }

  /** The nexthop leads elsewhere: its routes are told as new, then those of its groups (nexthop_replace_notify). */
  routesFollow(nexthop: Nexthop): void {
    if (this.watcher === null || !this.host.nexthopCompatMode()) return;
    for (const used of [nexthop, ...[...nexthop.groups].reverse()])
      for (const route of this.dumpAll()) if (route.nexthop === used) this.watcher.route(route, 'new');
  }

  /** A device went down, lost its carrier or leaves: to be told before the routes are (nh_netdev_event). */
  nexthopsLost(device: FibDevice, leaves: boolean): void {
    if (this.nexthopTable === null) return;
    this.nexthopTable.flushDevice(device, leaves);
    this.generation++;
  }

  // ---- rules -----------------------------------------------------------------------------------------------

  /** The rules in order, with what became of the devices and targets that they name. */
  get rules(): readonly RuleEntry[] {
    return this.ruleList.rules;
  }

  /** Rules ask for protocol and ports: a forwarded packet's are only to be filled into its flow if this is true. */
  get rulesNeedPorts(): boolean {
    return this.ruleList.needsPorts;
  }

  /**
   * Makes a rule (RTM_NEWRULE), `also` beside one of the same kind: without NLM_F_EXCL. What is left out is undefined, not
   * 0: ports 0 to 0 are refused.
   */
  addRule(request: Partial<Rule>, beside: 'none' | 'also' = 'none'): Refusal | null {
    const rule = this.ruleList.parse(request);
    if (!(rule instanceof RuleEntry)) return rule;
    if (beside === 'none' && this.ruleList.has(rule)) return refuse(Errno.EEXIST);
    const refusal = checkTos(rule);
    if (refusal !== null) return refusal;
    this.tables.splitLocal();
    if (rule.table === Table.UNSPEC && rule.action === RuleAction.TO_TABLE && !rule.l3mdev) {
      const table = this.tables.makeEmpty();
      if (table === null) return refuse(Errno.ENOBUFS);
      rule.table = table.id;
    }
    this.hasCustomRules = true;
    if (rule.realms !== 0) this.hasRealms = true;
    this.ruleList.add(rule);
    this.watcher?.rule(rule, 'new');
    this.generation++;
    return null;
  }

  /** Deletes the first rule that has all that the request names (RTM_DELRULE). */
  deleteRule(request: Partial<Rule>): Refusal | null {
    const wanted = this.ruleList.parse(request);
    if (!(wanted instanceof RuleEntry)) return wanted;
    const rule = this.ruleList.find(wanted, request.priority !== undefined);
    if (rule === null) return refuse(Errno.ENOENT);
    this.tables.splitLocal();
    this.hasCustomRules = true;
    this.ruleList.remove(rule);
    this.watcher?.rule(rule, 'gone');
    this.generation++;
    return null;
  }

  // ---- events ----------------------------------------------------------------------------------------------

  /** A VRF device was made: its table exists from now on, be it empty (vrf_rtable_create). */
  vrfAdded(device: FibDevice): void {
    this.tables.make(device.vrfTable);
    this.vrfs++;
    this.generation++;
  }

  vrfRemoved(): void {
    this.vrfs--;
    this.generation++;
  }

  /** A device was registered in the namespace. */
  deviceAdded(device: FibDevice): void {
    this.ruleList.attach(device);
    this.generation++;
  }

  /** A device has a new name. */
  deviceRenamed(device: FibDevice): void {
    this.ruleList.detach(device);
    this.ruleList.attach(device);
    this.generation++;
  }

  /** A device is unregistered or leaves the namespace: every route by it goes. To be told while its index holds. */
  deviceRemoved(device: FibDevice): void {
    this.ruleList.detach(device);
    this.tables.disable(device, DownEvent.GONE, true);
    this.generation++;
  }

  /**
   * A device was set down (NETDEV_DOWN), or with `force` lost its last address: its routes go, local addresses only
   * if forced; multipath routes keep their other next hops (fib_disable_ip).
   */
  deviceDown(device: FibDevice, force = false): void {
    this.tables.disable(device, DownEvent.DOWN, force);
    this.generation++;
  }

  /** A device was set up, or an address was added to it: dead next hops of multipath routes live again. */
  deviceUp(device: FibDevice): void {
    const link = device.carrier ? NextHopFlag.LINKDOWN : 0;
    this.revive(device, NextHopFlag.DEAD | link);
  }

  /** The link of a device that is up went away: its next hops are linkdown, its routes stay. */
  carrierDown(device: FibDevice): void {
    this.tables.disable(device, DownEvent.CARRIER, false);
    this.generation++;
  }

  carrierUp(device: FibDevice): void {
    this.revive(device, NextHopFlag.LINKDOWN);
  }

  /** A device's MTU was changed from `old`. */
  mtuChanged(device: FibDevice, mtu: number, old: number): void {
    this.tables.syncMtu(device, mtu, old);
    this.nexthopTable?.mtuChanged(device, mtu, old);
    this.generation++;
  }

  /** An address was added, removed or changed: source addresses are computed anew when they are next asked for. */
  addressesChanged(): void {
    this.addressGeneration++;
    this.generation++;
  }

  /**
   * An address is on no device any more: the routes of `table`, main or that of its VRF, that prefer it as their source
   * go, which is told, as it is of no other routes that go with something else (pfsrc_removed).
   */
  addressRemoved(address: Ipv4, table: number): void {
    if (address === ANY) return;
    for (const gone of this.tables.disableSource(address, table)) this.watcher?.route(gone, 'gone');
    this.generation++;
  }

  private insertInto(config: RouteConfig, flags: number): Refusal | null {
    const table = this.tables.make(config.table);
    const made = createBody(config, this);
    if (!(made instanceof RouteBody)) return made;
    const body = this.tables.bodies.share(made);
    if (body.nextHops.some(({ realms }) => realms !== 0)) this.hasRealms = true;
    const entry = new RouteEntry(config.destination, config.length, config.tos ?? 0, body);
    const errno = table.insert(entry, flags);
    if (errno !== 0) return refuse(errno);
    this.generation++;
    // One that replaces its like changes nothing and is not told.
    if (this.watcher !== null && table.holds(entry)) this.watcher.route(entry, 'new');
    return null;
  }

  private revive(device: FibDevice, flags: number): void {
    if (device.up && this.host.ipv4Enabled(device)) this.tables.revive(device, flags);
    this.generation++;
  }
}

const withTable = (config: RouteConfig): RouteConfig =>
  config.table === Table.UNSPEC ? { ...config, table: Table.MAIN } : config;
