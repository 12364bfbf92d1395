// The command line of traceroute, read and complained about as its library CLIF does.
import type { Ipv4 } from '../../../addr/ipv4.ts';
import { parseDouble, parseInteger } from '../probe/numbers.ts';
import type { Resolver } from '../probe/resolver.ts';

export interface TraceOptions {
  method: string;
  numeric: boolean;
  firstHop: number;
  maxHops: number;
  /** Probes under way at once. */
  simultaneous: number;
  /** Probes for each hop. */
  queries: number;
  /** 0 for the method's own. */
  port: number;
  sourcePort: number;
  tos: number;
  mark: number;
  /** Seconds, and factors of what was measured at the same hop and at a later one. */
  wait: number;
  here: number;
  near: number;
  /** Seconds between probes. */
  sendWait: number;
  source: Ipv4;
  device: string;
  dontFragment: boolean;
  findMtu: boolean;
  backward: boolean;
  host: string;
  destination: Ipv4;
  /** -1 for the default. */
  packetLength: number;
}

/** What reading a word gives: null, or what CLIF complains about (the value is bad). */
type Reader = (options: TraceOptions, value: string, resolver: Resolver) => boolean;

interface OptionKind {
  readonly short: string;
  readonly long: string;
  /** Name of its argument, '' for none. */
  readonly argument: string;
  readonly read: Reader;
}

const kind = (short: string, long: string, argument: string, read: Reader): OptionKind => ({
  short,
  long,
  argument,
  read,
});

type FlagName = 'numeric' | 'dontFragment' | 'findMtu' | 'backward';
type NumberName =
  | 'firstHop'
  | 'maxHops'
  | 'simultaneous'
  | 'queries'
  | 'port'
  | 'sourcePort'
  | 'tos'
  | 'mark';

const flag =
  (name: FlagName): Reader =>
  (options) => {
    options[name] = true;
    return true;
  };

const number =
  (name: NumberName): Reader =>
  (options, value) => {
    const { value: parsed, rest } = parseInteger(value, 0);
    options[name] = parsed;
    return rest === '' && value !== '';
  };

const method =
  (name: string): Reader =>
  (options) => {
    options.method = name;
    return true;
  };

const ignored: Reader = () => true;

/** Options that would need what the lab has not; refused by name in `check`. */
const unsupported =
  (name: string): Reader =>
  (options) => {
    options.method = `!${name}`;
    return true;
  };

const KINDS: readonly OptionKind[] = [
  kind('4', '', '', ignored),
  kind('6', '', '', unsupported('-6')),
  kind('d', 'debug', '', ignored),
  kind('F', 'dont-fragment', '', flag('dontFragment')),
  kind('f', 'first', 'first_ttl', number('firstHop')),
  kind('g', 'gateway', 'gate', unsupported('-g')),
  kind('I', 'icmp', '', method('icmp')),
  kind('T', 'tcp', '', unsupported('-T')),
  kind('i', 'interface', 'device', (options, value) => {
    options.device = value;
    return true;
  }),
  kind('m', 'max-hops', 'max_ttl', number('maxHops')),
  kind('N', 'sim-queries', 'squeries', number('simultaneous')),
  kind('n', '', '', flag('numeric')),
  kind('p', 'port', 'port', number('port')),
  kind('t', 'tos', 'tos', number('tos')),
  kind('l', 'flowlabel', 'flow_label', ignored),
  kind('w', 'wait', 'MAX,HERE,NEAR', readWait),
  kind('q', 'queries', 'nqueries', number('queries')),
  kind('r', '', '', unsupported('-r')),
  kind('s', 'source', 'src_addr', readSource),
  kind('z', 'sendwait', 'sendwait', (options, value) => {
    const { value: seconds, rest } = parseDouble(value);
    options.sendWait = seconds;
    return rest === '' && value !== '';
  }),
  kind('e', 'extensions', '', ignored),
  kind('A', 'as-path-lookups', '', unsupported('-A')),
  kind('M', 'module', 'name', (options, value) => {
    options.method = value;
    return true;
  }),
  kind('O', 'options', 'OPTS', ignored),
  kind('', 'sport', 'num', number('sourcePort')),
  kind('', 'fwmark', 'num', number('mark')),
  kind('U', 'udp', '', method('udp')),
  kind('D', 'dccp', '', unsupported('-D')),
  kind('P', 'protocol', 'prot', unsupported('-P')),
  kind('', 'mtu', '', flag('findMtu')),
  kind('', 'back', '', flag('backward')),
];

function readWait(options: TraceOptions, value: string): boolean {
  const parts = value.split(/[,;]/);
  const numbers = parts.map(parseDouble);
  if (parts.length > 3 || numbers.some(({ rest }, i) => rest !== '' || parts[i] === '')) return false;
  [options.wait, options.here, options.near] = [0, 1, 2].map((i) => numbers[i]?.value ?? 0);
  return true;
}

function readSource(options: TraceOptions, value: string, resolver: Resolver): boolean {
  const resolved = resolver.resolve(value);
  if ('problem' in resolved) return false;
  options.source = resolved.address;
  return true;
}

const defaults = (): TraceOptions => ({
  method: 'default',
  numeric: false,
  firstHop: 1,
  maxHops: 30,
  simultaneous: 16,
  queries: 3,
  port: 0,
  sourcePort: 0,
  tos: 0,
  mark: 0,
  wait: 5,
  here: 3,
  near: 10,
  sendWait: 0,
  source: 0 as Ipv4,
  device: '',
  dontFragment: false,
  findMtu: false,
  backward: false,
  host: '',
  destination: 0 as Ipv4,
  packetLength: -1,
});

export type Parsed =
  | { readonly options: TraceOptions }
  | { readonly problem: string }
  | { readonly show: 'usage' | 'version' };

/** Reads the words in order; the first that cannot be read ends it. */
export function parseOptions(args: readonly string[], resolver: Resolver): Parsed {
  if (args.length === 0) return { show: 'usage' };
  const options = defaults();
  let position = 0;
  for (let at = 0; at < args.length; at++) {
    const word = args[at];
    if (word === '--help') return { show: 'usage' };
    if (word === '--version' || word === '-V') return { show: 'version' };
    if (word.length > 1 && word.startsWith('-')) {
      const used = readOption(args, at, options, resolver);
      if (typeof used === 'string') return { problem: used };
      at += used;
      continue;
    }
    const problem = readOperand(word, ++position, at + 1, options, resolver);
    if (problem !== null) return { problem };
  }
  if (position === 0) return { problem: 'Specify "host" missing argument.' };
  const problem = check(options);
  return problem === null ? { options } : { problem };
}

function readOperand(
  word: string,
  position: number,
  argument: number,
  options: TraceOptions,
  resolver: Resolver,
): string | null {
  const bad = (name: string): string =>
    `Cannot handle "${name}" cmdline arg \`${word}' on position ${position} (argc ${argument})`;
  if (position > 2) return `Extra arg \`${word}' (position ${position}, argc ${argument})`;
  if (position === 2) {
    const { value, rest } = parseInteger(word, 0);
    options.packetLength = value;
    return rest === '' ? null : bad('packetlen');
  }
  const resolved = resolver.resolve(word);
  if ('problem' in resolved) return `${word}: ${resolved.problem}\n${bad('host')}`;
  options.host = word;
  options.destination = resolved.address;
  return null;
}

/** How many further words the option at `at` used, or the complaint. */
function readOption(
  args: readonly string[],
  at: number,
  options: TraceOptions,
  resolver: Resolver,
): number | string {
  const word = args[at];
  if (word === '-UL')
    return readKind(kind('UL', '', '', unsupported('-UL')), '-UL', null, args, at, options, resolver);
  if (word.startsWith('--')) {
    const [name, ...rest] = word.slice(2).split('=');
    const found = KINDS.find(({ long }) => long !== '' && long === name) ?? abbreviation(name);
    if (found === undefined) return `Bad option \`${word}' (argc ${at + 1})`;
    return readKind(found, `--${name}`, rest.length > 0 ? rest.join('=') : null, args, at, options, resolver);
  }
  for (let i = 1; i < word.length; i++) {
    const found = KINDS.find(({ short }) => short === word[i]);
    if (found === undefined) return `Bad option \`-${word.slice(i)}' (argc ${at + 1})`;
    const joined = word.slice(i + 1);
    if (found.argument === '') found.read(options, '', resolver);
    else
      return readKind(found, `-${found.short}`, joined === '' ? null : joined, args, at, options, resolver);
  }
  return 0;
}

function abbreviation(name: string): OptionKind | undefined {
  const matches = KINDS.filter(({ long }) => long.startsWith(name) && name !== '');
  return matches.length === 1 ? matches[0] : undefined;
}

function readKind(
  found: OptionKind,
  shown: string,
  joined: string | null,
  args: readonly string[],
  at: number,
  options: TraceOptions,
  resolver: Resolver,
): number | string {
  if (found.argument === '') return found.read(options, '', resolver) ? 0 : '';
  const value = joined ?? args[at + 1];
  const separator = shown.startsWith('--') ? '=' : ' ';
  if (value === undefined)
    return `Option \`${shown}' (argc ${at + 1}) requires an argument: \`${shown}${separator}${found.argument}'`;
  if (found.read(options, value, resolver)) return joined === null ? 1 : 0;
  return `Cannot handle \`${shown}' option with arg \`${value}' (argc ${at + (joined === null ? 2 : 1)})`;
}

const METHODS = ['default', 'udp', 'icmp'];

/** What main() checks before anything is sent. */
function check(options: TraceOptions): string | null {
  const { method: name, firstHop, maxHops, queries, wait, here, near, packetLength } = options;
  if (name.startsWith('!')) return `traceroute: ${name.slice(1)} is not supported by this lab`;
  if (!METHODS.includes(name)) return `Unknown traceroute module ${name}`;
  if (firstHop === 0 || firstHop > maxHops) return 'first hop out of range';
  if (maxHops > 255) return 'max hops cannot be more than 255';
  if (queries === 0 || queries > 10) return 'no more than 10 probes per hop';
  if (wait < 0 || here < 0 || near < 0) return `bad wait specifications \`${wait},${here},${near}' used`;
  if (packetLength > 65000) return `too big packetlen ${packetLength} specified`;
  if (options.sendWait < 0) return `bad sendtime \`${options.sendWait}' specified`;
  return null;
}
