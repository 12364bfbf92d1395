// Multi-part ICMP messages (RFC 4884) with MPLS label stacks (RFC 4950), as print-icmp.c prints them with -v.
import { IcmpType as Type } from '../../../wire/icmp.ts';
import type { Dissector } from './dissector.ts';
import { unknownData } from './hex-dump.ts';
import { checksumAt } from './print-ipv4.ts';
import { hex4, type Tokens, token } from './tokens.ts';

/** Offset of the extension header: behind 8 bytes and the 128 of the quoted datagram. */
const EXTENSION = 136;
/** The least that the real one wants to see: with the extension header and one byte of data. */
const WHOLE = 141;
const OBJECT_HEADER = 4;
const MPLS = 1;

const OBJECT_NAMES: Tokens = new Map([
  [MPLS, 'MPLS Stack Entry'],
  [2, 'Interface Identification'],
]);

export function icmpExtensions(d: Dissector, at: number, length: number, type: number): void {
  const multipart =
    type === Type.UNREACHABLE || type === Type.TIME_EXCEEDED || type === Type.PARAMETER_PROBLEM;
  if (!multipart || length <= EXTENSION) return;
  if (!d.has(at, WHOLE)) {
    d.printTruncated();
    return;
  }
  const start = at + EXTENSION;
  const size = length - EXTENSION;
  // Without a length in the header an extension is one only if its checksum is right.
  if (d.u8(at + 5) === 0 && d.has(start, size) && checksumAt(d, start, size) !== 0) return;
  const version = d.u8(start) >>> 4;
  d.print(`\n\tICMP Multi-Part extension v${version}`);
  if (version !== 2) {
    d.print(' packet not supported');
    return;
  }
  if (d.has(start, size)) {
    const verdict = checksumAt(d, start, size) !== 0 ? 'incorrect' : 'correct';
    d.print(`, checksum 0x${hex4(d.u16(start + 2))} (${verdict}), length ${size}`);
  }
  objects(d, start + OBJECT_HEADER, size - OBJECT_HEADER);
}

function objects(d: Dissector, at: number, size: number): void {
  // Unsigned in the real one: an extension of less than its header has four billion bytes left.
  let left = size >>> 0;
  while (left > OBJECT_HEADER && !d.cut) {
    if (!d.has(at, OBJECT_HEADER)) {
      d.printTruncated();
      return;
    }
    const length = d.u16(at);
    const kind = d.u8(at + 2);
    const subtype = d.u8(at + 3);
    d.print(
      `\n\t  ${token(OBJECT_NAMES, kind, 'unknown')} Object (${kind}), Class-Type: ${subtype}, length ${length}`,
    );
    if (kind === 0 || length < OBJECT_HEADER) return;
    object(d, kind, subtype, at + OBJECT_HEADER, length - OBJECT_HEADER);
    left -= OBJECT_HEADER;
    if (left < length - OBJECT_HEADER) return;
    left -= length - OBJECT_HEADER;
    at += length;
  }
}

function object(d: Dissector, kind: number, subtype: number, at: number, length: number): void {
  if (kind !== MPLS || subtype !== 1) {
    unknownData(d, '\n\t    ', at, length);
    return;
  }
  const label = d.u32(at);
  const bottom = (label & 0x100) !== 0 ? ', [S]' : '';
  d.print(`\n\t    label ${label >>> 12}, tc ${(label >>> 9) & 7}${bottom}, ttl ${label & 0xff}`);
}
