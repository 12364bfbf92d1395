// Labs for the tests of dumps: a machine built by a script, and what its own tools print of one namespace.
import type { Lab } from '../../src/lab/lab.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { runScript } from '../../src/shell/run.ts';

/** Every listing of a node, as plain text with details. */
export const TEXT_COMMANDS = [
  'ip -d address',
  'ip route show table all',
  'ip rule',
  'ip neigh',
  'ip neigh show proxy',
  'bridge fdb',
  'sysctl -a --pattern net.ipv4',
];

/** The same as JSON. */
export const JSON_COMMANDS = [
  'ip -d -j address',
  'ip -j route show table all',
  'ip -j rule',
  'ip -j neigh',
  'ip -j neigh show proxy',
  'bridge -j fdb',
  'sysctl -a --pattern net.ipv4',
];

/** What a shell in `namespace` prints for the commands, each behind a prompt. */
export async function printed(lab: Lab, namespace: string, commands: readonly string[]): Promise<string> {
  const script = commands
    .map((command) => `echo 'root@${namespace}:~# ${command}'; ip netns exec ${namespace} ${command}`)
    .join('\n');
  const { stdout } = await runScript({ script, lab });
  return stdout;
}

export async function built(script: string): Promise<Lab> {
  const { lab, stderr, exitCode } = await runScript({ script });
  if (exitCode !== 0 || stderr !== '') throw new Error(`the lab's script failed: ${stderr}`);
  return lab;
}

export const namespaceOf = (lab: Lab, name: string): Namespace => lab.names.get(name) as Namespace;
