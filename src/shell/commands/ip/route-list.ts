// `ip route show` and `ip route flush` (iproute_list_flush_or_save, iproute_flush in ip/iproute.c).
import { Errno, refuse, strerror } from '../../../addr/errno.ts';
import { ANY } from '../../../addr/ipv4.ts';
import {
  deleteRoute,
  dumpRouteCache,
  dumpRoutes,
  flushRouteCache,
  hasTable,
  type RouteCacheInfo,
} from '../../../admin/route.ts';
import { NextHopFlag, Table } from '../../../admin/route-constants.ts';
import type { RouteInfo, RouteRequest } from '../../../admin/types.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { ROUTE_DUMP, writeMagic } from '../iproute2/dump-file.ts';
import { Family } from '../iproute2/options.ts';
import type { Session } from '../iproute2/session.ts';
import { flushIpv6, listIpv6 } from './ipv6-route.ts';
import { saveRoutes } from './route-dump.ts';
import { layoutOf, parseRouteFilter, passes, type RouteFilter } from './route-filter.ts';
import {
  type CachedRoute,
  layoutOfSession,
  printCachedRoute,
  printRoute,
  type RouteLayout,
} from './route-print.ts';

const NO_TABLE = refuse(Errno.ENOENT, 'ipv4: FIB table does not exist');

const layoutFor = (session: Session, filter: RouteFilter): RouteLayout =>
  layoutOf(filter, layoutOfSession(session));

/**
 * A table that has never been used; the kernel's complaint about the main one is overheard. In a batch the kernel is not
 * asked to look at what it is asked for (rtnl_set_strict_dump in main, not in batch) and complains of nothing.
 */
const isMissing = (session: Session, { table }: RouteFilter): boolean =>
  table !== 0 && session.options.batch === null && !hasTable(session.namespace, table);

export function list(session: Session, rest: readonly string[]): number {
  const args = new Arguments(session, rest);
  const filter = parseRouteFilter(args);
  if (args.failure !== 0) return args.failure;
  if (filter.family === Family.INET6 && !filter.cache) return listIpv6(session, filter);
  if (isMissing(session, filter) && filter.table !== Table.MAIN && isIpv4(filter))
    return noTable(session, 'Dump');
  const out = session.printer();
  const layout = layoutFor(session, filter);
  if (filter.cache) {
    for (const route of cached(session, filter)) printCachedRoute(out, cachedRoute(route), layout);
  } else {
    for (const route of matching(session, filter)) printRoute(out, route, layout);
  }
  session.out(out.finish());
  return 0;
}

/** The routes that `show` would show, as messages. */
export function save(session: Session, rest: readonly string[]): number {
  if (!writeMagic(session, ROUTE_DUMP)) return session.statuses.failed;
  const args = new Arguments(session, rest);
  const filter = parseRouteFilter(args);
  if (args.failure !== 0) return args.failure;
  if (isMissing(session, filter) && filter.table !== Table.MAIN && isIpv4(filter))
    return noTable(session, 'Save');
  saveRoutes(session, matching(session, filter));
  return 0;
}

/** With -json the array has been opened by then. */
function noTable(session: Session, what: 'Dump' | 'Flush' | 'Save'): number {
  if (session.options.json && what === 'Dump') session.out(session.options.pretty ? '[ ' : '[');
  session.explain(NO_TABLE);
  return session.fail(`${what === 'Save' ? 'Dump' : what} terminated`, session.statuses.refused);
}

const isIpv4 = ({ family }: RouteFilter): boolean => family === Family.UNSPEC || family === Family.INET;

function matching(session: Session, filter: RouteFilter): RouteInfo[] {
  if (!isIpv4(filter)) return [];
  const table = filter.table === 0 ? undefined : filter.table;
  return dumpRoutes(session.namespace, table).filter((route) => passes(filter, route));
}

const cached = (session: Session, filter: RouteFilter): RouteCacheInfo[] =>
  isIpv4(filter) ? dumpRouteCache(session.namespace).filter((route) => passes(filter, route)) : [];

/** An exception of a route as the kernel tells it: without a source, a mark and a user. */
const cachedRoute = (route: RouteCacheInfo): CachedRoute => ({
  ...route,
  from: ANY,
  gateway: route.nextHops[0]?.gateway ?? ANY,
  device: route.nextHops[0]?.device ?? '',
  source: ANY,
  mark: 0,
  iif: '',
  error: 0,
  uid: null,
});

// ---- flush ---------------------------------------------------------------------------------------------------

export function flush(session: Session, rest: readonly string[]): number {
  if (rest.length === 0) return session.fail('"ip route flush" requires arguments.');
  const args = new Arguments(session, rest);
  const filter = parseRouteFilter(args);
  if (args.failure !== 0) return args.failure;
  if (filter.cache) return flushCache(session);
  if (filter.family === Family.INET6) return flushIpv6(session, filter);
  for (let round = 0; ; round++) {
    if (isMissing(session, filter) && isIpv4(filter)) return noTable(session, 'Flush');
    const routes = matching(session, filter);
    if (routes.length === 0) return flushed(session, round);
    const status = removeAll(session, filter, routes);
    if (status !== 0) return status;
    if (session.options.statistics > 0)
      session.out(`\n*** Round ${round + 1}, deleting ${routes.length} entries ***\n`);
  }
}

function flushCache(session: Session): number {
  flushRouteCache(session.namespace);
  if (session.options.statistics > 0) session.out('*** IPv4 routing cache is flushed.\n');
  return 0;
}

function removeAll(session: Session, filter: RouteFilter, routes: readonly RouteInfo[]): number {
  const out = session.textPrinter();
  for (const route of routes) {
    if (session.options.statistics > 1) printRoute(out, route, layoutFor(session, filter));
    const refusal = deleteRoute(session.namespace, requestOf(route));
    if (refusal !== null)
      return session.fail(
        `Failed to send flush request: ${strerror(refusal.errno)}`,
        session.statuses.refused,
      );
  }
  session.out(out.finish());
  return 0;
}

/** The route as it was dumped is the request that deletes it. */
const requestOf = (route: RouteInfo): RouteRequest => ({
  table: route.table,
  destination: route.destination,
  length: route.length,
  tos: route.tos,
  type: route.type,
  protocol: route.protocol,
  scope: route.scope,
  priority: route.priority,
  prefsrc: route.prefsrc,
  nexthopId: route.nexthopId,
  nextHops: route.nextHops.map(({ device, gateway, weight, flags }) => ({
    device,
    gateway,
    weight,
    onlink: (flags & NextHopFlag.ONLINK) !== 0,
  })),
});

function flushed(session: Session, rounds: number): number {
  if (session.options.statistics === 0) return 0;
  if (rounds === 0) session.out('Nothing to flush.\n');
  else session.out(`*** Flush is complete after ${rounds} round${rounds > 1 ? 's' : ''} ***\n`);
  return 0;
}
