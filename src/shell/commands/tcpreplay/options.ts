// The command line of tcpreplay as AutoOpts reads it: short and long options, abbreviated long ones, conflicts.
import { parseDouble, parseInteger } from '../probe/numbers.ts';

/** How frames are paced. */
type Speed =
  | { readonly mode: 'multiplier'; readonly factor: number }
  | { readonly mode: 'pps'; readonly rate: number /** Packets sent at once. */; readonly burst: number }
  | { readonly mode: 'mbps'; readonly rate: number }
  | { readonly mode: 'topspeed' };

export interface ReplayOptions {
  device: string;
  quiet: boolean;
  speed: Speed;
  /** How often the files are sent; 0 for without end. */
  loops: number;
  /** Milliseconds. */
  loopDelay: number;
  preload: boolean;
  /** Send at most so many frames, 0 for all. */
  limit: number;
  /** Seconds, 0 for no limit. */
  duration: number;
  flowStatistics: boolean;
  /** Seconds between two reports, 0 at the end of each loop; -1 for none. */
  reportEvery: number;
  /** Milliseconds between two frames at most, 0 for no limit. */
  maxSleep: number;
  showVersion: boolean;
  showUsage: boolean;
  files: string[];
}

/** A problem that AutoOpts finds (usage follows), or one that tcpreplay finds later. */
export type Parsed =
  | { readonly options: ReplayOptions }
  | { readonly problem: string }
  | { readonly fatal: string };

interface OptionKind {
  readonly name: string;
  readonly letter: string;
  readonly takesValue: boolean;
}

const kind = (name: string, letter: string, takesValue: boolean): OptionKind => ({
  name,
  letter,
  takesValue,
});

const KINDS: readonly OptionKind[] = [
  kind('dbug', 'd', true),
  kind('quiet', 'q', false),
  kind('timer', 'T', true),
  kind('maxsleep', '', true),
  kind('verbose', 'v', false),
  kind('decode', 'A', true),
  kind('preload-pcap', 'K', false),
  kind('cachefile', 'c', true),
  kind('dualfile', '2', false),
  kind('intf1', 'i', true),
  kind('intf2', 'I', true),
  kind('listnics', '', false),
  kind('loop', 'l', true),
  kind('loopdelay-ms', '', true),
  kind('pktlen', '', false),
  kind('limit', 'L', true),
  kind('duration', '', true),
  kind('multiplier', 'x', true),
  kind('pps', 'p', true),
  kind('mbps', 'M', true),
  kind('topspeed', 't', false),
  kind('oneatatime', 'o', false),
  kind('pps-multi', '', true),
  kind('unique-ip', '', false),
  kind('unique-ip-loops', '', true),
  kind('no-flow-stats', '', false),
  kind('flow-expiry', '', true),
  kind('pid', 'P', false),
  kind('stats', '', true),
  kind('version', 'V', false),
  kind('less-help', 'h', false),
  kind('help', 'H', false),
  kind('more-help', '!', false),
  kind('save-opts', '', false),
  kind('load-opts', '', true),
];

const PACING = ['multiplier', 'pps', 'mbps', 'topspeed', 'oneatatime'];

/** Options whose work is not modelled: refused instead of passed over. */
const UNSUPPORTED = ['cachefile', 'dualfile', 'intf2', 'oneatatime', 'unique-ip', 'pktlen'];

const PROGRAM = '/usr/bin/tcpreplay';

interface RawOptions {
  readonly values: Map<string, string>;
  readonly files: string[];
}

export function parseOptions(args: readonly string[]): Parsed {
  const raw = readArguments(args);
  if ('problem' in raw) return raw;
  const { values, files } = raw;
  if (values.has('version') || values.has('less-help') || values.has('help'))
    return { options: { ...build(values, files), showUsage: !values.has('version') } };
  const given = PACING.filter((name) => values.has(name));
  if (given.length > 1)
    return { problem: `tcpreplay error:  the '${given[0]}' and '${given[1]}' options conflict` };
  if (!values.has('intf1')) return { problem: 'tcpreplay error:  The intf1 option is required' };
  if (files.length === 0) return { problem: 'tcpreplay: Command line arguments required' };
  const refused = UNSUPPORTED.find((name) => values.has(name));
  if (refused !== undefined) return { fatal: `tcpreplay: --${refused} is not supported by this lab` };
  return { options: build(values, files) };
}

function readArguments(args: readonly string[]): RawOptions | { problem: string } {
  const values = new Map<string, string>();
  const files: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === '--') return { values, files: [...files, ...args.slice(i + 1)] };
    // AutoOpts stops at the first operand, as POSIX has it.
    if (arg === '-' || !arg.startsWith('-')) return { values, files: args.slice(i) };
    const used = arg.startsWith('--')
      ? readLong(arg, args[i + 1], values)
      : readShort(arg, args[i + 1], values);
    if (typeof used === 'string') return { problem: used };
    i += used;
  }
  return { values, files };
}

function readLong(arg: string, following: string | undefined, values: Map<string, string>): number | string {
  const [name, ...rest] = arg.slice(2).split('=');
  const inline = rest.length > 0 ? rest.join('=') : undefined;
  const matches = KINDS.filter((each) => each.name.startsWith(name));
  const found = matches.find((each) => each.name === name) ?? (matches.length === 1 ? matches[0] : undefined);
  if (found === undefined) {
    const what = matches.length > 1 ? 'ambiguous option name' : 'illegal option';
    return `${PROGRAM}: ${what} -- ${name}`;
  }
  if (!found.takesValue || inline !== undefined) {
    values.set(found.name, inline ?? '');
    return 0;
  }
  if (following === undefined) return `${PROGRAM}: option \`${found.name}' requires an argument`;
  values.set(found.name, following);
  return 1;
}

function readShort(arg: string, following: string | undefined, values: Map<string, string>): number | string {
  for (let at = 1; at < arg.length; at++) {
    const found = KINDS.find((each) => each.letter === arg[at]);
    if (found === undefined) return `${PROGRAM}: illegal option -- ${arg[at]}`;
    if (!found.takesValue) {
      values.set(found.name, '');
      continue;
    }
    const rest = arg.slice(at + 1);
    if (rest === '' && following === undefined)
      return `${PROGRAM}: option requires an argument -- ${arg[at]}`;
    values.set(found.name, rest !== '' ? rest : (following as string));
    return rest !== '' ? 0 : 1;
  }
  return 0;
}

function build(values: Map<string, string>, files: string[]): ReplayOptions {
  const number = (name: string, otherwise: number): number => {
    const text = values.get(name);
    return text === undefined ? otherwise : parseInteger(text, 0).value;
  };
  return {
    device: values.get('intf1') ?? '',
    quiet: values.has('quiet'),
    speed: speedOf(values, number('pps-multi', 1)),
    loops: number('loop', 1),
    loopDelay: number('loopdelay-ms', 0),
    preload: values.has('preload-pcap'),
    limit: Math.max(0, number('limit', 0)),
    duration: number('duration', 0),
    flowStatistics: !values.has('no-flow-stats'),
    reportEvery: number('stats', -1),
    maxSleep: number('maxsleep', 0),
    showVersion: values.has('version'),
    showUsage: false,
    files,
  };
}

function speedOf(values: Map<string, string>, burst: number): Speed {
  const value = (name: string): number => parseDouble(values.get(name) ?? '').value;
  if (values.has('topspeed')) return { mode: 'topspeed' };
  // A rate of 0 Mbps, or below nothing, is as fast as it goes.
  if (values.has('mbps'))
    return value('mbps') > 0 ? { mode: 'mbps', rate: value('mbps') } : { mode: 'topspeed' };
  if (values.has('pps'))
    return value('pps') < 0 ? { mode: 'topspeed' } : { mode: 'pps', rate: value('pps'), burst };
  return { mode: 'multiplier', factor: value('multiplier') || 1 };
}
