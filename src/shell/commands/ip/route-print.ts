// One route as `ip route` prints it (print_route in ip/iproute.c): an entry of a table, or the answer of `get`.

import { formatIpv4, type Ipv4 } from '../../../addr/ipv4.ts';
import { getNexthop, type NexthopInfo } from '../../../admin/nexthop.ts';
import {
  type Metrics,
  NO_METRICS,
  RouteProtocol,
  RouteType,
  Scope,
  Table,
} from '../../../admin/route-constants.ts';
import type { NextHopInfo, RouteGetInfo, RouteInfo } from '../../../admin/types.ts';
import { CLOCK_TICK, SECOND } from '../../../time/clock.ts';
import { alternateHex } from '../iproute2/hex.ts';
import type { Names } from '../iproute2/names.ts';
import { Color, type Printer } from '../iproute2/printer.ts';
import type { Session } from '../iproute2/session.ts';
import { printDevice, printFlags, printGateway } from './next-hop-print.ts';
import { printNexthop } from './nexthop-print.ts';

/** What is left out because the command asked for just that (`ip route show dev eth0`). */
export interface RouteLayout {
  readonly names: Names;
  /** What there is to say of a nexthop object, with `-details`. */
  readonly nexthop: (id: number) => NexthopInfo | null;
  readonly details: boolean;
  readonly hideTable: boolean;
  readonly hideProtocol: boolean;
  readonly hideScope: boolean;
  readonly hideTos: boolean;
  readonly hideGateway: boolean;
  readonly hideDevice: boolean;
  readonly hideSource: boolean;
  readonly hideMetric: boolean;
  readonly hideRealms: boolean;
}

/** Nothing is hidden. */
export const fullLayout = (
  names: Names,
  details: boolean,
  nexthop: RouteLayout['nexthop'] = () => null,
): RouteLayout => ({
  names,
  nexthop,
  details,
  hideTable: false,
  hideProtocol: false,
  hideScope: false,
  hideTos: false,
  hideGateway: false,
  hideDevice: false,
  hideSource: false,
  hideMetric: false,
  hideRealms: false,
});

/** For a session: what it knows of nexthop objects included. */
export const layoutOfSession = ({ names, options, namespace }: Session): RouteLayout =>
  fullLayout(names, options.details, (id) => {
    const answer = getNexthop(namespace, id);
    return 'value' in answer ? answer.value : null;
  });

export function printRoute(out: Printer, route: RouteInfo, layout: RouteLayout): void {
  out.openObject();
  const [hop] = route.nextHops;
  const single = route.nextHops.length > 1 ? undefined : hop;
  printHead(out, route, single, layout);
  printOrigin(out, route, layout);
  if (route.prefsrc !== 0 && !layout.hideSource) printSource(out, route.prefsrc);
  if (route.priority !== 0 && !layout.hideMetric)
    out.field('metric', route.priority, `metric ${route.priority} `);
  printFlags(out, route.nextHops.length > 1 ? route.flags : (hop?.flags ?? 0));
  if (!layout.hideRealms) printRealms(out, route.realms, layout.names);
  printMetrics(out, route.metrics);
  if (route.nexthopId !== 0 && layout.details) printNexthopObject(out, route.nexthopId, layout);
  if (route.nextHops.length > 1) printNextHops(out, route.nextHops, layout.names);
  out.text('\n');
  out.closeObject();
}

/** Type, destination, gateway, device and table: what an entry and an answer have in common. */
function printHead(
  out: Printer,
  route: Pick<RouteInfo, 'type' | 'destination' | 'length' | 'tos' | 'table'> & {
    readonly nexthopId?: number;
  },
  hop: Pick<NextHopInfo, 'gateway' | 'device'> | undefined,
  layout: RouteLayout,
  from: Ipv4 | 0 = 0,
): void {
  const { names, details } = layout;
  const type = names.routeType(route.type);
  if (route.type !== RouteType.UNICAST || details) out.field('type', type, `${type} `);
  const destination = formatDestination(route.destination, route.length);
  const isWord = route.length === 0;
  out.field('dst', destination, `${destination} `, isWord ? Color.NONE : Color.INET);
  if (from !== 0) out.field('from', formatIpv4(from), `from ${formatIpv4(from)} `, Color.INET);
  if (route.nexthopId) out.field('nhid', route.nexthopId, `nhid ${route.nexthopId} `);
  const tos = names.dsfield(route.tos);
  if (route.tos !== 0 && !layout.hideTos) out.field('tos', tos, `tos ${tos} `);
  if (hop !== undefined && hop.gateway !== 0 && !layout.hideGateway) printGateway(out, hop.gateway);
  if (hop !== undefined && hop.device !== '' && !layout.hideDevice) printDevice(out, 'dev', hop.device);
  const table = names.table(route.table);
  if (route.table !== 0 && (route.table !== Table.MAIN || details) && !layout.hideTable)
    out.field('table', table, `table ${table} `);
}

const formatDestination = (address: Ipv4, length: number): string => {
  if (length === 32) return formatIpv4(address);
  return length === 0 ? 'default' : `${formatIpv4(address)}/${length}`;
};

function printSource(out: Printer, source: Ipv4): void {
  out.text('src ');
  out.field('prefsrc', formatIpv4(source), `${formatIpv4(source)} `, Color.INET);
}

/** Protocol boot and scope global are not worth a word. */
function printOrigin(out: Printer, route: RouteInfo, { names, details, ...layout }: RouteLayout): void {
  const protocol = names.protocol(route.protocol);
  if ((route.protocol !== RouteProtocol.BOOT || details) && !layout.hideProtocol)
    out.field('protocol', protocol, `proto ${protocol} `);
  const scope = names.scope(route.scope);
  if ((route.scope !== Scope.UNIVERSE || details) && !layout.hideScope)
    out.field('scope', scope, `scope ${scope} `);
}

/** print_cache_nexthop_id. */
function printNexthopObject(out: Printer, id: number, layout: RouteLayout): void {
  const nexthop = layout.nexthop(id);
  if (nexthop === null) return;
  out.text('\n\tnh_info ');
  printNexthop(out, nexthop, layout, 'nh_info');
}

/** `realm TO` or `realms FROM/TO`. */
function printRealms(out: Printer, realms: number, names: Names): void {
  if (realms === 0) return;
  const from = realms >>> 16;
  const source = names.realm(from);
  const destination = names.realm(realms & 0xffff);
  out.openObject('flow');
  out.text(from === 0 ? 'realm ' : 'realms ');
  if (from !== 0) out.field('from', source, `${source}/`);
  out.field('to', destination, `${destination} `);
  out.closeObject();
}

function printNextHops(out: Printer, hops: readonly NextHopInfo[], names: Names): void {
  out.openArray('nexthops');
  for (const hop of hops) {
    out.openObject();
    out.newline();
    out.text('\tnexthop ');
    if (hop.gateway !== 0) printGateway(out, hop.gateway);
    printRealms(out, hop.realms, names);
    out.field('dev', hop.device, `dev ${hop.device} `);
    out.field('weight', hop.weight, `weight ${hop.weight} `);
    printFlags(out, hop.flags);
    out.closeObject();
  }
  out.closeArray();
}

// ---- metrics -------------------------------------------------------------------------------------------------

type MetricValue = (metrics: Metrics) => number;

/** In the order of RTAX_*; times are kept in eighths and quarters of a millisecond. */
const METRICS: readonly (readonly [name: string, value: MetricValue, isTime: boolean])[] = [
  ['mtu', (metrics) => metrics.mtu, false],
  ['window', (metrics) => metrics.window, false],
  ['rtt', (metrics) => Math.floor(metrics.rtt / 8), true],
  ['rttvar', (metrics) => Math.floor(metrics.rttvar / 4), true],
  ['ssthresh', (metrics) => metrics.ssthresh, false],
  ['cwnd', (metrics) => metrics.cwnd, false],
  ['advmss', (metrics) => metrics.advmss, false],
  ['reordering', (metrics) => metrics.reordering, false],
  ['hoplimit', (metrics) => metrics.hoplimit, false],
  ['initcwnd', (metrics) => metrics.initcwnd, false],
  ['features', (metrics) => metrics.features, false],
  ['rto_min', (metrics) => metrics.rtoMin, true],
  ['initrwnd', (metrics) => metrics.initrwnd, false],
  ['quickack', (metrics) => metrics.quickack, false],
];

function printMetrics(out: Printer, metrics: Metrics | null): void {
  const shown = metrics === null ? [] : METRICS.filter(([, value]) => value(metrics) !== 0);
  if (metrics === null || shown.length === 0) return;
  out.openArray('metrics');
  out.openObject();
  for (const [name, value, isTime] of shown) {
    if (name === 'features') {
      out.field('ecn', null, 'features ecn ');
      continue;
    }
    // rto_min is always set with its lock.
    const lock = name === 'rto_min' || (name === 'mtu' && metrics.mtuLocked) ? 'lock ' : '';
    const text = isTime ? formatTime(value(metrics)) : String(value(metrics));
    out.field(name, value(metrics), `${name} ${lock}${text} `);
  }
  out.closeObject();
  out.closeArray();
}

/** %g of seconds, or milliseconds below one. */
const formatTime = (milliseconds: number): string =>
  milliseconds >= 1000 ? `${Number((milliseconds / 1000).toPrecision(6))}s` : `${milliseconds}ms`;

// ---- answers -------------------------------------------------------------------------------------------------

/** RTCF_* in the order of print_cache_flags. */
const CACHE_FLAGS: readonly (readonly [bit: number, name: string])[] = [
  [0x80000000, 'local'],
  [0x40000000, 'reject'],
  [0x20000000, 'mc'],
  [0x10000000, 'brd'],
  [0x08000000, 'dst-nat'],
  [0x00800000, 'src-nat'],
  [0x00400000, 'masq'],
  [0x00020000, 'dst-direct'],
  [0x04000000, 'src-direct'],
  [0x00040000, 'redirected'],
  [0x01000000, 'redirect'],
  [0x00200000, 'fastroute'],
  [0x00010000, 'notify'],
  [0x00080000, 'proxy'],
];

/** What a cached route tells beside its head. */
export type CachedRoute = Pick<
  RouteGetInfo,
  | 'type'
  | 'destination'
  | 'table'
  | 'tos'
  | 'from'
  | 'gateway'
  | 'device'
  | 'source'
  | 'mark'
  | 'iif'
  | 'cacheFlags'
  | 'mtu'
  | 'mtuLocked'
  | 'expires'
  | 'error'
  | 'metrics'
  | 'realms'
> & {
  /** Null where the kernel tells none. */
  readonly uid: number | null;
};

export function printCachedRoute(out: Printer, route: CachedRoute, layout: RouteLayout): void {
  out.openObject();
  printHead(out, { ...route, length: 32 }, route, layout, route.from);
  if (route.source !== 0 && !layout.hideSource) printSource(out, route.source);
  printFlags(out, route.cacheFlags);
  const mark = route.mark >>> 0;
  if (mark !== 0) out.field('mark', mark, `mark ${mark >= 16 ? alternateHex(mark) : mark} `);
  if (!layout.hideRealms) printRealms(out, route.realms, layout.names);
  if (route.uid !== null) out.field('uid', route.uid, `uid ${route.uid} `);
  printCacheFlags(out, route.cacheFlags);
  const left = Math.floor(route.expires / SECOND);
  if (route.expires >= CLOCK_TICK) out.field('expires', left, `expires ${left}sec `);
  if (route.error !== 0) out.field('error', route.error, `error ${route.error} `);
  printMetrics(out, metricsOf(route));
  if (route.iif !== '') printDevice(out, 'iif', route.iif);
  out.text('\n');
  out.closeObject();
}

function printCacheFlags(out: Printer, flags: number): void {
  const names = CACHE_FLAGS.filter(([bit]) => flags & bit).map(([, name]) => name);
  out.newline();
  out.openArray('cache', '    cache ');
  out.text(names.length === 0 ? '' : `<${names.join(',')}> `);
  for (const name of names) out.item(name, '');
  out.closeArray();
}

/** A learnt path MTU stands in place of the route's. */
const metricsOf = ({ metrics, mtu, mtuLocked }: CachedRoute): Metrics | null =>
  mtu === 0 ? metrics : { ...(metrics ?? NO_METRICS), mtu, mtuLocked };
