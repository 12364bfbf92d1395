// The options of a DHCP message, one line each (rfc1048_print in print-bootp.c).
import { dhcpOption, MESSAGE_NAMES, TAG } from './dhcp-options.ts';
import type { Dissector } from './dissector.ts';
import { printText, unknownData } from './hex-dump.ts';
import { type Tokens, token } from './tokens.ts';

/** Prints the options behind the cookie at `start`. */
export function dhcpOptions(d: Dissector, start: number): void {
  d.print(`\n\t  Vendor-rfc1048 Extensions\n\t    Magic Cookie 0x${d.hexBytes(start, 4)}`);
  const all = d.options.verbose > 2;
  for (let at = start + 4; d.has(at, 1) && !d.cut; ) {
    const tag = d.u8(at++);
    const bare = tag === TAG.PAD || tag === TAG.END;
    if (tag === TAG.END && !all) return;
    if (tag === TAG.PAD && !all) continue;
    const length = bare ? 0 : d.u8(at++);
    const { name, form } = dhcpOption(tag, length);
    d.print(`\n\t    ${name} (${tag}), length ${length}${length > 0 ? ': ' : ''}`);
    if (tag === TAG.PAD) {
      at = padding(d, at);
      continue;
    }
    if (!d.has(at, length)) {
      d.printTruncated();
      return;
    }
    const left = value(d, tag, form, at, length);
    if (left > 0) d.print(`\n\t  trailing data length ${left}`);
    at += length;
  }
}

/** Counts the zeros that follow a first one. */
function padding(d: Dissector, start: number): number {
  let at = start;
  while (d.has(at, 1) && d.u8(at) === TAG.PAD) at++;
  if (at > start) d.print(`, occurs ${at - start + 1}`);
  return at;
}

/** Prints the value; how many of its bytes are left over. */
function value(d: Dissector, tag: number, form: string, at: number, length: number): number {
  if (tag === TAG.MESSAGE_TYPE && length === 1) {
    const type = d.u8(at);
    d.print(MESSAGE_NAMES[type] || `Unknown (${type})`);
    return 0;
  }
  if (tag === TAG.PARAMETERS) return parameters(d, at, length);
  if (form === '$') return special(d, tag, at, length);
  if (form === 'a') {
    quoted(d, at, length);
    return 0;
  }
  const size = SIZES[form];
  const items: string[] = [];
  for (let offset = 0; offset + size <= length; offset += size) items.push(item(d, form, at + offset));
  d.print(items.join(form === 'b' ? '.' : ','));
  return length % size;
}

const SIZES: Readonly<Record<string, number>> = { i: 4, l: 4, L: 4, p: 8, s: 2, b: 1, B: 1 };
const BOOLEANS = ['N', 'Y'];

function item(d: Dissector, form: string, at: number): string {
  switch (form) {
    case 'i':
      return d.ipv4(at);
    case 'p':
      return `(${d.ipv4(at)}:${d.ipv4(at + 4)})`;
    case 'L':
      return String(d.u32(at) | 0);
    case 'l':
      return String(d.u32(at));
    case 's':
      return String(d.u16(at));
    case 'B':
      return BOOLEANS[d.u8(at)] ?? `${d.u8(at)}?`;
    default:
      return String(d.u8(at));
  }
}

function quoted(d: Dissector, at: number, length: number): void {
  d.print('"');
  printText(d, at, length);
  d.print('"');
}

/** The options that a client asks for, four in a line. */
function parameters(d: Dissector, at: number, length: number): number {
  for (let i = 0; i < length; i++) {
    const tag = d.u8(at + i);
    d.print(`${i % 4 === 0 ? '\n\t      ' : ', '}${dhcpOption(tag, 0).name} (${tag})`);
  }
  return 0;
}

const NETBIOS_NODES: Tokens = new Map([
  [1, 'b-node'],
  [2, 'p-node'],
  [4, 'm-node'],
  [8, 'h-node'],
]);
const OVERLOADED: Tokens = new Map([
  [1, 'file'],
  [2, 'sname'],
  [3, 'file+sname'],
]);
/** The shortest that each of these may be. */
const LEAST: ReadonlyMap<number, number> = new Map([
  [TAG.NETBIOS_NODE, 1],
  [TAG.OVERLOAD, 1],
  [TAG.CLIENT_ID, 1],
  [TAG.CLIENT_FQDN, 3],
  [TAG.CLASSLESS_ROUTES, 5],
  [TAG.CLASSLESS_ROUTES_MS, 5],
  [TAG.USER_CLASS, 2],
]);

function special(d: Dissector, tag: number, at: number, length: number): number {
  const least = LEAST.get(tag) ?? 0;
  if (length < least) {
    d.print(`[ERROR: length < ${least} bytes]`);
    return 0;
  }
  switch (tag) {
    case TAG.NETBIOS_NODE:
    case TAG.OVERLOAD: {
      const first = d.u8(at);
      d.print(token(tag === TAG.OVERLOAD ? OVERLOADED : NETBIOS_NODES, first, `#${first}`));
      return length - 1;
    }
    case TAG.CLIENT_ID:
      clientId(d, at, length);
      return 0;
    case TAG.CLIENT_FQDN:
      clientName(d, at, length);
      return 0;
    case TAG.AGENT:
      return agentInformation(d, at, length);
    case TAG.USER_CLASS:
      userClasses(d, at, at + length);
      return 0;
    default:
      classlessRoutes(d, at, at + length);
      return 0;
  }
}

const HARDWARE: Tokens = new Map([
  [1, 'ether'],
  [6, 'ieee802'],
  [7, 'arcnet'],
  [15, 'frelay'],
  [23, 'strip'],
  [24, 'ieee1394'],
]);

function clientId(d: Dissector, at: number, length: number): void {
  const type = d.u8(at);
  if (type === 0) {
    quoted(d, at + 1, length - 1);
    return;
  }
  d.print(`${token(HARDWARE, type, `hardware-type ${type},`)} ${d.hexBytes(at + 1, length - 1, ':')}`);
}

/** RFC 4702: flags, two response codes, the name. */
function clientName(d: Dissector, at: number, length: number): void {
  const flags = d.u8(at);
  if ((flags & 0xf0) !== 0) d.print(`[ERROR: MBZ nibble 0x${(flags >>> 4).toString(16)} != 0] `);
  const letters = [...'SOEN'].filter((_, i) => (flags & (1 << i)) !== 0).join('');
  if (letters !== '') d.print(`[${letters}] `);
  if (d.u16(at + 1) !== 0) d.print(`${d.u8(at + 1)}/${d.u8(at + 2)} `);
  quoted(d, at + 3, length - 3);
}

const SUBOPTIONS: Tokens = new Map([
  [1, 'Circuit-ID'],
  [2, 'Remote-ID'],
  [6, 'Subscriber-ID'],
]);

/** RFC 3046. */
function agentInformation(d: Dissector, start: number, length: number): number {
  let at = start;
  let left = length;
  while (left >= 2) {
    const code = d.u8(at);
    const size = d.u8(at + 1);
    at += 2;
    left -= 2;
    d.print(`\n\t      ${token(SUBOPTIONS, code, 'Unknown')} SubOption ${code}, length ${size}: `);
    if (size > left) {
      d.print('length goes past end of option');
      return 0;
    }
    if (SUBOPTIONS.has(code)) printText(d, at, size);
    else unknownData(d, '\n\t\t', at, size);
    at += size;
    left -= size;
  }
  return left;
}

/** RFC 3004. */
function userClasses(d: Dissector, start: number, end: number): void {
  for (let at = start, number = 1; at < end; number++) {
    const size = d.u8(at++);
    d.print(`\n\t      instance#${number}: `);
    if (size === 0) {
      d.print('[ERROR: suboption length must be non-zero]');
      return;
    }
    if (at + size > end) {
      d.print('[ERROR: invalid option]');
      return;
    }
    quoted(d, at, size);
    d.print(`, length ${size}`);
    at += size;
  }
}

/** RFC 3442: `(10.1/16:10.0.0.1)`, with as many bytes of the destination as its mask needs. */
function classlessRoutes(d: Dissector, start: number, end: number): void {
  for (let at = start; at < end; ) {
    if (at > start) d.print(',');
    const width = d.u8(at++);
    if (width > 32) {
      d.print(`[ERROR: Mask width (${width}) > 32]`);
      return;
    }
    const octets = Math.ceil(width / 8);
    if (end - at < octets + 4) {
      d.print(`[ERROR: Remaining length (${end - at}) < ${octets + 4} bytes]`);
      return;
    }
    const destination = [0, 1, 2, 3].map((i) => (i < octets ? d.u8(at + i) : 0)).join('.');
    at += octets;
    d.print(`(${width === 0 ? 'default' : `${destination}/${width}`}:${d.ipv4(at)})`);
    at += 4;
  }
}
