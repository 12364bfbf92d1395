// The recorded clusters against their resources: what the kernel's nodes sent is what Calico's programming says, at one
// interface and at two.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CAPTURES, scenarioNames } from '../kernel/scenarios.ts';

const ROOT = join(import.meta.dirname, '../..');
const SCENARIOS = scenarioNames().filter((name) => existsSync(join(CAPTURES, name, 'in/cluster.sh')));

/** `--cluster … --release … --mtu …` as in the command that made the scenario's script. */
function clusterFlags(scenario: string): string[] {
  const script = readFileSync(join(CAPTURES, scenario, 'in/cluster.sh'), 'utf8');
  const [, words] = /^# vrouter cluster (.*) --print-script\n/.exec(script) as unknown as [string, string];
  return ['--cluster', ...words.split(' ')];
}

const captureOf = (scenario: string, node: string): string => `captures/${scenario}/golden/${node}-eth0.pcap`;

function replay(...args: readonly string[]): string {
  const words = [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), 'src/cli/main.ts', 'replay', '-q', ...args];
  const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' });
  return stderr + stdout;
}

test.each(SCENARIOS)('%s: at a node all is as programmed', (scenario) => {
  const said = replay(captureOf(scenario, 'node1'), ...clusterFlags(scenario), '--at', 'node1:eth0');
  expect(said).toMatch(/All as programmed\.\n$/);
});

test.each(SCENARIOS)('%s: packets are followed from node to node, and none is lost', (scenario) => {
  const places = ['node1', 'node2', 'node3'].flatMap((node) => [
    '--at',
    `${node}:eth0=${captureOf(scenario, node)}`,
  ]);
  expect(replay(...clusterFlags(scenario), ...places)).toMatch(/All as programmed\.\n$/);
});
