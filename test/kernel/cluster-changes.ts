// What a cluster does to a machine while it changes: the scripts of the scenario cluster-changes, one for each change.
//
//   npx tsx test/kernel/cluster-changes.ts      writes them into captures/cluster-changes/in
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster } from '../../src/calico/cluster/cluster.ts';
import { createLab } from '../../src/lab/create.ts';
import { node, pod, pool } from '../calico/calc/resources.ts';
import { CAPTURES } from './scenarios.ts';

export const CHANGES = join(CAPTURES, 'cluster-changes/in');

const both = (address: string) => ({ ipip: address, vxlan: address });
const ip = (address: string) => [`${address}/32`];

/** Three nodes with a pod each, two of them in one subnet. */
function begin({ store }: Cluster): void {
  store.put(pool('p', '10.244.0.0/16', { ipipMode: 'Always' }));
  store.put(node('a', '10.0.0.2/24', both('10.244.1.0')));
  store.put(node('b', '10.0.0.3/24', both('10.244.2.0')));
  store.put(node('c', '10.0.1.4/24', both('10.244.3.0')));
  store.put(pod('x', 'a', ip('10.244.1.5'), { mac: '02:00:00:00:00:05' }));
  store.put(pod('y', 'b', ip('10.244.2.5')));
  store.put(pod('z', 'c', ip('10.244.3.5')));
}

/** In their order; each builds on those before. */
const STEPS: readonly (readonly [name: string, change: (cluster: Cluster) => void])[] = [
  ['1-start', begin],
  ['2-vxlan', ({ store }) => store.put(pool('p', '10.244.0.0/16', { vxlanMode: 'CrossSubnet' }))],
  [
    '3-pod-moved',
    ({ store }) => {
      store.remove('WorkloadEndpoint', 'b-k8s-y-eth0', 'default');
      store.put(pod('y', 'c', ip('10.244.2.5')));
    },
  ],
  ['4-node-left', ({ store }) => store.remove('Node', 'b')],
  ['5-node-back', ({ store }) => store.put(node('b', '10.0.0.9/24', both('10.244.2.0')))],
  ['6-ipip', ({ store }) => store.put(pool('p', '10.244.0.0/16', { ipipMode: 'CrossSubnet' }))],
];

/** Lines for bash by the name of each step. */
export function changeScripts(): Map<string, string> {
  let lines: string[] = [];
  const options = { release: 'v3.33', mtu: 1500, faults: [], nodeSettings: [] } as const;
  const cluster = new Cluster(createLab(), { ...options, script: (line) => lines.push(line) });
  const scripts = new Map<string, string>();
  for (const [name, change] of STEPS) {
    lines = [];
    change(cluster);
    const [failure] = cluster.settle();
    if (failure !== undefined) throw new Error(`${name}: ${JSON.stringify(failure)}`);
    scripts.set(`${name}.sh`, `# test/kernel/cluster-changes.ts: ${name}\n${lines.join('\n')}\n`);
  }
  return scripts;
}

if (process.argv[1] === import.meta.filename)
  for (const [name, text] of changeScripts()) writeFileSync(join(CHANGES, name), text);
