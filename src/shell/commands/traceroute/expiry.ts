// What traceroute makes of a probe without an answer when a later one has its final answer: the last hop may have
// answered only some of the probes that reached it (check_expired of traceroute.c).
import { hopsOfTtl, type Probe } from './probe.ts';

/** Null if probe `n` has expired, or the later probe whose answer belongs in its place. */
export function isExpiredForGood(
  probes: readonly Probe[],
  n: number,
  queries: number,
  sentAfter: readonly Probe[],
): Probe | null {
  const hop = probes.slice(n - (n % queries), n);
  // Somebody on the way answered for this hop, or it is too early to know.
  if (hop.some((probe) => !probe.done || !probe.final)) return null;
  const offset = sentAfter.findIndex((probe) => probe.done);
  const later = sentAfter[offset];
  if (later === undefined || !later.final) return null;
  // Only unreachable reports come out of order.
  if (later.note === '') return null;
  const isSameHop = hop.length > 0 || (n % queries) + offset + 1 < queries;
  if (isSameHop) return later;
  const before = probes.slice(0, n);
  if (before.some((probe) => probe.answered && probe.address === later.address)) return later;
  return isWithin(probes, n, queries, later) ? later : null;
}

/** Whether the TTL of the report says that it was made at this hop or before. */
function isWithin(probes: readonly Probe[], n: number, queries: number, later: Probe): boolean {
  if (later.ttl === 0) return false;
  let back = hopsOfTtl(later.ttl);
  for (let i = n - 1; i >= 0; i--) {
    const probe = probes[i];
    if (!probe.done || probe.final || probe.ttl === 0) continue;
    const hops = hopsOfTtl(probe.ttl);
    if (hops >= back) continue;
    back = back - hops + Math.floor(i / queries) + 1;
    break;
  }
  return back <= Math.floor(n / queries) + 1;
}
