// Compares what two runs printed, line by line, passing over times and random values and nothing else.
import { align } from './align.ts';
import type { Fixed, Tally } from './frames.ts';
import type { Renaming } from './renaming.ts';

const round = (text: string, step: number): number => Math.round(Number(text) / step) * step;

/** An answer that comes at once may take any time below this (ms); one that has to wait is another matter. */
const AT_ONCE = 100;

/**
 * Times, ages and rates: what is drawn by the machine's speed is passed over, what a script asked for
 * (intervals, lifetimes) stays, rounded.
 */
const TIMES: readonly (readonly [RegExp, (...groups: string[]) => string])[] = [
  [/\btime[=<]([\d.]+) ms/g, (_, time) => (Number(time) < AT_ONCE ? 'time=# ms' : 'time=(slow) ms')],
  [/(packet loss), time (\d+)ms/g, (_, before, time) => `${before}, time ${round(time!, 500)}ms`],
  [/(rtt min\/avg\/max\/mdev) = [\d.]+\/[\d.]+\/[\d.]+\/[\d.]+ ms/g, (_, before) => `${before} = # ms`],
  [/ {2}\d+\.\d{3} ms\b/g, () => '  # ms'],
  [/ +(\d+)\.\d{3}ms /g, (_, time) => (Number(time) < AT_ONCE ? ' #ms ' : ' (slow)ms ')],
  [/(\] {2})\d+\.\d{3}ms$/g, (_, before) => `${before}# ms`],
  [/^\d\d:\d\d:\d\d\.\d{6} /, () => '# '],
  [/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} /, () => '# '],
  [/^\d{10}\.\d{6} /, () => '# '],
  [/^ \d\d:\d\d:\d\d\.\d{6} /, () => '# '],
  [/\b(expires|valid_lft|preferred_lft) (\d+)sec/g, (_, before, time) => `${before} ${round(time!, 100)}sec`],
  [/("(?:valid|preferred)_life_time": ?)(\d+)/g, (_, before, time) => `${before}${round(time!, 100)}`],
  [/\bkill: \(\d+\) - No such process/, () => 'kill: (#) - No such process'],
  [/\bused \d+\/\d+(\/\d+)?/g, () => 'used #'],
  [/\bsent in [\d.]+ seconds/g, () => 'sent in # seconds'],
  [/^Rated: [\d.]+ Bps, [\d.]+ Mbps, [\d.]+ pps/, () => 'Rated: #'],
  [/(flows), [\d.]+ fps/g, (_, before) => `${before}, # fps`],
  [/((?:yes|no)\t\s*)\d+\.\d\d$/, (_, before) => `${before}#`],
  [/(timer\t+|_timer) *\d+\.\d\d\b/g, (_, before) => `${before} #`],
];

const MAC = /\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/g;
const BRIDGE_ID = /\b([0-9a-f]{4}\.)([0-9a-f]{12})\b/g;
const ECHO_ID = /(ICMP echo (?:request|reply), id )(\d+)/g;
const IP_ID = /(\bttl \d+, id )(\d+)/g;
const LOCAL_PORT = /(\d+\.\d+\.\d+\.\d+\.)(3[3-9]\d{3}|327[6-9]\d|32[89]\d\d|[45]\d{4}|60\d{3})(?= > )/g;

interface Line {
  number: number;
  text: string;
  key: string;
  values: { kind: string; value: string }[];
}

function readLine(text: string, number: number, fixed: Fixed): Line {
  const values: Line['values'] = [];
  const random = (kind: string, value: string): string => {
    values.push({ kind, value });
    return `<${kind}>`;
  };
  let key = TIMES.reduce((line, [pattern, replacement]) => line.replace(pattern, replacement), text);
  key = key.replace(MAC, (mac) => {
    const digits = mac.replaceAll(':', '');
    const drawn = (Number.parseInt(digits.slice(0, 2), 16) & 3) === 2 && !fixed.macs.has(digits);
    return drawn ? random('mac', digits) : mac;
  });
  key = key.replace(BRIDGE_ID, (all, priority, digits) => {
    const drawn = (Number.parseInt(digits.slice(0, 2), 16) & 3) === 2 && !fixed.macs.has(digits);
    return drawn ? priority + random('mac', digits) : all;
  });
  key = key.replace(ECHO_ID, (_, before, id) => before + random('printed echo-id', id));
  key = key.replace(IP_ID, (all, before, id) => (id === '0' ? all : before + random('printed ip-id', id)));
  key = key.replace(LOCAL_PORT, (_, before, port) => before + random('printed port', port));
  return { number, text, key, values };
}

/** Tables that the kernel keeps in hash tables with a random seed: neighbours, and where MACs are. */
const UNORDERED = [
  /^\d+\.\d+\.\d+\.\d+ (dev|lladdr|ref|used).* (PERMANENT|REACHABLE|STALE|DELAY|PROBE|FAILED|INCOMPLETE|NOARP|proxy) ?$/,
  /^\d+\.\d+\.\d+\.\d+ +(lladdr \S+|dev \S+) ?(PERMANENT|REACHABLE|STALE|DELAY|PROBE|FAILED|INCOMPLETE|NOARP|proxy) ?$/,
  /^[0-9a-f]{2}(:[0-9a-f]{2}){5} .*\b(self|master|dst|dev)\b/,
  /^\d+\.\d+\.\d+\.\d+ +(ether +[0-9a-f:]{17}|\(incomplete\)|0x\d)/,
  /^\? \(\d+\.\d+\.\d+\.\d+\) at /,
];

/** The order within such a table is a tie: every run of its lines is sorted. */
export function sortUnordered(lines: readonly string[]): string[] {
  const sorted: string[] = [];
  let run: string[] = [];
  let runOf: RegExp | undefined;
  for (const line of lines) {
    const table = UNORDERED.find((pattern) => pattern.test(line));
    if (table !== runOf) {
      sorted.push(...run.sort());
      run = [];
      runOf = table;
    }
    if (table) run.push(line);
    else sorted.push(line);
  }
  return [...sorted, ...run.sort()];
}

function readLines(text: string, fixed: Fixed, live: boolean): Line[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (!live) return lines.map((line, i) => ({ number: i + 1, text: line, key: line, values: [] }));
  return sortUnordered(lines).map((line, i) => readLine(line, i + 1, fixed));
}

function renamingDifference(a: Line, b: Line, renaming: Renaming): string | undefined {
  for (const [i, { kind, value }] of a.values.entries()) {
    const wrong = renaming.contradiction(kind, '', value, b.values[i]!.value);
    if (wrong !== undefined) return `${kind} inconsistent, ${wrong}`;
  }
  return undefined;
}

/**
 * `live` is false for a scenario that only reads files: then nothing is random, and every character counts.
 */
export function compareLines(
  expected: string,
  actual: string,
  fixed: Fixed,
  renaming: Renaming,
  live: boolean,
): Tally {
  const steps = align(readLines(expected, fixed, live), readLines(actual, fixed, live), (line) => line.key);
  const tally: Tally = { equal: 0, all: steps.length, differences: [] };
  for (const { a, b, same } of steps) {
    const inconsistent = same ? renamingDifference(a!, b!, renaming) : undefined;
    if (same && inconsistent === undefined) tally.equal += 1;
    else if (same) tally.differences.push(`line ${a!.number}: ${inconsistent}: ${JSON.stringify(b!.text)}`);
    else if (a && b) {
      tally.differences.push(
        `line ${a.number}: expected ${JSON.stringify(a.text)}, got ${JSON.stringify(b.text)}`,
      );
    } else if (a) tally.differences.push(`line ${a.number} is missing: ${JSON.stringify(a.text)}`);
    else tally.differences.push(`line ${b!.number} is not expected: ${JSON.stringify(b!.text)}`);
  }
  return tally;
}

/** The MAC addresses in a text, as twelve hex digits. */
export function macsIn(text: string): string[] {
  return Array.from(text.matchAll(MAC), ([mac]) => mac.replaceAll(':', ''));
}
