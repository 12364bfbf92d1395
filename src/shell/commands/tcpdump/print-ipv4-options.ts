// IPv4 options, as -v lists them (ip_optprint in print-ip.c).
import type { Dissector } from './dissector.ts';
import { type Tokens, token } from './tokens.ts';

const OPTION = {
  END: 0,
  NOP: 1,
  RECORD_ROUTE: 7,
  TIMESTAMP: 68,
  LOOSE: 131,
  STRICT: 137,
  ALERT: 148,
} as const;
const NAMES: Tokens = new Map([
  [OPTION.END, 'EOL'],
  [OPTION.NOP, 'NOP'],
  [OPTION.TIMESTAMP, 'timestamp'],
  [130, 'security'],
  [OPTION.RECORD_ROUTE, 'RR'],
  [OPTION.STRICT, 'SSRR'],
  [OPTION.LOOSE, 'LSRR'],
  [OPTION.ALERT, 'RA'],
  [82, 'traceroute'],
]);

/** Prints them with commas between; false if the packet ends inside one. */
export function ipOptions(d: Dissector, at: number, length: number): boolean {
  const end = at + length;
  let separator = '';
  while (at < end && !d.cut) {
    d.print(separator);
    separator = ',';
    const code = d.u8(at);
    d.print(token(NAMES, code, `unknown ${code}`));
    const size = code === OPTION.NOP || code === OPTION.END ? 1 : d.u8(at + 1);
    const least = code === OPTION.NOP || code === OPTION.END ? 1 : 2;
    if (size < least || at + size > end) {
      d.print(` [bad length ${size}]`);
      return true;
    }
    if (!d.has(at, size)) return false;
    if (code === OPTION.END) return true;
    if (!option(d, code, at, size)) return false;
    at += size;
  }
  return true;
}

/** False if it reaches behind the captured bytes. */
function option(d: Dissector, code: number, at: number, size: number): boolean {
  switch (code) {
    case OPTION.TIMESTAMP:
      return timestamp(d, at, size);
    case OPTION.RECORD_ROUTE:
    case OPTION.STRICT:
    case OPTION.LOOSE:
      return route(d, at, size);
    case OPTION.ALERT:
      if (size < 4) d.print(` [bad length ${size}]`);
      else if (d.u16(at + 2) !== 0) d.print(` value ${d.u16(at + 2)}`);
      return true;
    default:
      return true;
  }
}

/** The pointer field counts from 1; a 0 becomes a number beyond every hop, as unsigned arithmetic has it. */
const pointerOf = (d: Dissector, at: number): number => (d.u8(at + 2) - 1) >>> 0;

function route(d: Dissector, at: number, size: number): boolean {
  if (size < 3 || ((size + 1) & 3) !== 0) d.print(` [bad length ${size}]`);
  if (size < 3) return true;
  const pointer = pointerOf(d, at);
  if (pointer < 3 || ((pointer + 1) & 3) !== 0 || pointer > size + 1) d.print(` [bad ptr ${d.u8(at + 2)}]`);
  for (let offset = 3; offset < size; offset += 4) {
    if (!d.has(at + offset, 4)) return false;
    d.print(` ${d.ipv4(at + offset)}${pointer > offset ? ',' : ''}`);
  }
  return true;
}

const STAMP_WORDS: Tokens = new Map([
  [0, 'TSONLY'],
  [1, 'TS+ADDR'],
  [3, 'PRESPEC'],
]);

function timestamp(d: Dissector, at: number, size: number): boolean {
  if (size < 4) {
    d.print(`[bad length ${size}]`);
    return true;
  }
  d.print(' TS{');
  const kind = d.u8(at + 3) & 15;
  const hop = kind === 0 ? 4 : 8;
  if (((size - 4) & (hop - 1)) !== 0) d.print(`[bad length ${size}]`);
  const pointer = pointerOf(d, at);
  if (pointer < 4 || ((pointer - 4) & (hop - 1)) !== 0 || pointer > size + 1)
    d.print(`[bad ptr ${d.u8(at + 2)}]`);
  d.print(token(STAMP_WORDS, kind, `[bad ts type ${kind}]`));
  const end = STAMP_WORDS.has(kind) ? stamps(d, at, size, hop, pointer) : 0;
  if (end < 0) return false;
  if (pointer === end) d.print(' ^ ');
  const missed = d.u8(at + 3) >>> 4;
  d.print(missed > 0 ? ` [${missed} hops not recorded]} ` : '}');
  return true;
}

/** The offset behind the last stamp, or -1 if it was not captured. */
function stamps(d: Dissector, at: number, size: number, hop: number, pointer: number): number {
  let offset = 4;
  for (; offset < size; offset += hop) {
    if (!d.has(at + offset, hop)) return -1;
    const stamp = d.u32(at + offset + hop - 4);
    d.print(`${pointer === offset ? ' ^ ' : ' '}${stamp}@${hop === 8 ? d.ipv4(at + offset) : ''}`);
  }
  return offset;
}
