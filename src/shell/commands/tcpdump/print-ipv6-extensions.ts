// IPv6 extension headers. Each printer gives the header's length, or -1 if the packet ends with it.
import type { Dissector } from './dissector.ts';
import { hex2, hex4 } from './tokens.ts';

/** What the jumbo payload option said (RFC 2675). */
export interface Jumbo {
  found: boolean;
  /** Bytes behind the IPv6 header: of the length field, or of the option once it was found. */
  payload: number;
}

/** Length of the header at `at` by its second byte. */
const extensionLength = (d: Dissector, at: number): number => (d.u8(at + 1) + 1) * 8;

/** `jumbo` is changed if the options hold one that counts. */
export function hopByHop(d: Dissector, at: number, jumbo: Jumbo): number {
  d.protocol = 'hbhopt';
  const length = extensionLength(d, at);
  if (d.has(at, length)) {
    d.print('HBH ');
    if (options(d, at + 2, length - 2, jumbo)) return length;
  }
  d.printTruncated();
  return -1;
}

export function destinationOptions(d: Dissector, at: number): number {
  d.protocol = 'dstopt';
  const length = extensionLength(d, at);
  if (d.has(at, length)) {
    d.print('DSTOPT ');
    if (d.options.verbose === 0 || options(d, at + 2, length - 2, null)) return length;
  }
  d.printTruncated();
  return -1;
}

const OPTION = { PAD1: 0x00, PADN: 0x01, ROUTER_ALERT: 0x05, JUMBO: 0xc2, HOME_ADDRESS: 0xc9 } as const;

/** Prints the options; false if they end in the middle of one. */
function options(d: Dissector, at: number, length: number, jumbo: Jumbo | null): boolean {
  let sawJumbo = false;
  for (let i = 0; i < length && !d.cut; ) {
    const code = d.u8(at + i);
    if (code !== OPTION.PAD1 && i + 1 >= length) return false;
    const size = code === OPTION.PAD1 ? 1 : d.u8(at + i + 1) + 2;
    if (i + size > length) return false;
    if (code === OPTION.JUMBO) {
      if (!jumboOption(d, at + i, length - i, size, jumbo, sawJumbo)) return false;
      sawJumbo = true;
    } else if (!option(d, code, at + i, length - i, size)) return false;
    i += size;
  }
  if (d.options.verbose > 0) d.print(' ');
  return true;
}

/** Refuses an option whose length is not the one it must have: `words` ends the line. */
function refuse(d: Dissector, words: string): false {
  d.print(`(${words})`);
  return false;
}

function option(d: Dissector, code: number, at: number, left: number, size: number): boolean {
  const verbose = d.options.verbose > 0;
  switch (code) {
    case OPTION.PAD1:
      if (verbose) d.print('(pad1)');
      return true;
    case OPTION.PADN:
      if (verbose) d.print('(padn)');
      return true;
    case OPTION.ROUTER_ALERT:
      if (left < 4) return refuse(d, 'rtalert: trunc');
      if (size !== 4) return refuse(d, `rtalert: invalid len ${size - 2}`);
      if (verbose) d.print(`(rtalert: 0x${hex4(d.u16(at + 2))}) `);
      return true;
    case OPTION.HOME_ADDRESS:
      if (left < 18) return refuse(d, 'homeaddr: trunc');
      if (size < 18) return refuse(d, `homeaddr: invalid len ${size - 2}`);
      return !verbose || homeAddress(d, at, size);
    default:
      if (verbose) d.print(`(opt_type 0x${hex2(code)}: len=${size - 2})`);
      return true;
  }
}

function homeAddress(d: Dissector, at: number, size: number): boolean {
  d.print(`(homeaddr: ${d.ipv6(at + 2)}`);
  if (size > 18 && !subOptions(d, at + 18, size - 18)) return false;
  d.print(')');
  return true;
}

function subOptions(d: Dissector, at: number, length: number): boolean {
  for (let i = 0; i < length && !d.cut; ) {
    const code = d.u8(at + i);
    if (code !== OPTION.PAD1 && i + 1 >= length) return false;
    const size = code === OPTION.PAD1 ? 1 : d.u8(at + i + 1) + 2;
    if (i + size > length) return false;
    if (code === OPTION.PAD1) d.print(', pad1');
    else if (code === OPTION.PADN) d.print(', padn');
    else d.print(`, sopt_type 0x${hex2(code)}: len=${size - 2}`);
    i += size;
  }
  return true;
}

const JUMBO_MIN = 65536;

/** `jumbo` is null in destination options, where it has no business. */
function jumboOption(
  d: Dissector,
  at: number,
  left: number,
  size: number,
  jumbo: Jumbo | null,
  again: boolean,
): boolean {
  if (left < 6) return refuse(d, 'jumbo: trunc');
  if (size !== 6) return refuse(d, `jumbo: invalid len ${size - 2}`);
  const payload = d.u32(at + 2);
  let remark = '';
  if (again) remark = ' - already seen';
  else if (jumbo === null) remark = ' - not a hop-by-hop option';
  else if (jumbo.payload !== 0) remark = ' - payload len != 0';
  else if (payload < JUMBO_MIN) remark = ' - < 65536';
  else {
    jumbo.found = true;
    jumbo.payload = payload;
  }
  if (d.options.verbose > 0) d.print(`(jumbo: ${payload}${remark}) `);
  return true;
}

const OFFSET_MASK = 0xfff8;
const FRAGMENT_HEADER = 8;
const IPV6_HEADER = 40;

export function fragment(d: Dissector, at: number, header: number): number {
  d.protocol = 'frag6';
  const offset = d.u16(at + 2) & OFFSET_MASK;
  // size_t in the real one: a length field that is too small prints as a huge number.
  const length = BigInt.asUintN(
    64,
    BigInt(IPV6_HEADER + d.u16(header + 4) - (at - header) - FRAGMENT_HEADER),
  );
  const id =
    d.options.verbose > 0
      ? `0x${d
          .u32(at + 4)
          .toString(16)
          .padStart(8, '0')}:`
      : '';
  d.print(`frag (${id}${offset}|${length})`);
  if (offset !== 0) return -1;
  d.print(' ');
  return FRAGMENT_HEADER;
}

const ROUTING = { TYPE_0: 0, TYPE_2: 2, SEGMENTS: 4 } as const;

export function routing(d: Dissector, at: number): number {
  d.protocol = 'rt6';
  d.print('RT6');
  const units = d.u8(at + 1);
  d.print(` (len=${units}`);
  const type = d.u8(at + 2);
  d.print(`, type=${type}${type === ROUTING.TYPE_0 ? ' [Deprecated]' : ''}`);
  d.print(`, segleft=${d.u8(at + 3)}`);
  if (type === ROUTING.TYPE_0 || type === ROUTING.TYPE_2) reserved(d, at);
  else if (type === ROUTING.SEGMENTS) segmentRouting(d, at);
  else return invalid(d, ' (unknown type)');
  if (units % 2 === 1) return invalid(d, ` (invalid length ${units})`);
  for (let i = 0; i < units / 2 && !d.cut; i++) d.print(`, [${i}]${d.ipv6(at + 8 + 16 * i)}`);
  d.print(') ');
  return (units + 1) * 8;
}

function invalid(d: Dissector, words: string): number {
  d.print(words);
  d.printInvalid();
  return -1;
}

function reserved(d: Dissector, at: number): void {
  const value = d.u32(at + 4);
  if (value !== 0 || d.options.verbose > 0) d.print(`, rsv=0x${value.toString(16)}`);
}

function segmentRouting(d: Dissector, at: number): void {
  d.print(`, last-entry=${d.u8(at + 4)}`);
  const flags = d.u8(at + 5);
  if (flags !== 0 || d.options.verbose > 0) d.print(`, flags=0x${flags.toString(16)}`);
  d.print(`, tag=${d.u16(at + 6).toString(16)}`);
}
