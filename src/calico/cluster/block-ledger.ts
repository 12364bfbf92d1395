// Which addresses of the blocks in the datastore are taken, as IPAM writes it down (libcalico-go/lib/ipam/ipam_block.go).
// Where the datastore has no blocks they follow from the endpoints, and there is nothing to write.
import { formatPrefix, type Ipv4, networkOf } from '../../addr/ipv4.ts';
import type { Assignment } from '../calc/assign.ts';
import { parsePrefix } from '../calc/prefix.ts';
import { blockName } from '../resource/names.ts';
import type { IpamBlock, IpamBlockSpec } from '../resource/types.ts';
import type { Cluster } from './cluster.ts';
import { newBlock } from './tunnel-resource.ts';

/** Who has an address: what `ipam show --ip` tells of it. */
export interface Owner {
  readonly namespace: string;
  readonly pod: string;
  readonly node: string;
}

/** A block that nobody had before gets its resource. */
export function claimBlock({ graph, store }: Cluster, { block, isNew }: Assignment, node: string): void {
  if (isNew && graph.ipam.isGiven(block)) store.put(newBlock(block, node));
}

export function recordAddress(cluster: Cluster, address: Ipv4, owner: Owner): void {
  const found = blockOf(cluster, address);
  if (found === null || found.block.spec.allocations[found.ordinal] !== null) return;
  const { block, ordinal } = found;
  const { spec } = block;
  cluster.store.put({
    ...block,
    spec: {
      ...spec,
      allocations: spec.allocations.with(ordinal, spec.attributes.length),
      unallocated: spec.unallocated.filter((each) => each !== ordinal),
      attributes: [...spec.attributes, { secondary: { ...owner } }],
    },
  });
}

/** A released address goes to the end of the queue. */
export function releaseAddress(cluster: Cluster, address: Ipv4): void {
  const found = blockOf(cluster, address);
  if (found === null || (found.block.spec.allocations[found.ordinal] ?? null) === null) return;
  const { block, ordinal } = found;
  cluster.store.put({ ...block, spec: without(block.spec, ordinal) });
}

function without(spec: IpamBlockSpec, ordinal: number): IpamBlockSpec {
  const index = spec.allocations[ordinal] as number;
  const allocations = spec.allocations.with(ordinal, null);
  const unallocated = [...spec.unallocated, ordinal];
  if (allocations.includes(index)) return { ...spec, allocations, unallocated };
  return {
    ...spec,
    allocations: allocations.map((each) => (each !== null && each > index ? each - 1 : each)),
    unallocated,
    attributes: spec.attributes.toSpliced(index, 1),
  };
}

/** The resource of the block that the address is in. */
function blockOf({ graph, store }: Cluster, address: Ipv4): { block: IpamBlock; ordinal: number } | null {
  const pool = graph.pools.covering(address);
  if (pool === null) return null;
  const base = networkOf(address, pool.blockLength);
  const block = store.get('IPAMBlock', blockName(formatPrefix(base, pool.blockLength)));
  return block === null ? null : { block, ordinal: (address - base) | 0 };
}

/** The node's affinities are released: its blocks go, those that others have addresses of belong to nobody. */
export function releaseBlocksOf(cluster: Cluster, node: string): void {
  releaseBlocks(cluster, ({ spec }) => spec.affinity === `host:${node}`);
  for (const { metadata, spec } of cluster.store.list('BlockAffinity'))
    if (spec.node === node) cluster.store.remove('BlockAffinity', metadata.name);
}

/** ReleasePoolAffinities. */
export function releaseBlocksIn(cluster: Cluster, cidr: string): void {
  const pool = parsePrefix(cidr);
  if (pool === null) return;
  const isWithin = ({ spec }: { spec: { cidr: string } }): boolean => {
    const block = parsePrefix(spec.cidr);
    return (
      block !== null &&
      block.length >= pool.length &&
      networkOf(block.address, pool.length) === networkOf(pool.address, pool.length)
    );
  };
  releaseBlocks(cluster, isWithin);
  for (const affinity of cluster.store.list('BlockAffinity'))
    if (isWithin(affinity)) cluster.store.remove('BlockAffinity', affinity.metadata.name);
}

function releaseBlocks({ store }: Cluster, isAffected: (block: IpamBlock) => boolean): void {
  for (const block of store.list('IPAMBlock').filter(isAffected)) {
    const isEmpty = block.spec.allocations.every((index) => index === null);
    if (isEmpty) store.remove('IPAMBlock', block.metadata.name);
    else store.put({ ...block, spec: { ...block.spec, affinity: '' } });
  }
}
