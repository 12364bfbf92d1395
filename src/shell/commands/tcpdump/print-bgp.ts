// BGP-4 (print-bgp.c): its name, and with -v the type and length of each message; what a message says is not told.
import type { Dissector } from './dissector.ts';
import { type Tokens, token } from './tokens.ts';

const MARKER = 16;
const HEADER = 19;
const LENGTH_AT = 16;
const TYPE_AT = 18;

const MESSAGE_NAMES: Tokens = new Map([
  [1, 'Open'],
  [2, 'Update'],
  [3, 'Notification'],
  [4, 'Keepalive'],
  [5, 'Route Refresh'],
]);

export function bgp(d: Dissector, at: number): void {
  d.protocol = 'bgp';
  d.print(': BGP');
  if (d.options.verbose === 0) return;
  let behindLast = at;
  for (let cursor = at; d.has(cursor, MARKER); ) {
    if (!isMarker(d, cursor)) {
      cursor++;
      continue;
    }
    if (!d.has(cursor, HEADER)) {
      d.printTruncated();
      return;
    }
    if (behindLast !== cursor) d.printTruncated();
    const length = d.u16(cursor + LENGTH_AT);
    if (!message(d, cursor, length)) return;
    cursor += length;
    behindLast = cursor;
  }
}

function isMarker(d: Dissector, at: number): boolean {
  for (let i = 0; i < MARKER; i++) if (d.bytes[at + i] !== 0xff) return false;
  return true;
}

/** False for the last one. */
function message(d: Dissector, at: number, length: number): boolean {
  const type = d.u8(at + TYPE_AT);
  if (length < HEADER) {
    d.print(`\nmessage length ${length} < ${HEADER}`);
    d.printInvalid();
    return false;
  }
  if (!d.has(at, length)) {
    d.print(`\n[|BGP ${token(MESSAGE_NAMES, type, 'Unknown Message Type')}]`);
    return false;
  }
  d.print(`\n\t${token(MESSAGE_NAMES, type, 'Unknown')} Message (${type}), length: ${length}`);
  return true;
}
