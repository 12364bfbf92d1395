// DNS messages over UDP and TCP (print-domain.c).
import type { Dissector } from './dissector.ts';
import { CLASS_NAMES, OPCODE_WORDS, RECORD, responseWords, TYPE_NAMES } from './dns-numbers.ts';
import { domainName, skipName } from './print-dns-names.ts';
import { record } from './print-dns-records.ts';
import { token } from './tokens.ts';

const HEADER = 12;
const RESPONSE = 0x8000;
const QUESTION_FIXED = 4;
const INVERSE_QUERY = 1;
const CLASS_IN = 1;

interface Message {
  readonly at: number;
  readonly length: number;
  readonly flags: number;
  readonly questions: number;
  readonly answers: number;
  readonly authorities: number;
  readonly additional: number;
  readonly multicast: boolean;
}

/** A message in a TCP stream, behind its length (RFC 1035 section 4.2.2). */
export function dnsOverTcp(d: Dissector, at: number, length: number): void {
  d.protocol = 'domain';
  if (length < 2) {
    d.print(` [DNS over TCP: length ${length} < 2]`);
    d.printInvalid();
    return;
  }
  const said = d.u16(at);
  if (said !== length - 2) {
    d.print(` [prefix length(${said}) != length(${length - 2})]`);
    d.printInvalid();
    return;
  }
  d.print(' ');
  dns(d, at + 2, length - 2, false);
}

/** `multicast` for mDNS, where the top bit of the class has another meaning. */
export function dns(d: Dissector, at: number, length: number, multicast: boolean): void {
  d.protocol = 'domain';
  if (length < HEADER) {
    d.print(`domain [length ${length} < ${HEADER}]`);
    d.printInvalid();
    return;
  }
  if (!d.has(at, HEADER)) {
    d.printTruncated();
    return;
  }
  const message = {
    at,
    length,
    flags: d.u16(at + 2),
    questions: d.u16(at + 4),
    answers: d.u16(at + 6),
    authorities: d.u16(at + 8),
    additional: d.u16(at + 10),
    multicast,
  };
  const whole = (message.flags & RESPONSE) !== 0 ? response(d, message) : query(d, message);
  if (whole) d.print(` (${length})`);
  else d.printTruncated();
}

/** The response code, with the bits that an OPT record adds (RFC 6891 section 6.1.3). */
function responseCode(d: Dissector, message: Message): number {
  const code = message.flags & 15;
  let at: number | null = message.at + HEADER;
  for (let i = 0; i < message.questions && at !== null; i++) at = behind(d, at, QUESTION_FIXED, false);
  for (let i = 0; i < message.answers + message.authorities && at !== null; i++) at = behind(d, at, 8, true);
  for (let i = 0; i < message.additional && at !== null; i++) {
    const name = skipName(d, at);
    if (name === null || !d.has(name, 5)) return code;
    if (d.u16(name) === RECORD.OPT) return code | (d.u8(name + 4) << 4);
    at = behind(d, at, 8, true);
  }
  return code;
}

/** The offset behind a question or record, or null if the message ends before. */
function behind(d: Dissector, at: number, fixed: number, data: boolean): number | null {
  const name = skipName(d, at);
  if (name === null) return null;
  let end = name + fixed;
  if (data) {
    if (!d.has(end, 2)) return null;
    end += 2 + d.u16(end);
  }
  return end < d.snapEnd ? end : null;
}

function response(d: Dissector, message: Message): boolean {
  const { flags, questions } = message;
  const mark = (bit: number, set: string, unset = ''): string => ((flags & bit) !== 0 ? set : unset);
  d.print(
    `${d.u16(message.at)}${OPCODE_WORDS[(flags >>> 11) & 15]}${responseWords(responseCode(d, message))}`,
  );
  d.print(`${mark(0x0400, '*')}${mark(0x0080, '', '-')}${mark(0x0200, '|')}${mark(0x0020, '$')}`);
  if (questions !== 1) d.print(` [${questions}q]`);
  let at: number | null = message.at + HEADER;
  for (let i = 0; i < questions; i++) {
    if (i > 0) d.print(',');
    if (d.options.verbose > 1) {
      d.print(' q:');
      at = question(d, at, message);
    } else {
      at = skipName(d, at);
      if (at !== null) at += QUESTION_FIXED;
    }
    if (at === null) return false;
  }
  d.print(` ${message.answers}/${message.authorities}/${message.additional}`);
  const answers = records(d, at, message, message.answers, true);
  if (answers === null) return false;
  return d.options.verbose < 2 || laterSections(d, answers, message);
}

/** Authorities and additional records. */
function laterSections(d: Dissector, start: number, message: Message): boolean {
  let at: number | null = start;
  if (at < d.snapEnd && message.authorities > 0) d.print(' ns:');
  at = records(d, at, message, message.authorities, false);
  if (at === null) return false;
  if (at < d.snapEnd && message.additional > 0) d.print(' ar:');
  return records(d, at, message, message.additional, false) !== null;
}

/** Prints records with commas between; null if they are not all there. The first is tried even at the end if `eager`. */
function records(
  d: Dissector,
  start: number,
  message: Message,
  count: number,
  eager: boolean,
): number | null {
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at >= d.snapEnd && !(eager && i === 0)) return null;
    if (i > 0) d.print(',');
    const end = record(d, at, message.at, message.multicast);
    if (end === null) return null;
    at = end;
  }
  return at;
}

function query(d: Dissector, message: Message): boolean {
  const { at, flags, questions, answers, authorities, additional } = message;
  const opcode = (flags >>> 11) & 15;
  d.print(`${d.u16(at)}${OPCODE_WORDS[opcode]}`);
  d.print(`${(flags & 0x0100) !== 0 ? '+' : ''}${(flags & 0x0010) !== 0 ? '%' : ''}`);
  if ((flags & 0x06cf) !== 0) d.print(` [b2&3=0x${flags.toString(16)}]`);
  const inverse = opcode === INVERSE_QUERY;
  if (inverse && questions !== 0) d.print(` [${questions}q]`);
  if (inverse ? answers !== 1 : answers !== 0) d.print(` [${answers}a]`);
  if (!inverse && questions !== 1) d.print(` [${questions}q]`);
  if (authorities > 0) d.print(` [${authorities}n]`);
  if (additional > 0) d.print(` [${additional}au]`);
  let cursor: number | null = at + HEADER;
  for (let i = 0; i < questions; i++) {
    if (i > 0 && cursor >= d.snapEnd) return false;
    cursor = question(d, cursor, message);
    if (cursor === null) return false;
  }
  if (d.options.verbose < 2) return true;
  const later = records(d, cursor, message, answers, true);
  return later !== null && laterSections(d, later, message);
}

/** The top bit of a question's class: a unicast answer is wanted (RFC 6762 section 5.4). */
const UNICAST = 0x8000;

/** Prints ` A? example.org.`; the offset behind it, or null. */
function question(d: Dissector, at: number, message: Message): number | null {
  const fixed = skipName(d, at);
  if (fixed === null || !d.has(fixed, QUESTION_FIXED)) return null;
  const type = d.u16(fixed);
  const field = d.u16(fixed + 2);
  const kind = message.multicast ? field & ~UNICAST : field;
  d.print(` ${token(TYPE_NAMES, type, `Type${type}`)}`);
  if (kind !== CLASS_IN) d.print(` ${token(CLASS_NAMES, kind, `(Class ${kind})`)}`);
  if (message.multicast) d.print((field & UNICAST) !== 0 ? ' (QU)' : ' (QM)');
  d.print('? ');
  const end = domainName(d, at, message.at);
  return end === null ? null : end + QUESTION_FIXED;
}
