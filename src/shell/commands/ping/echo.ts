// The echo requests that ping sends: header, time of day (struct timeval), padding.
import { checksum } from '../../../wire/checksum.ts';
import { ICMP_HEADER, IcmpType } from '../../../wire/icmp.ts';

/** sizeof(struct timeval): with less data than this there is no time in the packet. */
export const TIMEVAL = 16;

/** Problem, or the data bytes of every request (the time of day is written over their head). */
export function padding(
  length: number,
  pattern: string,
): { bytes: Uint8Array; shown: string } | { bad: string } {
  if (pattern === '') return { bytes: Uint8Array.from({ length }, (_, i) => i & 0xff), shown: '' };
  const bad = pattern.search(/[^0-9a-fA-F]/);
  if (bad >= 0) return { bad: pattern.slice(bad) };
  const octets = (pattern.slice(0, 32).match(/..?/g) ?? []).map((pair) => Number.parseInt(pair, 16));
  const bytes = new Uint8Array(length);
  // As ping's fill(): data that is hardly longer than the pattern gets it only once.
  const last = length < octets.length + ICMP_HEADER ? octets.length : length;
  for (let i = 0; i < Math.min(last, length); i++) bytes[i] = octets[i % octets.length];
  return { bytes, shown: octets.map((octet) => octet.toString(16).padStart(2, '0')).join('') };
}

/** The bytes of one request. `now` is the time of day in microseconds, written little-endian when there is room. */
export function echoRequest(data: Uint8Array, identifier: number, sequence: number, now: number): Uint8Array {
  const bytes = new Uint8Array(ICMP_HEADER + data.length);
  const view = new DataView(bytes.buffer);
  bytes.set(data, ICMP_HEADER);
  view.setUint8(0, IcmpType.ECHO);
  view.setUint16(4, identifier);
  view.setUint16(6, sequence & 0xffff);
  if (data.length >= TIMEVAL) {
    view.setBigInt64(ICMP_HEADER, BigInt(Math.floor(now / 1_000_000)), true);
    view.setBigInt64(ICMP_HEADER + 8, BigInt(now % 1_000_000), true);
  }
  view.setUint16(2, checksum(view, 0, bytes.length));
  return bytes;
}

/** The time of day in a reply's data, in microseconds. */
export const timeOf = (view: DataView, at: number): number =>
  Number(view.getBigInt64(at, true)) * 1_000_000 + Number(view.getBigInt64(at + 8, true));
