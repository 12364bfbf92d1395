// What a subcommand works on: a network that a script builds (`--lab`), a Calico cluster (`--cluster`), or nodes as they
// printed themselves (`--import`).
import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_RELEASE, RELEASES } from '../calico/calc/release.ts';
import type { Cluster } from '../calico/cluster/cluster.ts';
import { parseUnderlayFault, type UnderlayFault } from '../calico/cluster/underlay-faults.ts';
import type { Lab } from '../lab/lab.ts';
import { reasonOf } from './host-error.ts';
import { buildCluster, type ClusterFlags, readCluster } from './lab-cluster.ts';
import { importSource } from './lab-import.ts';
import { buildFromScript } from './lab-script.ts';
import { numberFrom, seedNumber } from './numbers.ts';
import type { Wrong } from './wrong.ts';

export interface LabFlags extends ClusterFlags {
  readonly lab?: string;
  readonly cluster?: readonly string[];
  readonly import?: string;
  readonly seed?: number;
  readonly verbose?: boolean;
}

export interface BuiltLab {
  readonly lab: Lab;
  /** Null for a script's and for an import. */
  readonly cluster: Cluster | null;
}

export interface LabSource {
  /** For reports: the script, the paths of the cluster, or the directory of dumps. */
  readonly name: string;
  /** A lab of its own each time; what is to be said of it is said the first time. */
  build(): Promise<BuiltLab>;
}

const MTU = 1500;

/** The options that say what a subcommand works on. */
export function addLabOptions(command: Command): Command {
  return addClusterOptions(
    command
      .option('--lab <script>', 'the script that builds the network')
      .option('--cluster <paths>', 'files and folders with the resources of a Calico cluster', pathList)
      .option('--import <dir>', 'what live nodes print of themselves (vrouter import --help)'),
  ).option('--seed <number>', 'seed of everything that is random', seedNumber);
}

/** Several paths come as several options: see cluster-words.ts. */
export const pathList = (path: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  path,
];

/** Those that shape a cluster. */
export function addClusterOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--release <release>', "Calico's, for what it programs")
        .choices(RELEASES)
        .default(DEFAULT_RELEASE),
    )
    .option('--mtu <bytes>', "of the nodes' interfaces", numberFrom(68, 65535), MTU)
    .option(
      '--underlay <faults>',
      'how the network between the nodes misbehaves (vrouter cluster --help)',
      fault,
      [],
    )
    .option('--node-sysctl <key=value>', 'a setting of every node from its start', setting, []);
}

function setting(text: string, before: ClusterFlags['nodeSysctl']): ClusterFlags['nodeSysctl'] {
  const [, key, value] = /^([^=\s]+)\s*=\s*(.*)$/.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('It is KEY=VALUE.');
  return [...before, [key.includes('/') ? key : key.replaceAll('.', '/'), value]];
}

function fault(text: string, before: readonly UnderlayFault[]): readonly UnderlayFault[] {
  const parsed = parseUnderlayFault(text);
  if (typeof parsed === 'string') throw new InvalidArgumentError(parsed);
  return [...before, parsed];
}

/** Reads what the flags name; the network itself is made by `build`. */
export async function readLabSource(command: string, flags: LabFlags): Promise<LabSource | Wrong> {
  const { lab, cluster, import: directory } = flags;
  if ([lab, cluster, directory].filter((given) => given !== undefined).length > 1)
    return { wrong: '--lab, --cluster and --import: it is one of them' };
  if (directory !== undefined) return importSource(command, directory, flags);
  if (cluster !== undefined) return clusterSource(command, cluster, flags);
  return lab === undefined
    ? { wrong: '--lab, --cluster or --import is needed' }
    : scriptSource(command, lab, flags);
}

function scriptSource(command: string, name: string, { seed, verbose }: LabFlags): LabSource | Wrong {
  try {
    const source = { command, name, script: readFileSync(name, 'utf8'), seed, verbose };
    let builds = 0;
    return { name, build: async () => ({ lab: await buildFromScript(source, builds++ > 0), cluster: null }) };
  } catch (error) {
    return { wrong: `${name}: ${reasonOf(error)}` };
  }
}

async function clusterSource(
  command: string,
  paths: readonly string[],
  flags: LabFlags,
): Promise<LabSource | Wrong> {
  const read = await readCluster(command, paths);
  if ('wrong' in read) return read;
  let builds = 0;
  return {
    name: paths.join(' '),
    build: async () => buildCluster(command, read, flags, builds++ > 0),
  };
}
