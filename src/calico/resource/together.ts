// What resources say to each other: pools that overlap, blocks outside any pool, nodes that share an address.
import { type Cidr, covers, overlaps, parseCidr } from './cidr.ts';
import type { Finding } from './problem.ts';
import type { IpamBlock, IpPool, Kind, Node, Resource, ResourceOf, WorkloadEndpoint } from './types.ts';

export interface OwnedFinding {
  readonly resource: Resource;
  readonly finding: Finding;
}

const ofKind = <K extends Kind>(resources: readonly Resource[], kind: K): ResourceOf<K>[] =>
  resources.filter((resource): resource is ResourceOf<K> => resource.kind === kind);

/** Checks a whole set. */
export function checkTogether(resources: readonly Resource[]): OwnedFinding[] {
  const pools = ofKind(resources, 'IPPool');
  const nodes = ofKind(resources, 'Node');
  return [
    ...pools.flatMap((pool, at) => overlapping(pool, pools.slice(0, at))),
    ...ofKind(resources, 'IPAMBlock').flatMap((block) => outsidePools(block, pools)),
    ...sharedAddresses(nodes),
    ...onUnknownNodes(ofKind(resources, 'WorkloadEndpoint'), nodes),
  ];
}

/** A pool against others: as the IPPool client does on create. */
export function overlapping(pool: IpPool, others: readonly IpPool[]): OwnedFinding[] {
  const cidr = parseCidr(pool.spec.cidr) as Cidr;
  return others
    .filter((other) => overlaps(cidr, parseCidr(other.spec.cidr) as Cidr))
    .map((other) => ({
      resource: pool,
      finding: {
        path: ['spec', 'cidr'],
        value: pool.spec.cidr,
        reason:
          `IPPool(${pool.metadata.name}) CIDR overlaps with ` +
          `IPPool(${other.metadata.name}) CIDR ${other.spec.cidr}`,
      },
    }));
}

/** An address block that no pool holds: Felix has no encapsulation for it and programs no route. */
export function outsidePools(block: IpamBlock, pools: readonly IpPool[]): OwnedFinding[] {
  const cidr = parseCidr(block.spec.cidr) as Cidr;
  if (pools.some((pool) => covers(parseCidr(pool.spec.cidr) as Cidr, cidr))) return [];
  const reason = 'block is not within any IPPool';
  return [
    {
      resource: block,
      finding: { path: ['spec', 'cidr'], value: block.spec.cidr, reason, severity: 'warning' },
    },
  ];
}

const ADDRESSES: readonly { path: readonly string[]; of: (node: Node) => string | undefined }[] = [
  { path: ['spec', 'bgp', 'ipv4Address'], of: ({ spec }) => spec.bgp?.ipv4Address },
  { path: ['spec', 'bgp', 'ipv4IPIPTunnelAddr'], of: ({ spec }) => spec.bgp?.ipv4IPIPTunnelAddr },
  { path: ['spec', 'ipv4VXLANTunnelAddr'], of: ({ spec }) => spec.ipv4VXLANTunnelAddr },
  { path: ['spec', 'vxlanTunnelMACAddr'], of: ({ spec }) => spec.vxlanTunnelMACAddr?.toLowerCase() },
];

/** Two nodes with one address (projectcalico/node#12): Calico takes it, and packets end at the wrong one. */
function sharedAddresses(nodes: readonly Node[]): OwnedFinding[] {
  return ADDRESSES.flatMap(({ path, of }) => {
    const owners = new Map<string, string>();
    return nodes.flatMap((node) => {
      const value = of(node);
      const key = value?.split('/')[0];
      if (value === undefined || key === undefined) return [];
      const owner = owners.get(key);
      if (owner === undefined) {
        owners.set(key, node.metadata.name);
        return [];
      }
      const reason = `Node ${owner} has it too`;
      return [{ resource: node, finding: { path, value, reason, severity: 'warning' as const } }];
    });
  });
}

/** Endpoints whose node nobody described: once per node. */
function onUnknownNodes(endpoints: readonly WorkloadEndpoint[], nodes: readonly Node[]): OwnedFinding[] {
  const known = new Set(nodes.map(({ metadata }) => metadata.name));
  const first = new Map<string, { resource: WorkloadEndpoint; count: number }>();
  for (const resource of endpoints) {
    const { node } = resource.spec;
    if (known.has(node)) continue;
    const entry = first.get(node) ?? { resource, count: 0 };
    entry.count++;
    first.set(node, entry);
  }
  return [...first].map(([node, { resource, count }]) => ({
    resource,
    finding: { path: ['spec', 'node'], value: node, reason: unknownNode(count), severity: 'warning' },
  }));
}

const unknownNode = (count: number): string =>
  count === 1 ? 'there is no such Node' : `there is no such Node; ${count} endpoints are on it`;
