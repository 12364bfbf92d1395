// Domain names with compression (RFC 1035 section 4.1.4): passing over one, and printing it (fqdn_print).
import type { Dissector } from './dissector.ts';
import { printText } from './hex-dump.ts';
import { hex2 } from './tokens.ts';

const KIND = 0xc0;
const POINTER = 0xc0;
const EXTENDED = 0x40;
/** The one extended label there ever was: bit strings (RFC 2673). */
const BIT_STRING = 1;
const NAME_MAX = 255;

const bitStringLength = (d: Dissector, at: number): number => d.u8(at) || 256;

/** The offset behind the name, or null if it cannot be passed over. */
export function skipName(d: Dissector, at: number): number | null {
  while (d.has(at, 1)) {
    const label = d.u8(at++);
    if (label === 0) return at;
    if ((label & KIND) === POINTER) return at + 1;
    if ((label & KIND) === EXTENDED) {
      if ((label & ~KIND) !== BIT_STRING || !d.has(at, 1)) return null;
      at += 1 + Math.ceil(bitStringLength(d, at) / 8);
    } else if ((label & KIND) !== 0) return null;
    else at += label;
  }
  return null;
}

/** Bytes of the label at `at` behind its first; -1 with a word if it is of no kind, or not captured. */
function labelLength(d: Dissector, at: number): number {
  if (!d.has(at, 1)) return -1;
  const label = d.u8(at);
  if ((label & KIND) === EXTENDED) {
    if ((label & ~KIND) !== BIT_STRING) {
      d.print(`<ELT ${label & ~KIND}>`);
      return -1;
    }
    return d.has(at + 1, 1) ? Math.ceil(bitStringLength(d, at + 1) / 8) + 1 : -1;
  }
  if ((label & KIND) === 0x80) {
    d.print('<BAD LABEL TYPE>');
    return -1;
  }
  return label;
}

/** Prints a bit string as `\[x0a/8]`. */
function bitString(d: Dissector, at: number): boolean {
  if (!d.has(at, 1)) return false;
  const length = bitStringLength(d, at);
  const whole = Math.floor(length / 8);
  const rest = length % 8;
  d.print(`\\[x${d.hexBytes(at + 1, whole)}`);
  const last = rest > 0 ? d.u8(at + 1 + whole) : 0;
  if (rest > 4) d.print(hex2(last & (0xff << (8 - rest)) & 0xff));
  else if (rest > 0) d.print(((last >>> 4) & (0x0f << (4 - rest)) & 0x0f).toString(16));
  d.print(`/${length}]`);
  return true;
}

/** Prints a label of `length` bytes as far as the name is not too long; false if it is cut. */
function printLabel(d: Dissector, label: number, at: number, length: number, before: number): boolean {
  if ((label & KIND) === EXTENDED) return bitString(d, at);
  if (before + length <= NAME_MAX) return printText(d, at, length);
  return before >= NAME_MAX || printText(d, at, NAME_MAX - before);
}

/**
 * Prints the name at `start`, pointers counted from `message`. The offset behind the name, or null if it is cut
 * or not well formed; a pointer may only point before the place it is read from.
 */
export function domainName(d: Dissector, start: number, message: number): number | null {
  if (labelLength(d, start) < 0) return null;
  if (d.u8(start) === 0) {
    d.print('.');
    return start + 1;
  }
  let at = start;
  let limit = start - message;
  let characters = 0;
  /** Behind the first pointer, where the name ends for those who read on. */
  let end: number | null = null;
  for (;;) {
    const length = labelLength(d, at);
    if (length < 0) return null;
    const label = d.u8(at++);
    if (label === 0) break;
    const pointer = (label & KIND) === POINTER;
    if (at >= d.snapEnd) return pointer ? end : at + length;
    if (pointer) {
      end ??= at + 1;
      const offset = ((label << 8) | d.u8(at)) & 0x3fff;
      if (offset >= limit) {
        d.print('<BAD PTR>');
        return null;
      }
      limit = offset;
      at = message + offset;
      continue;
    }
    if (!printLabel(d, label, at, length, characters)) return null;
    at += length;
    if ((label & KIND) === 0) characters += length;
    if (characters <= NAME_MAX) d.print('.');
    characters++;
  }
  if (characters > NAME_MAX) d.print('<DOMAIN NAME TOO LONG>');
  return end ?? at;
}
