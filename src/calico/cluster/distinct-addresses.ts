// Whether the kernels of a cluster's nodes will take every route to each other: what they refuse is a gateway that is an
// address of their own or a broadcast address (fib_check_nh).
import { type Ipv4, isLoopback, isMulticast, lastOf, networkOf } from '../../addr/ipv4.ts';
import type { CalcGraph } from '../calc/graph.ts';

/** No two nodes share an address or a tunnel's, and none has the first or last address of a subnet. */
export function hasDistinctAddresses(graph: CalcGraph): boolean {
  const taken = new Set<Ipv4>();
  const gateways: Ipv4[] = [];
  const edges = new Set<Ipv4>();
  for (const node of graph.nodes()) {
    const host = graph.host(node);
    if (host === null) continue;
    const { address, length, tunnel } = host;
    for (const each of [address, tunnel.ipip, tunnel.vxlan])
      if (each !== undefined && each !== 0) gateways.push(each);
    if (length < 31) edges.add(networkOf(address, length)).add(lastOf(address, length));
  }
  for (const gateway of gateways) {
    if (taken.has(gateway) || edges.has(gateway) || isMulticast(gateway) || isLoopback(gateway)) return false;
    taken.add(gateway);
  }
  return true;
}
