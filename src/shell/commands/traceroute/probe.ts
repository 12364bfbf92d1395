// One probe of traceroute and what is known of it.
import type { Ipv4 } from '../../../addr/ipv4.ts';

/** Times in virtual microseconds; 0 for not yet. */
export class Probe {
  /** It was answered, or is no longer waited for. */
  done = false;
  /** The answer says that there is nothing behind (or an error). */
  final = false;
  answered = false;
  address = 0 as Ipv4;
  sentAt = 0;
  receivedAt = 0;
  /** TTL of the answer, 0 if unknown. */
  ttl = 0;
  /** `!H` and its kin, or `F=1400`. */
  note = '';
  /** Sequence number of an ICMP probe; local port of a UDP probe's socket. */
  id = 0;

  /** As memset does: everything but the note given. */
  reset(note = ''): void {
    Object.assign(this, new Probe());
    this.note = note;
  }
}

/** Hops that a packet came over, if it began with one of the usual TTLs. */
export const hopsOfTtl = (ttl: number): number => (ttl <= 64 ? 65 : ttl <= 128 ? 129 : 256) - ttl;

/** Codes of "destination unreachable" by their notes. */
const UNREACHABLE: readonly string[] = [
  '!N',
  '!H',
  '!P',
  '',
  '!F-%',
  '!S',
  '!N',
  '!H',
  '!N',
  '!X',
  '!X',
  '!N',
  '!H',
  '!X',
  '!V',
  '!C',
];

/** The note about an ICMP error; null for "time exceeded in transit", which is what is hoped for. */
export function noteOf(type: number, code: number, info: number): string | null {
  if (type === 11 && code === 0) return null;
  if (type === 3) return UNREACHABLE[code]?.replace('%', String(info)) ?? `!<${code}>`;
  return `!<${type}-${code}>`;
}
