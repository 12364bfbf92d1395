// A route: the object of `ip -j route` as data, and the line of `ip route` as that object (print_route in ip/iproute.c).
import { ANY, type Ipv4, parseIpv4 } from '../addr/ipv4.ts';
import {
  type Metrics,
  NextHopFlag,
  NO_METRICS,
  RouteProtocol,
  RouteType,
  Scope,
  Table,
} from '../admin/route-constants.ts';
import { DSFIELD_NAMES, PROTOCOL_NAMES, ROUTE_TYPE_NAMES, SCOPE_NAMES } from '../admin/route-names.ts';
import { Fields, isObject, type Json, parseNumber, type Reading, reading } from './fields.ts';
import type { DumpedHop, DumpedRoute } from './node-dump.ts';

/** /etc/iproute2/rt_tables as it is installed. */
export const TABLE_NAMES: ReadonlyMap<number, string> = new Map([
  [Table.LOCAL, 'local'],
  [Table.MAIN, 'main'],
  [Table.DEFAULT, 'default'],
]);

/** Numbers from here on stand for names. */
const NAMED_TABLES = 0x40000000;

/** A name that only the node's rt_tables has a number for gets one of its own, the same wherever it stands. */
export function tableNumber(fields: Fields, key: string, otherwise: number): number {
  const name = fields.text(key);
  if (!/^[A-Za-z_][\w.-]*$/.test(name) || [...TABLE_NAMES.values()].includes(name))
    return fields.named(key, TABLE_NAMES, otherwise);
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) & 0xffffff;
  return NAMED_TABLES + hash;
}

const TYPE_NAMES: ReadonlyMap<number, string> = new Map([...ROUTE_TYPE_NAMES.entries()]);

/** `10.0.0.0/8`, `10.0.0.1`, `default`; null for anything else. */
export function parsePrefix(text: string): { readonly address: Ipv4; readonly length: number } | null {
  if (text === 'default' || text === 'all') return { address: ANY, length: 0 };
  const [head, tail, ...more] = text.split('/');
  const address = parseIpv4(head as string);
  const length = tail === undefined ? 32 : /^\d{1,2}$/.test(tail) ? Number(tail) : 33;
  return address === null || length > 32 || more.length > 0 ? null : { address, length };
}

// ---- objects -------------------------------------------------------------------------------------------------

/** RTNH_F_* by the words of print_rt_flags; the rest tells of hardware. */
const FLAG_BITS: Readonly<Record<string, number>> = {
  dead: NextHopFlag.DEAD,
  pervasive: NextHopFlag.PERVASIVE,
  onlink: NextHopFlag.ONLINK,
  linkdown: NextHopFlag.LINKDOWN,
};

const flagsOf = (fields: Fields): number =>
  fields.words('flags').reduce((bits, word) => bits | (FLAG_BITS[word] ?? 0), 0);

export function routeOf(record: Json): Reading<DumpedRoute> {
  const fields = new Fields(record);
  const prefix = parsePrefix(fields.text('dst'));
  if (prefix === null) return { wrong: `"${fields.text('dst')}" is no IPv4 prefix` };
  const hops = hopsOf(fields);
  if ('wrong' in hops) return hops;
  const flags = flagsOf(fields);
  const type = fields.named('type', TYPE_NAMES, RouteType.UNICAST);
  fields.ignore('nhid', 'cache', 'pref', 'flow');
  return reading(fields, {
    table: tableNumber(fields, 'table', Table.MAIN),
    destination: prefix.address,
    length: prefix.length,
    tos: fields.named('tos', DSFIELD_NAMES, 0),
    type,
    protocol: fields.named('protocol', PROTOCOL_NAMES, RouteProtocol.BOOT),
    scope: fields.named('scope', SCOPE_NAMES, Scope.UNIVERSE),
    priority: fields.number('metric'),
    prefsrc: fields.address('prefsrc'),
    metrics: metricsOf(fields),
    flags,
    nextHops: hops.value,
  });
}

/** The list, or the one hop that stands in the route itself. */
function hopsOf(fields: Fields): Reading<DumpedHop[]> {
  const hops: DumpedHop[] = [];
  for (const item of fields.list('nexthops')) {
    const hop = isObject(item) ? hopOf(new Fields(item)) : { wrong: 'a next hop is no object' };
    if ('wrong' in hop) return hop;
    hops.push(hop.value);
  }
  if (hops.length > 0) return { value: hops };
  const gateway = fields.address('gateway');
  const device = fields.text('dev');
  if (gateway === ANY && device === '') return { value: [] };
  return { value: [{ device, gateway, weight: 1, flags: flagsOf(fields) }] };
}

function hopOf(fields: Fields): Reading<DumpedHop> {
  fields.ignore('flow');
  return reading(fields, {
    gateway: fields.address('gateway'),
    device: fields.text('dev'),
    weight: fields.number('weight', 1),
    flags: flagsOf(fields),
  });
}

/** The kernel keeps the round-trip time in eighths of a millisecond and its variance in quarters. */
const RTT_UNIT = 8;
const RTTVAR_UNIT = 4;

const PLAIN_METRICS = [
  'mtu',
  'window',
  'ssthresh',
  'cwnd',
  'advmss',
  'reordering',
  'hoplimit',
  'initcwnd',
  'initrwnd',
  'quickack',
] as const;

function metricsOf(fields: Fields): Metrics | null {
  const record = fields.list('metrics').filter(isObject)[0];
  if (record === undefined) return null;
  const inner = new Fields(record);
  const metrics = { ...NO_METRICS, mtuLocked: inner.flag('mtu_lock') };
  for (const name of PLAIN_METRICS) metrics[name] = inner.number(name);
  if (inner.flag('ecn')) metrics.features = 1;
  metrics.rtt = inner.number('rtt') * RTT_UNIT;
  metrics.rttvar = inner.number('rttvar') * RTTVAR_UNIT;
  metrics.rtoMin = inner.number('rto_min');
  if (inner.complaint() !== '' && fields.wrong === '') fields.wrong = inner.complaint();
  return metrics;
}

// ---- lines ---------------------------------------------------------------------------------------------------

const KEYS: Readonly<Record<string, string>> = {
  dev: 'dev',
  table: 'table',
  proto: 'protocol',
  scope: 'scope',
  src: 'prefsrc',
  metric: 'metric',
  tos: 'tos',
  dsfield: 'tos',
  weight: 'weight',
  nhid: 'nhid',
  realm: 'flow',
  realms: 'flow',
};

const FLAG_WORDS = new Set([
  'dead',
  'onlink',
  'pervasive',
  'offload',
  'trap',
  'linkdown',
  'unresolved',
  'notify',
]);
const HARDWARE_WORDS = new Set(['rt_offload', 'rt_trap', 'rt_offload_failed']);
const METRIC_WORDS = new Set<string>([...PLAIN_METRICS, 'rtt', 'rttvar', 'rto_min', 'features']);

/** `12ms` and `1.5s` in milliseconds, else a number as it is. */
function metricValue(text: string | undefined): number | string {
  const time = /^([\d.]+)(ms|s)$/.exec(text ?? '');
  if (time === null) return parseNumber(text ?? '') ?? `${text}`;
  return Number(time[1]) * (time[2] === 's' ? 1000 : 1);
}

interface Draft {
  [key: string]: unknown;
  flags: string[];
  metrics?: [Record<string, number | string | boolean>];
}

/** The object of one line; what is wrong otherwise. */
export function routeRecord(line: string): Reading<Json> {
  const words = line.trim().split(/\s+/);
  const draft: Draft = { flags: [] };
  if (ROUTE_TYPE_NAMES.includes(words[0] as string)) draft.type = words.shift();
  draft.dst = words.shift() ?? '';
  return takeWords(words, draft);
}

/** The object of `nexthop via …`, the line of a route with several. */
export function hopRecord(line: string): Reading<Json> {
  return takeWords(line.trim().split(/\s+/).slice(1), { flags: [] });
}

function takeWords(words: string[], draft: Draft): Reading<Json> {
  while (words.length > 0) {
    const wrong = takeWord(words.shift() as string, words, draft);
    if (wrong !== '') return { wrong };
  }
  return { value: draft };
}

function takeWord(word: string, rest: string[], draft: Draft): string {
  const key = KEYS[word];
  if (key !== undefined) draft[key] = rest.shift() ?? '';
  else if (word === 'via') return takeGateway(rest, draft);
  else if (METRIC_WORDS.has(word)) takeMetric(word, rest, draft);
  else if (FLAG_WORDS.has(word) || HARDWARE_WORDS.has(word)) draft.flags.push(word);
  else return `unknown word "${word}"`;
  return '';
}

function takeGateway(rest: string[], draft: Draft): string {
  const family = rest[0] === 'inet6' || rest[0] === 'inet' ? rest.shift() : 'inet';
  if (family === 'inet6') return 'an IPv6 gateway';
  draft.gateway = rest.shift() ?? '';
  return '';
}

function takeMetric(word: string, rest: string[], draft: Draft): void {
  draft.metrics ??= [{}];
  if (rest[0] === 'lock') {
    rest.shift();
    if (word === 'mtu') draft.metrics[0].mtu_lock = true;
  }
  if (word === 'features') draft.metrics[0][rest.shift() ?? ''] = true;
  else draft.metrics[0][word] = metricValue(rest.shift());
}
