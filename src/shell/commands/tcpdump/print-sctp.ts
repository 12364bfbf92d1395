// SCTP: the common header and the chunks (print-sctp.c). ForCES and M3UA inside are shown as bytes.
import type { Dissector, IpContext } from './dissector.ts';
import { defaultDump } from './hex-dump.ts';
import { type Tokens, token } from './tokens.ts';

const HEADER = 12;
const CHUNK_HEADER = 4;

const CHUNK = { DATA: 0, INIT: 1, INIT_ACK: 2, SACK: 3 } as const;
const CHUNK_NAMES: Tokens = new Map([
  [CHUNK.DATA, 'DATA'],
  [CHUNK.INIT, 'INIT'],
  [CHUNK.INIT_ACK, 'INIT ACK'],
  [CHUNK.SACK, 'SACK'],
  [0x04, 'HB REQ'],
  [0x05, 'HB ACK'],
  [0x06, 'ABORT'],
  [0x07, 'SHUTDOWN'],
  [0x08, 'SHUTDOWN ACK'],
  [0x09, 'OP ERR'],
  [0x0a, 'COOKIE ECHO'],
  [0x0b, 'COOKIE ACK'],
  [0x0c, 'ECN ECHO'],
  [0x0d, 'ECN CWR'],
  [0x0e, 'SHUTDOWN COMPLETE'],
  [0xc0, 'FOR CUM TSN'],
  [0xc1, 'REL CTRL'],
  [0xc2, 'REL CTRL ACK'],
]);

const PAYLOADS =
  'ISDN Q.921,M2UA,M3UA,SUA,M2PA,V5.2,H.248,BICC,TALI,DUA,ASAP,ENRP,H.323,Q.IPC,SIMCO,DDPSC,DDPSSC,S1AP,RUA,HNBAP,' +
  'ForCES HP,ForCES MP,ForCES LP,SBc-AP,NBAP';
/** Payload protocol identifiers (IANA): 1 to 25, and one more. */
const PAYLOAD_NAMES: Tokens = new Map([
  ...PAYLOADS.split(',').map((name, i): [number, string] => [i + 1, name]),
  [27, 'X2AP'],
]);

export function sctp(d: Dissector, at: number, length: number, ip: IpContext): void {
  d.protocol = 'sctp';
  if (length < HEADER) {
    d.print(`truncated-sctp - ${HEADER - length} bytes missing!`);
    return;
  }
  if (!d.has(at, HEADER)) {
    d.printTruncated();
    return;
  }
  const v6 = ip.version === 6;
  const from = v6 ? d.ipv6(ip.header + 8) : d.ipv4(ip.header + 12);
  const to = v6 ? d.ipv6(ip.header + 24) : d.ipv4(ip.header + 16);
  d.print(`${from}.${d.u16(at)} > ${to}.${d.u16(at + 2)}: sctp`);
  chunks(d, at + HEADER, length - HEADER);
}

function chunks(d: Dissector, start: number, length: number): void {
  const lines = d.options.verbose >= 2;
  let separator = lines ? '\n\t' : ' (';
  let at = start;
  // Unsigned: a chunk that claims more than there is leaves four billion bytes, and the captured ones end it.
  let left = length;
  for (let number = 1; left !== 0 && !d.cut; number++) {
    const refusal = left < CHUNK_HEADER ? 'chunk descriptor cut off at end of packet' : null;
    if (refusal === null && !d.has(at, CHUNK_HEADER)) {
      d.printTruncated();
      return;
    }
    const size = refusal === null ? d.u16(at + 2) : 0;
    const padding = (4 - (size % 4)) % 4;
    const wrong = refusal ?? wrongSize(size, padding, left);
    if (wrong !== null) {
      d.print(`${separator}${number}) [${wrong}]`);
      return;
    }
    if (!d.has(at, size)) {
      d.printTruncated();
      return;
    }
    d.print(`${separator}${number}) `);
    if (!chunk(d, at, size)) return;
    if (!d.has(at + size, padding)) {
      d.printTruncated();
      return;
    }
    at += size + padding;
    left = (left - size - padding) >>> 0;
    if (!lines) separator = ', (';
  }
}

function wrongSize(size: number, padding: number, left: number): string | null {
  if (size < CHUNK_HEADER) return `Bad chunk length ${size}, < size of chunk descriptor`;
  return left < padding ? `Bad chunk length ${size}, > remaining data in packet` : null;
}

/** Prints a chunk; false if it is shorter than its kind has to be, which ends the line. */
function chunk(d: Dissector, at: number, size: number): boolean {
  const type = d.u8(at);
  d.print(`[${token(CHUNK_NAMES, type, `Unknown chunk type: 0x${type.toString(16)}`)}] `);
  const body = at + CHUNK_HEADER;
  const length = size - CHUNK_HEADER;
  let whole = true;
  if (type === CHUNK.DATA) whole = data(d, d.u8(at + 1), body, length);
  else if (type === CHUNK.INIT || type === CHUNK.INIT_ACK) whole = initiation(d, body, length);
  else if (type === CHUNK.SACK) whole = selectiveAck(d, body, length);
  if (!whole) d.print(`bogus chunk length ${size}]`);
  return whole;
}

/** TSN, stream, sequence, payload protocol. */
const DATA_HEADER = 12;

function data(d: Dissector, flags: number, at: number, length: number): boolean {
  const words = `${(flags & 4) !== 0 ? '(U)' : ''}${(flags & 2) !== 0 ? '(B)' : ''}${(flags & 1) !== 0 ? '(E)' : ''}`;
  if (words !== '') d.print(`${words} `);
  if (length < DATA_HEADER) return false;
  const protocol = d.u32(at + 8);
  d.print(`[TSN: ${d.u32(at)}] [SID: ${d.u16(at + 4)}] [SSEQ ${d.u16(at + 6)}] `);
  d.print(`[PPID ${token(PAYLOAD_NAMES, protocol, `0x${protocol.toString(16)}`)}] `);
  if (length === DATA_HEADER) return false;
  if (d.options.verbose < 2) return true;
  const { quiet, hex, hexAscii } = d.options;
  d.print(`[Payload${quiet + hex + hexAscii === 0 ? ':' : ''}`);
  defaultDump(d, at + DATA_HEADER, length - DATA_HEADER);
  d.print(']');
  return true;
}

const INITIATION = 16;

function initiation(d: Dissector, at: number, length: number): boolean {
  if (length < INITIATION) return false;
  d.print(`[init tag: ${d.u32(at)}] [rwnd: ${d.u32(at + 4)}] `);
  d.print(`[OS: ${d.u16(at + 8)}] [MIS: ${d.u16(at + 10)}] [init TSN: ${d.u32(at + 12)}] `);
  return true;
}

const SACK_HEADER = 12;

function selectiveAck(d: Dissector, at: number, length: number): boolean {
  if (length < SACK_HEADER) return false;
  const acknowledged = d.u32(at);
  const gaps = d.u16(at + 8);
  const duplicates = d.u16(at + 10);
  d.print(
    `[cum ack ${acknowledged}] [a_rwnd ${d.u32(at + 4)}] [#gap acks ${gaps}] [#dup tsns ${duplicates}] `,
  );
  const sum = (offset: number): number => (acknowledged + d.u16(at + offset)) >>> 0;
  let offset = SACK_HEADER;
  for (let i = 1; i <= gaps && offset < length; i++, offset += 4) {
    if (offset + 4 > length) return false;
    d.print(`\n\t\t[gap ack block #${i}: start = ${sum(offset)}, end = ${sum(offset + 2)}] `);
  }
  for (let i = 1; i <= duplicates && offset < length; i++, offset += 4) {
    if (offset + 4 > length) return false;
    d.print(`\n\t\t[dup TSN #${i}: ${d.u32(at + offset)}] `);
  }
  return true;
}
