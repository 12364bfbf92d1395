// The scripts that build the recorded clusters are what `vrouter cluster --print-script` prints, and in vrouter's shell
// they build what --cluster builds.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_RELEASE, type Release } from '../../src/calico/calc/release.ts';
import { Cluster } from '../../src/calico/cluster/cluster.ts';
import { readResources } from '../../src/calico/resource/read.ts';
import { createLab } from '../../src/lab/create.ts';
import { runScript } from '../../src/shell/run.ts';
import { dumpLab } from '../program/dump.ts';
import { CHANGES, changeScripts } from './cluster-changes.ts';
import { CAPTURES, scenarioNames } from './scenarios.ts';

const ROOT = join(import.meta.dirname, '../..');
const SCENARIOS = scenarioNames().filter((name) => existsSync(join(CAPTURES, name, 'in/cluster.sh')));

const scriptOf = (scenario: string): string =>
  readFileSync(join(CAPTURES, scenario, 'in/cluster.sh'), 'utf8');

/** The command that the script's first line names, without `vrouter`. */
function commandOf(script: string): string[] {
  const [, words] = /^# vrouter (.*)\n/.exec(script) ?? [];
  return (words as string).split(' ');
}

test.each(SCENARIOS)('%s: cluster.sh is what the command in its first line prints', (scenario) => {
  const script = scriptOf(scenario);
  const args = [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), 'src/cli/main.ts', ...commandOf(script)];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toBe(script);
});

const flagOf = (words: readonly string[], flag: string): string | undefined => words[words.indexOf(flag) + 1];

function built(script: string): Cluster {
  const words = commandOf(script);
  const [, path] = words as [string, string];
  const file = (name: string) => ({ file: name, text: readFileSync(join(ROOT, path, name), 'utf8') });
  const names = [
    'nodes.yaml',
    'ippools.yaml',
    'pods.yaml',
    'workloadendpoints.yaml',
    'blocks.yaml',
    'felix.yaml',
  ];
  const sources = names.flatMap((name) => {
    try {
      return [file(name)];
    } catch {
      return [];
    }
  });
  const cluster = new Cluster(createLab({ seed: 1 }), {
    release: (flagOf(words, '--release') ?? DEFAULT_RELEASE) as Release,
    mtu: Number(flagOf(words, '--mtu')),
    faults: [],
    nodeSettings: [],
  });
  cluster.load(readResources(sources));
  expect(cluster.settle()).toEqual([]);
  return cluster;
}

test.each(SCENARIOS)('%s: the script makes in the shell what the cluster is', async (scenario) => {
  const script = scriptOf(scenario);
  const { lab, exitCode, output } = await runScript({ script, seed: 1 });
  expect([exitCode, output]).toEqual([0, '']);
  expect(dumpLab(lab)).toEqual(dumpLab(built(script).lab));
});

test.each([...changeScripts()])('cluster-changes: %s is what the cluster does', (name, text) => {
  expect(readFileSync(join(CHANGES, name), 'utf8')).toBe(text);
});
