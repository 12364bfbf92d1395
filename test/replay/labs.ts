// Labs built by scripts, captures replayed against them, and the verdicts in short.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCapture } from '../../src/capture/read.ts';
import type { CaptureRecord } from '../../src/capture/record.ts';
import type { Lab } from '../../src/lab/lab.ts';
import type { Device } from '../../src/netns/device.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { Replay } from '../../src/replay/replay.ts';
import { isFault, type Verdict } from '../../src/replay/verdict.ts';
import { runScript } from '../../src/shell/run.ts';

const CAPTURES = join(import.meta.dirname, '../../captures');

export const captureFile = (name: string): Uint8Array => readFileSync(join(CAPTURES, name));
export const scriptText = (name: string): string => readFileSync(join(CAPTURES, name), 'utf8');

/** What a scenario's script does before it begins to capture. */
export function beforeCapture(scenario: string): string {
  const lines = scriptText(`${scenario}/script.sh`).split('\n');
  const end = lines.findIndex((line) => line.includes('tcpdump'));
  return lines.slice(0, end).join('\n');
}

/** The script with each of `changes` made; a change that changes nothing is a mistake of the test's. */
export function changed(script: string, changes: readonly (readonly [RegExp, string])[]): string {
  let text = script;
  for (const [pattern, replacement] of changes) {
    const next = text.replace(new RegExp(pattern, 'gm'), replacement);
    if (next === text) throw new Error(`${pattern} is not in the script`);
    text = next;
  }
  return text;
}

export async function buildLab(script: string): Promise<Lab> {
  return (await runScript({ script, seed: 1 })).lab;
}

/** The interface called `node1:eth0`, or `:eth0` in the initial namespace. */
export function interfaceOf(lab: Lab, at: string): [Namespace, Device] {
  const [host, name] = at.split(':') as [string, string];
  const namespace = host === '' ? lab.kernel.initial : lab.names.get(host);
  const device = namespace?.names.get(name);
  if (namespace === undefined || device === undefined) throw new Error(`no interface ${at}`);
  return [namespace, device];
}

export function replayRecords(
  lab: Lab,
  at: string,
  records: readonly CaptureRecord[],
  fcsLength = 0,
): Verdict[] {
  const verdicts: Verdict[] = [];
  const run = new Replay(lab, ...interfaceOf(lab, at), (verdict) => verdicts.push(verdict));
  for (const record of records) run.push(record, { fcsLength });
  run.end();
  return verdicts;
}

export const replayCapture = (lab: Lab, at: string, capture: Uint8Array): Verdict[] =>
  replayRecords(lab, at, readCapture(capture).records);

/** `3 differs: expected encapsulated to 10.0.0.7 by tunl0, seen bare on eth0`, for every error. */
export const faults = (verdicts: readonly Verdict[]): string[] =>
  verdicts
    .filter(({ kind }) => isFault(kind))
    .map(({ number, kind, expected, seen }) => `${number} ${kind}: expected ${expected}, seen ${seen}`);
