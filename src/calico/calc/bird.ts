// BIRD's part: which prefixes a node announces, who learns them, and which of them it may write into the kernel
// (confd/etc/calico/confd/templates/bird*.cfg.template; confd/pkg/backends/calico). No reflection and no transit: a
// prefix is learned from the node that has it, over a session between the two.
import { compareIpv4, type Ipv4 } from '../../addr/ipv4.ts';
import { isPeerOf } from './bgp-session.ts';
import type { Entry } from './entry.ts';
import type { CalcGraph } from './graph.ts';
import { addressOfKey, lengthOfKey } from './prefix.ts';

export interface Learned {
  /** The announcing node's own address. */
  readonly nextHop: Ipv4;
  readonly via: string;
}

/**
 * What `node` learned for a prefix; null if nobody announces it to it, or it has the prefix itself. Of several the
 * lowest router id wins; BIRD would take them together (merge paths).
 */
export function learned(graph: CalcGraph, node: string, key: number): Learned | null {
  const entry = graph.entry(key);
  if (entry === null || originates(graph, node, entry)) return null;
  let best: Learned | null = null;
  for (const via of originators(graph, entry)) {
    const nextHop = graph.host(via)?.address;
    if (nextHop === undefined || (best !== null && compareIpv4(best.nextHop, nextHop) <= 0)) continue;
    if (isPeerOf(graph, node, via) && announces(graph, via, key)) best = { nextHop, via };
  }
  return best;
}

/** Whether the node announces the prefix to its peers. */
function announces(graph: CalcGraph, node: string, key: number): boolean {
  const entry = graph.entry(key);
  return entry !== null && originates(graph, node, entry) && passesExport(graph, node, entry);
}

/** The prefixes among those of the graph that the node announces. */
export const announcedBy = (graph: CalcGraph, node: string): number[] =>
  [...graph.prefixes()].filter((key) => announces(graph, node, key));

/** The blocks that BIRD holds as static blackholes on the node: its own, confirmed or not, but for /32s. */
export function hasStaticBlackhole(graph: CalcGraph, node: string, key: number): boolean {
  const prefix = { address: addressOfKey(key), length: lengthOfKey(key) };
  return prefix.length < 32 && graph.ipam.ownersOf(prefix).some((owner) => owner.node === node);
}

/** Those who have the prefix in their own table: as a static blackhole, a pod's route, or tunl0's address. */
function originators(graph: CalcGraph, entry: Entry): Set<string> {
  const names = new Set(entry.workloads.map(({ node }) => node));
  for (const { node, ipip } of entry.tunnels) if (ipip) names.add(node);
  if (entry.length < 32) for (const { node } of graph.ipam.ownersOf(entry)) names.add(node);
  return names;
}

const originates = (graph: CalcGraph, node: string, entry: Entry): boolean =>
  originators(graph, entry).has(node);

/** calico_export_to_bgp_peers, in its order. */
function passesExport(graph: CalcGraph, node: string, entry: Entry): boolean {
  const pool = graph.pools.covering(entry.address, entry.length);
  if (graph.profile.hasDisableBgpExport && pool?.disableBgpExport) return false;
  if (isTunnelOnly(entry, node) && graph.config(node).clusterRoutes.ipip) return false;
  const own = graph.ipam.ownBlock(node, entry);
  if (own !== 'outside') return own === 'is';
  return pool !== null;
}

/** It is there by tunl0 alone, whose routes no longer leave the node where Felix writes the routes of IPIP. */
const isTunnelOnly = ({ workloads, tunnels, length }: Entry, node: string): boolean =>
  length === 32 && tunnels.some((ref) => ref.node === node) && !workloads.some((ref) => ref.node === node);
