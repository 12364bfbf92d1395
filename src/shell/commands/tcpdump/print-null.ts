// BSD loopback: an address family in the byte order of the machine that captured (print-null.c).
import type { Dissector } from './dissector.ts';
import { defaultDump } from './hex-dump.ts';
import { type Tokens, token } from './tokens.ts';

const HEADER = 4;
const INET = 2;
/** What NetBSD, FreeBSD and Darwin call IPv6. */
const INET6: ReadonlySet<number> = new Set([24, 28, 30]);
const FAMILY_NAMES: Tokens = new Map([
  [2, 'IPv4'],
  [7, 'OSI'],
  [16, 'Appletalk'],
  [23, 'IPX'],
  [24, 'IPv6'],
  [28, 'IPv6'],
  [30, 'IPv6'],
]);

const swap = (value: number): number =>
  ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;

export function bsdLoopback(d: Dissector, length: number): void {
  d.protocol = 'null';
  if (!d.need(0, HEADER)) return;
  d.linkHeaderLength += HEADER;
  const little = swap(d.u32(0));
  const family = (little & 0xffff0000) !== 0 ? swap(little) : little;
  const known = family === INET || INET6.has(family);
  if (d.options.linkHeader || !known) d.print(familyWords(family, length, d.options.quiet > 0));
  if (family === INET) d.printers.ipv4(d, HEADER, length - HEADER);
  else if (known) d.printers.ipv6(d, HEADER, length - HEADER);
  else defaultDump(d, HEADER, d.bytes.length - HEADER);
}

function familyWords(family: number, length: number, quiet: boolean): string {
  const name = quiet
    ? token(FAMILY_NAMES, family, `Unknown AF ${family}`)
    : `AF ${token(FAMILY_NAMES, family, 'Unknown')} (${family})`;
  return `${name}, length ${length}: `;
}
