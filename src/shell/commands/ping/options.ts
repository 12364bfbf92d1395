// The command line of `ping`: options in the order given, because the first bad one decides what is said.
import { type Ipv4, parseIpv4 } from '../../../addr/ipv4.ts';
import { getopt } from '../probe/getopt.ts';
import { versionText } from '../probe/iputils.ts';
import { INT_MAX, LONG_MAX, parseBounded, parseDouble, parseInteger } from '../probe/numbers.ts';
import type { Stdio } from '../probe/stdio.ts';
import { USAGE } from './usage.ts';

/** IP_PMTUDISC_* by the names of -M. */
export const PathMtuDiscovery = { dont: 0, want: 1, do: 2 } as const;

/** IPOPT_TS_* by the names of -T. */
const TIMESTAMP_TYPES: ReadonlyMap<string, number> = new Map([
  ['tsonly', 0],
  ['tsandaddr', 1],
  ['tsprespec', 3],
]);

export interface PingOptions {
  family: 0 | 4 | 6;
  broadcast: boolean;
  /** -e, or -1. */
  identifier: number;
  recordRoute: boolean;
  /** IPOPT_TS_* or -1. */
  timestampType: number;
  adaptive: boolean;
  audible: boolean;
  strictSource: boolean;
  /** 0 for without end. */
  count: number;
  timestamps: boolean;
  /** Milliseconds. */
  interval: number;
  intervalGiven: boolean;
  source: Ipv4;
  device: string;
  preload: number;
  mark: number;
  /** -1 leaves the socket's default. */
  pathMtuDiscovery: number;
  /** Multicast requests are not heard here. */
  noLoop: boolean;
  numeric: boolean;
  outstanding: boolean;
  flood: boolean;
  pattern: string;
  quiet: boolean;
  tos: number;
  dontRoute: boolean;
  dataLength: number;
  /** -1 leaves the default. */
  ttl: number;
  userLatency: boolean;
  verbose: boolean;
  /** Seconds; 0 for none. */
  deadline: number;
  /** Milliseconds. */
  linger: number;
}

function defaultOptions(): PingOptions {
  return {
    family: 0,
    broadcast: false,
    identifier: -1,
    recordRoute: false,
    timestampType: -1,
    adaptive: false,
    audible: false,
    strictSource: false,
    count: 0,
    timestamps: false,
    interval: 1000,
    intervalGiven: false,
    source: 0 as Ipv4,
    device: '',
    preload: 1,
    mark: 0,
    pathMtuDiscovery: -1,
    noLoop: false,
    numeric: false,
    outstanding: false,
    flood: false,
    pattern: '',
    quiet: false,
    tos: 0,
    dontRoute: false,
    dataLength: 56,
    ttl: -1,
    userLatency: false,
    verbose: false,
    deadline: 0,
    linger: 10_000,
  };
}

/** What an option's handler says: null to go on, else the exit status (all has been printed). */
type Verdict = number | null;
type Handler = (options: PingOptions, value: string, io: Stdio) => Verdict;

function fail(io: Stdio, text: string, status = 2): number {
  io.error(text);
  return status;
}

function usage(io: Stdio): number {
  io.errorText(USAGE);
  return 2;
}

type FlagName = {
  [Key in keyof PingOptions]: PingOptions[Key] extends boolean ? Key : never;
}[keyof PingOptions];
type NumberName = {
  [Key in keyof PingOptions]: number extends PingOptions[Key] ? Key : never;
}[keyof PingOptions];

const flag =
  (name: FlagName): Handler =>
  (options) => {
    options[name] = true;
    return null;
  };

const bounded =
  (name: NumberName, min: number, max: number | bigint): Handler =>
  (options, value, io) => {
    const parsed = parseBounded(value, min, max);
    if ('problem' in parsed) return fail(io, parsed.problem, 1);
    (options[name] as number) = parsed.value;
    return null;
  };

const family =
  (wanted: 4 | 6): Handler =>
  (options, _value, io) => {
    if (options.family !== 0 && options.family !== wanted)
      return fail(io, 'only one -4 or -6 option may be specified');
    options.family = wanted;
    return null;
  };

const ignored: Handler = () => null;

/** ping_strtod: what follows the number is only complained about. */
function seconds(value: string, name: string, min: number, io: Stdio): number | null {
  const { value: number, rest } = parseDouble(value);
  if (value === '') {
    io.error(`${name}: ${value}`);
    return null;
  }
  if (rest !== '') {
    io.error(`option argument contains garbage: ${rest}`);
    io.error('this will become fatal error in the future');
  }
  if (number > INT_MAX / 1000 || number < min) {
    io.error(`${name}: ${value}`);
    return null;
  }
  return Math.trunc(number * 1000);
}

function setInterval(options: PingOptions, value: string, io: Stdio): Verdict {
  const milliseconds = seconds(value, 'bad timing interval', Number.NEGATIVE_INFINITY, io);
  if (milliseconds === null) return 2;
  // A negative interval only sends as fast as it can: for us that is 0, or virtual time would stand still.
  options.interval = Math.max(0, milliseconds);
  options.intervalGiven = true;
  return null;
}

function setLinger(options: PingOptions, value: string, io: Stdio): Verdict {
  const milliseconds = seconds(value, 'bad linger time', 0, io);
  if (milliseconds === null) return 2;
  options.linger = milliseconds;
  return null;
}

function setInterface(options: PingOptions, value: string, io: Stdio): Verdict {
  if (value.includes(':')) return fail(io, `invalid source address: ${value}`);
  const address = parseIpv4(value);
  if (address === null) options.device = value;
  else {
    options.source = address;
    options.strictSource = true;
  }
  return null;
}

function setTimestamp(options: PingOptions, value: string, io: Stdio): Verdict {
  if (options.recordRoute) return fail(io, 'only one of -T or -R may be used');
  const type = TIMESTAMP_TYPES.get(value);
  if (type === undefined) return fail(io, `invalid timestamp type: ${value}`);
  options.timestampType = type;
  return null;
}

function setRecordRoute(options: PingOptions, _value: string, io: Stdio): Verdict {
  if (options.timestampType >= 0) return fail(io, 'only one of -T or -R may be used');
  options.recordRoute = true;
  return null;
}

function setPathMtuDiscovery(options: PingOptions, value: string, io: Stdio): Verdict {
  if (!Object.hasOwn(PathMtuDiscovery, value)) return fail(io, `invalid -M argument: ${value}`);
  options.pathMtuDiscovery = PathMtuDiscovery[value as keyof typeof PathMtuDiscovery];
  return null;
}

function setTos(options: PingOptions, value: string, io: Stdio): Verdict {
  const hex = /^0[xX]/.test(value);
  const { value: tos, rest } = hex ? parseInteger(value.slice(2), 16) : parseInteger(value, 10);
  if (rest !== '') return fail(io, `bad TOS value: ${value}`);
  if (tos > 255) return fail(io, `the decimal value of TOS bits must be in range 0-255: ${tos}`);
  options.tos = tos & 0xff;
  return null;
}

function setFlood(options: PingOptions): Verdict {
  options.flood = true;
  options.numeric = true;
  return null;
}

const HANDLERS: Readonly<Record<string, Handler>> = {
  '4': family(4),
  '6': family(6),
  a: flag('audible'),
  A: flag('adaptive'),
  b: flag('broadcast'),
  B: flag('strictSource'),
  c: bounded('count', 1, LONG_MAX),
  C: ignored,
  d: ignored,
  D: flag('timestamps'),
  e: bounded('identifier', 0, 0xffff),
  f: setFlood,
  F: ignored,
  h: (_options, _value, io) => usage(io),
  '?': (_options, _value, io) => usage(io),
  i: setInterval,
  I: setInterface,
  l: bounded('preload', 1, 0x10000),
  L: flag('noLoop'),
  m: bounded('mark', 0, 0xffffffff),
  M: setPathMtuDiscovery,
  n: flag('numeric'),
  N: (_options, _value, io) => usage(io),
  O: flag('outstanding'),
  p: (options, value) => {
    options.pattern = value;
    return null;
  },
  q: flag('quiet'),
  Q: setTos,
  r: flag('dontRoute'),
  R: setRecordRoute,
  s: bounded('dataLength', 0, INT_MAX),
  S: (_options, value, io) => {
    const parsed = parseBounded(value, 1, INT_MAX);
    return 'problem' in parsed ? fail(io, parsed.problem, 1) : null;
  },
  t: bounded('ttl', 0, 255),
  T: setTimestamp,
  U: flag('userLatency'),
  v: flag('verbose'),
  V: (_options, _value, io) => {
    io.print(versionText('ping'));
    io.flush();
    return 0;
  },
  w: bounded('deadline', 0, INT_MAX),
  W: setLinger,
};

const SPEC = 'h?4bRT:6F:N:aABc:CdDe:fi:I:l:Lm:M:nOp:qQ:rs:S:t:UvVw:W:';

/** The options and operands, or the exit status once everything has been said. */
export function parseOptions(
  args: readonly string[],
  io: Stdio,
): { options: PingOptions; operands: string[] } | number {
  const options = defaultOptions();
  const result = getopt(args, SPEC);
  for (const { letter, value } of result.options) {
    const verdict = HANDLERS[letter](options, value, io);
    if (verdict !== null) return verdict;
  }
  if ('problem' in result) {
    io.errorText(`ping: ${result.problem}\n`);
    return usage(io);
  }
  return { options, operands: result.operands };
}
