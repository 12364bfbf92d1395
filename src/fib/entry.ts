// A route as a table holds it: the entry of one prefix (struct fib_alias) and the body that prefixes share
// (struct fib_info).
import { Errno } from '../addr/errno.ts';
import type { Ipv4 } from '../addr/ipv4.ts';
import { type NextHopEntry, type Nexthop, type NexthopUser, shareHashSpace } from './nexthop.ts';
import { type FibDevice, type Metrics, type NextHop, NextHopFlag, type Route } from './route.ts';

/** RTNH_COMPARE_MASK: flags that do not tell two next hops apart. */
const COMPARE_MASK = NextHopFlag.DEAD | NextHopFlag.LINKDOWN | NextHopFlag.OFFLOAD | 64;

/** By RouteType: what a packet meets that takes such a route, 0 for those that lead somewhere (fib_props). */
export const TYPE_ERROR = Uint8Array.of(
  0,
  0,
  0,
  0,
  0,
  0,
  Errno.EINVAL,
  Errno.EHOSTUNREACH,
  Errno.EACCES,
  Errno.EAGAIN,
  Errno.EINVAL,
  Errno.EINVAL,
);

/** What several prefixes may share: equal bodies are one object, so that their next hops live and die as one. */
export class RouteBody implements NexthopUser {
  readonly table: number;
  readonly type: number;
  readonly protocol: number;
  readonly scope: number;
  readonly priority: number;
  readonly prefsrc: Ipv4;
  readonly metrics: Metrics | null;
  /** Those of the nexthop object, where the route has one: its changes are seen here. */
  nextHops: readonly NextHopEntry[];
  /** The nexthop object that the route was made with (`nhid`). */
  readonly nexthop: Nexthop | null;
  /** What a packet meets that takes the route, 0 if it leads somewhere. */
  errno: Errno;
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
    nexthop: Nexthop | null = null,
  ) {
    this.table = keys.table;
    this.type = keys.type;
    this.protocol = keys.protocol;
    this.scope = keys.scope;
    this.priority = keys.priority;
    this.prefsrc = keys.prefsrc;
    this.metrics = keys.metrics;
    this.nextHops = nextHops;
    this.nexthop = nexthop;
    this.errno = TYPE_ERROR[keys.type];
    this.flags = flags;
    if (nexthop !== null) this.followNexthop(nexthop);
  }

  /** The nexthop object leads elsewhere now, or nowhere (nexthop_is_blackhole). */
  followNexthop({ hops, leadsNowhere }: Nexthop): void {
    this.nextHops = hops;
    this.errno = TYPE_ERROR[this.type] || (leadsNowhere ? Errno.EINVAL : 0);
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
  get nexthop(): Nexthop | null {
    return this.body.nexthop;
  }
}

/** Whether one of the next hops leaves by `device` (fib_info_nh_uses_dev). */
export function usesDevice(route: Route, device: FibDevice): boolean {
  for (const hop of route.nextHops) if (hop.device === device || hop.device?.l3mdev === device) return true;
  return false;
}

/** The device is ignored while its link is down, and it is (ip_ignore_linkdown and RTNH_F_LINKDOWN). */
export const ignoredForLink = (hop: NextHop): boolean =>
  (hop.flags & NextHopFlag.LINKDOWN) !== 0 && hop.device !== null && hop.device.ignoreLinkdown;

const usable = (hop: NextHop): boolean => (hop.flags & NextHopFlag.DEAD) === 0 && !ignoredForLink(hop);

/** Shares the 31-bit hash space among the usable next hops by weight (fib_rebalance). */
export function rebalance(body: RouteBody): void {
  if (body.nextHops.length > 1) shareHashSpace(body.nextHops, usable);
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
  a.realms === b.realms &&
  ((a.flags ^ b.flags) & ~COMPARE_MASK) === 0;

const sameNextHops = (a: readonly NextHopEntry[], b: readonly NextHopEntry[]): boolean =>
  a.length === b.length && a.every((hop, index) => sameNextHop(hop, b[index]));

function sameBody(a: RouteBody, b: RouteBody): boolean {
  return (
    a.nexthop === b.nexthop &&
    a.protocol === b.protocol &&
    a.scope === b.scope &&
    a.prefsrc === b.prefsrc &&
    a.priority === b.priority &&
    a.type === b.type &&
    a.table === b.table &&
    sameMetrics(a.metrics, b.metrics) &&
    ((a.flags ^ b.flags) & ~COMPARE_MASK) === 0 &&
    (a.nexthop !== null || sameNextHops(a.nextHops, b.nextHops))
  );
}

function hashOf(body: RouteBody): number {
  let hash = Math.imul(body.priority ^ (body.table << 16), 0x9e3779b1) ^ (body.protocol << 8) ^ body.scope;
  hash = Math.imul(hash ^ body.prefsrc, 0x85ebca6b) ^ body.type;
  if (body.nexthop !== null) return hash ^ Math.imul(body.nexthop.id, 0xc2b2ae35);
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
    body.nexthop?.users.add(body);
  }

  /** One entry less uses it (fib_release_info). */
  release(body: RouteBody): void {
    if (--body.references > 0) return;
    body.nexthop?.users.delete(body);
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
