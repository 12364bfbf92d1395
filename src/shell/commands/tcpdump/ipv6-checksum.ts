// The transport checksum over the IPv6 pseudo-header (RFC 8200 section 8.1), with the final destination that a
// routing header names (nextproto6_cksum in print-ip6.c).
import { onesSum } from '../../../wire/checksum.ts';
import type { Dissector } from './dissector.ts';
import { IP_PROTOCOL } from './ip-protocols.ts';

const HEADER = 40;
const SOURCE_AT = 8;
const DESTINATION_AT = 24;
const ADDRESS = 16;

const EXTENSIONS: ReadonlySet<number> = new Set([
  IP_PROTOCOL.HOP_BY_HOP,
  IP_PROTOCOL.DESTINATION_OPTIONS,
  IP_PROTOCOL.MOBILITY_OLD,
  IP_PROTOCOL.MOBILITY,
  IP_PROTOCOL.FRAGMENT,
  IP_PROTOCOL.ROUTING,
]);

/** Offset of the address that the checksum covers as the destination. */
function finalDestination(d: Dissector, header: number): number {
  let next = d.u8(header + 6);
  let at = header + HEADER;
  while (EXTENSIONS.has(next) && !d.cut && at < d.bytes.length) {
    if (next === IP_PROTOCOL.ROUTING) return lastSegment(d, at) ?? header + DESTINATION_AT;
    const length = next === IP_PROTOCOL.FRAGMENT ? 8 : (d.u8(at + 1) + 1) * 8;
    next = d.u8(at);
    at += length;
  }
  return header + DESTINATION_AT;
}

/** The last address of a routing header of type 0 or 2, the first segment of type 4; null if it has none. */
function lastSegment(d: Dissector, at: number): number | null {
  if (!d.has(at, 4)) return null;
  const units = d.u8(at + 1);
  const type = d.u8(at + 2);
  if (units % 2 === 1) return null;
  if (type === 4) return d.has(at + 8, ADDRESS) ? at + 8 : null;
  if (type !== 0 && type !== 2) return null;
  const shown = Math.min(units / 2, Math.floor((d.available(at) - 8) / ADDRESS));
  return shown > 0 ? at + 8 + (shown - 1) * ADDRESS : null;
}

/** The sum over `length` bytes of a transport protocol; 0 is right. */
export function transportChecksum6(
  d: Dissector,
  header: number,
  at: number,
  length: number,
  protocol: number,
): number {
  const view = new DataView(d.bytes.buffer, d.bytes.byteOffset, d.bytes.length);
  const destination = EXTENSIONS.has(d.u8(header + 6))
    ? finalDestination(d, header)
    : header + DESTINATION_AT;
  if (d.cut) return 0;
  let sum = onesSum(view, header + SOURCE_AT, ADDRESS);
  sum = onesSum(view, destination, ADDRESS, sum);
  sum += (length >>> 16) + (length & 0xffff) + protocol;
  return ~onesSum(view, at, length, sum) & 0xffff;
}
