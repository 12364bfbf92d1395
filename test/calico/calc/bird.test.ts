// What BIRD announces and learns (calico.md 5.1 to 5.5, 4.4).
import { expect, test } from 'vitest';
import { formatPrefix } from '../../../src/addr/ipv4.ts';
import { announcedBy, hasStaticBlackhole, learned } from '../../../src/calico/calc/bird.ts';
import { CalcGraph } from '../../../src/calico/calc/graph.ts';
import { addressOfKey, lengthOfKey, networkKey, parsePrefix } from '../../../src/calico/calc/prefix.ts';
import type { Release } from '../../../src/calico/calc/release.ts';
import type { Prefix } from '../../../src/calico/calc/types.ts';
import type { Resource } from '../../../src/calico/resource/types.ts';
import { affinity, bgp, block, felix, node, peer, pod, pool } from './resources.ts';

const ipip = pool('pool', '10.0.0.0/16', { ipipMode: 'Always' });
const [a, b, c] = [1, 2, 3].map((i) =>
  node('abc'[i - 1], `192.168.0.${i}/24`, { labels: { on: 'abc'[i - 1] } }),
);

function graphOf(resources: readonly Resource[], release: Release = 'v3.32'): CalcGraph {
  const graph = new CalcGraph(release);
  for (const resource of resources) graph.put(resource);
  return graph;
}

const keyOf = (cidr: string): number => networkKey(parsePrefix(cidr) as Prefix);
const via = (graph: CalcGraph, self: string, cidr: string): string =>
  learned(graph, self, keyOf(cidr))?.via ?? '';
const announced = (graph: CalcGraph, self: string): string[] =>
  announcedBy(graph, self)
    .map((key) => formatPrefix(addressOfKey(key), lengthOfKey(key)))
    .sort();

const lent = [
  ipip,
  a,
  b,
  c,
  pod('one', 'a', ['10.0.0.1/32']),
  pod('two', 'a', ['10.0.0.2/32']),
  pod('far', 'b', ['10.0.0.7/32']),
];

test('a borrowed address is announced by its borrower, the block by its owner, and nothing within it', () => {
  const graph = graphOf(lent);
  expect(announced(graph, 'a')).toEqual(['10.0.0.0/26']);
  expect(announced(graph, 'b')).toEqual(['10.0.0.7/32']);
  expect(['a', 'b', 'c'].map((self) => via(graph, self, '10.0.0.7/32'))).toEqual(['b', '', 'b']);
  expect(['a', 'b', 'c'].map((self) => via(graph, self, '10.0.0.0/26'))).toEqual(['', 'a', 'a']);
});

test('a pod that IPAM knows nothing of is announced all the same, and all nodes are told', () => {
  const graph = graphOf([ipip, a, b, block('10.0.0.0/26', 'a')]);
  graph.flush();
  graph.put(pod('stray', 'b', ['10.0.0.9/32']));
  expect(graph.flush().shared).toContain(keyOf('10.0.0.9/32'));
  expect(via(graph, 'a', '10.0.0.9/32')).toBe('b');
});

test('what lies in no pool does not leave the node, nor what lies in a pool that is not to be exported', () => {
  const hidden = pool('hidden', '10.1.0.0/16', { ipipMode: 'Always', disableBGPExport: true });
  const pods = [pod('one', 'b', ['172.30.0.1/32']), pod('two', 'b', ['10.1.0.1/32'])];
  expect(announced(graphOf([ipip, hidden, a, b, ...pods]), 'b')).toEqual([]);
  expect(announced(graphOf([ipip, hidden, a, b, ...pods], 'v3.20'), 'b')).toEqual(['10.1.0.0/26']);
});

test('a disabled pool is announced as before', () => {
  const disabled = pool('pool', '10.0.0.0/16', { ipipMode: 'Always', disabled: true });
  expect(announced(graphOf([disabled, a, b, pod('one', 'a', ['10.0.0.1/32'])]), 'a')).toEqual([
    '10.0.0.0/26',
  ]);
});

test('a block of one address has no blackhole: the address itself is announced', () => {
  const single = pool('pool', '10.0.0.0/16', { ipipMode: 'Always', blockSize: 32 });
  const graph = graphOf([single, a, b, pod('one', 'a', ['10.0.0.1/32'])]);
  expect(announced(graph, 'a')).toEqual(['10.0.0.1/32']);
  expect(hasStaticBlackhole(graph, 'a', keyOf('10.0.0.1/32'))).toBe(false);
  expect(hasStaticBlackhole(graphOf(lent), 'a', keyOf('10.0.0.0/26'))).toBe(true);
});

test('while an affinity is pending the block is announced by its pool, and its addresses with it', () => {
  const given = [ipip, a, b, block('10.0.0.0/26', 'a', { 1: 'a' }), pod('one', 'a', ['10.0.0.1/32'])];
  const confirmed = graphOf([...given, affinity('10.0.0.0/26', 'a', 'confirmed')]);
  expect(announced(confirmed, 'a')).toEqual(['10.0.0.0/26']);
  const pending = graphOf([...given, affinity('10.0.0.0/26', 'a', 'pending')]);
  expect(announced(pending, 'a')).toEqual(['10.0.0.0/26', '10.0.0.1/32']);
});

test('a borrowed tunnel address is announced where BIRD writes the routes of IPIP, not where Felix does', () => {
  const tunnelled = node('b', '192.168.0.2/24', { ipip: '10.0.0.7' });
  const resources = [ipip, a, tunnelled, pod('one', 'a', ['10.0.0.1/32'])];
  expect(announced(graphOf(resources, 'v3.32'), 'b')).toEqual(['10.0.0.7/32']);
  expect(announced(graphOf(resources, 'v3.33'), 'b')).toEqual([]);
  expect(announced(graphOf([...resources, pod('two', 'b', ['10.0.0.7/32'])], 'v3.33'), 'b')).toContain(
    '10.0.0.7/32',
  );
});

test('the mesh may be off; a peering between two nodes works from either side', () => {
  const off = bgp({ nodeToNodeMeshEnabled: false });
  const graph = graphOf([...lent, off]);
  expect(via(graph, 'c', '10.0.0.0/26')).toBe('');
  graph.put(peer('to-a', { node: 'c', peerIP: '192.168.0.1', asNumber: '64512' }));
  expect(via(graph, 'c', '10.0.0.0/26')).toBe('a');
  expect(via(graph, 'b', '10.0.0.0/26')).toBe('');
  graph.put(peer('to-b', { nodeSelector: 'on == "b"', peerSelector: 'on == "c"' }));
  expect(via(graph, 'c', '10.0.0.7/32')).toBe('b');
  expect(via(graph, 'b', '10.0.0.7/32')).toBe('');
});

test('a peer with another AS than it says is none', () => {
  const off = bgp({ nodeToNodeMeshEnabled: false });
  const graph = graphOf([...lent, off, peer('to-a', { peerIP: '192.168.0.1', asNumber: '65000' })]);
  expect(via(graph, 'c', '10.0.0.0/26')).toBe('');
  graph.put(node('a', '192.168.0.1/24', { bgp: { asNumber: '65000' } }));
  expect(via(graph, 'c', '10.0.0.0/26')).toBe('a');
});

test('route reflectors are not in the mesh, but in v3.20 they are', () => {
  const reflector = node('a', '192.168.0.1/24', { bgp: { routeReflectorClusterID: '1.1.1.1' } });
  expect(via(graphOf([...lent, reflector], 'v3.32'), 'c', '10.0.0.0/26')).toBe('');
  expect(via(graphOf([...lent, reflector], 'v3.20'), 'c', '10.0.0.0/26')).toBe('a');
});

test('a node that BGP has no address of announces and learns nothing', () => {
  const mute = { ...a, spec: { addresses: [{ address: '192.168.0.1', type: 'InternalIP' as const }] } };
  expect(via(graphOf([...lent, mute]), 'c', '10.0.0.0/26')).toBe('');
});

test('S95: BIRD writes the pools that are its own into the kernel', () => {
  const written = (resources: readonly Resource[], release: Release) =>
    graphOf(resources, release).bgp.clusterRoutes;
  expect(written([], 'v3.32')).toEqual({ ipip: true, noEncap: true });
  expect(written([], 'v3.33')).toEqual({ ipip: false, noEncap: true });
  const ipipOnly = bgp({ programClusterRoutes: 'EnabledIPIPOnly' });
  expect(written([ipipOnly], 'v3.33')).toEqual({ ipip: true, noEncap: false });
  const nothing = bgp({ programClusterRoutes: 'Disabled' });
  expect(written([felix({}), nothing], 'v3.32')).toEqual({ ipip: false, noEncap: false });
});
