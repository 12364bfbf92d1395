// Short ways to write resources for the tests of the calculation graph.
import type {
  BgpPeerSpec,
  BlockAffinitySpec,
  FelixConfigurationSpec,
  IpPoolSpec,
  NodeSpec,
  ResourceOf,
  WorkloadEndpointSpec,
} from '../../../src/calico/resource/types.ts';

const metadata = (name: string, labels: Record<string, string> = {}, namespace = '') => ({
  name,
  namespace,
  labels,
  annotations: {},
});

export const pool = (name: string, cidr: string, spec: Partial<IpPoolSpec> = {}): ResourceOf<'IPPool'> => ({
  kind: 'IPPool',
  metadata: metadata(name),
  place: null,
  spec: {
    cidr,
    ipipMode: 'Never',
    vxlanMode: 'Never',
    natOutgoing: false,
    disabled: false,
    disableBGPExport: false,
    blockSize: 26,
    nodeSelector: 'all()',
    allowedUses: ['Workload', 'Tunnel'],
    assignmentMode: 'Automatic',
    ...spec,
  },
});

/** With `ipv4Address` '' it has none; `more` adds to the spec. */
export const node = (
  name: string,
  ipv4Address: string,
  {
    ipip,
    vxlan,
    labels,
    bgp,
    ...more
  }: Partial<NodeSpec> & {
    ipip?: string;
    vxlan?: string;
    labels?: Record<string, string>;
  } = {},
): ResourceOf<'Node'> => ({
  kind: 'Node',
  metadata: metadata(name, labels),
  place: null,
  spec: {
    bgp: { ipv4Address, ...(ipip && { ipv4IPIPTunnelAddr: ipip }), ...bgp },
    ...(vxlan && { ipv4VXLANTunnelAddr: vxlan }),
    ...more,
  },
});

export const pod = (
  name: string,
  onNode: string,
  networks: readonly string[],
  spec: Partial<WorkloadEndpointSpec> = {},
): ResourceOf<'WorkloadEndpoint'> => ({
  kind: 'WorkloadEndpoint',
  metadata: metadata(`${onNode}-k8s-${name}-eth0`, {}, 'default'),
  place: null,
  spec: {
    orchestrator: 'k8s',
    node: onNode,
    pod: name,
    ipNetworks: networks,
    ipNATs: [],
    interfaceName: `cali${name}`,
    profiles: [],
    ports: [],
    allowSpoofedSourcePrefixes: [],
    ...spec,
  },
});

/** `allocations`: ordinal → the node that has it. */
export const block = (
  cidr: string,
  affinity: string,
  allocations: Readonly<Record<number, string>> = {},
): ResourceOf<'IPAMBlock'> => {
  const size = 2 ** (32 - Number(cidr.split('/')[1]));
  const nodes = [...new Set(Object.values(allocations))];
  const indexes = Array.from({ length: size }, (_, i) =>
    i in allocations ? nodes.indexOf(allocations[i]) : null,
  );
  return {
    kind: 'IPAMBlock',
    metadata: metadata(cidr.replace(/[./]/g, '-')),
    place: null,
    spec: {
      cidr,
      affinity: affinity === '' ? '' : `host:${affinity}`,
      allocations: indexes,
      unallocated: indexes.flatMap((index, ordinal) => (index === null ? [ordinal] : [])),
      attributes: nodes.map((name) => ({ secondary: { node: name } })),
      deleted: false,
    },
  };
};

export const affinity = (
  cidr: string,
  onNode: string,
  state: BlockAffinitySpec['state'],
): ResourceOf<'BlockAffinity'> => ({
  kind: 'BlockAffinity',
  metadata: metadata(`${onNode}-${cidr.replace(/[./]/g, '-')}`),
  place: null,
  spec: { state, node: onNode, type: 'host', cidr, deleted: false },
});

export const felix = (spec: FelixConfigurationSpec, name = 'default'): ResourceOf<'FelixConfiguration'> => ({
  kind: 'FelixConfiguration',
  metadata: metadata(name),
  place: null,
  spec,
});

export const bgp = (spec: ResourceOf<'BGPConfiguration'>['spec']): ResourceOf<'BGPConfiguration'> => ({
  kind: 'BGPConfiguration',
  metadata: metadata('default'),
  place: null,
  spec,
});

export const peer = (name: string, spec: BgpPeerSpec): ResourceOf<'BGPPeer'> => ({
  kind: 'BGPPeer',
  metadata: metadata(name),
  place: null,
  spec,
});
