// TCP (print-tcp.c): flags, numbers relative to the first of the conversation, window, options, length.
import type { Dissector, IpContext } from './dissector.ts';
import { printText } from './hex-dump.ts';
import { IP_PROTOCOL } from './ip-protocols.ts';
import { transportChecksum6 } from './ipv6-checksum.ts';
import { rightChecksum, transportChecksum4 } from './print-ipv4.ts';
import { tcpOptions } from './print-tcp-options.ts';
import { endpoints } from './print-udp.ts';
import { type Bits, bits, hex4 } from './tokens.ts';

const HEADER = 20;

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;
const URG = 0x20;
const FLAG_WORDS: Bits = [
  [FIN, 'F'],
  [SYN, 'S'],
  [RST, 'R'],
  [0x08, 'P'],
  [ACK, '.'],
  [URG, 'U'],
  [0x40, 'E'],
  [0x80, 'W'],
];

/** Sequence numbers as printed, and the first ones of the side that speaks and of the side that listens. */
interface Numbers {
  sequence: number;
  acknowledgement: number;
  /** What SACK blocks are printed relative to. */
  sackBase: number;
}

export function tcp(d: Dissector, at: number, length: number, ip: IpContext): void {
  d.protocol = 'tcp';
  if (!d.has(at + 2, 2)) {
    const [from, to] =
      ip.version === 6
        ? [d.ipv6(ip.header + 8), d.ipv6(ip.header + 24)]
        : [d.ipv4(ip.header + 12), d.ipv4(ip.header + 16)];
    d.print(`${from} > ${to}:`);
    d.printTruncated();
    return;
  }
  const source = d.u16(at);
  const destination = d.u16(at + 2);
  d.print(endpoints(d, ip, [d.names.tcpPort(source), d.names.tcpPort(destination)]));
  if (!d.has(at, HEADER)) {
    d.printTruncated();
    return;
  }
  const header = (d.u8(at + 12) >>> 4) * 4;
  if (header < HEADER) {
    d.print(` tcp ${(length - header) >>> 0} [bad hdr length ${header} - too short, < ${HEADER}]`);
    return;
  }
  if (d.options.quiet > 0) {
    brief(d, length, header);
    return;
  }
  if (segment(d, at, length, header, ip) && length > header)
    data(d, at, source, destination, header, length - header);
}

function brief(d: Dissector, length: number, header: number): void {
  d.print(`tcp ${(length - header) >>> 0}`);
  if (header > length) d.print(tooLong(header, length));
}

const tooLong = (header: number, length: number): string =>
  ` [bad hdr length ${header} - too long, > ${length}]`;

/** Prints the header; false if it is such that the data are not looked at. */
function segment(d: Dissector, at: number, length: number, header: number, ip: IpContext): boolean {
  const flags = d.u8(at + 13);
  d.print(`Flags [${bits(FLAG_WORDS, flags, 'none', '')}]`);
  const numbers = relative(d, at, flags, ip);
  if (header > length) {
    d.print(tooLong(header, length));
    return false;
  }
  if (d.options.verbose > 0 && !d.options.noChecksums && !ip.fragmented && d.has(at, length))
    checksumWords(d, at, length, ip);
  numbersAndWindow(d, at, length - header, flags, numbers);
  if (header > HEADER && !tcpOptions(d, at, header, length, numbers.sackBase)) return false;
  d.print(`, length ${length - header}`);
  return true;
}

function numbersAndWindow(d: Dissector, at: number, bytes: number, flags: number, numbers: Numbers): void {
  if (d.options.verbose > 1 || bytes > 0 || (flags & (SYN | FIN | RST)) !== 0) {
    d.print(`, seq ${numbers.sequence}`);
    if (bytes > 0) d.print(`:${(numbers.sequence + bytes) >>> 0}`);
  }
  if ((flags & ACK) !== 0) d.print(`, ack ${numbers.acknowledgement}`);
  d.print(`, win ${d.u16(at + 14)}`);
  if ((flags & URG) !== 0) d.print(`, urg ${d.u16(at + 18)}`);
}

function checksumWords(d: Dissector, at: number, length: number, ip: IpContext): void {
  const transportChecksum = ip.version === 4 ? transportChecksum4 : transportChecksum6;
  const sum = transportChecksum(d, ip.header, at, length, IP_PROTOCOL.TCP);
  const field = d.u16(at + 16);
  const verdict = sum === 0 ? 'correct' : `incorrect -> 0x${hex4(rightChecksum(field, sum))}`;
  d.print(`, cksum 0x${hex4(field)} (${verdict})`);
}

/** Makes the numbers relative to those of the first segment with ACK, or of the last with SYN and ACK, seen. */
function relative(d: Dissector, at: number, flags: number, ip: IpContext): Numbers {
  const sequence = d.u32(at + 4);
  const acknowledgement = d.u32(at + 8);
  const absolute = { sequence, acknowledgement, sackBase: 0 };
  if (d.options.absoluteSequence || (flags & ACK) === 0 || d.cut) return absolute;
  const { key, reverse } = conversation(d, at, ip);
  const known = d.flows.get(key);
  if (known === undefined || (flags & SYN) !== 0) {
    const before = (acknowledgement - 1) >>> 0;
    if (reverse) d.flows.set(key, { sequence: before, acknowledgement: sequence });
    else d.flows.set(key, { sequence, acknowledgement: before });
    return { ...absolute, sackBase: before };
  }
  const mine = reverse ? known.acknowledgement : known.sequence;
  const theirs = reverse ? known.sequence : known.acknowledgement;
  return {
    sequence: (sequence - mine) >>> 0,
    acknowledgement: (acknowledgement - theirs) >>> 0,
    sackBase: theirs,
  };
}

/** Both directions have one key: the side with the lower port (or address, if the ports are equal) comes first. */
function conversation(d: Dissector, at: number, ip: IpContext): { key: string; reverse: boolean } {
  const from = ip.version === 6 ? d.hexBytes(ip.header + 8, 16) : d.hexBytes(ip.header + 12, 4);
  const to = ip.version === 6 ? d.hexBytes(ip.header + 24, 16) : d.hexBytes(ip.header + 16, 4);
  const source = d.u16(at);
  const destination = d.u16(at + 2);
  const reverse = source > destination || (source === destination && from > to);
  const key = reverse ? `${to} ${from} ${destination} ${source}` : `${from} ${to} ${source} ${destination}`;
  return { key, reverse };
}

const RESET_DATA_MAX = 30;

function data(
  d: Dissector,
  at: number,
  source: number,
  destination: number,
  header: number,
  length: number,
): void {
  if (!d.has(at, header)) {
    d.print(` [remaining caplen(${d.available(at)}) < header length(${header})]`);
    d.truncate();
    return;
  }
  if ((d.u8(at + 13) & RST) !== 0 && d.options.verbose > 0) resetData(d, at + header, length);
  else d.printers.tcpPort(d, source, destination, at + header, length);
}

/** A reset may say in words why (RFC 1122 section 4.2.2.12). */
function resetData(d: Dissector, at: number, length: number): void {
  d.print(`${d.has(at, length) ? ' [RST' : ' [!RST'}${length > RESET_DATA_MAX ? '+' : ''} `);
  printText(d, at, Math.min(length, RESET_DATA_MAX));
  d.print(']');
}
