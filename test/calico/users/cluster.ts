// A cluster from the YAML that users paste, and what they ask of it: a trace as it is printed, a command of the shell.
import { expect } from 'vitest';
import { DEFAULT_RELEASE, type Release } from '../../../src/calico/calc/release.ts';
import { Cluster } from '../../../src/calico/cluster/cluster.ts';
import { parseUnderlayFault, type UnderlayFault } from '../../../src/calico/cluster/underlay-faults.ts';
import { problemText } from '../../../src/calico/resource/problem.ts';
import { readResources } from '../../../src/calico/resource/read.ts';
import { createLab } from '../../../src/lab/create.ts';
import { runScript } from '../../../src/shell/run.ts';
import { traceText } from '../../../src/trace/trace-text.ts';
import { type Asked, traceIn } from '../../trace/labs.ts';

export interface World {
  readonly cluster: Cluster;
  /** Warnings about the resources, as they are printed. */
  readonly warnings: readonly string[];
  /** What `vrouter trace` prints, line by line without indentation. */
  trace(from: string, to: string, asked?: Asked): string[];
  /** What commands print, line by line. */
  sh(script: string): Promise<string[]>;
}

export interface WorldOptions {
  readonly release?: Release;
  readonly mtu?: number;
  /** As after --underlay. */
  readonly underlay?: readonly string[];
  readonly nodeSettings?: readonly (readonly [path: string, value: string])[];
}

const faultOf = (text: string): UnderlayFault => {
  const fault = parseUnderlayFault(text);
  if (typeof fault === 'string') throw new Error(fault);
  return fault;
};

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Pods are called `default.a` and nodes by their names, as the namespaces are. */
export function world(yaml: string, options: WorldOptions = {}): World {
  const read = readResources([{ file: 'cluster.yaml', text: yaml }]);
  expect(read.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { release = DEFAULT_RELEASE, mtu = 1500, underlay = [], nodeSettings = [] } = options;
  const cluster = new Cluster(createLab({ seed: 1 }), {
    release,
    mtu,
    faults: underlay.map(faultOf),
    nodeSettings,
  });
  cluster.load(read);
  cluster.settle();
  const { lab } = cluster;
  return {
    cluster,
    warnings: read.problems.map(problemText),
    trace: (from, to, asked) => linesOf(traceText(traceIn(lab, from, to, asked).document, { color: false })),
    sh: async (script) => linesOf((await runScript({ script, lab, seed: 1 })).output),
  };
}

// ---- resources -----------------------------------------------------------------------------------------------------

export const nodeYaml = (name: string, address: string, more = ''): string => `
---
apiVersion: projectcalico.org/v3
kind: Node
metadata: {name: ${name}}
spec:
  bgp: {ipv4Address: ${address}${more.includes('IPIP') ? `, ${more}` : ''}}
  ${more.includes('VXLAN') ? more.replace(', ', '\n  ') : ''}`;

export const poolYaml = (spec: string, cidr = '192.168.0.0/16', name = 'default-ipv4-ippool'): string => `
---
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: ${name}}
spec: {cidr: ${cidr}, ${spec}}`;

export const podYaml = (name: string, node: string, address: string): string => `
---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: default}
spec: {nodeName: ${node}}
status: {phase: Running, podIP: ${address}}`;

export const IPIP = 'ipipMode: Always';
export const IPIP_CROSS = 'ipipMode: CrossSubnet';
export const VXLAN = 'vxlanMode: Always';

/** a 192.168.1.5 on n1 10.0.0.1, b 192.168.2.5 on n2 10.0.0.2 */
export const pair = (
  pool: string,
  [one, other]: readonly string[] = ['10.0.0.1/24', '10.0.0.2/24'],
): string => {
  const kind = pool.includes('vxlan') ? 'ipv4VXLANTunnelAddr' : 'ipv4IPIPTunnelAddr';
  return [
    poolYaml(pool),
    nodeYaml('n1', one as string, `${kind}: 192.168.1.0`),
    nodeYaml('n2', other as string, `${kind}: 192.168.2.0`),
    podYaml('a', 'n1', '192.168.1.5'),
    podYaml('b', 'n2', '192.168.2.5'),
  ].join('');
};

export const felixYaml = (spec: string, name = 'default'): string => `
---
apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata: {name: ${name}}
spec: {${spec}}`;

/** `taken`: ordinals with the node that has each; null where the allocation does not say. */
export function blockYaml(
  cidr: string,
  node: string,
  taken: Readonly<Record<number, string | null>>,
): string {
  const ordinals = Array.from({ length: 2 ** (32 - Number(cidr.split('/')[1])) }, (_, ordinal) => ordinal);
  const used = Object.keys(taken);
  const allocations = ordinals.map((at) => (at in taken ? used.indexOf(String(at)) : 'null'));
  const attributes = Object.values(taken).map((who) => (who === null ? '{}' : `{secondary: {node: ${who}}}`));
  return `
---
apiVersion: crd.projectcalico.org/v1
kind: IPAMBlock
metadata: {name: ${cidr.replace(/[./]/g, '-')}}
spec:
  cidr: ${cidr}
  affinity: host:${node}
  allocations: [${allocations.join(', ')}]
  unallocated: [${ordinals.filter((at) => !(at in taken)).join(', ')}]
  attributes: [${attributes.join(', ')}]
  deleted: false`;
}
