// A lab with a small Calico cluster, and commands in it: three nodes in two subnets, a pod on each.
import { expect } from 'vitest';
import type { Release } from '../../../../src/calico/calc/release.ts';
import { openCluster } from '../../../../src/calico/cluster/of-lab.ts';
import { readResources } from '../../../../src/calico/resource/read.ts';
import { createLab } from '../../../../src/lab/create.ts';
import type { Lab } from '../../../../src/lab/lab.ts';
import { type RunResult, runScript } from '../../../../src/shell/run.ts';

export const node = (name: string, address: string): string => `
apiVersion: projectcalico.org/v3
kind: Node
metadata: {name: ${name}}
spec: {bgp: {ipv4Address: ${address}}}
---`;

export const pod = (name: string, on: string, ip: string): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec: {nodeName: ${on}, containers: [{name: main, image: nginx}]}
status: {phase: Running, podIP: ${ip}}
---`;

export const CLUSTER = `
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: default-ipv4-ippool}
spec: {cidr: 10.65.0.0/16, ipipMode: Always, natOutgoing: true}
---${node('node1', '192.168.1.1/24')}${node('node2', '192.168.1.2/24')}${node('node3', '192.168.2.3/24')}
${pod('a', 'node1', '10.65.1.2')}${pod('b', 'node2', '10.65.2.2')}${pod('c', 'node3', '10.65.3.2')}`;

export function clusterLab(text = CLUSTER, release: Release = 'v3.32'): Lab {
  const lab = createLab();
  const cluster = openCluster(lab, { release, mtu: 1500, faults: [], nodeSettings: [] });
  const read = readResources([{ file: 'cluster.yaml', text }]);
  expect(read.problems).toEqual([]);
  cluster.load(read);
  expect(cluster.settle()).toEqual([]);
  return lab;
}

export const run = (
  lab: Lab,
  script: string,
  files: Readonly<Record<string, string>> = {},
): Promise<RunResult> => runScript({ script, lab, files });

/** Standard output, whatever else is said. */
export const out = async (lab: Lab, script: string): Promise<string> => (await run(lab, script)).stdout;
