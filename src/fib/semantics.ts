// What makes a route valid: scopes, next hops, gateways, source addresses (net/ipv4/fib_semantics.c). The texts are
// the kernel's extended acknowledgements.
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { ANY, type Ipv4 } from '../addr/ipv4.ts';
import { RouteBody, rebalance, TYPE_ERROR } from './entry.ts';
import { FlowKey } from './flow.ts';
import type { FibHost } from './host.ts';
import { checkUse, NextHopEntry, type Nexthop } from './nexthop.ts';
import {
  type FibDevice,
  type Flow,
  type Metrics,
  type NextHop,
  type NextHopConfig,
  NextHopFlag,
  type Route,
  type RouteConfig,
  RouteType,
  Scope,
  Table,
} from './route.ts';
import { isMultipath } from './table.ts';

/** RTN_MAX (RTN_XRESOLVE). */
const TYPE_MAX = 11;

/** By RouteType: the farthest scope that such a route may have (fib_props). */
const TYPE_SCOPE = Uint8Array.of(
  Scope.NOWHERE,
  Scope.UNIVERSE,
  Scope.HOST,
  Scope.LINK,
  Scope.LINK,
  Scope.UNIVERSE,
  Scope.UNIVERSE,
  Scope.UNIVERSE,
  Scope.UNIVERSE,
  Scope.UNIVERSE,
  Scope.NOWHERE,
  Scope.NOWHERE,
);

/** What the checks ask of the tables that are there. */
export interface RouteContext {
  readonly host: FibHost;
  readonly addressGeneration: number;
  /** Of the last lookup. */
  readonly route: Route | null;
  readonly nextHop: NextHop | null;
  lookup(flow: Flow, ignoreLinkState: boolean): Errno;
  lookupIn(table: number, flow: Flow, ignoreLinkState: boolean): Errno;
  addressType(address: Ipv4, device: FibDevice | null, table: number): number;
  /** The nexthop object of this id. */
  nexthop(id: number): Nexthop | undefined;
}

/** What the netlink parser refuses before it looks at any table (rtm_to_fib_config). */
export function checkRequest(config: RouteConfig): Refusal | null {
  const { destination, length, tos = 0 } = config;
  if ((tos & 3) !== 0) return refuse(Errno.EINVAL, 'Invalid dsfield (tos): ECN bits must be 0');
  if (config.type > TYPE_MAX) return refuse(Errno.EINVAL, 'Invalid route type');
  if (config.nexthopId && (isMultipath(config) || config.nextHops.length > 0))
    return refuse(Errno.EINVAL, 'Nexthop specification and nexthop id are mutually exclusive');
  if (length > 32) return refuse(Errno.EINVAL, 'Invalid prefix length');
  if (length < 32 && destination << length !== 0)
    return refuse(Errno.EINVAL, 'Invalid prefix for given prefix length');
  return null;
}

/** The body that `config` describes, its next hops resolved; or why not (fib_create_info). */
export function createBody(config: RouteConfig, context: RouteContext): RouteBody | Refusal {
  const { type, scope = Scope.UNIVERSE } = config;
  if (TYPE_SCOPE[type] > scope) return refuse(Errno.EINVAL, 'Invalid scope');
  const nexthop = config.nexthopId ? context.nexthop(config.nexthopId) : null;
  if (nexthop === undefined) return refuse(Errno.EINVAL, 'Nexthop id does not exist');
  const body = bodyOf(config, scope, nexthop);
  if (TYPE_ERROR[type] !== 0) return checkReject(config) ?? body;
  const refusal = checkPaths(config, body, context);
  if (refusal !== null) return refusal;
  if (nexthop !== null) return body;
  for (const hop of body.nextHops) refreshSource(body, hop, context);
  rebalance(body);
  return body;
}

/** Computes the source address for senders that name none (fib_info_update_nhc_saddr). */
export function refreshSource(
  route: { readonly scope: number },
  hop: NextHopEntry,
  context: RouteContext,
): void {
  if (hop.device !== null)
    hop.source = context.host.selectSourceAddress(hop.device, hop.gateway, route.scope);
  hop.sourceGeneration = context.addressGeneration;
}

const flagsOf = (hop: NextHopConfig): number =>
  (hop.onlink ? NextHopFlag.ONLINK : 0) | (hop.pervasive ? NextHopFlag.PERVASIVE : 0);

function nextHopOf(wanted: NextHopConfig, weight: number): NextHopEntry {
  const entry = new NextHopEntry(weight, flagsOf(wanted));
  entry.device = wanted.device ?? null;
  entry.gateway = wanted.gateway ?? ANY;
  entry.realms = wanted.realms ?? 0;
  return entry;
}

function bodyOf(config: RouteConfig, scope: number, nexthop: Nexthop | null): RouteBody {
  const multipath = isMultipath(config);
  const { nextHops } = config;
  const hops =
    nextHops.length === 1 && !multipath
      ? [nextHopOf(nextHops[0], 1)]
      : (nextHops.length === 0 ? [{}] : nextHops).map((hop: NextHopConfig) =>
          nextHopOf(hop, multipath ? (hop.weight ?? 1) : 1),
        );
  if (!multipath) hops[0].realms = config.realms ?? 0;
  const { table, type, protocol = 0, priority = 0, prefsrc = ANY } = config;
  const metrics = metricsOf(config.metrics);
  const keys = { table, type, protocol, scope, priority, prefsrc, metrics };
  if (nexthop !== null) return new RouteBody(keys, [], 0, nexthop);
  return new RouteBody(keys, hops, multipath ? 0 : hops[0].flags);
}

/** The metrics as kept, with the kernel's limits; null if all are 0 (ip_metrics_convert). */
function metricsOf(given: Partial<Metrics> | undefined): Metrics | null {
  if (given === undefined) return null;
  const metrics: Metrics = {
    mtu: Math.min(given.mtu ?? 0, 65535 - 15),
    mtuLocked: given.mtuLocked ?? false,
    window: given.window ?? 0,
    rtt: given.rtt ?? 0,
    rttvar: given.rttvar ?? 0,
    ssthresh: given.ssthresh ?? 0,
    cwnd: given.cwnd ?? 0,
    advmss: Math.min(given.advmss ?? 0, 65535 - 40),
    reordering: given.reordering ?? 0,
    hoplimit: Math.min(given.hoplimit ?? 0, 255),
    initcwnd: given.initcwnd ?? 0,
    features: given.features ?? 0,
    initrwnd: given.initrwnd ?? 0,
    rtoMin: given.rtoMin ?? 0,
    quickack: given.quickack ?? 0,
  };
  return Object.values(metrics).some((value) => value !== 0 && value !== false) ? metrics : null;
}

function checkReject(config: RouteConfig): Refusal | null {
  const leads = config.nextHops.some((hop) => hop.device || hop.gateway) || isMultipath(config);
  if (!leads) return null;
  return refuse(Errno.EINVAL, 'Gateway, device and multipath can not be specified for this route type');
}

function checkPaths(config: RouteConfig, body: RouteBody, context: RouteContext): Refusal | null {
  if (config.type === RouteType.UNSPEC) return refuse(Errno.EINVAL, 'Invalid route type');
  if (body.scope > Scope.HOST) return refuse(Errno.EINVAL, 'Invalid scope');
  const refusal = checkLead(config, body, context);
  if (refusal !== null) return refusal;
  if (body.prefsrc !== ANY && !validSource(config, body.prefsrc, context))
    return refuse(Errno.EINVAL, 'Invalid prefsrc address');
  return null;
}

function checkLead(config: RouteConfig, body: RouteBody, context: RouteContext): Refusal | null {
  if (body.nexthop !== null) return checkUse(body.nexthop, body.scope);
  return body.scope === Scope.HOST ? checkLocal(body, config) : checkNextHops(body, config.table, context);
}

/** An address of this host: one device and nothing else. */
function checkLocal(body: RouteBody, config: RouteConfig): Refusal | null {
  const hop = body.nextHops[0];
  if (body.nextHops.length !== 1)
    return refuse(Errno.EINVAL, 'Route with host scope can not have multiple nexthops');
  if (hop.gateway !== ANY) return refuse(Errno.EINVAL, 'Route with host scope can not have a gateway');
  if (!config.nextHops[0]?.device) return refuse(Errno.ENODEV);
  hop.scope = Scope.NOWHERE;
  return null;
}

function checkNextHops(body: RouteBody, table: number, context: RouteContext): Refusal | null {
  let linkDown = 0;
  for (const hop of body.nextHops) {
    const refusal = checkNextHop(hop, table, body.scope, context);
    if (refusal !== null) return refusal;
    if ((hop.flags & NextHopFlag.LINKDOWN) !== 0) linkDown++;
  }
  if (linkDown === body.nextHops.length) body.flags |= NextHopFlag.LINKDOWN;
  return null;
}

/** Finds the device and scope of a next hop, or why it cannot be one (fib_check_nh). */
export const checkNextHop = (
  hop: NextHopEntry,
  table: number,
  scope: number,
  context: RouteContext,
): Refusal | null =>
  hop.gateway === ANY ? checkDirect(hop, context.host) : checkGateway(hop, table, scope, context);

/** A next hop without a gateway: the destination is on the link (fib_check_nh_nongw). */
function checkDirect(hop: NextHopEntry, host: FibHost): Refusal | null {
  if ((hop.flags & (NextHopFlag.PERVASIVE | NextHopFlag.ONLINK)) !== 0)
    return refuse(Errno.EINVAL, 'Invalid flags for nexthop - PERVASIVE and ONLINK can not be set');
  const device = hop.device;
  if (device === null || !host.ipv4Enabled(device)) return refuse(Errno.ENODEV);
  if (!device.up) return refuse(Errno.ENETDOWN, 'Device for nexthop is not up');
  settle(hop, device, Scope.HOST);
  return null;
}

function checkGateway(
  hop: NextHopEntry,
  table: number,
  scope: number,
  context: RouteContext,
): Refusal | null {
  return (hop.flags & NextHopFlag.ONLINK) !== 0
    ? checkOnlink(hop, scope, context)
    : checkReachable(hop, table, scope, context);
}

/** A gateway that is declared to be on the link: no route to it is asked for. */
function checkOnlink(hop: NextHopEntry, scope: number, context: RouteContext): Refusal | null {
  if (scope >= Scope.LINK) return refuse(Errno.EINVAL, 'Nexthop has invalid scope');
  const device = hop.device;
  if (device === null) return refuse(Errno.ENODEV, 'Nexthop device required for onlink');
  if (!device.up) return refuse(Errno.ENETDOWN, 'Nexthop device is not up');
  const table = device.l3mdev?.vrfTable ?? Table.LOCAL;
  if (context.addressType(hop.gateway, null, table) !== RouteType.UNICAST)
    return refuse(Errno.EINVAL, 'Nexthop has invalid gateway');
  settle(hop, device, Scope.LINK);
  return null;
}

const gatewayFlow = new FlowKey();

/** A gateway must be reached by a route of nearer scope; that route tells the device (fib_check_nh_v4_gw). */
function checkReachable(
  hop: NextHopEntry,
  table: number,
  scope: number,
  context: RouteContext,
): Refusal | null {
  gatewayFlow.ask(hop.gateway, ANY);
  gatewayFlow.scope = Math.max(scope + 1, Scope.LINK);
  gatewayFlow.oif = hop.device === null ? 0 : hop.device.index;
  let errno: Errno = Errno.EAGAIN;
  if (table !== Table.MAIN) errno = context.lookupIn(table, gatewayFlow, true);
  if (errno !== 0) errno = context.lookup(gatewayFlow, true);
  if (errno !== 0) return refuse(errno, 'Nexthop has invalid gateway');
  const route = context.route as Route;
  const device = (context.nextHop as NextHop).device;
  if (route.type !== RouteType.UNICAST && route.type !== RouteType.LOCAL)
    return refuse(Errno.EINVAL, 'Nexthop has invalid gateway');
  if (device === null) return refuse(Errno.EINVAL, 'No egress device for nexthop gateway');
  settle(hop, device, route.scope);
  return device.up ? null : refuse(Errno.ENETDOWN);
}

function settle(hop: NextHopEntry, device: FibDevice, scope: number): void {
  hop.device = device;
  hop.scope = scope;
  if (!device.carrier) hop.flags |= NextHopFlag.LINKDOWN;
}

/** A preferred source has to be an address of this host (fib_valid_prefsrc). */
function validSource(config: RouteConfig, source: Ipv4, context: RouteContext): boolean {
  if (config.type === RouteType.LOCAL && config.destination !== ANY && source === config.destination)
    return true;
  const table = config.table === Table.MAIN ? Table.LOCAL : config.table;
  if (context.addressType(source, null, table) === RouteType.LOCAL) return true;
  return table !== Table.LOCAL && context.addressType(source, null, Table.LOCAL) === RouteType.LOCAL;
}
