// Lets the kernel and vrouter run cases, compares what came of them, and keeps it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { play } from '../golden/vrouter.ts';
import {
  type Agreement,
  compareRecordings,
  differencesOf,
  type Recording,
  type Scenario,
} from '../kernel/compare/recording.ts';
import type { Case } from './case.ts';
import { runInGuest } from './guest.ts';
import { scriptOf } from './steps.ts';

export interface Comparison {
  readonly agreement: Agreement;
  readonly same: boolean;
}

export interface Verdict extends Comparison {
  readonly one: Case;
  readonly expected: Recording;
}

const NOTHING: Recording = { output: '', exitCode: -1, files: new Map() };

/** An exception of vrouter's is the first of the differences. */
export async function playAndCompare(scenario: Scenario, expected: Recording): Promise<Comparison> {
  const failures: string[] = [];
  const actual = await play(scenario).catch((error: unknown) => {
    failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return NOTHING;
  });
  const agreement = compareRecordings(scenario, expected, actual);
  agreement.others.unshift(...failures);
  return { agreement, same: differencesOf(agreement).length === 0 };
}

/** So many cases run at once in the guest: most of the time they wait. */
const PARALLEL = 8;

async function compare(one: Case, expected: Recording): Promise<Verdict> {
  const { script, inputs } = scriptOf(one);
  return { one, expected, ...(await playAndCompare({ name: one.name, script, inputs }, expected)) };
}

/** A case that brings the kernel down takes its boot with it: then each half has one of its own. */
async function record(cases: readonly Case[], parallel: number): Promise<Map<string, Recording>> {
  try {
    return await runInGuest(cases, parallel);
  } catch (error) {
    if (cases.length > 1) {
      const half = cases.length >> 1;
      const first = await record(cases.slice(0, half), parallel);
      return new Map([...first, ...(await record(cases.slice(half), parallel))]);
    }
    console.log(`${cases[0]!.name}: ${error instanceof Error ? error.message : error}`);
    return new Map();
  }
}

/** How each case fares that the kernel came through, in order; all of them in one boot. */
export async function judge(cases: readonly Case[], parallel = PARALLEL): Promise<Verdict[]> {
  const recordings = await record(cases, parallel);
  const verdicts: Verdict[] = [];
  for (const one of cases) {
    const expected = recordings.get(one.name);
    if (expected === undefined) console.log(`${one.name}: nothing recorded`);
    else verdicts.push(await compare(one, expected));
  }
  return verdicts;
}

/** Those that differ are recorded once more, alone: a machine that is busy may be late. That counts. */
export async function judgeTwice(cases: readonly Case[]): Promise<Verdict[]> {
  const verdicts = await judge(cases);
  const late = verdicts.filter(({ same }) => !same).map(({ one }) => one);
  if (late.length === 0) return verdicts;
  const again = new Map((await judge(late, 1)).map((verdict) => [verdict.one, verdict]));
  return verdicts.map((verdict) => again.get(verdict.one) ?? verdict);
}

/** Writes a case as a scenario directory, with the kernel's recording. */
export function keep(directory: string, { one, expected }: Verdict): void {
  const { script, inputs } = scriptOf(one);
  const [input, golden] = ['in', 'golden'].map((part) => join(directory, one.name, part));
  for (const path of [input!, golden!]) mkdirSync(path, { recursive: true });
  writeFileSync(join(directory, one.name, 'script.sh'), script);
  for (const [name, bytes] of inputs) writeFileSync(join(input!, name), bytes);
  for (const [name, bytes] of expected.files) writeFileSync(join(golden!, name), bytes);
  writeFileSync(join(golden!, 'output.txt'), expected.output);
  writeFileSync(join(golden!, 'exit.txt'), `${expected.exitCode}\n`);
}

/** Sums over cases. */
export class Total {
  frames = 0;
  equalFrames = 0;
  lines = 0;
  equalLines = 0;
  cases = 0;
  equalCases = 0;

  add({ agreement: { frames, lines }, same }: Comparison): void {
    this.frames += frames.all;
    this.equalFrames += frames.equal;
    this.lines += lines.all;
    this.equalLines += lines.equal;
    this.cases += 1;
    if (same) this.equalCases += 1;
  }

  toString(): string {
    const { frames, equalFrames, lines, equalLines, cases, equalCases } = this;
    return `cases ${equalCases}/${cases}, frames ${equalFrames}/${frames}, lines ${equalLines}/${lines}`;
  }
}
