// What a replay says of each packet, and how it counts.
import type { Ipv4 } from '../addr/ipv4.ts';
import type { Direction } from '../capture/record.ts';
import type { Route } from '../fib/route.ts';
import type { Difference } from './compare.ts';

/**
 * - `as-programmed`: the capture shows what the model does.
 * - `differs`: the model sends something else, or would not send this.
 * - `should-drop`: the model drops what the capture shows to have gone on.
 * - `missing`: the model sends what the capture does not show.
 * - `unexplained`: nothing in the lab can have caused it.
 * - `outside`: not a matter of the model (IPv6, STP, LLDP, VLAN, offloaded segments); no error.
 */
export const VERDICTS = [
  'as-programmed',
  'differs',
  'should-drop',
  'missing',
  'unexplained',
  'outside',
] as const;
export type VerdictKind = (typeof VERDICTS)[number];

/** The verdicts that make a capture not be as programmed. */
export const isFault = (kind: VerdictKind): boolean => kind !== 'as-programmed' && kind !== 'outside';

export interface Verdict {
  /** The packet's number in the capture; of a missing one, that of the packet that should have brought it about. */
  readonly number: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly direction: Direction;
  readonly kind: VerdictKind;
  /** The packet: `192.168.36.73 > 192.168.202.5 ICMP echo request, id 1, seq 1`. */
  readonly packet: string;
  /** Who talks to whom: `192.168.36.73 > 192.168.202.5 ICMP`. */
  readonly flow: string;
  /** What the model does: `encapsulated to 10.0.0.7 by tunl0`. '' if it has nothing to say. */
  readonly expected: string;
  /** What the capture shows, in the same words. */
  readonly seen: string;
  readonly differences: readonly Difference[];
  /** SKB_DROP_REASON_* or '' */
  readonly reason: string;
  /** Further words: which setting, neighbour or host it comes from. */
  readonly notes: readonly string[];
  /** The route that decided; null if none did. */
  readonly route: Route | null;
  /** What the route was looked up for, 0 if nothing was. */
  readonly destination: Ipv4;
}

/** For who needs only the number of packets that get the verdict of an earlier one. */
export interface Tally {
  /** Each packet is still to be told; once it is false it stays so. */
  readonly wantsEach: boolean;
  /** So many got this verdict, besides those that were told; called at any time up to the end. */
  add(model: Model, packets: number): void;
}

/** All of a verdict that is the same for every packet of a kind. */
export type Model = Omit<Verdict, 'number' | 'seconds' | 'nanos' | 'packet'>;
