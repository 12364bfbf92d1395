// The bytes of a packet as -x, -X and -A print them, and as unknown payloads are printed (print-ascii.c).
import type { Dissector } from './dissector.ts';
import { hex2, hex4 } from './tokens.ts';

const LINE = 16;
/** Eight groups of a blank and four digits. */
const HEX_WIDTH = 40;

const isGraphic = (byte: number): boolean => byte > 0x20 && byte <= 0x7e;

/** ` 0001 0203 …` */
function hexGroups(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 2)
    text += at + 1 < bytes.length ? ` ${hex2(bytes[at])}${hex2(bytes[at + 1])}` : ` ${hex2(bytes[at])}`;
  return text;
}

const graphic = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => (isGraphic(byte) ? String.fromCharCode(byte) : '.')).join('');

/** Prints `length` bytes in lines of 16, each after `indent`; gives the packet up if they were not captured. */
function dump(d: Dissector, indent: string, at: number, length: number, line: (bytes: Uint8Array) => string) {
  const shown = Math.min(length, Math.max(0, d.available(at)));
  const lines: string[] = [];
  for (let from = 0; from < shown; from += LINE)
    lines.push(
      `${indent}0x${hex4(from)}: ${line(d.bytes.subarray(at + from, at + Math.min(from + LINE, shown)))}`,
    );
  d.print(lines.join(''));
  if (shown < length) d.truncate();
}

/** -x */
export const hexDump = (d: Dissector, indent: string, at: number, length: number): void =>
  dump(d, indent, at, length, hexGroups);

/** -X */
export const hexAsciiDump = (d: Dissector, indent: string, at: number, length: number): void =>
  dump(d, indent, at, length, (bytes) => `${hexGroups(bytes).padEnd(HEX_WIDTH)}  ${graphic(bytes)}`);

/** The payload nobody can print (ND_DEFAULTPRINT), unless an option asks for another dump. */
export function defaultDump(d: Dissector, at: number, length: number): void {
  const { quiet, hex, hexAscii } = d.options;
  if (quiet + hex + hexAscii === 0) hexAsciiDump(d, '\n\t', at, length);
}

/** Bytes that a printer of a known protocol does not know (print_unknown_data): as many as were captured. */
export function unknownData(d: Dissector, indent: string, at: number, length: number): void {
  if (!d.has(at, 0))
    d.print(`${indent}Dissector error: print_unknown_data called with pointer past end of packet`);
  else hexDump(d, indent, at, Math.min(length, d.available(at)));
}

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const BLANK = 0x20;

/** -A; carriage returns before a line feed vanish. */
export function asciiDump(d: Dissector, at: number, length: number): void {
  const shown = Math.min(length, Math.max(0, d.available(at)));
  const parts = ['\n'];
  for (let i = 0; i < shown; i++) {
    const byte = d.bytes[at + i];
    if (byte === CR) {
      // The real one looks one byte ahead only if two are left.
      if (shown - i - 1 > 1 && d.bytes[at + i + 1] !== LF) parts.push('.');
    } else if (isGraphic(byte) || byte === TAB || byte === BLANK || byte === LF)
      parts.push(String.fromCharCode(byte));
    else parts.push('.');
  }
  d.print(parts.join(''));
}

/** One byte of a text field: `M-` before the upper half, `^` before control characters (fn_print_char). */
export function visibleByte(byte: number): string {
  const low = byte & 0x7f;
  const mark = byte > 0x7f ? 'M-' : '';
  return low >= 0x20 && low <= 0x7e
    ? `${mark}${String.fromCharCode(low)}`
    : `${mark}^${String.fromCharCode(low ^ 0x40)}`;
}

/** `length` bytes of a text field, as many as were captured; true if all were (the opposite of nd_printn). */
export function printText(d: Dissector, at: number, length: number): boolean {
  const end = Math.min(at + length, d.snapEnd);
  const parts: string[] = [];
  for (let i = at; i < end; i++) parts.push(visibleByte(d.bytes[i]));
  d.print(parts.join(''));
  return length === 0 || end === at + length;
}
