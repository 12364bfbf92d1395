// A route as a table holds it: the entry of one prefix (struct fib_alias) and the body that prefixes share
// (struct fib_info), with its next hops (struct fib_nh).
import { ANY, type Ipv4 } from '../addr/ipv4.ts';
import {
  type FibDevice,
  type Metrics,
  type NextHop,
  NextHopFlag,
  type Route,
  type RouteException,
} from './route.ts';

/** RTNH_COMPARE_MASK: flags that do not tell two next hops apart. */
const COMPARE_MASK = NextHopFlag.DEAD | NextHopFlag.LINKDOWN | NextHopFlag.OFFLOAD | 64;

export class NextHopEntry implements NextHop {
  device: FibDevice | null = null;
  gateway: Ipv4 = ANY;
  scope = 0;
  weight: number;
  flags: number;
  exceptions: Map<Ipv4, RouteException> | null = null;
  source: Ipv4 = ANY;
  /** The Fib.addressGeneration that `source` was computed in. */
  sourceGeneration = -1;
  /** Taken by hashes up to this one (fib_nh_upper_bound): 31 bits, -1 for never. */
  upperBound = -1;

  constructor(weight: number, flags: number) {
    this.weight = weight;
    this.flags = flags;
  }
}

/** What several prefixes may share: equal bodies are one object, so that their next hops live and die as one. */
export class RouteBody {
  readonly table: number;
  readonly type: number;
  readonly protocol: number;
  readonly scope: number;
  readonly priority: number;
  readonly prefsrc: Ipv4;
  readonly metrics: Metrics | null;
  readonly nextHops: readonly NextHopEntry[];
  /** Bits of NextHopFlag for the whole route (fib_flags). */
  flags: number;
  /** Entries that use it; it is known to the namespace while there are any (fib_treeref). */
  references = 0;
  /** Where RouteBodies keeps it, while it is in use: the index of a device must not change meanwhile. */
  hash = 0;
  /** The next body of the same hash. */
  chain: RouteBody | null = null;

  constructor(
    keys: Pick<Route, 'table' | 'type' | 'protocol' | 'scope' | 'priority' | 'prefsrc' | 'metrics'>,
    nextHops: readonly NextHopEntry[],
    flags: number,
  ) {
    this.table = keys.table;
    this.type = keys.type;
    this.protocol = keys.protocol;
    this.scope = keys.scope;
    this.priority = keys.priority;
    this.prefsrc = keys.prefsrc;
    this.metrics = keys.metrics;
    this.nextHops = nextHops;
    this.flags = flags;
  }
}

/** One entry of a table. What belongs to the body is read through it, which keeps a full table small. */
export class RouteEntry implements Route {
  readonly destination: Ipv4;
  readonly length: number;
  readonly tos: number;
  readonly body: RouteBody;
  /** The next entry of the same prefix. */
  next: RouteEntry | null = null;
  /** Place among the default routes of the one last chosen, -1 for none (fa_default). */
  chosenDefault = -1;

  constructor(destination: Ipv4, length: number, tos: number, body: RouteBody) {
    this.destination = destination;
    this.length = length;
    this.tos = tos;
    this.body = body;
  }

  get table(): number {
    return this.body.table;
  }
  get type(): number {
    return this.body.type;
  }
  get protocol(): number {
    return this.body.protocol;
  }
  get scope(): number {
    return this.body.scope;
  }
  get priority(): number {
    return this.body.priority;
  }
  get prefsrc(): Ipv4 {
    return this.body.prefsrc;
  }
  get metrics(): Metrics | null {
    return this.body.metrics;
  }
  get flags(): number {
    return this.body.flags;
  }
  get nextHops(): readonly NextHopEntry[] {
    return this.body.nextHops;
  }
}

/** Whether one of the next hops leaves by `device` (fib_info_nh_uses_dev). */
export function usesDevice(route: Route, device: FibDevice): boolean {
  for (const hop of route.nextHops) if (hop.device === device) return true;
  return false;
}

/** The device is ignored while its link is down, and it is (ip_ignore_linkdown and RTNH_F_LINKDOWN). */
export const ignoredForLink = (hop: NextHop): boolean =>
  (hop.flags & NextHopFlag.LINKDOWN) !== 0 && hop.device !== null && hop.device.ignoreLinkdown;

const usable = (hop: NextHop): boolean => (hop.flags & NextHopFlag.DEAD) === 0 && !ignoredForLink(hop);

/** Shares the 31-bit hash space among the usable next hops by weight (fib_rebalance). */
export function rebalance(body: RouteBody): void {
  if (body.nextHops.length < 2) return;
  let total = 0;
  for (const hop of body.nextHops) if (usable(hop)) total += hop.weight;
  let weight = 0;
  for (const hop of body.nextHops) {
    hop.upperBound = -1;
    if (!usable(hop)) continue;
    weight += hop.weight;
    hop.upperBound = Math.floor((weight * 0x80000000 + Math.floor(total / 2)) / total) - 1;
  }
}

const METRIC_NAMES = [
  'mtu',
  'mtuLocked',
  'window',
  'rtt',
  'rttvar',
  'ssthresh',
  'cwnd',
  'advmss',
  'reordering',
  'hoplimit',
  'initcwnd',
  'initrwnd',
  'rtoMin',
  'quickack',
] as const;

const sameMetrics = (a: Metrics | null, b: Metrics | null): boolean =>
  a === b || (a !== null && b !== null && METRIC_NAMES.every((name) => a[name] === b[name]));

/** Whether the metrics that a request names are those of the route (fib_metrics_match). */
export const metricsMatch = (wanted: Partial<Metrics> | undefined, has: Metrics | null): boolean =>
  wanted === undefined ||
  METRIC_NAMES.every((name) => {
    const value = wanted[name];
    if (value === undefined || value === false) return true;
    return value === (has === null ? 0 : has[name]);
  });

const indexOf = (hop: NextHop): number => (hop.device === null ? 0 : hop.device.index);

const sameNextHop = (a: NextHopEntry, b: NextHopEntry): boolean =>
  indexOf(a) === indexOf(b) &&
  a.gateway === b.gateway &&
  a.scope === b.scope &&
  a.weight === b.weight &&
  ((a.flags ^ b.flags) & ~COMPARE_MASK) === 0;

function sameBody(a: RouteBody, b: RouteBody): boolean {
  return (
    a.nextHops.length === b.nextHops.length &&
    a.protocol === b.protocol &&
    a.scope === b.scope &&
    a.prefsrc === b.prefsrc &&
    a.priority === b.priority &&
    a.type === b.type &&
    a.table === b.table &&
    sameMetrics(a.metrics, b.metrics) &&
    ((a.flags ^ b.flags) & ~COMPARE_MASK) === 0 &&
    a.nextHops.every((hop, index) => sameNextHop(hop, b.nextHops[index]))
  );
}

function hashOf(body: RouteBody): number {
  let hash = Math.imul(body.priority ^ (body.table << 16), 0x9e3779b1) ^ (body.protocol << 8) ^ body.scope;
  hash = Math.imul(hash ^ body.prefsrc, 0x85ebca6b) ^ body.type;
  for (const hop of body.nextHops) hash = Math.imul(hash ^ hop.gateway ^ (indexOf(hop) << 20), 0xc2b2ae35);
  return hash ^ (hash >>> 15);
}

/** The bodies in use in one namespace (fib_info_hash). */
export class RouteBodies {
  private readonly byHash = new Map<number, RouteBody>();

  /** The body in use that is equal to `body`, else `body` itself (fib_find_info). */
  share(body: RouteBody): RouteBody {
    let known = this.byHash.get(hashOf(body)) ?? null;
    while (known !== null && !sameBody(known, body)) known = known.chain;
    return known ?? body;
  }

  /** One more entry uses it. */
  hold(body: RouteBody): void {
    if (body.references++ > 0) return;
    body.hash = hashOf(body);
    body.chain = this.byHash.get(body.hash) ?? null;
    this.byHash.set(body.hash, body);
  }

  /** One entry less uses it (fib_release_info). */
  release(body: RouteBody): void {
    if (--body.references > 0) return;
    const first = this.byHash.get(body.hash) as RouteBody;
    if (first === body) {
      if (body.chain === null) this.byHash.delete(body.hash);
      else this.byHash.set(body.hash, body.chain);
      return;
    }
    let before = first;
    while (before.chain !== body) before = before.chain as RouteBody;
    before.chain = body.chain;
  }

  *[Symbol.iterator](): Generator<RouteBody> {
    for (const first of this.byHash.values())
      for (let body: RouteBody | null = first; body !== null; body = body.chain) yield body;
  }
}
