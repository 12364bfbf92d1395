// Routes, addresses, neighbours and forwarding entries in the words of `ip` and `bridge`.
import { formatIpv4, formatPrefix, type Ipv4, isLoopback } from '../addr/ipv4.ts';
import { formatMac } from '../addr/mac.ts';
import { type Metrics, RouteProtocol, RouteType, Scope, Table } from '../admin/route-constants.ts';
import { PROTOCOL_NAMES, ROUTE_TYPE_NAMES, SCOPE_NAMES } from '../admin/route-names.ts';
import type {
  AddressRequest,
  FdbRequest,
  NeighbourRequest,
  NextHopRequest,
  RouteRequest,
  RouteVerb,
} from '../admin/types.ts';
import { flag, hex, quoted, valued } from './words.ts';

/** Lifetimes without an end. */
const FOREVER = 0xffffffff;

export function addressWords(verb: string, device: string, request: AddressRequest): string[] {
  const { local, peer, length, broadcast, metric } = request;
  const scope = request.scope ?? Scope.UNIVERSE;
  return [
    ...['address', verb],
    ...(peer === local
      ? [formatPrefix(local, length)]
      : [formatIpv4(local), 'peer', formatPrefix(peer, length)]),
    ...valued('broadcast', broadcast === undefined ? undefined : formatIpv4(broadcast)),
    ...(scope === (isLoopback(local) ? Scope.HOST : Scope.UNIVERSE) ? [] : ['scope', String(scope)]),
    ...valued('label', request.label),
    ...valued('metric', metric || undefined),
    ...flag('noprefixroute', request.noprefixroute),
    ...lifetimeWords('valid_lft', request.validLifetime),
    ...lifetimeWords('preferred_lft', request.preferredLifetime),
    ...['dev', quoted(device)],
  ];
}

const lifetimeWords = (keyword: string, seconds: number | undefined): string[] =>
  valued(keyword, seconds === FOREVER ? 'forever' : seconds);

// ---- routes ----------------------------------------------------------------------------------------------------

export function routeWords(verb: RouteVerb | 'delete', route: RouteRequest): string[] {
  const isDeletion = verb === 'delete';
  const type = route.type ?? (isDeletion ? undefined : RouteType.UNICAST);
  return [
    ...['route', verb],
    ...typeWords(type, isDeletion),
    destinationWord(route),
    ...valued('tos', route.tos ? hex(route.tos) : undefined),
    ...hopsWords(route),
    ...tableWords(route.table, type),
    ...protocolWords(route.protocol, isDeletion),
    ...scopeWords(route, type, isDeletion),
    ...valued('metric', route.priority || undefined),
    ...valued('src', route.prefsrc ? formatIpv4(route.prefsrc) : undefined),
    ...metricsWords(route.metrics ?? {}),
    ...(isMultipath(route) ? route.nextHops.flatMap(nextHopWords) : []),
  ];
}

const typeWords = (type: number | undefined, isDeletion: boolean): string[] =>
  type === undefined || (type === RouteType.UNICAST && !isDeletion) ? [] : [ROUTE_TYPE_NAMES[type] as string];

const destinationWord = ({ destination, length }: RouteRequest): string => {
  if (length === 32) return formatIpv4(destination);
  return destination === 0 && length === 0 ? 'default' : formatPrefix(destination, length);
};

const isMultipath = ({ multipath, nextHops }: RouteRequest): boolean => multipath ?? nextHops.length > 1;

const hopsWords = (route: RouteRequest): string[] =>
  isMultipath(route) ? [] : route.nextHops.flatMap((hop) => hopWords(hop));

const hopWords = ({ gateway, device, onlink }: NextHopRequest): string[] => [
  ...valued('via', gateway === 0 ? undefined : formatIpv4(gateway)),
  ...valued('dev', device || undefined),
  ...flag('onlink', onlink),
];

const nextHopWords = (hop: NextHopRequest): string[] => [
  'nexthop',
  ...hopWords(hop),
  ...valued('weight', hop.weight),
];

/** Types that iproute2 puts into the table `local` unless it is told another. */
const LOCAL_TYPES: readonly number[] = [
  RouteType.LOCAL,
  RouteType.BROADCAST,
  RouteType.NAT,
  RouteType.ANYCAST,
];

function tableWords(table: number, type: number | undefined): string[] {
  const usual = LOCAL_TYPES.includes(type ?? RouteType.UNSPEC) ? Table.LOCAL : Table.MAIN;
  return (table || Table.MAIN) === usual ? [] : ['table', String(table || Table.MAIN)];
}

/** Nothing said is `boot` to iproute2 and `unspec` to the kernel; for a deletion it is anything to both. */
function protocolWords(protocol: number | undefined, isDeletion: boolean): string[] {
  const said = protocol ?? RouteProtocol.UNSPEC;
  if (said === (isDeletion ? RouteProtocol.UNSPEC : RouteProtocol.BOOT)) return [];
  return ['proto', PROTOCOL_NAMES.get(said) ?? String(said)];
}

/** What iproute2 would say if the scope were left out; undefined for any. */
function usualScope(route: RouteRequest, type: number | undefined, isDeletion: boolean): number | undefined {
  if (type === RouteType.LOCAL || type === RouteType.NAT) return Scope.HOST;
  if (type === RouteType.BROADCAST || type === RouteType.MULTICAST || type === RouteType.ANYCAST)
    return Scope.LINK;
  if (isDeletion) return undefined;
  const isDirect = !isMultipath(route) && !route.nextHops[0]?.gateway;
  return type === RouteType.UNICAST && isDirect ? Scope.LINK : Scope.UNIVERSE;
}

function scopeWords(route: RouteRequest, type: number | undefined, isDeletion: boolean): string[] {
  const scope = route.scope ?? (isDeletion ? Scope.NOWHERE : Scope.UNIVERSE);
  const usual = usualScope(route, type, isDeletion) ?? Scope.NOWHERE;
  return scope === usual ? [] : ['scope', SCOPE_NAMES.get(scope) ?? String(scope)];
}

/** Times stand in the kernel's own units, as a number without a unit does. */
const METRIC_WORDS: readonly (readonly [Exclude<keyof Metrics, 'mtu' | 'mtuLocked' | 'features'>, string])[] =
  [
    ['window', 'window'],
    ['rtt', 'rtt'],
    ['rttvar', 'rttvar'],
    ['ssthresh', 'ssthresh'],
    ['cwnd', 'cwnd'],
    ['advmss', 'advmss'],
    ['reordering', 'reordering'],
    ['hoplimit', 'hoplimit'],
    ['initcwnd', 'initcwnd'],
    ['initrwnd', 'initrwnd'],
    ['rtoMin', 'rto_min'],
    ['quickack', 'quickack'],
  ];

const metricsWords = (metrics: Partial<Metrics>): string[] => [
  ...valued(metrics.mtuLocked ? 'mtu lock' : 'mtu', metrics.mtu),
  ...(metrics.features ? ['features', 'ecn'] : []),
  ...METRIC_WORDS.flatMap(([name, word]) => valued(word, metrics[name])),
];

// ---- neighbours and forwarding entries -------------------------------------------------------------------------

/** NUD_* by number. */
const STATE_NAMES: Readonly<Record<number, string>> = {
  0: 'none',
  1: 'incomplete',
  2: 'reachable',
  4: 'stale',
  8: 'delay',
  16: 'probe',
  32: 'failed',
  64: 'noarp',
  128: 'permanent',
};

export function neighbourWords(verb: string, request: NeighbourRequest): string[] {
  const { destination, device, lladdr, state } = request;
  return [
    ...['neighbour', verb, ...flag('proxy', request.proxy), formatIpv4(destination)],
    ...valued('dev', device || undefined),
    ...valued('lladdr', lladdr === undefined ? undefined : formatMac(lladdr)),
    ...flag('router', request.router),
    ...flag('use', request.use),
    ...flag('extern_learn', request.externLearn),
    ...flag('managed', request.managed),
    ...valued('protocol', request.protocol || undefined),
    ...valued('nud', state === undefined ? undefined : STATE_NAMES[state]),
  ];
}

const FDB_FLAGS: readonly (readonly [number, string])[] = [
  [0x01, 'use'],
  [0x02, 'self'],
  [0x04, 'master'],
  [0x10, 'extern_learn'],
  [0x40, 'sticky'],
  [0x80, 'router'],
];
const PERMANENT = 0x80;
const NOARP = 0x40;

export function fdbWords(verb: string, entry: FdbRequest): string[] {
  const { destination, flags, state } = entry;
  return [
    ...['fdb', verb, formatMac(entry.mac), 'dev', quoted(entry.device)],
    ...valued('dst', destination === undefined ? undefined : formatIpv4(destination)),
    ...valued('port', entry.port),
    ...valued('vni', entry.vni),
    ...valued('via', entry.via),
    ...valued('vlan', entry.vlan),
    ...FDB_FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, word]) => word),
    fdbState(state),
  ];
}

/** `bridge` has three words for the states. */
function fdbState(state: number): string {
  if ((state & PERMANENT) !== 0) return 'permanent';
  return (state & NOARP) !== 0 ? 'static' : 'dynamic';
}

export const addressDeleteWords = (device: string, local: Ipv4, length: number): string[] =>
  addressWords('delete', device, { local, peer: local, length, scope: isLoopback(local) ? Scope.HOST : 0 });
