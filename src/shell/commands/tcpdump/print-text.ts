// Protocols of text lines: HTTP, FTP, SMTP, whois and SSH's greeting (txtproto_print, print-http.c, print-ssh.c).
import type { Dissector } from './dissector.ts';

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const TOKEN_MAX = 128;

const HTTP_METHODS: ReadonlySet<string> = new Set(
  (
    'GET PUT COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE LABEL MERGE DELETE SEARCH UNLOCK ' +
    'REPORT UPDATE NOTIFY BDELETE CONNECT OPTIONS CHECKIN PROPFIND CHECKOUT CCM_POST SUBSCRIBE ' +
    'PROPPATCH BPROPFIND BPROPPATCH UNCHECKOUT MKACTIVITY MKWORKSPACE UNSUBSCRIBE RPC_CONNECT ' +
    'VERSION-CONTROL BASELINE-CONTROL'
  ).split(' '),
);

const isPrintable = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e;
const isEnd = (byte: number): boolean => byte === LF || byte === CR;
const isSpace = (byte: number): boolean => byte === 0x20 || byte === TAB || isEnd(byte);

const latin = (d: Dissector, from: number, to: number): string =>
  String.fromCharCode(...d.bytes.subarray(from, to));

/** The word at `from` and the offset of the next one in its line; null if there is none. */
function word(d: Dissector, from: number, end: number): { text: string; next: number } | null {
  let at = from;
  for (; at < end; at++) {
    if (!d.has(at, 1)) return null;
    const byte = d.bytes[at];
    if (isSpace(byte)) break;
    if (!isPrintable(byte) || at - from + 2 > TOKEN_MAX + 1) return null;
  }
  if (at === from) return null;
  const text = latin(d, from, at);
  while (at < end && d.has(at, 1) && d.bytes[at] === 0x20) at++;
  return { text, next: at };
}

/** A method, or `HTTP/1.1 200`. */
function startsHttp(d: Dissector, at: number, end: number): boolean {
  const first = word(d, at, end);
  if (first === null) return false;
  if (HTTP_METHODS.has(first.text.toUpperCase())) return true;
  return /^\d{3}$/.test(word(d, first.next, end)?.text ?? '');
}

/** Prints one line behind `prefix`; the offset behind it, or 0 if it was the last or is no text. */
function line(d: Dissector, prefix: string, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const byte = d.u8(at);
    if (d.cut) return 0;
    if (byte === LF || (byte === CR && at + 1 < end && d.u8(at + 1) === LF)) {
      d.print(`${prefix}${latin(d, from, at)}`);
      return d.cut ? 0 : at + (byte === LF ? 1 : 2);
    }
    if (byte !== TAB && !isPrintable(byte)) return 0;
  }
  d.print(`${prefix}${latin(d, from, end)}`);
  d.printTruncated();
  return 0;
}

/** `HTTP: GET / HTTP/1.1`; with -v all lines. `known` says whether the text looks like a request or an answer. */
function text(d: Dissector, protocol: string, at: number, length: number, known: boolean): void {
  d.protocol = protocol;
  d.print(`: ${protocol.toUpperCase()}`);
  if (!known) return;
  const end = at + length;
  if (d.options.verbose === 0) {
    line(d, ': ', at, end);
    return;
  }
  d.print(`, length: ${length}`);
  for (let next = at; next !== 0 && next < end; ) next = line(d, '\n\t', next, end);
}

export const http = (d: Dissector, at: number, length: number): void =>
  text(d, 'http', at, length, startsHttp(d, at, at + length));

/** For protocols whose every packet is lines: ftp, smtp, whois. */
export const lines =
  (protocol: string) =>
  (d: Dissector, at: number, length: number): void =>
    text(d, protocol, at, length, true);

/** Only the line with the version is text. */
export function ssh(d: Dissector, at: number, length: number): void {
  d.protocol = 'ssh';
  for (let i = 0; i < 4; i++) if (d.u8(at + i) !== 'SSH-'.charCodeAt(i)) return;
  for (let i = 4; i < length && !d.cut; i++) {
    const byte = d.u8(at + i);
    const ends = byte === LF || (byte === CR && i + 1 < length && d.u8(at + i + 1) === LF);
    if (ends) {
      d.print(`: SSH: ${latin(d, at, at + i)}`);
      return;
    }
    if (!isPrintable(byte)) return;
  }
}
