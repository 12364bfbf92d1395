// calico/node's allocate-tunnel-addrs (node/pkg/allocateip): nodes get addresses for their tunnels from the pools that
// want one, and lose those that no pool wants any more.
import type { Ipv4 } from '../../addr/ipv4.ts';
import type { CalcGraph } from '../calc/graph.ts';
import { missingTunnelAddresses, type TunnelKind, unwantedTunnelAddresses } from '../calc/tunnel-address.ts';
import type { ResourceStore } from '../resource/store.ts';
import type { Kind } from '../resource/types.ts';
import { newBlock, withTunnel } from './tunnel-resource.ts';

const KINDS: readonly Kind[] = ['Node', 'IPPool', 'IPAMBlock', 'BlockAffinity'];

export class TunnelAddresses {
  private readonly store: ResourceStore;
  private readonly graph: CalcGraph;
  /** A node may want an address, or have one that no pool gives it. */
  private isStale = false;
  /** What the files said is taken as it is; from then on calico/node looks after its addresses. */
  private isFirst = true;

  constructor(store: ResourceStore, graph: CalcGraph) {
    this.store = store;
    this.graph = graph;
    store.watch(({ before, after }) => {
      if (KINDS.includes((after ?? before)?.kind as Kind)) this.isStale = true;
    });
  }

  allocate(): void {
    if (!this.isStale) return;
    for (const kind of ['ipip', 'vxlan'] as const) {
      if (!this.isFirst)
        for (const node of unwantedTunnelAddresses(this.graph, kind)) this.set(node, kind, null);
      for (const [node, { address, block, isNew }] of missingTunnelAddresses(this.graph, kind)) {
        if (isNew && this.graph.ipam.isGiven(block)) this.store.put(newBlock(block, node));
        this.set(node, kind, address);
      }
    }
    this.isFirst = false;
    this.isStale = false;
  }

  private set(name: string, kind: TunnelKind, address: Ipv4 | null): void {
    const node = this.store.get('Node', name);
    if (node !== null) this.store.put(withTunnel(node, kind, address));
  }
}
