// Realms of a packet's route, which traffic control may ask for: those of the next hop, then of the rule, then of the
// way back to the source (set_class_tag in net/ipv4/route.c, fib_combine_itag in net/ipv4/ip_fib.h). Source realm in the
// upper 16 bits, destination realm in the lower.
import type { RouteLookup } from '../fib/lookup.ts';

const LOW = 0xffff;
const HIGH = 0xffff0000;

/** `realms` with what they leave open taken from `others`. */
export function completeRealms(realms: number, others: number): number {
  const low = (realms & LOW) === 0 ? others & LOW : realms & LOW;
  const high = (realms & HIGH) === 0 ? others & HIGH : realms & HIGH;
  return (high | low) >>> 0;
}

/** Of what was looked up last: the next hop's before the rule's. */
export const realmsFound = (fib: RouteLookup): number =>
  completeRealms(fib.nextHop?.realms ?? 0, fib.rule?.realms ?? 0);

/** Of the route back to the source, seen from the packet: its destination realm is the packet's source realm. */
export function realmsBack(fib: RouteLookup): number {
  const rule = fib.rule?.realms ?? 0;
  return (((fib.nextHop?.realms ?? 0) << 16 || rule << 16) | (rule >>> 16)) >>> 0;
}
