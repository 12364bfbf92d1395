// The routing of one namespace: its tables, its rules, and the answer to "where does this packet go" (fib_lookup).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { ANY, type Ipv4, isLimitedBroadcast, isMulticast, isZeronet } from '../addr/ipv4.ts';
import { selectDefault } from './default-gateway.ts';
import { ignoredForLink, type NextHopEntry, RouteBody, RouteEntry } from './entry.ts';
import { makeFlow } from './flow.ts';
import type { FibHost } from './host.ts';
import { DownEvent } from './link-state.ts';
import {
  type FibDevice,
  type Flow,
  type NextHop,
  NextHopFlag,
  type Route,
  type RouteConfig,
  RouteType,
  type Rule,
  RuleAction,
  Scope,
  Table,
} from './route.ts';
import { checkTos, RuleEntry, RuleList, ruleMatches } from './rules.ts';
import { checkRequest, createBody, refreshSource, TYPE_ERROR } from './semantics.ts';
import { InsertFlag, type RouteTable } from './table.ts';
import { Tables } from './tables.ts';

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

const typeFlow = makeFlow();

export class Fib {
  // The result of the last lookup; every lookup overwrites it.
  /**
   * The route taken. Also set for the one that refused (blackhole, unreachable, prohibit); null when nothing
   * matched or a rule refused.
   */
  route: Route | null = null;
  /** The next hop taken: the first usable one until selectMultipath or selectPath chooses; null after a refusal. */
  nextHop: NextHop | null = null;
  /** The table that was asked last, 0 for none. While no rule was ever changed, local routes are found in main. */
  table = 0;
  /** The rule that decided, null while no rule was ever changed. */
  rule: Rule | null = null;

  /** Grows with every change of routes, rules, links or addresses: whoever caches an answer compares it. */
  generation = 0;
  /** Grows when addresses change: next hops then compute their source addresses anew (dev_addr_genid). */
  addressGeneration = 0;
  /** A rule was added or deleted at some time (fib_has_custom_rules). */
  hasCustomRules = false;
  /** Somebody but the kernel made a route of type local at some time (fib_has_custom_local_routes). */
  hasCustomLocalRoutes = false;

  readonly host: FibHost;
  private readonly tables = new Tables();
  private readonly ruleList: RuleList;

  constructor(host: FibHost) {
    this.host = host;
    this.ruleList = new RuleList(host);
  }

  // ---- asking ----------------------------------------------------------------------------------------------

  /**
   * Finds the route for `flow`: 0 with the result in `route`, `nextHop`, `table` and `rule`, or a positive errno:
   * ENETUNREACH when nothing matched, EINVAL for a blackhole, EHOSTUNREACH for an unreachable route, EACCES for a
   * prohibit route or rule, ENETUNREACH for an unreachable rule. `ignoreLinkState` also takes next hops whose link
   * is down on devices that ignore those (FIB_LOOKUP_IGNORE_LINKSTATE).
   */
  lookup(flow: Flow, ignoreLinkState = false): Errno {
    if (this.hasCustomRules) return this.lookupByRules(flow, ignoreLinkState);
    this.rule = null;
    let errno: Errno = Errno.EAGAIN;
    const { main, default: fallback } = this.tables;
    if (main !== null) errno = this.search(main, flow, ignoreLinkState);
    // Not `=== EAGAIN`: up to 6.1.176 at least, a refusal in main still lets the default table answer.
    if (errno === 0) return 0;
    if (fallback !== null) errno = this.search(fallback, flow, ignoreLinkState);
    return errno === Errno.EAGAIN ? this.nothing() : errno;
  }

  /** Asks one table and no rules (fib_table_lookup); EAGAIN when it has nothing, or a throw route. */
  lookupIn(table: number, flow: Flow, ignoreLinkState = false): Errno {
    const found = this.tables.get(table);
    return found === undefined ? Errno.EAGAIN : this.search(found, flow, ignoreLinkState);
  }

  /**
   * The RouteType of an address as a table sees it (inet_addr_type_table); with `device`, as if that were the only
   * one (inet_dev_addr_type). Leaves the result of the last lookup alone.
   */
  addressType(address: Ipv4, device: FibDevice | null = null, table: number = Table.LOCAL): number {
    if (isZeronet(address) || isLimitedBroadcast(address)) return RouteType.BROADCAST;
    if (isMulticast(address)) return RouteType.MULTICAST;
    const asked = this.tables.get(table);
    if (asked === undefined) return RouteType.BROADCAST;
    const { route, nextHop, table: tableBefore } = this;
    typeFlow.destination = address;
    let type: number = RouteType.UNICAST;
    if (this.search(asked, typeFlow, false) === 0) {
      const found = this.route as Route;
      if (device === null || found.nextHops[0].device === device) type = found.type;
    }
    this.route = route;
    this.nextHop = nextHop;
    this.table = tableBefore;
    return type;
  }

  /** Chooses among several next hops by a hash of 31 bits (fib_select_multipath). */
  selectMultipath(hash: number): void {
    const route = this.route as RouteEntry;
    const byNeighbour = this.host.multipathUsesNeighbours();
    let first = true;
    for (const hop of route.nextHops) {
      if (byNeighbour) {
        if (!this.isGood(hop)) continue;
        if (first) this.nextHop = hop;
        first = false;
      }
      if (hash > hop.upperBound) continue;
      this.nextHop = hop;
      return;
    }
  }

  /**
   * Chooses the next hop for a packet of this host (fib_select_path): among several by `hash`, among several
   * default routes by what is known of their gateways. With `flow.oif` set the lookup has chosen already.
   */
  selectPath(flow: Flow, hash: number): void {
    const route = this.route as RouteEntry;
    if (flow.oif !== 0) return;
    if (route.nextHops.length > 1) {
      this.selectMultipath(hash);
      return;
    }
    if (route.length !== 0 || route.type !== RouteType.UNICAST) return;
    const table = this.tables.get(this.table);
    if (table === undefined || table.defaults <= 1) return;
    const head = table.store.head(ANY, 0);
    if (head === null) return;
    const chosen = selectDefault(head, route, flow, this.host);
    if (chosen === route) return;
    this.route = chosen;
    this.nextHop = chosen.nextHops[0];
  }

  /** The source address for packets along `nextHop` that name none (fib_result_prefsrc). */
  preferredSource(route: Route, nextHop: NextHop): Ipv4 {
    if (route.prefsrc !== ANY) return route.prefsrc;
    const hop = nextHop as NextHopEntry;
    if (hop.sourceGeneration !== this.addressGeneration) refreshSource(route, hop, this);
    return hop.source;
  }

  /** Some route goes by this gateway on this device: what a redirect is judged by (ip_fib_check_default). */
  hasGateway(gateway: Ipv4, device: FibDevice): boolean {
    return this.tables.hasGateway(gateway, device);
  }

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
    const table = this.tables.get(asked.table);
    if (table === undefined) return refuse(Errno.ESRCH, 'FIB table does not exist');
    if (table.delete(asked) === null) return refuse(Errno.ESRCH);
    this.generation++;
    return null;
  }

  /** Makes the route that an address brings with it (fib_magic): like `append`, and no user's route. */
  insertForAddress(config: RouteConfig): Refusal | null {
    return this.insertInto(config, InsertFlag.CREATE | InsertFlag.APPEND);
  }

  /** Removes the route that an address brought; true if there was one. */
  deleteForAddress(config: RouteConfig): boolean {
    const gone = this.tables.make(config.table).delete(config) !== null;
    if (gone) this.generation++;
    return gone;
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

  // ---- rules -----------------------------------------------------------------------------------------------

  /** The rules in order, with what became of the devices and targets that they name. */
  get rules(): readonly RuleEntry[] {
    return this.ruleList.rules;
  }

  /** Rules ask for protocol and ports: a forwarded packet's are only to be filled into its flow if this is true. */
  get rulesNeedPorts(): boolean {
    return this.ruleList.needsPorts;
  }

  /** Makes a rule (RTM_NEWRULE with NLM_F_EXCL). What is left out is undefined, not 0: ports 0 to 0 are refused. */
  addRule(request: Partial<Rule>): Refusal | null {
    const rule = this.ruleList.parse(request);
    if (!(rule instanceof RuleEntry)) return rule;
    if (this.ruleList.has(rule)) return refuse(Errno.EEXIST);
    const refusal = checkTos(rule);
    if (refusal !== null) return refusal;
    this.tables.splitLocal();
    if (rule.table === Table.UNSPEC && rule.action === RuleAction.TO_TABLE) {
      const table = this.tables.makeEmpty();
      if (table === null) return refuse(Errno.ENOBUFS);
      rule.table = table.id;
    }
    this.hasCustomRules = true;
    this.ruleList.add(rule);
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
    this.generation++;
    return null;
  }

  // ---- events ----------------------------------------------------------------------------------------------

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
    this.generation++;
  }

  /** An address was added, removed or changed: source addresses are computed anew when they are next asked for. */
  addressesChanged(): void {
    this.addressGeneration++;
    this.generation++;
  }

  /** An address is on no device any more: the routes of main that prefer it as their source go (fib_sync_down_addr). */
  addressRemoved(address: Ipv4): void {
    if (address === ANY) return;
    this.tables.disableSource(address);
    this.generation++;
  }

  // ---- inside ----------------------------------------------------------------------------------------------

  private nothing(): Errno {
    this.route = null;
    this.nextHop = null;
    return Errno.ENETUNREACH;
  }

  /** fib_table_lookup: the longest prefix with an entry that takes the flow. */
  private search(table: RouteTable, flow: Flow, ignoreLinkState: boolean): Errno {
    this.table = table.id;
    const { prefixes, heads } = table.store;
    let place = prefixes.lookup(flow.destination);
    while (place >= 0) {
      const head = heads[place] as RouteEntry;
      for (let entry: RouteEntry | null = head; entry !== null; entry = entry.next) {
        if (entry.tos !== 0 && entry.tos !== flow.tos) continue;
        const body = entry.body;
        if (body.scope < flow.scope) continue;
        const errno = TYPE_ERROR[body.type];
        if (errno !== 0) return this.refused(entry, errno);
        if ((body.flags & NextHopFlag.DEAD) === 0 && this.takeHop(body, flow, ignoreLinkState)) {
          this.route = entry;
          return 0;
        }
      }
      place = prefixes.nextShorter(flow.destination, head.length);
    }
    return Errno.EAGAIN;
  }

  private refused(entry: RouteEntry, errno: Errno): Errno {
    this.route = entry;
    this.nextHop = null;
    return errno;
  }

  /** Takes the first next hop that the flow may use (fib_lookup_good_nhc); false if there is none. */
  private takeHop(body: RouteBody, flow: Flow, ignoreLinkState: boolean): boolean {
    const hops = body.nextHops;
    for (let i = 0; i < hops.length; i++) {
      const hop = hops[i];
      if ((hop.flags & NextHopFlag.DEAD) !== 0) continue;
      if (!ignoreLinkState && ignoredForLink(hop)) continue;
      if (flow.oif !== 0 && !flow.skipNextHopOif && (hop.device as FibDevice).index !== flow.oif) continue;
      this.nextHop = hop;
      return true;
    }
    return false;
  }

  /** fib_rules_lookup. */
  private lookupByRules(flow: Flow, ignoreLinkState: boolean): Errno {
    const rules = this.ruleList.rules;
    for (let place = 0; place < rules.length; place++) {
      const rule = rules[place];
      if (!ruleMatches(rule, flow) || rule.action === RuleAction.NOP) continue;
      if (rule.action === RuleAction.GOTO) {
        if (rule.targetPlace >= 0) place = rule.targetPlace - 1;
        continue;
      }
      const errno = this.obey(rule, flow, ignoreLinkState);
      if (errno === Errno.EAGAIN || (errno === 0 && this.isSuppressed(rule))) continue;
      this.rule = rule;
      return errno;
    }
    this.rule = null;
    return this.nothing();
  }

  private obey(rule: RuleEntry, flow: Flow, ignoreLinkState: boolean): Errno {
    if (rule.action === RuleAction.TO_TABLE) return this.lookupIn(rule.table, flow, ignoreLinkState);
    this.nothing();
    if (rule.action === RuleAction.UNREACHABLE) return Errno.ENETUNREACH;
    return rule.action === RuleAction.PROHIBIT ? Errno.EACCES : Errno.EINVAL;
  }

  /** The rule does not want what its table found (fib4_rule_suppress). */
  private isSuppressed(rule: RuleEntry): boolean {
    const route = this.route as Route;
    if (route.length <= rule.suppressPrefixLength) return true;
    if (rule.suppressIfgroup === -1) return false;
    const device = route.nextHops[0].device;
    return device !== null && this.host.groupOf(device) === rule.suppressIfgroup;
  }

  /** The gateway's neighbour is not known to be dead (fib_good_nh). */
  private isGood(hop: NextHop): boolean {
    if (hop.scope !== Scope.LINK || hop.device === null) return true;
    const state = this.host.neighbourState(hop.device, hop.gateway);
    return state < 0 || (state & 0xde) !== 0;
  }

  private insertInto(config: RouteConfig, flags: number): Refusal | null {
    const table = this.tables.make(config.table);
    const made = createBody(config, this);
    if (!(made instanceof RouteBody)) return made;
    const body = this.tables.bodies.share(made);
    const entry = new RouteEntry(config.destination, config.length, config.tos ?? 0, body);
    const errno = table.insert(entry, flags);
    if (errno !== 0) return refuse(errno);
    this.generation++;
    return null;
  }

  private revive(device: FibDevice, flags: number): void {
    if (device.up && this.host.ipv4Enabled(device)) this.tables.revive(device, flags);
    this.generation++;
  }
}

const withTable = (config: RouteConfig): RouteConfig =>
  config.table === Table.UNSPEC ? { ...config, table: Table.MAIN } : config;
