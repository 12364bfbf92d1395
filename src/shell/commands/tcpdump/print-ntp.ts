// NTP (print-ntp.c): the first line; with -v the leap indicator and the times.
import type { Dissector } from './dissector.ts';
import { printText } from './hex-dump.ts';
import { type Tokens, token } from './tokens.ts';

const MODES = [
  'unspecified',
  'symmetric active',
  'symmetric passive',
  'Client',
  'Server',
  'Broadcast',
  'Control Message',
  'Reserved',
];
const CONTROL = 6;
const LEAP_WORDS: Tokens = new Map([
  [0x00, ''],
  [0x40, '+1s'],
  [0x80, '-1s'],
  [0xc0, 'clock unsynchronized'],
]);
const TIME_LENGTH = 48;
const CONTROL_LENGTH = 12;

export function ntp(d: Dissector, at: number, length: number): void {
  d.protocol = 'ntp';
  const status = d.u8(at);
  const mode = status & 7;
  d.print(`NTPv${(status >>> 3) & 7}, ${MODES[mode]}, length ${length}`);
  if (d.options.verbose === 0) return;
  const leap = status & 0xc0;
  d.print(`\n\tLeap indicator: ${token(LEAP_WORDS, leap, 'Unknown')} (${leap})`);
  if (mode < CONTROL) timeMessage(d, at, length);
  else if (mode === CONTROL) controlMessage(d, at, length);
}

function controlMessage(d: Dissector, at: number, length: number): void {
  if (length < CONTROL_LENGTH) {
    invalid(d, at, length);
    return;
  }
  const control = d.u8(at + 1);
  const has = (bit: number, yes: string, no: string): string => ((control & bit) !== 0 ? yes : no);
  d.print(`, ${has(0x80, 'Response', 'Request')}, ${has(0x40, 'Error', 'OK')}, ${has(0x20, 'More', 'Last')}`);
  d.print(`, OpCode=${control & 0x1f}\n`);
  d.print(`\tSequence=${d.u16(at + 2)}`);
  const status = d.u16(at + 4);
  d.print(`, Status=${status === 0 ? '0' : `0x${status.toString(16)}`}`);
  d.print(`, Assoc.=${d.u16(at + 6)}`);
  d.print(`, Offset=${d.u16(at + 8)}`);
  const count = d.u16(at + 10);
  d.print(`, Count=${count}`);
  if (CONTROL_LENGTH + count > length) {
    invalid(d, at, length);
    return;
  }
  if (count === 0) return;
  if (d.has(at + CONTROL_LENGTH, count)) d.print('\n\tTO-BE-DONE: data not interpreted');
  else d.printTruncated();
}

function invalid(d: Dissector, at: number, length: number): void {
  d.printInvalid();
  if (!d.has(at, length)) d.printTruncated();
}

/** Seconds and a fraction of 16 bits each (struct s_fixedpt). */
function shortTime(d: Dissector, at: number): string {
  const fraction = Math.trunc((d.u16(at + 2) / 65536) * 1e6);
  return `${d.u16(at)}.${String(fraction).padStart(6, '0')}`;
}

/** `2^poll` seconds. */
function pollWords(poll: number): string {
  if (poll <= -32 || poll >= 32) return '';
  return poll >= 0 ? ` (${2 ** poll}s)` : ` (1/${2 ** -poll}s)`;
}

function stratumWords(stratum: number): string {
  if (stratum === 0) return 'unspecified';
  if (stratum === 1) return 'primary reference';
  return stratum <= 15 ? 'secondary reference' : 'reserved';
}

const signed = (byte: number): number => (byte << 24) >> 24;

function timeMessage(d: Dissector, at: number, length: number): void {
  if (length < TIME_LENGTH) {
    invalid(d, at, length);
    return;
  }
  const stratum = d.u8(at + 1);
  d.print(`, Stratum ${stratum} (${stratumWords(stratum)})`);
  const poll = signed(d.u8(at + 2));
  d.print(`, poll ${poll}${pollWords(poll)}`);
  d.print(`, precision ${signed(d.u8(at + 3))}`);
  if (!d.has(at + 4, 4)) {
    d.printTruncated();
    return;
  }
  d.print(`\n\tRoot Delay: ${shortTime(d, at + 4)}`);
  if (!d.has(at + 8, 4)) {
    d.printTruncated();
    return;
  }
  d.print(`, Root dispersion: ${shortTime(d, at + 8)}`);
  if (!d.has(at + 12, 4)) {
    d.printTruncated();
    return;
  }
  d.print(', Reference-ID: ');
  if (reference(d, at + 12, stratum) && timestamps(d, at)) authentication(d, at, length);
}

/** False if the message is not a time but a query of it. */
function reference(d: Dissector, at: number, stratum: number): boolean {
  if (stratum === 0) d.print('(unspec)');
  else if (stratum === 1) printText(d, at, 4);
  else if (stratum === 62) d.print(`${d.ipv4(at)} INFO_QUERY`);
  else if (stratum === 63) d.print(`${d.ipv4(at)} INFO_REPLY`);
  else d.print(`0x${d.hexBytes(at, 4)}`);
  return stratum !== 62 && stratum !== 63;
}

const STAMPS = [
  '  Reference Timestamp:  ',
  '  Originator Timestamp: ',
  '  Receive Timestamp:    ',
  '  Transmit Timestamp:   ',
];
const REFERENCE_AT = 16;
const ORIGINATOR_AT = 24;
const RECEIVE_AT = 32;
const TRANSMIT_AT = 40;

function timestamps(d: Dissector, at: number): boolean {
  for (const [i, words] of STAMPS.entries()) {
    const stamp = at + REFERENCE_AT + 8 * i;
    if (!d.has(stamp, 8)) {
      d.printTruncated();
      return false;
    }
    d.print(`\n\t${words}${time(d, stamp)}`);
  }
  d.print(`\n\t    Originator - Receive Timestamp:  ${difference(d, at + ORIGINATOR_AT, at + RECEIVE_AT)}`);
  d.print(`\n\t    Originator - Transmit Timestamp: ${difference(d, at + ORIGINATOR_AT, at + TRANSMIT_AT)}`);
  return true;
}

/** Seconds from 1900 to 1970 (RFC 5905 figure 4). */
const ERA = 2208988800;
const FRACTION = 2 ** 32;

const nanoseconds = (fraction: number): string =>
  String(Math.trunc((fraction / FRACTION) * 1e9)).padStart(9, '0');

/** `3800000000.000000000 (2020-06-01T12:53:20Z)` */
function time(d: Dissector, at: number): string {
  const seconds = d.u32(at);
  const text = `${seconds}.${nanoseconds(d.u32(at + 4))}`;
  if (seconds === 0) return text;
  return `${text} (${new Date((seconds - ERA) * 1000).toISOString().replace('.000Z', 'Z')})`;
}

/** Later minus earlier, with its sign; the later alone if the earlier is 0. */
function difference(d: Dissector, earlier: number, later: number): string {
  if (d.u32(earlier) === 0 && d.u32(earlier + 4) === 0) return time(d, later);
  const from = BigInt(d.u32(earlier)) * 2n ** 32n + BigInt(d.u32(earlier + 4));
  const to = BigInt(d.u32(later)) * 2n ** 32n + BigInt(d.u32(later + 4));
  const size = to > from ? to - from : from - to;
  return `${to > from ? '+' : '-'}${size >> 32n}.${nanoseconds(Number(size & 0xffffffffn))}`;
}

function authentication(d: Dissector, at: number, length: number): void {
  const extra = length - TIME_LENGTH;
  if (extra !== 4 && extra !== 20 && extra !== 24) {
    if (extra > 0) d.print(`\n\t(${extra} more bytes after the header)`);
    return;
  }
  d.print(`\n\tKey id: ${d.u32(at + TIME_LENGTH)}`);
  if (extra === 4) return;
  if (!d.has(at + TIME_LENGTH + 4, extra - 4)) {
    d.printTruncated();
    return;
  }
  d.print(`\n\tAuthentication: ${d.hexBytes(at + TIME_LENGTH + 4, extra - 4)}`);
}
