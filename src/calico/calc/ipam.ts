// Pools, blocks and affinities: what IPAM's resources claim in the trie, and whose an address is.
import { compareIpv4, type Ipv4, networkOf } from '../../addr/ipv4.ts';
import type { BlockAffinity, IpamBlock, IpPool } from '../resource/types.ts';
import { type Block, blockOf } from './block.ts';
import { DerivedBlocks } from './derived-blocks.ts';
import type { Entry } from './entry.ts';
import { type Pool, PoolTable, poolOf, samePool } from './pool.ts';
import { networkKey, parsePrefix } from './prefix.ts';
import type { RouteTrie } from './route-trie.ts';
import type { Prefix } from './types.ts';

/** How a prefix lies to a node's own blocks. A block whose affinity is not confirmed is none yet. */
export type OwnBlock = 'is' | 'within' | 'outside';

interface Affinity extends Prefix {
  readonly node: string;
  readonly confirmed: boolean;
}

/** Only its modes and uses differ: its blocks stay as they are. */
const hasSameBlocks = (a: Pool, b: Pool): boolean =>
  networkKey(a) === networkKey(b) &&
  a.blockLength === b.blockLength &&
  a.loadBalancerOnly === b.loadBalancerOnly;

const isOccupied = ({ workloads, tunnels, hosts }: Entry): boolean =>
  workloads.length + tunnels.length + hosts.length > 0;

export class Ipam {
  readonly pools = new PoolTable();
  private readonly derived: DerivedBlocks;
  private readonly trie: RouteTrie;
  private readonly blockKeys = new Map<string, number>();
  /** By prefix, then by name: of two resources for one block, which no datastore has, the lower name counts. */
  private readonly blocks = new Map<number, Map<string, Block>>();
  /** How many blocks are given in a pool, by its name. */
  private readonly given = new Map<string, number>();
  private readonly affinities = new Map<string, Affinity>();
  private readonly affinitiesAt = new Map<number, Set<Affinity>>();

  constructor(trie: RouteTrie) {
    this.trie = trie;
    this.derived = new DerivedBlocks(trie, (address) => this.derivingPool(address));
  }

  putPool(resource: IpPool): void {
    const pool = poolOf(resource);
    const old = this.pools.get(resource.metadata.name);
    if (pool !== null && old !== undefined && samePool(old, pool)) return;
    if (pool !== null && old !== undefined && hasSameBlocks(old, pool)) {
      this.pools.set(pool);
      this.trie.setPool(pool, this.pools.at(pool));
      return;
    }
    this.removePool(resource.metadata.name);
    if (pool === null) return;
    this.pools.set(pool);
    this.poolChanged(pool);
  }

  removePool(name: string): void {
    const old = this.pools.get(name);
    if (old === undefined) return;
    this.pools.delete(name);
    this.poolChanged(old);
  }

  putBlock(resource: IpamBlock): void {
    const { name } = resource.metadata;
    this.removeBlock(name);
    const block = blockOf(resource);
    if (block === null) return;
    const { key } = block;
    const old = this.blockAt(key);
    this.blockKeys.set(name, key);
    this.blocks.set(key, (this.blocks.get(key) ?? new Map()).set(name, block));
    this.derived.withdraw(key);
    this.replaceBlock(key, old);
  }

  removeBlock(name: string): void {
    const key = this.blockKeys.get(name);
    if (key === undefined) return;
    const old = this.blockAt(key);
    const same = this.blocks.get(key) as Map<string, Block>;
    this.blockKeys.delete(name);
    same.delete(name);
    if (same.size === 0) this.blocks.delete(key);
    this.replaceBlock(key, old);
  }

  putAffinity({ metadata, spec }: BlockAffinity): void {
    this.removeAffinity(metadata.name);
    const prefix = parsePrefix(spec.cidr);
    if (prefix === null || spec.deleted || (spec.type !== '' && spec.type !== 'host')) return;
    const confirmed = spec.state === '' || spec.state === 'confirmed';
    const address = networkOf(prefix.address, prefix.length);
    const affinity = { address, length: prefix.length, node: spec.node, confirmed };
    const key = networkKey(affinity);
    this.affinities.set(metadata.name, affinity);
    this.affinitiesAt.set(key, (this.affinitiesAt.get(key) ?? new Set()).add(affinity));
    this.affinityChanged(affinity);
  }

  removeAffinity(name: string): void {
    const old = this.affinities.get(name);
    if (old === undefined) return;
    this.affinities.delete(name);
    this.affinitiesAt.get(networkKey(old))?.delete(old);
    this.affinityChanged(old);
  }

  /** A pod or a tunnel took or gave up the address. */
  addressChanged(address: Ipv4): void {
    this.derived.addressChanged(address);
  }

  /** Derives the blocks that are not given. */
  settle(): void {
    this.derived.settle();
  }

  /** The nodes whose block this is: by their affinities, without any by the block itself. */
  ownersOf(prefix: Prefix): { readonly node: string; readonly confirmed: boolean }[] {
    const entry = this.trie.get(networkKey(prefix));
    if (entry === null) return [];
    if (entry.affinities.length > 0) return [...entry.affinities];
    const own = entry.blocks.filter(({ source }) => source === entry.key);
    return own.map(({ node }) => ({ node, confirmed: true }));
  }

  ownBlock(node: string, prefix: Prefix): OwnBlock {
    for (const entry of this.trie.path(prefix))
      if (this.ownersOf(entry).some((owner) => owner.node === node && owner.confirmed))
        return entry.length === prefix.length ? 'is' : 'within';
    return 'outside';
  }

  /** Somebody has it: a pod, a tunnel, a host, or an allocation in a block. */
  isTaken(address: Ipv4): boolean {
    const path = this.trie.path({ address, length: 32 });
    const last = path.at(-1);
    if (last?.length === 32 && last.workloads.length + last.tunnels.length + last.hosts.length > 0)
      return true;
    return path.some(({ key }) => this.blockAt(key)?.allocated.has(address) === true);
  }

  /** Nobody has the block, one around it, or anything in it. */
  isFree(block: Prefix): boolean {
    for (const { blocks, affinities } of this.trie.path(block))
      if (blocks.length > 0 || affinities.length > 0) return false;
    for (const entry of this.trie.within(block)) if (entry.pool === null || isOccupied(entry)) return false;
    return true;
  }

  /** The pool's blocks come from the datastore: none is derived. */
  isGiven({ address, length }: Prefix): boolean {
    const pool = this.pools.covering(address, length);
    return pool !== null && (this.given.get(pool.name) ?? 0) > 0;
  }

  /** The blocks of each node, given or derived, in the order of their addresses. */
  blocksByNode(): Map<string, Prefix[]> {
    const byNode = new Map<string, Prefix[]>();
    for (const entry of this.trie.entries())
      for (const { node, source } of entry.blocks)
        if (source === entry.key) byNode.set(node, [...(byNode.get(node) ?? []), entry]);
    for (const blocks of byNode.values()) blocks.sort((a, b) => compareIpv4(a.address, b.address));
    return byNode;
  }

  private blockAt(key: number): Block | null {
    const same = this.blocks.get(key);
    if (same === undefined) return null;
    const [lowest] = [...same.keys()].sort();
    return same.get(lowest) ?? null;
  }

  private replaceBlock(key: number, old: Block | null): void {
    const block = this.blockAt(key);
    for (const claimed of old?.claims.keys() ?? [])
      if (!block?.claims.has(claimed)) this.trie.setBlock(claimed, key, null);
    for (const [claimed, node] of block?.claims ?? [])
      if (old?.claims.get(claimed) !== node) this.trie.setBlock(claimed, key, node);
    if ((old === null) !== (block === null))
      this.countBlock((block ?? old) as Block, block === null ? -1 : 1);
  }

  private countBlock({ address, length }: Block, by: number): void {
    const pool = this.pools.covering(address, length);
    if (pool === null) return;
    const before = this.given.get(pool.name) ?? 0;
    this.given.set(pool.name, before + by);
    if (before === 0 || before + by === 0) this.derived.rangeChanged(pool);
  }

  /** A pool came, went or changed: blocks may now count to another one. */
  private poolChanged(pool: Pool): void {
    this.trie.setPool(pool, this.pools.at(pool));
    const before = new Map(this.given);
    this.given.clear();
    for (const key of this.blocks.keys()) this.assignBlock(this.blockAt(key) as Block);
    for (const other of this.pools.values())
      if (!before.get(other.name) !== !this.given.get(other.name)) this.derived.rangeChanged(other);
    this.derived.rangeChanged(pool);
  }

  private assignBlock({ address, length }: Block): void {
    const name = this.pools.covering(address, length)?.name;
    if (name !== undefined) this.given.set(name, (this.given.get(name) ?? 0) + 1);
  }

  private derivingPool(address: Ipv4): Pool | null {
    const pool = this.pools.covering(address);
    return pool === null || pool.loadBalancerOnly || this.given.get(pool.name) ? null : pool;
  }

  private affinityChanged(affinity: Affinity): void {
    const { node } = affinity;
    const key = networkKey(affinity);
    const same = [...(this.affinitiesAt.get(key) ?? [])].filter((one) => one.node === node);
    const confirmed = same.some((one) => one.confirmed);
    if (this.affinitiesAt.get(key)?.size === 0) this.affinitiesAt.delete(key);
    this.trie.setAffinity(affinity, node, same.length === 0 ? null : { node, confirmed });
  }
}
