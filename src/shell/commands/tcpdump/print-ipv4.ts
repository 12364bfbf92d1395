// The IPv4 header, its options and the way to the payload's printer (print-ip.c).
import { checksum, pseudoHeaderSum } from '../../../wire/checksum.ts';
import type { Dissector } from './dissector.ts';
import { IP_PROTOCOL, PROTOCOL_NAMES, protocolName } from './ip-protocols.ts';
import { ipOptions } from './print-ipv4-options.ts';
import { type Bits, bits, token } from './tokens.ts';

const HEADER = 20;
const OFFSET_MASK = 0x1fff;
const MORE_FRAGMENTS = 0x2000;
const FLAG_WORDS: Bits = [
  [MORE_FRAGMENTS, '+'],
  [0x4000, 'DF'],
  [0x8000, 'rsvd'],
];
const ECN_WORDS = ['', ',ECT(1)', ',ECT(0)', ',CE'];

/** These print the addresses themselves, with their ports. */
const PRINTS_ADDRESSES: ReadonlySet<number> = new Set([IP_PROTOCOL.TCP, IP_PROTOCOL.UDP, IP_PROTOCOL.SCTP]);

/** The Internet checksum of captured bytes; 0 if they carry a right one. */
export const checksumAt = (d: Dissector, at: number, length: number, initial = 0): number =>
  checksum(new DataView(d.bytes.buffer, d.bytes.byteOffset, d.bytes.length), at, length, initial);

/** What a checksum field should hold, given that the sum over it came out as `sum` (in_cksum_shouldbe). */
export function rightChecksum(field: number, sum: number): number {
  const total = field + sum;
  return total > 0xffff ? (total & 0xffff) + 1 : total;
}

/** Prints a packet of which `length` bytes were on the wire. */
export function ipv4(d: Dissector, at: number, length: number): void {
  d.protocol = 'ip';
  const first = d.u8(at);
  if (first >>> 4 !== 4) {
    wrongVersion(d, first >>> 4);
    return;
  }
  if (!d.options.linkHeader) d.print('IP ');
  if (!d.has(at, HEADER)) {
    d.printTruncated();
    return;
  }
  if (length < HEADER) {
    d.print(`truncated-ip ${length}`);
    return;
  }
  const header = (first & 15) * 4;
  if (header < HEADER) {
    d.print(`bad-hlen ${header}`);
    return;
  }
  const total = d.u16(at + 2);
  if (length < total) d.print(`truncated-ip - ${total - length} bytes missing! `);
  if (total < header) {
    d.print(`bad-len ${total}`);
    return;
  }
  d.pushSnapEnd(at, total);
  if (d.options.verbose === 0 || verboseHeader(d, at, header)) payload(d, at, header, total - header);
  d.popSnapEnd();
}

function wrongVersion(d: Dissector, version: number): void {
  d.print(version === 6 ? 'IP6, wrong link-layer encapsulation' : `IP${version}`);
  d.printInvalid();
}

const addresses = (d: Dissector, at: number): string => `${d.ipv4(at + 12)} > ${d.ipv4(at + 16)}`;

/** The line of -v; false if the options were cut, which ends the packet. */
function verboseHeader(d: Dissector, at: number, header: number): boolean {
  const tos = d.u8(at + 1);
  const ttl = d.u8(at + 8);
  const fragment = d.u16(at + 6);
  const protocol = d.u8(at + 9);
  d.print(`(tos 0x${tos.toString(16)}${ECN_WORDS[tos & 3]}${ttl >= 1 ? `, ttl ${ttl}` : ''}`);
  d.print(`, id ${d.u16(at + 4)}, offset ${(fragment & OFFSET_MASK) * 8}`);
  d.print(`, flags [${bits(FLAG_WORDS, fragment & 0xe000, 'none')}]`);
  d.print(`, proto ${token(PROTOCOL_NAMES, protocol, 'unknown')} (${protocol}), length ${d.u16(at + 2)}`);
  const whole = header === HEADER || optionsField(d, at + HEADER, header - HEADER);
  headerChecksum(d, at, header);
  d.print(')\n    ');
  if (whole) return true;
  d.print(`${addresses(d, at)}: `);
  d.printTruncated();
  return false;
}

function optionsField(d: Dissector, at: number, length: number): boolean {
  d.print(', options (');
  const whole = ipOptions(d, at, length);
  d.print(whole ? ')' : ' [truncated-option])');
  return whole;
}

function headerChecksum(d: Dissector, at: number, header: number): void {
  if (d.options.noChecksums || !d.has(at, header)) return;
  const sum = checksumAt(d, at, header);
  if (sum === 0) return;
  const field = d.u16(at + 10);
  d.print(`, bad cksum ${field.toString(16)} (->${rightChecksum(field, sum).toString(16)})!`);
}

function payload(d: Dissector, at: number, header: number, length: number): void {
  const fragment = d.u16(at + 6);
  const protocol = d.u8(at + 9);
  if ((fragment & OFFSET_MASK) !== 0) {
    if (d.options.quiet > 1) return;
    d.print(`${addresses(d, at)}: ${protocolName(protocol, d.options.numeric)}`);
    return;
  }
  if (!PRINTS_ADDRESSES.has(protocol)) d.print(`${addresses(d, at)}: `);
  if (!d.has(at, header)) {
    d.print(` [remaining caplen(${d.available(at)}) < header length(${header})]`);
    d.truncate();
    return;
  }
  const fragmented = (fragment & MORE_FRAGMENTS) !== 0;
  d.printers.ipPayload(d, protocol, at + header, length, { version: 4, header: at, fragmented });
}

const OPTION = { END: 0, NOP: 1, LOOSE_ROUTE: 0x83, STRICT_ROUTE: 0x89 } as const;

/** The last hop of a source route if there is one, else the destination: it is what the checksum covers. */
function finalDestination(d: Dissector, header: number): number {
  const end = header + (d.u8(header) & 15) * 4;
  for (let at = header + HEADER; at < end && !d.cut; ) {
    const option = d.u8(at);
    if (option === OPTION.END) break;
    const length = option === OPTION.NOP ? 1 : d.u8(at + 1);
    if ((option !== OPTION.NOP && length < 2) || at + length > end || !d.has(at, length)) break;
    if ((option === OPTION.LOOSE_ROUTE || option === OPTION.STRICT_ROUTE) && length >= 7)
      return d.u32(at + length - 4);
    at += length;
  }
  return d.u32(header + 16);
}

/** The sum over `length` bytes of a transport protocol and its pseudo-header (nextproto4_cksum); 0 is right. */
export function transportChecksum4(
  d: Dissector,
  header: number,
  at: number,
  length: number,
  protocol: number,
): number {
  const destination = (d.u8(header) & 15) === 5 ? d.u32(header + 16) : finalDestination(d, header);
  return checksumAt(
    d,
    at,
    length,
    pseudoHeaderSum(d.u32(header + 12), destination, protocol, length & 0xffff),
  );
}
