// TCP options (print-tcp.c). Multipath TCP (30) is named and its bytes are shown, not told.
import type { Dissector } from './dissector.ts';
import { hex2, hex4, type Tokens, token } from './tokens.ts';

const HEADER = 20;
const OPTION = {
  END: 0,
  NOP: 1,
  MSS: 2,
  WINDOW_SCALE: 3,
  SACK_PERMITTED: 4,
  SACK: 5,
  ECHO: 6,
  ECHO_REPLY: 7,
  TIMESTAMP: 8,
  CC: 11,
  CC_NEW: 12,
  CC_ECHO: 13,
  MD5: 19,
  SCPS: 20,
  USER_TIMEOUT: 28,
  AUTHENTICATION: 29,
  FAST_OPEN: 34,
  EXPERIMENT: 254,
} as const;
const NAMES: Tokens = new Map([
  [OPTION.END, 'eol'],
  [OPTION.NOP, 'nop'],
  [OPTION.MSS, 'mss'],
  [OPTION.WINDOW_SCALE, 'wscale'],
  [OPTION.SACK_PERMITTED, 'sackOK'],
  [OPTION.SACK, 'sack'],
  [OPTION.ECHO, 'echo'],
  [OPTION.ECHO_REPLY, 'echoreply'],
  [OPTION.TIMESTAMP, 'TS'],
  [OPTION.CC, 'cc'],
  [OPTION.CC_NEW, 'ccnew'],
  [OPTION.CC_ECHO, ''],
  [OPTION.MD5, 'md5'],
  [OPTION.SCPS, 'scps'],
  [OPTION.USER_TIMEOUT, 'uto'],
  [OPTION.AUTHENTICATION, 'tcp-ao'],
  [30, 'mptcp'],
  [OPTION.FAST_OPEN, 'tfo'],
  [OPTION.EXPERIMENT, 'exp'],
]);
/** Experiment identifier of TCP fast open (RFC 6994). */
const EXPERIMENT_FAST_OPEN = 0xf989;
const MD5_LENGTH = 16;

/** How an option ended: -1 it contradicts itself, -2 it was not captured, else the bytes of data it has by its kind. */
type Outcome = number;
const BAD = -1;
const TRUNCATED = -2;

/** An option's data: where they are, how many the option has, how many are left in the header. */
interface Option {
  readonly at: number;
  readonly length: number;
  readonly left: number;
}

interface Segment {
  readonly at: number;
  readonly header: number;
  readonly length: number;
  readonly sackBase: number;
}

/** Prints the options of the segment at `at`; false if they end the line. */
export function tcpOptions(
  d: Dissector,
  at: number,
  header: number,
  length: number,
  sackBase: number,
): boolean {
  const segment = { at, header, length, sackBase };
  const end = at + header;
  let cursor = at + HEADER;
  let comma = '';
  d.print(', options [');
  while (cursor < end && !d.cut) {
    d.print(comma);
    const code = d.u8(cursor);
    const bare = code === OPTION.END || code === OPTION.NOP;
    const size = bare ? 1 : d.u8(cursor + 1);
    if (!bare && (size < 2 || cursor + size > end)) return failed(d, BAD, comma);
    const start = bare ? 1 : 2;
    d.print(token(NAMES, code, `unknown-${code}`));
    const outcome = option(
      d,
      code,
      { at: cursor + start, length: size - start, left: end - cursor - start },
      segment,
    );
    if (outcome < 0) return failed(d, outcome, comma);
    if (outcome + start !== size) d.print(`[len ${size}]`);
    cursor += start + outcome;
    comma = ',';
    if (code === OPTION.END) break;
  }
  d.print(']');
  return true;
}

function failed(d: Dissector, outcome: Outcome, comma: string): false {
  if (outcome === BAD) d.print(comma === '' ? '[bad opt]' : '[bad opt]]');
  else {
    d.printTruncated();
    if (comma !== '') d.print('>');
  }
  return false;
}

/** Whether the header has `count` bytes of data left and they were captured. */
function check(d: Dissector, { at, left }: Option, count: number): Outcome {
  if (count > left) return BAD;
  return d.has(at, count) ? count : TRUNCATED;
}

/** Prints an option whose data are `count` bytes by its kind. */
function fixed(d: Dissector, data: Option, count: number, words: (at: number) => string): Outcome {
  const outcome = check(d, data, count);
  if (outcome >= 0) d.print(words(data.at));
  return outcome;
}

function option(d: Dissector, code: number, data: Option, segment: Segment): Outcome {
  switch (code) {
    case OPTION.END:
    case OPTION.NOP:
    case OPTION.SACK_PERMITTED:
      return 0;
    case OPTION.MSS:
      return fixed(d, data, 2, (at) => ` ${d.u16(at)}`);
    case OPTION.WINDOW_SCALE:
      return fixed(d, data, 1, (at) => ` ${d.u8(at)}`);
    case OPTION.SACK:
      return sack(d, data, segment.sackBase);
    case OPTION.ECHO:
    case OPTION.ECHO_REPLY:
    case OPTION.CC:
    case OPTION.CC_NEW:
    case OPTION.CC_ECHO:
      return fixed(d, data, 4, (at) => ` ${d.u32(at)}`);
    case OPTION.TIMESTAMP:
      return fixed(d, data, 8, (at) => ` val ${d.u32(at)} ecr ${d.u32(at + 4)}`);
    case OPTION.MD5:
      return fixed(d, data, MD5_LENGTH, (at) => signature(d, at, segment));
    case OPTION.SCPS:
      return fixed(d, data, 2, (at) => ` cap ${hex2(d.u8(at))} id ${d.u8(at + 1)}`);
    case OPTION.USER_TIMEOUT:
      return fixed(d, data, 2, (at) => userTimeout(d.u16(at)));
    case OPTION.AUTHENTICATION:
      return authentication(d, data);
    case OPTION.FAST_OPEN:
      return fixed(d, data, data.length, (at) => ` ${fastOpen(d, at, data.length)}`);
    case OPTION.EXPERIMENT:
      return experiment(d, data);
    default:
      return bytes(d, data);
  }
}

function sack(d: Dissector, data: Option, base: number): Outcome {
  if (data.length % 8 !== 0) {
    d.print(' invalid sack');
    return data.length;
  }
  d.print(` ${data.length / 8} `);
  for (let i = 0; i < data.length; i += 8) {
    if (!d.has(data.at + i, 8)) return TRUNCATED;
    const start = (d.u32(data.at + i) - base) >>> 0;
    d.print(`{${start}:${(d.u32(data.at + i + 4) - base) >>> 0}}`);
  }
  return data.length;
}

/** There is no -M here, so a signature (RFC 2385) is never checked. */
function signature(d: Dissector, at: number, segment: Segment): string {
  const why = d.has(segment.at, segment.length) ? 'shared secret not supplied with -M' : 'snaplen too short';
  return ` ${why}, can't check - ${d.hexBytes(at, MD5_LENGTH)}`;
}

/** RFC 5482: the upper bit of the granularity says minutes. */
function userTimeout(value: number): string {
  const seconds = (value & 1) !== 0 ? (value >>> 1) * 60 : value >>> 1;
  return ` 0x${value.toString(16)} ${seconds}`;
}

function authentication(d: Dissector, data: Option): Outcome {
  if (data.length < 2) {
    d.printInvalid();
    return data.length;
  }
  if (!d.has(data.at, 1)) return TRUNCATED;
  d.print(` keyid ${d.u8(data.at)}`);
  if (!d.has(data.at, 2)) return TRUNCATED;
  d.print(` rnextkeyid ${d.u8(data.at + 1)}`);
  if (data.length === 2) return data.length;
  d.print(' mac 0x');
  return hexUntilCut(d, data, 2);
}

/** Bytes from `from` on, as many as were captured. */
function hexUntilCut(d: Dissector, data: Option, from: number): Outcome {
  const shown = Math.min(data.length, d.available(data.at));
  if (shown > from) d.print(d.hexBytes(data.at + from, shown - from));
  return shown < data.length ? TRUNCATED : data.length;
}

function fastOpen(d: Dissector, at: number, length: number): string {
  if (length === 0) return ' cookiereq';
  if (length % 2 !== 0 || length < 4 || length > 16) return ' (invalid)';
  return ` cookie ${d.hexBytes(at, length)}`;
}

function experiment(d: Dissector, data: Option): Outcome {
  const outcome = check(d, data, data.length);
  if (outcome < 0) return outcome;
  if (data.length < 2) return BAD;
  const magic = d.u16(data.at);
  d.print(
    magic === EXPERIMENT_FAST_OPEN ? `-tfo${fastOpen(d, data.at + 2, data.length - 2)}` : `-${hex4(magic)}`,
  );
  return data.length;
}

function bytes(d: Dissector, data: Option): Outcome {
  if (data.length === 0) return 0;
  d.print(' 0x');
  return hexUntilCut(d, data, 0);
}
