// Resource records of the DNS (ns_rprint in print-domain.c). Of the EDNS options all but a few are shown as bytes.
import { formatIpv4, ipv4 } from '../../../addr/ipv4.ts';
import { formatIpv6 } from '../../../addr/ipv6.ts';
import type { Dissector } from './dissector.ts';
import { CLASS_NAMES, EDNS_OPTION_NAMES, RECORD, TYPE_NAMES } from './dns-numbers.ts';
import { printText } from './hex-dump.ts';
import { domainName, skipName } from './print-dns-names.ts';
import { relativeSeconds } from './seconds.ts';
import { token } from './tokens.ts';

/** Bytes of type, class, time to live and length. */
const FIXED = 10;
const CLASS_IN = 1;
/** The top bit of a record's class: the cache is to forget older ones (RFC 6762 section 10.2). */
const CACHE_FLUSH = 0x8000;

/** Prints one record of the message at `message`; the offset behind it, or null if it is cut. */
export function record(d: Dissector, start: number, message: number, multicast: boolean): number | null {
  const at = nameOf(d, start, message);
  if (at === 'bad') return null;
  if (at === null || !d.has(at, FIXED)) return d.snapEnd;
  const type = d.u16(at);
  const field = d.u16(at + 2);
  const kind = multicast ? field & ~CACHE_FLUSH : field;
  if (kind !== CLASS_IN && type !== RECORD.OPT) d.print(` ${token(CLASS_NAMES, kind, `(Class ${kind})`)}`);
  if (multicast && (field & CACHE_FLUSH) !== 0) d.print(' (Cache flush)');
  if (type !== RECORD.OPT && d.options.verbose > 2) d.print(` [${relativeSeconds(d.u32(at + 4))}]`);
  const length = d.u16(at + 8);
  const data = at + FIXED;
  d.print(` ${token(TYPE_NAMES, type, `Type${type}`)}`);
  if (data + length > d.snapEnd) return null;
  const whole =
    type === RECORD.OPT ? pseudoRecord(d, at, kind, length) : recordData(d, type, data, length, message);
  return whole ? data + length : null;
}

/** With -v the name is printed, else passed over: behind it, null if it is cut, 'bad' if it ends the message. */
function nameOf(d: Dissector, at: number, message: number): number | null | 'bad' {
  if (d.options.verbose === 0) return skipName(d, at);
  d.print(' ');
  return domainName(d, at, message) ?? 'bad';
}

/** False if the data are cut. */
function recordData(d: Dissector, type: number, at: number, length: number, message: number): boolean {
  switch (type) {
    case RECORD.A:
      if (!d.has(at, 4)) return false;
      d.print(` ${formatIpv4(ipv4(d.u32(at)))}`);
      return true;
    case RECORD.AAAA:
      if (!d.has(at, 16)) return false;
      d.print(` ${formatIpv6(d.bytes.subarray(at, at + 16))}`);
      return true;
    case RECORD.NS:
    case RECORD.CNAME:
    case RECORD.PTR:
    case RECORD.DNAME:
      d.print(' ');
      return domainName(d, at, message) !== null;
    case RECORD.SOA:
      return d.options.verbose === 0 || startOfAuthority(d, at, message);
    case RECORD.MX:
      d.print(' ');
      if (!d.has(at, 2) || domainName(d, at + 2, message) === null) return false;
      d.print(` ${d.u16(at)}`);
      return true;
    case RECORD.SRV:
      d.print(' ');
      if (!d.has(at, 6) || domainName(d, at + 6, message) === null) return false;
      d.print(`:${d.u16(at + 4)} ${d.u16(at)} ${d.u16(at + 2)}`);
      return true;
    case RECORD.TXT:
      return texts(d, at, at + length);
    case RECORD.URI:
      d.print(` ${d.u16(at)} ${d.u16(at + 2)} `);
      // Unsigned in the real one: too short a record prints what is left of the message.
      return printText(d, at + 4, (length - 4) >>> 0);
    case RECORD.TSIG:
      return d.options.verbose === 0 || signature(d, at, message);
    case RECORD.UNSPECA:
      return printText(d, at, length);
    default:
      return true;
  }
}

function startOfAuthority(d: Dissector, at: number, message: number): boolean {
  d.print(' ');
  const mailbox = domainName(d, at, message);
  if (mailbox === null) return false;
  d.print(' ');
  const numbers = domainName(d, mailbox, message);
  if (numbers === null || !d.has(numbers, 20)) return false;
  for (let i = 0; i < 5; i++) d.print(` ${d.u32(numbers + 4 * i)}`);
  return true;
}

const SIGNATURE_FIELDS = ['fudge', 'maclen', 'origid', 'error', 'otherlen'];

/** A transaction signature (RFC 8945 section 4.2): the algorithm and the numbers, not the MAC. */
function signature(d: Dissector, at: number, message: number): boolean {
  d.print(' ');
  const times = domainName(d, at, message);
  if (times === null) return false;
  let field = times + 6;
  for (const name of SIGNATURE_FIELDS) {
    if (!d.has(field, 2)) return false;
    const value = d.u16(field);
    d.print(` ${name}=${value}`);
    field += name === 'maclen' ? 2 + value : 2;
  }
  return true;
}

/** ` "one" "two"` */
function texts(d: Dissector, start: number, end: number): boolean {
  for (let at = start; at < end; ) {
    d.print(' "');
    if (!d.has(at, 1)) return false;
    const length = d.u8(at);
    if (!printText(d, at + 1, length)) return false;
    d.print('"');
    at += 1 + length;
  }
  return true;
}

/** OPT (RFC 6891): the class is the sender's UDP size, the time to live holds flags. */
function pseudoRecord(d: Dissector, at: number, size: number, length: number): boolean {
  d.print(` UDPsize=${size}`);
  if ((d.u16(at + 6) & 0x8000) !== 0) d.print(' DO');
  if (length === 0) return true;
  const end = at + FIXED + length;
  d.print(' [');
  for (let option = at + FIXED; option < end; ) {
    if (!d.has(option, 4)) return false;
    const bytes = d.u16(option + 2);
    const code = d.u16(option);
    d.print(token(EDNS_OPTION_NAMES, code, `Opt${code}`));
    if (!d.has(option + 4, bytes)) return false;
    if (bytes > 0) d.print(` ${ednsOption(d, code, option + 4, bytes)}`);
    option += 4 + bytes;
    if (option < end) d.print(',');
  }
  d.print(']');
  return true;
}

const INVALID = ' (invalid)';
const EDNS = { EXPIRE: 9, COOKIE: 10, KEEPALIVE: 11, PADDING: 12 } as const;

function ednsOption(d: Dissector, code: number, at: number, length: number): string {
  switch (code) {
    case EDNS.COOKIE:
      if (length < 8 || (length > 8 && length < 16) || length > 40) return INVALID;
      return length === 8 ? d.hexBytes(at, 8) : `${d.hexBytes(at, 8)} ${d.hexBytes(at + 8, length - 8)}`;
    case EDNS.KEEPALIVE:
      return length === 2 ? `${(d.u16(at) / 10).toFixed(1)} sec` : INVALID;
    case EDNS.EXPIRE:
      return length === 4 ? `${d.u32(at)} sec` : INVALID;
    case EDNS.PADDING:
      return `(${length})`;
    default:
      return d.hexBytes(at, length);
  }
}
