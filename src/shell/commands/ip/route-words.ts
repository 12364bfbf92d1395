// The words of a route: `ip route add|change|replace|append|prepend|test|delete` (iproute_modify in ip/iproute.c).
import { Errno, type Refusal, refuse } from '../../../addr/errno.ts';
import { ANY, type Ipv4 } from '../../../addr/ipv4.ts';
import { formatIpv6 } from '../../../addr/ipv6.ts';
import type { Metrics } from '../../../admin/route-constants.ts';
import type { NextHopRequest } from '../../../admin/types.ts';
import { type Arguments, exact, find, type Keyword, prefix } from '../iproute2/arguments.ts';
import { parseDsfield, parseProtocol, parseRouteType, parseScope } from '../iproute2/names.ts';
import { parseTime, parseUnsigned } from '../iproute2/numbers.ts';
import { Family, parseFamily } from '../iproute2/options.ts';
import { type Prefix, takeAddress, takePrefix } from '../iproute2/prefix.ts';
import { parsed, unsigned } from '../iproute2/values.ts';
import { ROUTE_USAGE } from './usage.ts';
import { takeVrfTable } from './vrf-words.ts';

/** Null and '' where nothing was said. */
export interface RouteWords {
  family: number;
  destination: Prefix | null;
  type: number | null;
  tos: number | null;
  priority: number | null;
  scope: number | null;
  protocol: number | null;
  table: number | null;
  source: Ipv4 | null;
  gateway: Ipv4 | null;
  device: string;
  onlink: boolean;
  nexthopId: number;
  realms: number;
  readonly metrics: Partial<Metrics>;
  nextHops: NextHopRequest[];
  /** IPv6 gateways, by the words or the next hop that they were said of. */
  readonly ipv6Gateways: Map<object, string>;
  /** How the kernel refuses what has no place in a request. */
  refusal: Refusal | null;
}

export const newRouteWords = (family: number): RouteWords => ({
  family,
  destination: null,
  type: null,
  tos: null,
  priority: null,
  scope: null,
  protocol: null,
  table: null,
  source: null,
  gateway: null,
  device: '',
  onlink: false,
  realms: 0,
  nexthopId: 0,
  metrics: {},
  nextHops: [],
  ipv6Gateways: new Map(),
  refusal: null,
});

type Take = Keyword<RouteWords>['take'];

const adopt = (words: RouteWords, prefix: Prefix): void => {
  if (words.family === Family.UNSPEC) words.family = prefix.family;
};

const noIpv6Gateway = (): Refusal => refuse(Errno.EPROTONOSUPPORT, 'IPv6 support not enabled in kernel');

/** `via [FAMILY] ADDRESS`: a gateway of the other family is known to no kernel without IPv6. */
function takeVia(words: RouteWords, args: Arguments, holder: object): Ipv4 {
  const word = args.value();
  const family = parseFamily(word);
  const text = family === Family.UNSPEC ? word : args.value();
  if (args.failure !== 0) return ANY;
  const address = takeAddress(args, text, family === Family.UNSPEC ? words.family : family);
  adopt(words, address);
  if (address.family !== words.family) words.refusal ??= noIpv6Gateway();
  if (address.wide !== null) words.ipv6Gateways.set(holder, formatIpv6(address.wide));
  return address.address;
}

const takeGateway: Take = (words, args) => {
  if (words.gateway !== null) return args.wrong('use nexthop syntax to specify multiple via\n', args.word);
  words.gateway = takeVia(words, args, words);
};

const takeSource: Take = (words, args) => {
  const text = args.value();
  if (args.failure !== 0) return;
  const address = takeAddress(args, text, words.family);
  adopt(words, address);
  words.source = address.address;
};

/** A number that may be locked: `mtu lock 1400`. Locks other than the MTU's change nothing here. */
const metric =
  (
    name:
      | 'mtu'
      | 'window'
      | 'ssthresh'
      | 'cwnd'
      | 'advmss'
      | 'reordering'
      | 'hoplimit'
      | 'initcwnd'
      | 'initrwnd',
    message: string,
    limit?: number,
  ): Take =>
  (words, args) => {
    const locked = takeLock(args);
    words.metrics[name] = parsed(args, (text) => parseUnsigned(text, limit), message, 0);
    if (name === 'mtu' && locked) words.metrics.mtuLocked = true;
  };

/** Steps over `lock`. */
function takeLock(args: Arguments): boolean {
  if (args.rest[1] !== 'lock') return false;
  args.value();
  return true;
}

/** Times are kept in eighths and quarters of a millisecond, and a number without a unit is taken as it is kept. */
const time =
  (name: 'rtt' | 'rttvar' | 'rtoMin', message: string, factor: number): Take =>
  (words, args) => {
    if (name !== 'rtoMin') takeLock(args);
    const value = parsed(args, parseTime, message, { milliseconds: 0, raw: true });
    words.metrics[name] = value.raw ? value.milliseconds : value.milliseconds * factor;
  };

const takeQuickAck: Take = (words, args) => {
  const value = unsigned(args, '"quickack" value is invalid\n');
  if (value > 1) args.wrong('"quickack" value should be 0 or 1\n', args.word);
  words.metrics.quickack = value;
};

const featuresOf = (text: string): number | null => (text === 'ecn' ? 1 : null);

/** The ones that the kernel has without a module more; a route for one of them moves no packet here. */
const CONGESTION_CONTROLS = ['reno', 'cubic'];

const takeCongestionControl: Take = (words, args) => {
  takeLock(args);
  const name = args.value();
  if (args.failure !== 0) return;
  if (CONGESTION_CONTROLS.includes(name)) notEmulated('congctl of a route')(words, args);
  else words.refusal ??= refuse(Errno.EINVAL, 'Unknown tcp congestion algorithm');
};

const takeTos: Take = (words, args) => {
  words.tos = parsed(args, parseDsfield, '"tos" value is invalid\n', 0);
};

const takePriority: Take = (words, args) => {
  words.priority = unsigned(args, '"metric" value is invalid\n');
};

const PREFERENCES = ['low', 'medium', 'high'];

const takePreference: Take = (_, args) => {
  const preference = (text: string) => (PREFERENCES.includes(text) ? 0 : parseUnsigned(text, 0xff));
  parsed(args, preference, '"pref" value is invalid\n', 0);
};

const takeRealms = (args: Arguments): number =>
  parsed(args, (text) => args.session.names.realmsNumber(text), '"realm" value is invalid\n', 0);

const notEmulated =
  (what: string): Take =>
  (_, args) =>
    args.stop(args.session.notEmulated(what));

/** In the order of comparison of iproute_modify; `nexthop` begins with none of these. */
const KEYWORDS: readonly Keyword<RouteWords>[] = [
  exact('src', takeSource),
  exact('as', notEmulated('ip route … as')),
  exact('via', takeGateway),
  exact('from', notEmulated('a route for one source')),
  exact('tos', takeTos),
  prefix('dsfield', takeTos),
  exact('expires', (_, args) => {
    unsigned(args, '"expires" value is invalid\n');
  }),
  prefix('metric priority', takePriority),
  exact('preference', takePriority),
  exact('scope', (words, args) => {
    words.scope = parsed(args, parseScope, 'invalid "scope" value\n', 0);
  }),
  exact('mtu', metric('mtu', '"mtu" value is invalid\n')),
  exact('hoplimit', metric('hoplimit', '"hoplimit" value is invalid\n', 255)),
  exact('advmss', metric('advmss', '"mss" value is invalid\n')),
  prefix('reordering', metric('reordering', '"reordering" value is invalid\n')),
  exact('rtt', time('rtt', '"rtt" value is invalid\n', 8)),
  exact('rto_min', time('rtoMin', '"rto_min" value is invalid\n', 1)),
  prefix('window', metric('window', '"window" value is invalid\n')),
  prefix('cwnd', metric('cwnd', '"cwnd" value is invalid\n')),
  prefix('initcwnd', metric('initcwnd', '"initcwnd" value is invalid\n')),
  prefix('initrwnd', metric('initrwnd', '"initrwnd" value is invalid\n')),
  // No TCP connection here asks for it.
  prefix('features', (words, args) => {
    words.metrics.features = parsed(args, featuresOf, '"features" value not valid\n', 0);
  }),
  prefix('quickack', takeQuickAck),
  prefix('congctl', takeCongestionControl),
  prefix('rttvar', time('rttvar', '"rttvar" value is invalid\n', 4)),
  prefix('ssthresh', metric('ssthresh', '"ssthresh" value is invalid\n')),
  prefix('realms', (words, args) => {
    words.realms = takeRealms(args);
  }),
  exact('onlink', (words) => {
    words.onlink = true;
  }),
  exact('nhid', (words, args) => {
    words.nexthopId = unsigned(args, '"id" value is invalid\n');
  }),
  prefix('protocol', (words, args) => {
    words.protocol = parsed(args, parseProtocol, '"protocol" value is invalid\n', 0);
  }),
  prefix('table', (words, args) => {
    words.table = parsed(
      args,
      (text) => args.session.names.tableNumber(text),
      '"table" value is invalid\n',
      0,
    );
  }),
  prefix('vrf', (words, args) => {
    words.table = takeVrfTable(args);
  }),
  exact('dev oif', (words, args) => {
    words.device = args.value();
  }),
  prefix('pref', takePreference),
  exact('encap', notEmulated('encap of a route')),
  exact('ttl-propagate', (_, args) => {
    const value = (text: string) => ('enabled'.startsWith(text) || 'disabled'.startsWith(text) ? text : null);
    parsed(args, value, '"ttl-propagate" value is invalid\n', '');
  }),
  prefix('fastopen_no_cookie', notEmulated('fastopen_no_cookie of a route')),
];

/** A destination, with its type in front: a word that begins with a digit is no type. */
function takeDestination(words: RouteWords, args: Arguments): void {
  if (args.is('to')) args.value();
  const type = /^[0-9]/.test(args.word) ? null : parseRouteType(args.word);
  if (type !== null && args.failure === 0) {
    words.type = type;
    args.value();
  }
  if (args.failure !== 0) return;
  if (args.begins('help')) {
    args.usage(ROUTE_USAGE);
    return;
  }
  if (words.destination !== null) {
    args.garbage('to', args.word);
    return;
  }
  words.destination = takePrefix(args, args.word, words.family);
  adopt(words, words.destination);
}

/** Reads all words, next hops included, and checks that the devices exist. */
export function parseRoute(args: Arguments, words: RouteWords): void {
  for (; !args.done && !args.is('nexthop'); args.advance())
    (find(args.word, KEYWORDS)?.take ?? takeDestination)(words, args);
  if (args.failure !== 0) return;
  if (words.destination === null) {
    args.usage(ROUTE_USAGE);
    return;
  }
  if (words.device !== '' && args.session.link(words.device) === null) {
    args.stop(args.session.noDevice(words.device));
    return;
  }
  parseNextHops(args, words);
}

// ---- next hops -----------------------------------------------------------------------------------------------

interface Hop {
  readonly words: RouteWords;
  readonly request: NextHopRequest;
}

const HOP_KEYWORDS: readonly Keyword<Hop>[] = [
  exact('via', ({ words, request }, args) => {
    request.gateway = takeVia(words, args, request);
  }),
  exact('dev', takeHopDevice),
  exact('weight', ({ request }, args) => {
    const weight = (text: string) => parseUnsigned(text, 256) || null;
    request.weight = parsed(args, weight, '"weight" is invalid\n', 1);
  }),
  exact('onlink', ({ request }) => {
    request.onlink = true;
  }),
  prefix('realms', ({ request }, args) => {
    request.realms = takeRealms(args);
  }),
  exact('encap as', (_, args) => args.stop(args.session.notEmulated('encap of a route'))),
];

function takeHopDevice({ request }: Hop, args: Arguments): void {
  const text = args.value();
  if (args.failure !== 0) return;
  request.device = text;
  if (args.session.link(text) !== null) return;
  args.session.noDevice(text);
  args.exit('Error: cannot parse nexthop');
}

/** `nexthop …` again and again. */
function parseNextHops(args: Arguments, words: RouteWords): void {
  while (!args.done) {
    if (!args.is('nexthop')) {
      args.exit(`Error: "nexthop" or end of line is expected instead of "${args.word}"`);
      return;
    }
    if (!args.hasValue) {
      args.exit('Error: unexpected end of line after "nexthop"');
      return;
    }
    const hop: Hop = { words, request: { device: '', gateway: ANY } };
    args.advance();
    walkWhile(args, HOP_KEYWORDS, hop);
    words.nextHops.push(hop.request);
  }
}

/** As walk, up to the first word that is no keyword. */
function walkWhile<T>(args: Arguments, keywords: readonly Keyword<T>[], target: T): void {
  for (; !args.done; args.advance()) {
    const keyword = find(args.word, keywords);
    if (keyword === undefined) return;
    keyword.take(target, args);
  }
}
