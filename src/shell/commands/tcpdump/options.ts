// The command line of tcpdump 4.99.3 (getopt_long: options and the expression in any order).
import type { PrintOptions } from './dissector.ts';

export interface Options extends PrintOptions {
  /** -i; null to pick one. */
  device: string | null;
  /** -r */
  readPath: string | null;
  /** -w */
  writePath: string | null;
  /** -F */
  filterPath: string | null;
  /** -c; Infinity for no end. */
  count: number;
  /** -s */
  snapLength: number;
  /** -U */
  packetBuffered: boolean;
  /** -l */
  lineBuffered: boolean;
  /** --immediate-mode */
  immediate: boolean;
  /** -p */
  noPromiscuous: boolean;
  /** -Q */
  direction: 'in' | 'out' | 'inout';
  /** -y */
  linkType: string | null;
  /** --print */
  print: boolean;
  /** --count */
  countOnly: boolean;
  /** -D, -L, -h, --version */
  list: boolean;
  listLinkTypes: boolean;
  help: boolean;
  version: boolean;
  /** The expression. */
  filter: string;
}

export type OptionsResult =
  | { readonly options: Options }
  /** getopt's complaint: the usage follows it. */
  | { readonly usage: string }
  /** tcpdump's own. */
  | { readonly error: string }
  /** A valid option that is not emulated. */
  | { readonly foreign: string };

const SNAP_LENGTH_MAX = 262_144;

const SHORT = 'aAbB:c:C:dDeE:fF:G:hHi:Ij:JKlLm:M:nNOpqQ:r:s:StT:uUvV:w:W:xXy:Yz:Z:#';

/** Long names by the letter that means the same. */
const LONG: ReadonlyMap<string, string> = new Map([
  ['buffer-size', 'B'],
  ['list-interfaces', 'D'],
  ['help', 'h'],
  ['interface', 'i'],
  ['monitor-mode', 'I'],
  ['time-stamp-type', 'j'],
  ['list-time-stamp-types', 'J'],
  ['dont-verify-checksums', 'K'],
  ['list-data-link-types', 'L'],
  ['no-optimize', 'O'],
  ['no-promiscuous-mode', 'p'],
  ['direction', 'Q'],
  ['snapshot-length', 's'],
  ['absolute-tcp-sequence-numbers', 'S'],
  ['packet-buffered', 'U'],
  ['linktype', 'y'],
  ['debug-filter-parser', 'Y'],
  ['relinquish-privileges', 'Z'],
  ['number', '#'],
  ['micro', 'micro'],
  ['nano', 'nano'],
  ['time-stamp-precision', 'precision'],
  ['immediate-mode', 'immediate'],
  ['count', 'count'],
  ['fp-type', 'fp-type'],
  ['print', 'print'],
  ['version', 'version'],
]);

/** Options that change nothing here: buffers, time stamp sources, the optimizer, privileges. */
const IGNORED: ReadonlySet<string> = new Set([
  'a',
  'B',
  'f',
  'j',
  'N',
  'O',
  'u',
  'Y',
  'Z',
  'b',
  'H',
  'micro',
]);
const FOREIGN: ReadonlySet<string> = new Set('C d E G I J m M T V W z fp-type'.split(' '));

const takesValue = (letter: string): boolean =>
  letter === 'precision' || (letter.length === 1 && SHORT[SHORT.indexOf(letter) + 1] === ':');

function defaults(): Options {
  return {
    numeric: false,
    linkHeader: false,
    verbose: 0,
    quiet: 0,
    absoluteSequence: false,
    noChecksums: false,
    hex: 0,
    hexAscii: 0,
    ascii: 0,
    timestamp: 0,
    number: false,
    nanos: false,
    device: null,
    readPath: null,
    writePath: null,
    filterPath: null,
    count: Number.POSITIVE_INFINITY,
    snapLength: SNAP_LENGTH_MAX,
    packetBuffered: false,
    lineBuffered: false,
    immediate: false,
    noPromiscuous: false,
    direction: 'inout',
    linkType: null,
    print: false,
    countOnly: false,
    list: false,
    listLinkTypes: false,
    help: false,
    version: false,
    filter: '',
  };
}

/** Reads the arguments one by one; what went wrong first is kept in `failure`. */
class Reader {
  readonly options = defaults();
  failure: OptionsResult | null = null;
  private readonly args: readonly string[];
  private at = 0;

  constructor(args: readonly string[]) {
    this.args = args;
  }

  read(): OptionsResult {
    const operands: string[] = [];
    while (this.at < this.args.length && this.failure === null) {
      const arg = this.args[this.at++];
      if (arg === '--') operands.push(...this.args.slice(this.at));
      if (arg === '--') break;
      if (arg === '-' || !arg.startsWith('-')) operands.push(arg);
      else if (arg.startsWith('--')) this.long(arg.slice(2));
      else this.cluster(arg);
    }
    if (this.failure !== null) return this.failure;
    if (this.options.timestamp > 5) return { error: 'only -t, -tt, -ttt, -tttt and -ttttt are supported' };
    this.options.filter = operands.join(' ');
    return { options: this.options };
  }

  private usage(problem: string): void {
    this.failure ??= { usage: problem };
  }

  /** `--name`, `--name=value`, `--name value`; a name may be cut short. */
  private long(text: string): void {
    const [name, ...rest] = text.split('=');
    const names = [...LONG.keys()].filter((known) => known.startsWith(name));
    const match = LONG.has(name) ? name : names.length === 1 ? names[0] : null;
    if (match === null) {
      const known = names.map((candidate) => ` '--${candidate}'`).join('');
      if (names.length > 1) this.usage(`option '--${name}' is ambiguous; possibilities:${known}`);
      else this.usage(`unrecognized option '--${name}'`);
      return;
    }
    const letter = LONG.get(match) as string;
    if (!takesValue(letter)) {
      if (rest.length > 0) this.usage(`option '--${match}' doesn't allow an argument`);
      else this.option(letter, '');
    } else if (rest.length > 0) this.option(letter, rest.join('='));
    else if (this.at < this.args.length) this.option(letter, this.args[this.at++]);
    else this.usage(`option '--${match}' requires an argument`);
  }

  /** `-nei eth0`, `-c5` */
  private cluster(arg: string): void {
    for (let i = 1; i < arg.length && this.failure === null; i++) {
      const letter = arg[i];
      if (letter === ':' || !SHORT.includes(letter)) {
        this.usage(`invalid option -- '${letter}'`);
        return;
      }
      if (!takesValue(letter)) {
        this.option(letter, '');
        continue;
      }
      const rest = arg.slice(i + 1);
      if (rest === '' && this.at >= this.args.length)
        this.usage(`option requires an argument -- '${letter}'`);
      else this.option(letter, rest === '' ? this.args[this.at++] : rest);
      return;
    }
  }

  private option(letter: string, value: string): void {
    if (IGNORED.has(letter)) return;
    if (FOREIGN.has(letter)) {
      this.failure ??= { foreign: letter.length === 1 ? `-${letter}` : `--${letter}` };
      return;
    }
    const flag = FLAGS[letter];
    if (flag !== undefined) flag(this.options);
    else this.failure ??= VALUES[letter](this.options, value);
  }
}

const FLAGS: Readonly<Record<string, (options: Options) => void>> = {
  A: (o) => o.ascii++,
  D: (o) => (o.list = true),
  e: (o) => (o.linkHeader = true),
  h: (o) => (o.help = true),
  K: (o) => (o.noChecksums = true),
  l: (o) => (o.lineBuffered = true),
  L: (o) => (o.listLinkTypes = true),
  n: (o) => (o.numeric = true),
  p: (o) => (o.noPromiscuous = true),
  q: (o) => o.quiet++,
  S: (o) => (o.absoluteSequence = true),
  t: (o) => o.timestamp++,
  U: (o) => (o.packetBuffered = true),
  v: (o) => o.verbose++,
  x: (o) => o.hex++,
  X: (o) => o.hexAscii++,
  '#': (o) => (o.number = true),
  immediate: (o) => (o.immediate = true),
  nano: (o) => (o.nanos = true),
  count: (o) => (o.countOnly = true),
  print: (o) => (o.print = true),
  version: (o) => (o.version = true),
};

/** What atoi(3) makes of a text. */
const atoi = (text: string): number => Number(/^\s*[-+]?\d+/.exec(text)?.[0] ?? 0);

const VALUES: Readonly<Record<string, (options: Options, value: string) => OptionsResult | null>> = {
  c(options, value) {
    options.count = atoi(value);
    return options.count > 0 ? null : { error: `invalid packet count ${value}` };
  },
  F(options, value) {
    options.filterPath = value;
    return null;
  },
  i(options, value) {
    options.device = value;
    return null;
  },
  precision(options, value) {
    options.nanos = value === 'nano' || value === 'nanosecond';
    return options.nanos || value.startsWith('micro') ? null : { error: 'unsupported time stamp precision' };
  },
  Q(options, value) {
    const direction = value.toLowerCase();
    if (direction !== 'in' && direction !== 'out' && direction !== 'inout')
      return { error: `unknown capture direction \`${value}'` };
    options.direction = direction;
    return null;
  },
  r(options, value) {
    options.readPath = value;
    return null;
  },
  s(options, value) {
    const length = /^(0[xX][0-9a-fA-F]+|\d+)$/.test(value) ? Number(value) : -1;
    if (length < 0 || length > SNAP_LENGTH_MAX)
      return { error: `invalid snaplen ${value} (must be >= 0 and <= ${SNAP_LENGTH_MAX})` };
    options.snapLength = length === 0 ? SNAP_LENGTH_MAX : length;
    return null;
  },
  w(options, value) {
    options.writePath = value;
    return null;
  },
  y(options, value) {
    options.linkType = value;
    return null;
  },
};

export const parseOptions = (args: readonly string[]): OptionsResult => new Reader(args).read();
