// The lab that `--cluster PATH…` means: resources read from files and folders, and the cluster that they make.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Release } from '../calico/calc/release.ts';
import type { Cluster } from '../calico/cluster/cluster.ts';
import { failureText } from '../calico/cluster/failure-text.ts';
import type { UnderlayFault } from '../calico/cluster/underlay-faults.ts';
import type { ReadResult } from '../calico/resource/read.ts';
import type { Lab } from '../lab/lab.ts';
import { reasonOf } from './host-error.ts';
import type { Wrong } from './wrong.ts';

/** The flags of a subcommand that shape a cluster. */
export interface ClusterFlags {
  readonly release: Release;
  readonly mtu: number;
  readonly underlay: readonly UnderlayFault[];
  readonly nodeSysctl: readonly (readonly [path: string, value: string])[];
}

const RESOURCE_FILE = /\.(ya?ml|json)$/i;

/** The files that the paths mean: a folder's are those below it that end as resources do, in order. */
function resourceFiles(paths: readonly string[]): string[] | Wrong {
  const files: string[] = [];
  for (const path of paths) {
    if (path !== '-' && !existsSync(path)) return { wrong: `${path}: No such file or directory` };
    if (path === '-' || !statSync(path).isDirectory()) files.push(path);
    else {
      const found = filesBelow(path);
      if (found.length === 0) return { wrong: `${path}: there is no .yaml, .yml or .json in it` };
      files.push(...found);
    }
  }
  return files;
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && RESOURCE_FILE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

/** Everything in the files; problems are told on standard error, and with errors among them nothing is made. */
export async function readCluster(command: string, paths: readonly string[]): Promise<ReadResult | Wrong> {
  const files = resourceFiles(paths);
  if ('wrong' in files) return files;
  const sources: { file: string; text: string }[] = [];
  for (const file of files) {
    try {
      sources.push({ file, text: readFileSync(file === '-' ? 0 : file, 'utf8') });
    } catch (error) {
      return { wrong: `${file}: ${reasonOf(error)}` };
    }
  }
  const { readResources } = await import('../calico/resource/read.ts');
  const { problemText } = await import('../calico/resource/problem.ts');
  const result = readResources(sources);
  for (const problem of result.problems) process.stderr.write(`${problemText(problem)}\n`);
  const errors = result.problems.filter(({ severity }) => severity === 'error').length;
  if (errors > 0)
    return { wrong: `${errors} ${errors === 1 ? 'error' : 'errors'} in ${command}'s resources` };
  return result;
}

/** The cluster of these resources in a lab of its own; what could not be done is told, unless it was before. */
export async function buildCluster(
  command: string,
  read: ReadResult,
  { release, mtu, underlay, nodeSysctl, seed }: ClusterFlags & { readonly seed?: number },
  isAgain: boolean,
  script?: (line: string) => void,
): Promise<{ lab: Lab; cluster: Cluster }> {
  const { createLab } = await import('../lab/create.ts');
  const { openCluster } = await import('../calico/cluster/of-lab.ts');
  const lab = createLab(seed === undefined ? {} : { seed });
  const options = { release, mtu, faults: underlay, nodeSettings: nodeSysctl };
  const cluster = openCluster(lab, script === undefined ? options : { ...options, script });
  cluster.load(read);
  const failures = cluster.settle();
  if (!isAgain)
    for (const text of [...failures.map(failureText), ...cluster.idleFaults()])
      process.stderr.write(`vrouter ${command}: ${text}\n`);
  return { lab, cluster };
}
