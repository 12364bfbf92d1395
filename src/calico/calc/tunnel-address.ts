// The addresses that calico/node would take for tunnels that have none (node/pkg/allocateip): from a pool of the tunnel's
// kind that selects the node, out of a block of its own, else out of a new one. It never borrows.
import { ANY, type Ipv4, ipv4, lastOf } from '../../addr/ipv4.ts';
import { parseSelector } from '../resource/selector.ts';
import type { CalcGraph } from './graph.ts';
import type { HostInfo } from './host.ts';
import type { Pool } from './pool.ts';
import type { Prefix } from './types.ts';

export type TunnelKind = 'ipip' | 'vxlan';

export interface TunnelAddress {
  readonly address: Ipv4;
  readonly block: Prefix;
  /** Nobody had the block before. */
  readonly isNew: boolean;
}

/** What the nodes that want an address and have none would take, in the order of their names. */
export function missingTunnelAddresses(graph: CalcGraph, kind: TunnelKind): Map<string, TunnelAddress> {
  const allocation = new Allocation(graph);
  const chosen = new Map<string, TunnelAddress>();
  for (const node of [...graph.nodes()].sort()) {
    const host = graph.host(node) as HostInfo;
    if (host.tunnel[kind] !== ANY) continue;
    const address = allocation.assign(node, poolsFor(graph, host, kind));
    if (address !== null) chosen.set(node, address);
  }
  return chosen;
}

/** The nodes that have an address for a tunnel that no pool gives them: calico/node takes it from them. */
export const unwantedTunnelAddresses = (graph: CalcGraph, kind: TunnelKind): string[] =>
  [...graph.nodes()].filter((node) => {
    const host = graph.host(node) as HostInfo;
    return host.tunnel[kind] !== ANY && poolsFor(graph, host, kind).length === 0;
  });

/** determineEnabledPoolCIDRs. */
function poolsFor(graph: CalcGraph, host: HostInfo, kind: TunnelKind): Pool[] {
  return graph.pools.values().filter((pool) => {
    const mode = kind === 'ipip' ? pool.ipipMode : pool.vxlanMode;
    return mode !== 'Never' && !pool.disabled && pool.forTunnels && selects(pool, host);
  });
}

/** A selector that is none selects nobody. */
function selects({ nodeSelector }: Pool, { labels }: HostInfo): boolean {
  const selector = parseSelector(nodeSelector || 'all()');
  return !('error' in selector) && selector.matches(labels);
}

/** What has been given out in one round, besides what the graph knows to be taken. */
class Allocation {
  private readonly graph: CalcGraph;
  private readonly given = new Set<Ipv4>();
  /** Where to look for the next free block of a pool: all before are taken. */
  private readonly next = new Map<string, number>();
  private readonly blocks: ReadonlyMap<string, readonly Prefix[]>;

  constructor(graph: CalcGraph) {
    this.graph = graph;
    this.blocks = graph.ipam.blocksByNode();
  }

  assign(node: string, pools: readonly Pool[]): TunnelAddress | null {
    return this.fromOwnBlocks(node, pools) ?? this.fromNewBlock(pools);
  }

  private fromOwnBlocks(node: string, pools: readonly Pool[]): TunnelAddress | null {
    for (const pool of pools)
      for (const block of this.blocks.get(node) ?? []) {
        if (this.graph.pools.covering(block.address, block.length) !== pool) continue;
        const address = this.firstFree(block);
        if (address !== null) return this.give(address, block, false);
      }
    return null;
  }

  private fromNewBlock(pools: readonly Pool[]): TunnelAddress | null {
    for (const pool of pools) {
      const block = this.freeBlock(pool);
      if (block !== null) return this.give(block.address, block, true);
    }
    return null;
  }

  private give(address: Ipv4, block: Prefix, isNew: boolean): TunnelAddress {
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
