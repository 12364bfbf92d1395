// The answer to "where does this packet go" (struct rtable), as one object that a caller uses again and again,
// and what path-MTU discovery and redirects add to it (struct fib_nh_exception).

import type { Errno } from '../addr/errno.ts';
import { ANY, type Ipv4 } from '../addr/ipv4.ts';
import type { FlowKey } from '../fib/flow.ts';
import {
  type KeptPath,
  type NextHop,
  type Route,
  type RouteException,
  RouteType,
  Scope,
} from '../fib/route.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Packet, PacketFlag } from '../packet/packet.ts';
import { SECOND } from '../time/clock.ts';
import { destination } from '../wire/ipv4.ts';
import { realmsFound } from './realms.ts';

/** RTCF_* (linux/in_route.h): what `ip route get` prints between < and >. */
export const RouteFlag = {
  LOCAL: 0x80000000,
  BROADCAST: 0x10000000,
  MULTICAST: 0x20000000,
  REDIRECTED: 0x40000,
} as const;

/** The bits of TOS that routing sees (IPTOS_RT_MASK). */
export const ROUTING_TOS = 0x1c;

/** IP_MAX_MTU. */
const MTU_MAX = 0xffff;
const LOCKED_MTU = 576;

export class RouteResult {
  /** RTN_*. */
  type: number = RouteType.UNSPEC;
  /** Sum of RouteFlag. */
  flags = 0;
  /** The device it leaves by; for local delivery the device it came in by or the loopback. */
  device!: Device;
  /** The next hop, 0 if the destination itself is on the link. */
  gateway: Ipv4 = ANY;
  destination: Ipv4 = ANY;
  /** The source address that a local sender gets. */
  source: Ipv4 = ANY;
  /** The errno that a packet on this route meets (ip_error), 0 for none. */
  error: Errno = 0;
  /** The FIB entry that decided; null for broadcast, multicast and on-link fallbacks. */
  route: Route | null = null;
  nextHop: NextHop | null = null;
  /** Learnt about the destination; null if nothing is. */
  exception: RouteException | null = null;
  /** The route that was kept with it does not believe it any more (KeptPath.failed). */
  pathFailed = false;
  /** Source realm << 16 | destination realm, 0 for none (dst.tclassid). */
  realms = 0;
  /** A redirect is due: the packet leaves by the device it came in by (IPSKB_DOREDIRECT). */
  redirect = false;
  /** Whoever asks has no packet that goes there: what is known of the destination is only looked at. */
  readonly isPreview: boolean;
  /** Of a preview: a packet would bind what was learnt. */
  isUnbound = false;

  constructor(isPreview = false) {
    this.isPreview = isPreview;
  }

  get isLocal(): boolean {
    return (this.flags & RouteFlag.LOCAL) !== 0;
  }

  /** The address that the neighbour table is asked for. */
  get hop(): Ipv4 {
    return this.gateway !== ANY ? this.gateway : this.destination;
  }

  reset(): void {
    this.type = RouteType.UNSPEC;
    this.flags = 0;
    this.gateway = ANY;
    this.destination = ANY;
    this.source = ANY;
    this.error = 0;
    this.route = null;
    this.nextHop = null;
    this.exception = null;
    this.pathFailed = false;
    this.realms = 0;
    this.redirect = false;
    this.isUnbound = false;
  }

  /** Takes over what the FIB found for `destination`, with what was learnt about it (rt_set_nexthop). */
  adopt(namespace: Namespace, destination: Ipv4): void {
    const fib = namespace.fibFor(destination);
    const { route, nextHop } = fib;
    if (fib.hasRealms) this.realms = realmsFound(fib);
    this.route = route;
    this.nextHop = nextHop;
    this.destination = destination;
    this.gateway = nextHop !== null && nextHop.scope === Scope.LINK ? nextHop.gateway : ANY;
    this.findException(namespace);
    if (this.exception !== null && this.exception.gateway !== ANY) {
      this.gateway = this.exception.gateway;
      this.flags |= RouteFlag.REDIRECTED;
    }
  }

  /**
   * The route, one for what is received or one for what is sent from here, is kept with what was learnt, and `ip route
   * show cache` tells of it from now on (rt_bind_exception).
   */
  bindException(namespace: Namespace, direction: 'input' | 'output'): void {
    const { exception } = this;
    if (exception === null) return;
    const { mtu, mtuLocked } = exception;
    const { generation } = namespace.fib;
    const kept = exception[direction];
    const isSame = kept !== null && kept.mtu === mtu && kept.mtuLocked === mtuLocked;
    if (isSame && (!kept.failed || kept.generation === generation)) this.pathFailed = kept.failed;
    else if (this.isPreview) this.isUnbound = true;
    else exception[direction] = { mtu, mtuLocked, failed: false, generation };
  }

  /** What is known and not out of date about the destination behind the next hop (find_exception). */
  findException(namespace: Namespace): void {
    this.exception = null;
    const exceptions = this.nextHop?.exceptions ?? null;
    if (exceptions === null) return;
    const found = exceptions.get(this.destination);
    if (found === undefined) return;
    if (found.expires !== 0 && namespace.kernel.clock.now > found.expires) {
      if (!this.isPreview) exceptions.delete(this.destination);
      return;
    }
    if (found.generation !== namespace.pathGeneration) {
      if (this.isPreview) this.isUnbound = true;
      else renew(namespace, found);
    }
    limitPaths(namespace, found.expires);
    this.exception = found;
  }
}

/** Whoever finds what was learnt before the cache was flushed begins anew with it (rt_bind_exception). */
function renew(namespace: Namespace, exception: RouteException): void {
  exception.generation = namespace.pathGeneration;
  exception.gateway = ANY;
  exception.mtu = 0;
  exception.mtuLocked = false;
  exception.expires = 0;
  exception.input = null;
  exception.output = null;
}

/** The middle of a learnt path's life: before it nothing is learnt from the same again (__ip_rt_update_pmtu). */
const middleOf = ({ conf }: Namespace, expires: number): number =>
  expires - (conf.route_mtu_expires * SECOND) / 2;

/** What is learnt again in the second half of its life is not to be relied on longer than to its middle (learnMtu). */
function limitPaths(namespace: Namespace, expires: number): void {
  if (expires === 0) return;
  const { kernel } = namespace;
  const middle = middleOf(namespace, expires);
  if (middle < kernel.pathsUntil) kernel.pathsUntil = middle;
}

/** The exceptions that one next hop keeps: the kernel's hash holds some 5 in each of 2,048 buckets. */
const EXCEPTION_LIMIT = 10240;

/** Remembers a path MTU or a redirect for one destination (update_or_create_fnhe). */
export function rememberException(
  namespace: Namespace,
  nextHop: NextHop,
  destination: Ipv4,
  gateway: Ipv4,
  mtu: number,
  mtuLocked: boolean,
  lifetime: number,
): void {
  const expires = namespace.kernel.clock.now + lifetime;
  limitPaths(namespace, expires);
  namespace.learntPaths = true;
  nextHop.exceptions ??= new Map();
  const known = nextHop.exceptions.get(destination);
  if (known === undefined) {
    if (nextHop.exceptions.size >= EXCEPTION_LIMIT) forgetOldest(namespace, nextHop.exceptions);
    const generation = namespace.pathGeneration;
    const fresh = { destination, gateway, mtu, mtuLocked, expires, generation, input: null, output: null };
    nextHop.exceptions.set(destination, fresh);
    return;
  }
  known.generation = namespace.pathGeneration;
  if (gateway !== ANY) known.gateway = gateway;
  if (mtu !== 0) {
    known.mtu = mtu;
    known.mtuLocked = mtuLocked;
  }
  known.expires = expires;
  for (const kept of [known.input, known.output]) if (kept !== null) keepUpWith(kept, known);
}

function keepUpWith(kept: KeptPath, { mtu, mtuLocked }: RouteException): void {
  kept.mtu = mtu;
  kept.mtuLocked = mtuLocked;
  kept.failed = false;
}

/** A packet, its head at the IPv4 header, could not be delivered: its route, if kept, ends what was learnt (ipv4_link_failure). */
export function failPath({ kernel, fib }: Namespace, packet: Packet): void {
  const kept = keptPathOf(packet, packet.head);
  if (kept === null || kept.failed) return;
  kept.failed = true;
  kept.generation = fib.generation;
  kernel.pathChanges++;
}

/** The route that was kept with what was learnt, and that the packet takes whose IPv4 header is at `network`. */
export function keptPathOf(packet: Packet, network: number): KeptPath | null {
  const exceptions = (packet.nextHop as NextHop | null)?.exceptions ?? null;
  const exception = exceptions?.get(destination(packet.view, network)) ?? null;
  if (exception === null) return null;
  return (packet.flags & PacketFlag.FORWARDED) !== 0 ? exception.input : exception.output;
}

function forgetOldest({ kernel }: Namespace, exceptions: Map<Ipv4, RouteException>): void {
  kernel.pathChanges++;
  for (const key of exceptions.keys()) {
    exceptions.delete(key);
    return;
  }
}

const metricMtu = (result: RouteResult): number => result.route?.metrics?.mtu ?? 0;

const isLocked = (result: RouteResult): boolean =>
  result.exception?.mtuLocked === true || result.route?.metrics?.mtuLocked === true;

/** The device's MTU, with the caution that a locked path gets behind a gateway. */
function deviceMtu(result: RouteResult): number {
  const mtu = result.device.mtu;
  return isLocked(result) && result.gateway !== ANY && mtu > LOCKED_MTU ? LOCKED_MTU : mtu;
}

/** dst_mtu: what a local sender or a tunnel may send in one piece. */
export function pathMtu(result: RouteResult): number {
  const learnt = result.pathFailed ? 0 : (result.exception?.mtu ?? 0);
  return Math.min(learnt || metricMtu(result) || deviceMtu(result), MTU_MAX);
}

/** ip_dst_mtu_maybe_forward: a forwarded packet does not trust what ICMP taught unless ip_forward_use_pmtu says so. */
export function mtuFor(namespace: Namespace, result: RouteResult, forwarded: boolean): number {
  if (!forwarded || namespace.conf.ip_forward_use_pmtu !== 0 || isLocked(result)) return pathMtu(result);
  return Math.min(metricMtu(result) || deviceMtu(result), MTU_MAX);
}

/** True if outgoing packets may not carry DF here (ip_mtu_locked). */
export const isMtuLocked = isLocked;

/** Until when `learnMtu` has nothing to learn from another packet of the same route: -Infinity if it has now. */
export function quietUntil(namespace: Namespace, known: RouteResult, mtu: number): number {
  const { exception } = known;
  if (known.nextHop === null || isLocked(known) || pathMtu(known) < mtu) return Number.POSITIVE_INFINITY;
  if (mtu < namespace.conf.route_min_pmtu || exception === null || exception.mtu !== mtu || known.pathFailed)
    return Number.NEGATIVE_INFINITY;
  return middleOf(namespace, exception.expires);
}

/**
 * Learns that packets of `key` get no further than `mtu` bytes; `known` is the route they take now
 * (__ip_rt_update_pmtu). An equal MTU is remembered too, which is why `ip route get` behind a tunnel says
 * `cache expires … mtu 1480`.
 */
export function learnMtu(namespace: Namespace, known: RouteResult, key: FlowKey, mtu: number): void {
  if (isLocked(known)) return;
  const old = pathMtu(known);
  if (old < mtu) return;
  const locked = mtu < namespace.conf.route_min_pmtu;
  const learnt = locked ? Math.min(old, namespace.conf.route_min_pmtu) : mtu;
  const exception = known.exception;
  if (!locked && exception !== null && exception.mtu === learnt && !known.pathFailed) {
    if (namespace.kernel.clock.now < middleOf(namespace, exception.expires)) return;
  }
  const { fib } = namespace;
  if (fib.lookup(key) !== 0 || fib.nextHop === null) return;
  if (learnt !== old || locked || fib.route!.nextHops.length > 1) namespace.kernel.pathChanges++;
  const lifetime = namespace.conf.route_mtu_expires * SECOND;
  // Nobody knows which of several next hops the packet took: all of them learn.
  for (const nextHop of fib.route!.nextHops)
    rememberException(namespace, nextHop, key.destination, ANY, learnt, locked, lifetime);
}
