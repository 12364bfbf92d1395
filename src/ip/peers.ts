// What is remembered of the addresses that errors are sent to, for the limits on their number (inetpeer.c, icmp.c).
import type { Ipv4 } from '../addr/ipv4.ts';
import { Mib } from '../netns/counters.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace, Peer } from '../netns/namespace.ts';
import { SECOND } from '../time/clock.ts';
import { IcmpType, UnreachableCode } from '../wire/icmp.ts';

/** inet_peer_threshold plus its slack. */
const PEER_LIMIT = 65664;
/** A new peer has been silent for a minute (inet_getpeer). */
const SILENT_BEFORE = 60 * SECOND;
/** How many errors may come at once (XRLIM_BURST_FACTOR). */
const BURST_FACTOR = 6;
/** 1 / 50 of a second: the global bucket is not filled more often. */
const GLOBAL_STEP = SECOND / 50;

/** `device` is one of the VRF, if any, in which the address is known: two VRFs may know two hosts by it (inet_getpeer_v4). */
export function peerOf(namespace: Namespace, address: Ipv4, device: Device): Peer {
  const key = device.l3mdev === null ? address : device.l3mdev.index * 2 ** 32 + address;
  const known = namespace.peers.get(key);
  if (known !== undefined) return known;
  if (namespace.peers.size >= PEER_LIMIT)
    for (const oldest of namespace.peers.keys()) {
      namespace.peers.delete(oldest);
      break;
    }
  const peer = {
    tokens: 0,
    filledAt: namespace.kernel.clock.now - SILENT_BEFORE,
    redirects: 0,
    fragments: 0,
  };
  namespace.peers.set(key, peer);
  return peer;
}

/** Takes `cost` from the peer's bucket, which fills with time up to `burst`; all in microseconds. */
function take(peer: Peer, now: number, cost: number, burst: number): boolean {
  peer.tokens = Math.min(peer.tokens + now - peer.filledAt, burst);
  peer.filledAt = now;
  if (peer.tokens < cost) return false;
  peer.tokens -= cost;
  return true;
}

/** The limit on errors for packets without a route: net.ipv4.route.error_cost and error_burst (ip_error). */
export function mayReportNoRoute(namespace: Namespace, source: Ipv4, device: Device): boolean {
  const { clock, conf } = namespace.kernel;
  return take(
    peerOf(namespace, source, device),
    clock.now,
    conf.route_error_cost * 1000,
    conf.route_error_burst * 1000,
  );
}

/** Whether messages of this type are limited in number (icmpv4_mask_allow): fragmentation needed never is. */
export const isLimited = (namespace: Namespace, type: number, code: number): boolean =>
  !(type === IcmpType.UNREACHABLE && code === UnreachableCode.FRAGMENTATION_NEEDED) &&
  ((1 << type) & namespace.conf.icmp_ratemask) !== 0;

/** icmp_ratelimit, for a message by `device`; one that may be sent is paid for (icmpv4_xrlim_allow). */
export function withinRateLimit(namespace: Namespace, device: Device, destination: Ipv4): boolean {
  const cost = namespace.conf.icmp_ratelimit * 1000;
  const { now } = namespace.kernel.clock;
  const isFree = device.loopback;
  if (!isFree && !take(peerOf(namespace, destination, device), now, cost, cost * BURST_FACTOR)) {
    namespace.counters.count(Mib.IcmpOutRateLimitHost);
    return false;
  }
  payGlobalLimit(namespace);
  return true;
}

/** icmp_msgs_per_sec and icmp_msgs_burst: whether the namespace may send one more error (icmp_global_allow). */
export function withinGlobalLimit(namespace: Namespace): boolean {
  const isWithin = namespace.icmpCredit > 0 || fillGlobal(namespace);
  if (!isWithin) namespace.counters.count(Mib.IcmpOutRateLimitGlobal);
  return isWithin;
}

function fillGlobal(namespace: Namespace): boolean {
  const { now } = namespace.kernel.clock;
  const elapsed = Math.min(now - namespace.icmpFilledAt, SECOND);
  if (elapsed < GLOBAL_STEP) return false;
  const filled = Math.floor((namespace.conf.icmp_msgs_per_sec * elapsed) / SECOND);
  if (filled === 0) return false;
  namespace.icmpFilledAt = now;
  namespace.icmpCredit = Math.min(namespace.icmpCredit + filled, namespace.conf.icmp_msgs_burst);
  return true;
}

/** An error was sent: it costs 0 to 2, one on average (icmp_global_consume). */
function payGlobalLimit(namespace: Namespace): void {
  namespace.icmpCredit -= namespace.kernel.random.below(3);
}
