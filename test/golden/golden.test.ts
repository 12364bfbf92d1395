// Every scenario under captures/ in vrouter's shell, against what the kernel did.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  compareRecordings,
  differencesOf,
  readRecording,
  readScenario,
} from '../kernel/compare/recording.ts';
import { CAPTURES, scenarioNames } from '../kernel/scenarios.ts';
import { play } from './vrouter.ts';

interface Allowance {
  /** The start of the difference as the comparer words it: file, frame or line. */
  difference: string;
  because: string;
}

/** Differences that are known and stay, each with its reason. */
const ALLOWED: Readonly<Record<string, readonly Allowance[]>> = {};

describe('vrouter does what the kernel did', () => {
  it.each(scenarioNames())('%s', { timeout: 120_000 }, async (name) => {
    const scenario = readScenario(name);
    const golden = readRecording(join(CAPTURES, name, 'golden'));
    const differences = differencesOf(compareRecordings(scenario, golden, await play(scenario)));
    const allowed = ALLOWED[name] ?? [];
    expect(
      differences.filter((one) => !allowed.some(({ difference }) => one.startsWith(difference))),
    ).toEqual([]);
  });
});

it('has a recording of every scenario, and none of what is gone', () => {
  for (const name of scenarioNames()) {
    const { output, exitCode } = readRecording(join(CAPTURES, name, 'golden'));
    expect([name, exitCode]).toEqual([name, 0]);
    expect(output).not.toBe('');
  }
  for (const name of Object.keys(ALLOWED)) expect(scenarioNames()).toContain(name);
});
