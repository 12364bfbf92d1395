// The question "where does this packet go", asked of rules and tables (fib_lookup, fib_select_path).
import { Errno } from '../addr/errno.ts';
import { ANY, type Ipv4, isLimitedBroadcast, isMulticast, isZeronet } from '../addr/ipv4.ts';
import { selectDefault } from './default-gateway.ts';
import { ignoredForLink, type RouteBody, type RouteEntry } from './entry.ts';
import { FlowKey, LOOPBACK_INDEX } from './flow.ts';
import type { FibHost } from './host.ts';
import type { NextHopEntry, Nexthop } from './nexthop.ts';
import { Nexthops } from './nexthops.ts';
import {
  type FibDevice,
  type Flow,
  type NextHop,
  NextHopFlag,
  type Route,
  RouteType,
  type Rule,
  RuleAction,
  Scope,
  Table,
} from './route.ts';
import { type RuleEntry, RuleList, ruleMatches } from './rules.ts';
import { refreshSource } from './semantics.ts';
import type { RouteTable } from './table.ts';
import { Tables } from './tables.ts';

const typeFlow = new FlowKey();

/** What can be asked of the routing of one namespace; src/fib/fib.ts adds what changes it. */
export class RouteLookup {
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

  /** A rule was added or deleted at some time (fib_has_custom_rules). */
  hasCustomRules = false;
  /** Grows when addresses change: next hops then compute their source addresses anew (dev_addr_genid). */
  addressGeneration = 0;

  /** Some route or rule had realms at some time: only then anybody asks for them (fib_num_tclassid_users). */
  hasRealms = false;
  /** VRF devices in the namespace: while there are none, no flow is asked for its own. */
  vrfs = 0;

  readonly host: FibHost;
  protected readonly tables = new Tables();
  protected readonly ruleList: RuleList;
  protected nexthopTable: Nexthops | null = null;

  constructor(host: FibHost) {
    this.host = host;
    this.ruleList = new RuleList(host);
  }

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
    if (route.nexthop !== null) {
      this.nextHop = this.memberOf(route.nextHops, hash);
      return;
    }
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
   * The member of a group that a hash takes (nexthop_select_path_hthr): the first whose share reaches to it and whose
   * neighbour is not known to be dead, whatever the sysctl says; else the first whose share does.
   */
  private memberOf(hops: readonly NextHop[], hash: number): NextHop {
    const reached = (hops as readonly NextHopEntry[]).filter((hop) => hash <= hop.upperBound);
    return reached.find((hop) => this.isGood(hop)) ?? reached[0];
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

  /** A default route beside others: which of them is taken may change with what is known of their gateways. */
  choosesDefault(route: Route): boolean {
    return route.length === 0 && (this.tables.get(route.table)?.defaults ?? 0) > 1;
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

  /** The nexthop objects: made when they are first asked for, as few namespaces have any. */
  get nexthops(): Nexthops {
    this.nexthopTable ??= new Nexthops(this, this.tables);
    return this.nexthopTable;
  }

  nexthop(id: number): Nexthop | undefined {
    return this.nexthopTable?.get(id);
  }

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
        if (body.errno !== 0) return this.refused(entry, body.errno);
        if ((body.flags & NextHopFlag.DEAD) === 0 && this.takeHop(body, flow, ignoreLinkState)) {
          this.route = entry;
          return 0;
        }
        // A nexthop object that does not lead there ends the search at this prefix (the kernel's `goto miss`).
        if (body.nexthop !== null) break;
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
    if (this.vrfs > 0) this.findVrf(flow);
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

  /**
   * The VRF of the device that a flow leaves or, without one, came in by (l3mdev_update_flow). A VRF device as oif only
   * names the table: next hops are by its slaves.
   */
  private findVrf(flow: Flow): void {
    const known = flow.l3mdev !== 0;
    if (flow.oif !== 0) {
      const vrf = this.host.l3mdev(flow.oif);
      if (vrf === null) return;
      if (!known) flow.l3mdev = vrf.index;
      if (vrf.index === flow.oif) flow.oif = 0;
    } else if (!known && flow.iif > LOOPBACK_INDEX) flow.l3mdev = this.host.l3mdev(flow.iif)?.index ?? 0;
  }

  private tableOf(rule: RuleEntry, flow: Flow): number {
    return rule.l3mdev ? (this.host.l3mdev(flow.l3mdev)?.vrfTable ?? 0) : rule.table;
  }

  private obey(rule: RuleEntry, flow: Flow, ignoreLinkState: boolean): Errno {
    if (rule.action === RuleAction.TO_TABLE)
      return this.lookupIn(this.tableOf(rule, flow), flow, ignoreLinkState);
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
}
