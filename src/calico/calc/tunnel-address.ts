// The addresses that calico/node would take for tunnels that have none (node/pkg/allocateip): from a pool of the tunnel's
// kind that selects the node, out of a block of its own, else out of a new one. It never borrows.
import { ANY } from '../../addr/ipv4.ts';
import { Allocation, type Assignment, selects } from './assign.ts';
import type { CalcGraph } from './graph.ts';
import type { HostInfo } from './host.ts';
import type { Pool } from './pool.ts';

export type TunnelKind = 'ipip' | 'vxlan';

/** What the nodes that want an address and have none would take, in the order of their names. */
export function missingTunnelAddresses(graph: CalcGraph, kind: TunnelKind): Map<string, Assignment> {
  const allocation = new Allocation(graph);
  const chosen = new Map<string, Assignment>();
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
