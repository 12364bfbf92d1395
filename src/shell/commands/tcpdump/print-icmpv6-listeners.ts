// Multicast listener discovery, versions 1 and 2 (RFC 2710, RFC 3810; print-icmp6.c).
import type { Dissector } from './dissector.ts';
import { addressList, groupRecords, IPV6_GROUPS } from './group-records.ts';

const VERSION_1_LENGTH = 24;
const VERSION_2_LENGTH = 28;
const ADDRESS = 16;

/** A version 1 message: nothing at all if it is cut. */
export function listenerReport(d: Dissector, at: number): void {
  if (d.has(at, VERSION_1_LENGTH)) d.print(`max resp delay: ${d.u16(at + 4)} addr: ${d.ipv6(at + 8)}`);
}

export function listenerQuery(d: Dissector, at: number, length: number): void {
  if (length === VERSION_1_LENGTH) listenerReport(d, at);
  else if (length < VERSION_2_LENGTH) d.print(` unknown-version (len ${length}) `);
  else query2(d, at, length);
}

/** The floating-point codes of RFC 3810 sections 5.1.3 and 5.1.9. */
const responseDelay = (code: number): number =>
  code < 32768 ? code : ((code & 0x0fff) | 0x1000) << (((code & 0x7000) >> 12) + 3);
const interval = (code: number): number =>
  code < 128 ? code : ((code & 0x0f) | 0x10) << (((code & 0x70) >> 4) + 3);

function query2(d: Dissector, at: number, length: number): void {
  const { verbose } = d.options;
  d.print(' v2');
  if (verbose > 0) d.print(` [max resp delay=${responseDelay(d.u16(at + 4))}]`);
  d.print(` [gaddr ${d.ipv6(at + 8)}`);
  if (verbose > 0) querier(d, at);
  const sources = d.u16(at + 26);
  if (sources > 0) {
    if (length < VERSION_2_LENGTH + sources * ADDRESS) d.print(' [invalid number of sources]');
    else if (verbose > 1) addressList(d, at + VERSION_2_LENGTH, sources, IPV6_GROUPS);
    else d.print(`, ${sources} source(s)`);
  }
  d.print(']');
}

function querier(d: Dissector, at: number): void {
  const flags = d.u8(at + 24);
  if ((flags & 8) !== 0) d.print(' sflag');
  if ((flags & 7) !== 0) d.print(` robustness=${flags & 7}`);
  d.print(` qqi=${interval(d.u8(at + 25))}`);
}

export function listenerReport2(d: Dissector, at: number, length: number): void {
  if (length < 8) d.print(` [invalid len ${length}]`);
  else groupRecords(d, at, length, IPV6_GROUPS);
}
