// GRE version 0 (RFC 2784, RFC 2890) and the header of version 1 (print-gre.c).
import type { Dissector } from './dissector.ts';
import { ETHERTYPE, ETHERTYPE_NAMES } from './ether-types.ts';
import { type Bits, bits, hex4, token } from './tokens.ts';

const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGEMENT = 0x0080;
const FLAG_WORDS: Bits = [
  [CHECKSUM, 'checksum present'],
  [ROUTING, 'routing present'],
  [KEY, 'key present'],
  [SEQUENCE, 'sequence# present'],
  [0x0800, 'source routing present'],
  [ACKNOWLEDGEMENT, 'ack present'],
];

/** A place in the header: what is read moves it on; `short` once something was not there. */
class Cursor {
  readonly d: Dissector;
  at: number;
  left: number;
  short = false;

  constructor(d: Dissector, at: number, left: number) {
    this.d = d;
    this.at = at;
    this.left = left;
  }

  /** The next field of 2 or 4 bytes; 0 if it is not all there. */
  take(size: 2 | 4): number {
    if (this.short || !this.d.has(this.at, size) || this.left < size) {
      this.short = true;
      return 0;
    }
    const value = size === 2 ? this.d.u16(this.at) : this.d.u32(this.at);
    this.at += size;
    this.left -= size;
    return value;
  }

  print(text: string): void {
    if (!this.short) this.d.print(text);
  }
}

export function gre(d: Dissector, at: number, length: number): void {
  d.protocol = 'gre';
  if (!d.has(at, 2) || length < 2) {
    d.printTruncated();
    return;
  }
  const flags = d.u16(at);
  const version = flags & 7;
  d.print(`GREv${version}`);
  if (version > 1) {
    d.print(' ERROR: unknown-version');
    return;
  }
  if (d.options.verbose > 0) d.print(`, Flags [${bits(FLAG_WORDS, flags, 'none')}]`);
  const cursor = new Cursor(d, at + 2, length - 2);
  if (version === 0) version0(d, cursor, flags, length);
  else version1(d, cursor, flags, length);
  if (cursor.short) d.printTruncated();
}

function version0(d: Dissector, cursor: Cursor, flags: number, length: number): void {
  const protocol = cursor.take(2);
  if ((flags & (CHECKSUM | ROUTING)) !== 0) {
    const sum = cursor.take(2);
    if (d.options.verbose > 0) cursor.print(`, sum 0x${sum.toString(16)}`);
    const offset = cursor.take(2);
    cursor.print(`, off 0x${offset.toString(16)}`);
  }
  if ((flags & KEY) !== 0) {
    const key = cursor.take(4);
    cursor.print(`, key=0x${key.toString(16)}`);
  }
  numberField(cursor, flags, SEQUENCE, 'seq');
  if ((flags & ROUTING) !== 0) sourceRoutes(d, cursor);
  if (cursor.short) return;
  lengthWords(d, protocol, length);
  d.print(d.options.verbose === 0 ? ': ' : '\n\t');
  payload(d, protocol, cursor.at, cursor.left);
}

function numberField(cursor: Cursor, flags: number, flag: number, name: string): void {
  if ((flags & flag) === 0) return;
  const value = cursor.take(4);
  cursor.print(`, ${name} ${value}`);
}

function lengthWords(d: Dissector, protocol: number, length: number): void {
  if (d.options.linkHeader)
    d.print(`, proto ${token(ETHERTYPE_NAMES, protocol, 'unknown')} (0x${hex4(protocol)})`);
  d.print(`, length ${length}`);
}

/** Source route entries (RFC 1701); only their address family is told. */
function sourceRoutes(d: Dissector, cursor: Cursor): void {
  while (!cursor.short) {
    const family = cursor.take(2);
    const sizes = cursor.take(2);
    const length = sizes & 0xff;
    if (cursor.short || (family === 0 && length === 0)) return;
    cursor.print(`, (rtaf=0x${family.toString(16)})`);
    if (cursor.left < length || !d.has(cursor.at, 0)) cursor.short = true;
    cursor.at += length;
    cursor.left -= length;
  }
}

function payload(d: Dissector, protocol: number, at: number, length: number): void {
  if (protocol === ETHERTYPE.IPV4) d.printers.ipv4(d, at, length);
  else if (protocol === ETHERTYPE.IPV6) d.printers.ipv6(d, at, length);
  else if (protocol === ETHERTYPE.TEB) d.printers.ethernet(d, at, length, d.available(at));
  else d.print(`gre-proto-0x${protocol.toString(16)}`);
}

function version1(d: Dissector, cursor: Cursor, flags: number, length: number): void {
  const protocol = cursor.take(2);
  if ((flags & KEY) !== 0) {
    const key = cursor.take(4);
    cursor.print(`, call ${key & 0xffff}`);
  }
  numberField(cursor, flags, SEQUENCE, 'seq');
  numberField(cursor, flags, ACKNOWLEDGEMENT, 'ack');
  if (cursor.short) return;
  const carries = (flags & SEQUENCE) !== 0;
  if (!carries) d.print(', no-payload');
  lengthWords(d, protocol, length);
  if (carries) d.print(`${d.options.verbose === 0 ? ': ' : '\n\t'}gre-proto-0x${protocol.toString(16)}`);
}
