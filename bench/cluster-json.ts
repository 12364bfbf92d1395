// The resources of a large cluster as `kubectl get -o json` has them: nodes in one subnet with a block each, and pods.
import { formatIpv4, type Ipv4, ipv4 } from '../src/addr/ipv4.ts';

const POOL = 0x0a400000;
const NODES = 0xac100000;
const BLOCK = 64;
const FIRST_NODE = 10;

export interface ClusterSize {
  readonly nodes: number;
  /** Of each node: up to 61. */
  readonly pods: number;
  readonly encapsulation: 'ipip' | 'vxlan';
}

const nodeName = (node: number): string => `node-${String(node).padStart(4, '0')}`;
const podAddress = (node: number, pod: number): Ipv4 => ipv4(POOL + node * BLOCK + 1 + pod);

function poolOf({ encapsulation }: ClusterSize): object {
  const mode = (kind: ClusterSize['encapsulation']): string => (kind === encapsulation ? 'Always' : 'Never');
  return {
    apiVersion: 'projectcalico.org/v3',
    kind: 'IPPool',
    metadata: { name: 'default-ipv4-ippool' },
    spec: { cidr: '10.64.0.0/10', ipipMode: mode('ipip'), vxlanMode: mode('vxlan') },
  };
}

function nodeOf(node: number, { encapsulation }: ClusterSize): object {
  const tunnel = formatIpv4(ipv4(POOL + node * BLOCK));
  const address = { ipv4Address: `${formatIpv4(ipv4(NODES + FIRST_NODE + node))}/16` };
  const spec =
    encapsulation === 'vxlan'
      ? { bgp: address, ipv4VXLANTunnelAddr: tunnel }
      : { bgp: { ...address, ipv4IPIPTunnelAddr: tunnel } };
  return { apiVersion: 'projectcalico.org/v3', kind: 'Node', metadata: { name: nodeName(node) }, spec };
}

/** The pod of this number on a node; those of higher numbers than the size are still to come. */
export function podOf(node: number, pod: number): object {
  const podIP = formatIpv4(podAddress(node, pod));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `web-${node}-${pod}`,
      namespace: 'default',
      labels: { app: 'web' },
      annotations: { 'cni.projectcalico.org/podIP': `${podIP}/32` },
    },
    spec: { nodeName: nodeName(node), containers: [{ name: 'nginx', image: 'nginx' }] },
    status: { phase: 'Running', podIP },
  };
}

const list = (items: readonly object[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 1);

export const podsJson = (...pods: readonly object[]): string => list(pods);

export function clusterJson(size: ClusterSize): string {
  const nodes = Array.from({ length: size.nodes }, (_, node) => node);
  const pods = nodes.flatMap((node) => Array.from({ length: size.pods }, (_, pod) => podOf(node, pod)));
  return list([poolOf(size), ...nodes.map((node) => nodeOf(node, size)), ...pods]);
}
