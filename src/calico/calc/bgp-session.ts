// Between which nodes there is a BGP session: the node-to-node mesh, and BGPPeers between nodes of Calico
// (confd/pkg/backends/calico/client.go). Ports, passwords and timers are taken to fit.
import { formatIpv4 } from '../../addr/ipv4.ts';
import { parseSelector, type Selector } from '../resource/selector.ts';
import type { BgpPeer } from '../resource/types.ts';
import { asNumber } from './config.ts';
import type { CalcGraph } from './graph.ts';
import type { HostInfo } from './host.ts';

/** Which nodes a BGPPeer is for, and whom it names as their peers. */
interface PeerRule {
  isFor(host: HostInfo): boolean;
  names(host: HostInfo, clusterAs: number): boolean;
}

/** Rules are asked for every pair of nodes and every prefix; resources are never changed in place. */
const rules = new WeakMap<BgpPeer, PeerRule>();

/** Whether the two speak with each other. A node does not speak with itself. */
export function isPeerOf(graph: CalcGraph, a: string, b: string): boolean {
  const one = graph.host(a);
  const other = graph.host(b);
  if (a === b || !one?.speaksBgp || !other?.speaksBgp) return false;
  return (graph.bgp.mesh && areInMesh(graph, one, other)) || hasExplicitPeering(graph, one, other);
}

function areInMesh({ profile }: CalcGraph, a: HostInfo, b: HostInfo): boolean {
  return (
    !profile.meshSkipsReflectors || (a.routeReflectorClusterId === '' && b.routeReflectorClusterId === '')
  );
}

/** A peering that names one side makes the other side peer back (reverse peering). */
function hasExplicitPeering(graph: CalcGraph, a: HostInfo, b: HostInfo): boolean {
  const { asNumber: cluster } = graph.bgp;
  for (const peer of graph.peers) {
    const rule = ruleOf(peer);
    if ((rule.isFor(a) && rule.names(b, cluster)) || (rule.isFor(b) && rule.names(a, cluster))) return true;
  }
  return false;
}

function ruleOf(peer: BgpPeer): PeerRule {
  const known = rules.get(peer);
  if (known !== undefined) return known;
  const rule = { isFor: whomFor(peer), names: whomNamed(peer) };
  rules.set(peer, rule);
  return rule;
}

function whomFor({ spec }: BgpPeer): PeerRule['isFor'] {
  if (spec.node) return ({ name }) => name === spec.node;
  return spec.nodeSelector ? bySelector(spec.nodeSelector) : () => true;
}

function whomNamed({ spec }: BgpPeer): PeerRule['names'] {
  if (spec.peerSelector) return bySelector(spec.peerSelector);
  const address = (spec.peerIP ?? '').split(':')[0];
  const as = asNumber(spec.asNumber);
  return (host, clusterAs) =>
    formatIpv4(host.address) === address && (as ?? clusterAs) === (host.asNumber ?? clusterAs);
}

/** A selector that is none selects nobody; the resource was refused when it was read. */
function bySelector(text: string): (host: HostInfo) => boolean {
  const parsed = parseSelector(text);
  if ('error' in parsed) return () => false;
  const selected = new WeakMap<HostInfo, boolean>();
  return (host) => {
    const known = selected.get(host);
    if (known !== undefined) return known;
    const matches = selects(parsed, host);
    selected.set(host, matches);
    return matches;
  };
}

const selects = (selector: Selector, { labels }: HostInfo): boolean => selector.matches(labels);
