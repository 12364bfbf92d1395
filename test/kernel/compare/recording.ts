// A recording: what one run of a scenario printed, returned and left behind; and how two of them agree.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readCapture } from '../../../src/capture/read.ts';
import type { CaptureRecord } from '../../../src/capture/record.ts';
import { CAPTURES } from '../scenarios.ts';
import { compareFrames, type Fixed, macsOf, type Tally, valuesOf } from './frames.ts';
import { compareLines, macsIn } from './lines.ts';
import { Renaming } from './renaming.ts';

export interface Recording {
  output: string;
  exitCode: number;
  files: ReadonlyMap<string, Uint8Array>;
}

export interface Scenario {
  name: string;
  script: string;
  /** The input files by name. */
  inputs: ReadonlyMap<string, Uint8Array>;
}

export interface Agreement {
  frames: Tally;
  lines: Tally;
  /** What is neither a frame nor a line: the exit status, a file, a header. */
  others: string[];
}

function readFiles(directory: string): Map<string, Uint8Array> {
  if (!existsSync(directory)) return new Map();
  const names = readdirSync(directory).sort();
  const files = names.filter((name) => statSync(join(directory, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(directory, name))]));
}

export function readScenario(name: string): Scenario {
  const directory = join(CAPTURES, name);
  const script = readFileSync(join(directory, 'script.sh'), 'utf8');
  return { name, script, inputs: readFiles(join(directory, 'in')) };
}

export function readRecording(directory: string): Recording {
  const files = readFiles(directory);
  const text = (name: string) => {
    const bytes = files.get(name);
    if (!bytes) throw new Error(`${directory} is no recording: it has no ${name}`);
    files.delete(name);
    return textOf(bytes);
  };
  return { output: text('output.txt'), exitCode: Number(text('exit.txt')), files };
}

const isCapture = (name: string): boolean => /\.p?cap$/.test(name);

function recordsOf(files: ReadonlyMap<string, Uint8Array>): CaptureRecord[] {
  return [...files].filter(([name]) => isCapture(name)).flatMap(([, bytes]) => readCapture(bytes).records);
}

/** A MAC address that stands in both recordings was not drawn at random. */
function fixedOf(scenario: Scenario, expected: Recording, actual: Recording): Fixed {
  const all = ({ files, output }: Recording) => [...macsOf(recordsOf(files)), ...macsIn(output)];
  const theirs = new Set(all(actual));
  return {
    macs: new Set(all(expected).filter((mac) => theirs.has(mac))),
    values: new Set(valuesOf(recordsOf(scenario.inputs))),
  };
}

/** Without a capture of its own, a scenario only prints files that are the same for all. */
const LIVE = /\btcpdump\b.* -i |\bip netns\b|\bip link\b/;

/** Its script, or one that it sources. */
const isLive = ({ script, inputs }: Scenario): boolean =>
  LIVE.test(script) ||
  [...inputs].some(([name, bytes]) => name.endsWith('.sh') && LIVE.test(Buffer.from(bytes).toString()));

function headerDifference(name: string, expected: Uint8Array, actual: Uint8Array): string[] {
  const [a, b] = [readCapture(expected), readCapture(actual)];
  const describe = ({ info }: typeof a) =>
    JSON.stringify([
      info.format,
      ...info.interfaces.map((one) => [one.linkType, one.snapLength, one.resolution]),
    ]);
  const findings = b.findings.map((finding) => `${name}: ${finding.what}`);
  return describe(a) === describe(b)
    ? findings
    : [`${name}: header ${describe(a)}, got ${describe(b)}`, ...findings];
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

function add(total: Tally, part: Tally, name: string): void {
  total.equal += part.equal;
  total.all += part.all;
  total.differences.push(...part.differences.map((difference) => `${name}: ${difference}`));
}

export function compareRecordings(scenario: Scenario, expected: Recording, actual: Recording): Agreement {
  const fixed = fixedOf(scenario, expected, actual);
  const renaming = new Renaming();
  const live = isLive(scenario);
  const frames: Tally = { equal: 0, all: 0, differences: [] };
  const lines = compareLines(expected.output, actual.output, fixed, renaming, live);
  const others: string[] = [];
  if (expected.exitCode !== actual.exitCode) {
    others.push(`exit status: expected ${expected.exitCode}, got ${actual.exitCode}`);
  }
  for (const [name, bytes] of expected.files) {
    const other = actual.files.get(name);
    if (other === undefined) {
      others.push(`${name}: no such file`);
      if (isCapture(name)) frames.all += readCapture(bytes).records.length;
    } else if (isCapture(name)) {
      others.push(...headerDifference(name, bytes, other));
      const [a, b] = [readCapture(bytes).records, readCapture(other).records];
      add(frames, compareFrames(a, b, fixed, renaming), name);
    } else {
      add(lines, compareLines(textOf(bytes), textOf(other), fixed, renaming, live), name);
    }
  }
  for (const name of actual.files.keys()) if (!expected.files.has(name)) others.push(`${name}: not expected`);
  return { frames, lines, others };
}

export function differencesOf({ frames, lines, others }: Agreement): string[] {
  return [...others, ...frames.differences, ...lines.differences];
}

/** "calico-ipip: frames 812/812, lines 411/411" and the first difference, if there is one. */
export function formatAgreement(name: string, agreement: Agreement, shown = 1): string {
  const { frames, lines } = agreement;
  const figures = `frames ${frames.equal}/${frames.all}, lines ${lines.equal}/${lines.all}`;
  const differences = differencesOf(agreement);
  const more = differences.length > shown ? [`… and ${differences.length - shown} more`] : [];
  return [
    `${name}: ${figures}`,
    ...[...differences.slice(0, shown), ...more].map((line) => `  ${line}`),
  ].join('\n');
}
