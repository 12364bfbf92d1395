// `ip route`: its verbs, and the requests that change routes (do_iproute, iproute_modify in ip/iproute.c).
import { Errno, refuse } from '../../../addr/errno.ts';
import { ANY } from '../../../addr/ipv4.ts';
import { changeRoute, deleteRoute } from '../../../admin/route.ts';
import { RouteProtocol, RouteType, Scope, Table } from '../../../admin/route-constants.ts';
import type { NextHopRequest, RouteRequest, RouteVerb } from '../../../admin/types.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { exactVerb, prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import { Family } from '../iproute2/options.ts';
import type { Session } from '../iproute2/session.ts';
import { modifyIpv6 } from './ipv6-route.ts';
import { restore, showDump } from './route-dump.ts';
import { get } from './route-get.ts';
import { flush, list, save } from './route-list.ts';
import { newRouteWords, parseRoute, type RouteWords } from './route-words.ts';
import { ROUTE_USAGE } from './usage.ts';

type Command = RouteVerb | 'delete';

const modify =
  (command: Command) =>
  (session: Session, rest: readonly string[]): number => {
    const args = new Arguments(session, rest);
    const words = newRouteWords(session.options.family);
    parseRoute(args, words);
    if (args.failure !== 0) return args.failure;
    if (words.family === Family.INET6) return modifyIpv6(session, command, words);
    if (words.family !== Family.UNSPEC && words.family !== Family.INET)
      return session.answer(refuse(Errno.EOPNOTSUPP));
    return session.answer(words.refusal ?? send(session, command, words));
  };

function send(session: Session, command: Command, words: RouteWords): ReturnType<typeof changeRoute> {
  const request = requestOf(words, command === 'delete');
  return command === 'delete'
    ? deleteRoute(session.namespace, request)
    : changeRoute(session.namespace, command, request);
}

function requestOf(words: RouteWords, deletion: boolean): RouteRequest {
  const type = words.type ?? (deletion ? undefined : RouteType.UNICAST);
  const request: RouteRequest = {
    table: words.table ?? (LOCAL_TYPES.has(type ?? RouteType.UNSPEC) ? Table.LOCAL : Table.MAIN),
    destination: words.destination?.address ?? ANY,
    length: words.destination?.length ?? 0,
    nextHops: nextHopsOf(words),
    ...(words.nextHops.length > 0 && { multipath: true }),
    ...(words.nexthopId !== 0 && { nexthopId: words.nexthopId }),
  };
  if (type !== undefined) request.type = type;
  const scope = words.scope ?? scopeOf(type, words, deletion);
  if (scope !== undefined) request.scope = scope;
  const protocol = words.protocol ?? (deletion ? undefined : RouteProtocol.BOOT);
  if (protocol !== undefined) request.protocol = protocol;
  if (words.tos !== null) request.tos = words.tos;
  if (words.priority !== null) request.priority = words.priority;
  if (words.source !== null) request.prefsrc = words.source;
  if (words.realms !== 0) request.realms = words.realms;
  if (Object.keys(words.metrics).length > 0) request.metrics = words.metrics;
  return request;
}

/** Types that live in the table `local` unless another is named. */
const LOCAL_TYPES: ReadonlySet<number> = new Set([
  RouteType.LOCAL,
  RouteType.BROADCAST,
  RouteType.NAT,
  RouteType.ANYCAST,
]);

/** The scope that follows from the type; for a deletion, undefined stands for any. */
function scopeOf(type: number | undefined, words: RouteWords, deletion: boolean): number | undefined {
  switch (type) {
    case RouteType.LOCAL:
    case RouteType.NAT:
      return Scope.HOST;
    case RouteType.BROADCAST:
    case RouteType.MULTICAST:
    case RouteType.ANYCAST:
      return Scope.LINK;
  }
  if (deletion) return undefined;
  const direct = words.gateway === null && words.nextHops.length === 0 && words.nexthopId === 0;
  return type === RouteType.UNICAST && direct ? Scope.LINK : Scope.UNIVERSE;
}

/** The one that `via`, `dev` and `onlink` describe, or those behind `nexthop`. */
function nextHopsOf(words: RouteWords): NextHopRequest[] {
  if (words.nextHops.length > 0) return words.nextHops;
  if (words.gateway === null && words.device === '') return [];
  const hop: NextHopRequest = { device: words.device, gateway: words.gateway ?? ANY };
  return [words.onlink ? { ...hop, onlink: true } : hop];
}

const VERBS: readonly Verb[] = [
  prefixVerb('add', modify('add')),
  prefixVerb('change', modify('change')),
  exactVerb('chg', modify('change')),
  prefixVerb('replace', modify('replace')),
  prefixVerb('prepend', modify('prepend')),
  prefixVerb('append', modify('append')),
  prefixVerb('test', modify('test')),
  prefixVerb('delete', modify('delete')),
  prefixVerb('list show lst', list),
  prefixVerb('get', get),
  prefixVerb('flush', flush),
  prefixVerb('save', save),
  prefixVerb('restore', restore),
  prefixVerb('showdump', showDump),
  prefixVerb('help', (session) => session.usage(ROUTE_USAGE)),
];

export const route = (session: Session, words: readonly string[]): number | Promise<number> =>
  runVerb(session, words, VERBS, list, 'ip route');
