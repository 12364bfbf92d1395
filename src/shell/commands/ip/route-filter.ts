// Which routes `ip route show` and `ip route flush` are about (filter_nlmsg in ip/iproute.c).
import { ANY, type Ipv4, inPrefix } from '../../../addr/ipv4.ts';
import { Table } from '../../../admin/route-constants.ts';
import type { RouteInfo } from '../../../admin/types.ts';
import { type Arguments, exact, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import { parseDsfield, parseProtocol, parseRouteType, parseScope } from '../iproute2/names.ts';
import { Family, parseFamily } from '../iproute2/options.ts';
import { type Prefix, takePrefix } from '../iproute2/prefix.ts';
import { parsed, unsigned } from '../iproute2/values.ts';
import type { RouteLayout } from './route-print.ts';
import { ROUTE_USAGE } from './usage.ts';
import { takeVrfTable } from './vrf-words.ts';

/** RTN_LOCAL, RTN_BROADCAST, RTN_ANYCAST and RTN_MULTICAST. */
const VRF_TYPES = 0b111100;

/** Null leaves a field out; ALL stands for the word `all`, which asks for nothing either. */
export interface RouteFilter {
  family: number;
  /** 0 for all tables. */
  table: number;
  cache: boolean;
  tos: number | null;
  protocol: number | null;
  scope: number | null;
  type: number | null;
  realms: number;
  /** Bits of `realms` that count. */
  realmMask: number;
  /** Types that `vrf NAME` leaves out, as a set of bits: those that a local table has. */
  typeMask: number;
  device: string;
  iif: string;
  mark: number | null;
  metric: number | null;
  via: Prefix | null;
  source: Prefix | null;
  /** `root`: routes at or below this prefix. */
  root: Prefix | null;
  /** `match`: routes at or above this prefix. */
  match: Prefix | null;
  /** A source prefix was asked for, which no IPv4 route has. */
  from: Prefix | null;
}

const newFilter = (family: number): RouteFilter => ({
  family,
  table: Table.MAIN,
  cache: false,
  tos: null,
  protocol: null,
  scope: null,
  type: null,
  realms: 0,
  realmMask: 0,
  typeMask: 0,
  device: '',
  iif: '',
  mark: null,
  metric: null,
  via: null,
  source: null,
  root: null,
  match: null,
  from: null,
});

type Take = Keyword<RouteFilter>['take'];

const takeTable: Take = (filter, args) => {
  const text = args.value();
  if (args.failure !== 0) return;
  const table = args.session.names.tableNumber(text);
  if (table !== null) filter.table = table;
  else if (text === 'all') filter.table = 0;
  else if (text === 'cache') filter.cache = true;
  else if (text === 'help') args.usage(ROUTE_USAGE);
  else args.wrong('table id value is invalid\n', text);
};

/** A number by name, or null for `all`. */
function takeOrAll(args: Arguments, parse: (text: string) => number | null, message: string): number | null {
  const all = -1;
  const value = parsed(args, (text) => parse(text) ?? (text === 'all' ? all : null), message, all);
  return value === all ? null : value;
}

const takeTos: Take = (filter, args) => {
  filter.tos = parsed(args, parseDsfield, 'TOS value is invalid\n', 0);
};

const takeMetric: Take = (filter, args) => {
  filter.metric = unsigned(args, '"metric" value is invalid\n');
};

const takeVia: Take = (filter, args) => {
  const word = args.value();
  const family = parseFamily(word);
  const text = family === Family.UNSPEC ? word : args.value();
  if (args.failure !== 0) return;
  filter.via = takePrefix(args, text, family === Family.UNSPEC ? filter.family : family);
};

/** `root`, `match` or `exact` and a prefix; without a word of the three, exact. */
function takeRange(args: Arguments, family: number): Pick<RouteFilter, 'root' | 'match'> {
  const root = args.begins('root');
  const match = !root && args.begins('match');
  const text = root || match || args.begins('exact') ? args.value() : args.word;
  if (args.failure !== 0) return { root: null, match: null };
  const prefix = takePrefix(args, text, family);
  return { root: match ? null : prefix, match: root ? null : prefix };
}

const takeSource: Take = (filter, args) => {
  args.value();
  const { root, match } = takeRange(args, filter.family);
  filter.from = root ?? match;
};

/** Only the destination is asked for by `N`, only the source by `N/`. */
const takeRealms: Take = (filter, args) => {
  const realms = (text: string) => args.session.names.realmsNumber(text);
  filter.realms = parsed(args, realms, 'invalid realms\n', 0);
  const text = args.word;
  const low = (filter.realms & 0xffff) === 0 && text.endsWith('/') ? 0 : 0xffff;
  const high = filter.realms >>> 16 === 0 && (!text.includes('/') || text.startsWith('/')) ? 0 : 0xffff0000;
  filter.realmMask = high | low;
};

/** In the order of comparison of iproute_list_flush_or_save. */
const KEYWORDS: readonly Keyword<RouteFilter>[] = [
  prefix('table', takeTable),
  prefix('vrf', (filter, args) => {
    filter.table = takeVrfTable(args);
    filter.typeMask = VRF_TYPES;
  }),
  prefix('cached cloned', (filter) => {
    filter.cache = true;
  }),
  exact('tos', takeTos),
  prefix('dsfield', takeTos),
  prefix('protocol', (filter, args) => {
    filter.protocol = takeOrAll(args, parseProtocol, 'invalid "protocol"\n');
  }),
  prefix('scope', (filter, args) => {
    filter.scope = takeOrAll(args, parseScope, 'invalid "scope"\n');
  }),
  prefix('type', (filter, args) => {
    filter.type = parsed(args, parseRouteType, 'node type value is invalid\n', 0);
  }),
  exact('dev oif', (filter, args) => {
    filter.device = args.value();
  }),
  exact('iif', (filter, args) => {
    filter.iif = args.value();
  }),
  exact('mark', (filter, args) => {
    filter.mark = unsigned(args, 'invalid mark value');
  }),
  prefix('metric priority', takeMetric),
  exact('preference', takeMetric),
  exact('via', takeVia),
  exact('src', (filter, args) => {
    filter.source = takePrefix(args, args.value(), filter.family);
  }),
  prefix('realms', takeRealms),
  prefix('from', takeSource),
];

function takeDestination(filter: RouteFilter, args: Arguments): void {
  if (args.begins('to')) args.value();
  const { root, match } = takeRange(args, filter.family);
  filter.root = root ?? filter.root;
  filter.match = match ?? filter.match;
}

/** The filter of a command line; a device that does not exist is complained about. */
export function parseRouteFilter(args: Arguments): RouteFilter {
  const filter = newFilter(args.session.options.family);
  walk(args, KEYWORDS, filter, takeDestination);
  for (const device of [filter.iif, filter.device])
    if (args.failure === 0 && device !== '' && args.session.link(device) === null)
      args.stop(args.session.noDevice(device));
  return filter;
}

/** Whether the prefix compares at all: `any` does not. */
const isSet = (prefix: Prefix | null): prefix is Prefix =>
  prefix !== null && (prefix.family !== Family.UNSPEC || prefix.specified);

/** An address that is equal to a wanted one as far as its length goes. */
const agrees = (wanted: Prefix | null, address: Ipv4): boolean =>
  wanted === null || wanted.family === Family.UNSPEC || inPrefix(address, wanted.address, wanted.length);

function inRange({ root, match }: RouteFilter, route: RouteInfo): boolean {
  if (isSet(root) && (root.length > route.length || !inPrefix(route.destination, root.address, root.length)))
    return false;
  if (!isSet(match)) return true;
  return match.length >= route.length && inPrefix(route.destination, match.address, route.length);
}

export function passes(filter: RouteFilter, route: RouteInfo): boolean {
  if (filter.table !== 0 && filter.table !== route.table) return false;
  if (filter.protocol !== null && filter.protocol !== route.protocol) return false;
  if (filter.scope !== null && filter.scope !== route.scope) return false;
  if (filter.type !== null && filter.type !== route.type) return false;
  if (((filter.realms ^ route.realms) & filter.realmMask) !== 0) return false;
  if ((filter.typeMask & (1 << route.type)) !== 0) return false;
  if (filter.tos !== null && filter.tos !== route.tos) return false;
  if (filter.metric !== null && filter.metric !== route.priority) return false;
  if (!inRange(filter, route)) return false;
  return passesHop(filter, route);
}

/** A route with several next hops has no gateway and no device of its own. */
function passesHop(filter: RouteFilter, route: RouteInfo): boolean {
  const hop = route.nextHops.length === 1 ? route.nextHops[0] : undefined;
  if (filter.device !== '' && filter.device !== hop?.device) return false;
  if (filter.iif !== '' || (filter.mark ?? 0) !== 0) return false;
  if (filter.from !== null && filter.from.length > 0) return false;
  return agrees(filter.via, hop?.gateway ?? ANY) && agrees(filter.source, route.prefsrc);
}

const isHost = (prefix: Prefix | null): boolean => prefix !== null && prefix.length === 32;

/** What was asked for is not printed again. */
export const layoutOf = (filter: RouteFilter, layout: RouteLayout): RouteLayout => ({
  ...layout,
  hideTable: filter.table !== 0,
  hideProtocol: filter.protocol !== null,
  hideScope: filter.scope !== null,
  hideTos: filter.tos !== null,
  hideGateway: isHost(filter.via),
  hideDevice: filter.device !== '',
  hideSource: isHost(filter.source),
  hideMetric: filter.metric !== null,
  hideRealms: filter.realmMask === -1,
});
