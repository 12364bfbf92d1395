// Which address somebody on a node would get: out of the node's own blocks, else out of a new one, and for pods at last
// one borrowed from another node (autoAssign in libcalico-go/lib/ipam/ipam.go). The lowest free one, where IPAM has a
// queue, and the first free block, where IPAM begins at the hash of the node's name.
import { type Ipv4, ipv4, lastOf } from '../../addr/ipv4.ts';
import { parseSelector } from '../resource/selector.ts';
import type { CalcGraph } from './graph.ts';
import type { HostInfo } from './host.ts';
import type { Pool } from './pool.ts';
import type { Prefix } from './types.ts';

export interface Assignment {
  readonly address: Ipv4;
  readonly block: Prefix;
  /** Nobody had the block before. */
  readonly isNew: boolean;
}

/** Of one node (IPAMConfiguration's maxBlocksPerHost, where 0 means this). */
const MAX_BLOCKS = 20;

/** A selector that is none selects nobody. */
export function selects({ nodeSelector }: Pool, { labels }: HostInfo): boolean {
  const selector = parseSelector(nodeSelector || 'all()');
  return !('error' in selector) && selector.matches(labels);
}

/** What has been given out in one round, besides what the graph knows to be taken. */
export class Allocation {
  private readonly graph: CalcGraph;
  private readonly given = new Set<Ipv4>();
  /** Where to look for the next free block of a pool: all before are taken. */
  private readonly next = new Map<string, number>();
  private readonly blocks: Map<string, Prefix[]>;

  constructor(graph: CalcGraph) {
    this.graph = graph;
    this.blocks = graph.ipam.blocksByNode();
  }

  assign(node: string, pools: readonly Pool[]): Assignment | null {
    return this.fromBlocks(this.blocks.get(node) ?? [], pools) ?? this.fromNewBlock(node, pools);
  }

  /** Out of the blocks of others. */
  borrow(node: string, pools: readonly Pool[]): Assignment | null {
    for (const [owner, blocks] of this.blocks) {
      const borrowed = owner === node ? null : this.fromBlocks(blocks, pools);
      if (borrowed !== null) return borrowed;
    }
    return null;
  }

  private fromBlocks(blocks: readonly Prefix[], pools: readonly Pool[]): Assignment | null {
    for (const pool of pools)
      for (const block of blocks) {
        if (this.graph.pools.covering(block.address, block.length) !== pool) continue;
        const address = this.firstFree(block);
        if (address !== null) return this.give(address, block, false);
      }
    return null;
  }

  private fromNewBlock(node: string, pools: readonly Pool[]): Assignment | null {
    const own = this.blocks.get(node) ?? [];
    for (const pool of own.length < MAX_BLOCKS ? pools : []) {
      const block = this.freeBlock(pool);
      if (block === null) continue;
      this.blocks.set(node, [...own, block]);
      return this.give(block.address, block, true);
    }
    return null;
  }

  private give(address: Ipv4, block: Prefix, isNew: boolean): Assignment {
    this.given.add(address);
    return { address, block, isNew };
  }

  private firstFree({ address, length }: Prefix): Ipv4 | null {
    const last = lastOf(address, length) >>> 0;
    for (let bits = address >>> 0; bits <= last; bits++) {
      const candidate = ipv4(bits);
      if (!this.given.has(candidate) && !this.graph.ipam.isTaken(candidate)) return candidate;
    }
    return null;
  }

  /** One is given out once: the next search begins behind it. */
  private freeBlock(pool: Pool): Prefix | null {
    const { address, length, blockLength } = pool;
    const count = 2 ** (blockLength - length);
    const size = 2 ** (32 - blockLength);
    for (let i = this.next.get(pool.name) ?? 0; i < count; i++) {
      const block = { address: ipv4(address + i * size), length: blockLength };
      if (this.graph.pools.covering(block.address, blockLength) !== pool) continue;
      if (!this.graph.ipam.isFree(block)) continue;
      this.next.set(pool.name, i + 1);
      return block;
    }
    this.next.set(pool.name, count);
    return null;
  }
}
