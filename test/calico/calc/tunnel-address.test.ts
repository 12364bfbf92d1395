// The tunnel addresses that calico/node would choose (calico.md 2.3).
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatIpv4, formatPrefix } from '../../../src/addr/ipv4.ts';
import { CalcGraph } from '../../../src/calico/calc/graph.ts';
import {
  missingTunnelAddresses,
  type TunnelKind,
  unwantedTunnelAddresses,
} from '../../../src/calico/calc/tunnel-address.ts';
import type { Resource } from '../../../src/calico/resource/types.ts';
import { block, node, pod, pool } from './resources.ts';

const ipip = pool('pool', '10.0.0.0/24', { ipipMode: 'Always' });
const nodes = ['a', 'b', 'c'].map((name, i) =>
  node(name, `192.168.0.${i + 1}/24`, { labels: { rack: name } }),
);

function graphOf(resources: readonly Resource[]): CalcGraph {
  const graph = new CalcGraph('v3.32');
  for (const resource of resources) graph.put(resource);
  return graph;
}

/** `a 10.0.0.1 10.0.0.0/26` for an address in a block that it has, `… new` for one that it would take. */
const missing = (resources: readonly Resource[], kind: TunnelKind = 'ipip'): string[] =>
  [...missingTunnelAddresses(graphOf(resources), kind)].map(([name, { address, block: of, isNew }]) =>
    [name, formatIpv4(address), formatPrefix(of.address, of.length), ...(isNew ? ['new'] : [])].join(' '),
  );

test('a node takes the lowest free address of its own block', () => {
  const pods = [pod('p', 'a', ['10.0.0.64/32']), pod('q', 'a', ['10.0.0.66/32'])];
  expect(missing([ipip, nodes[0], ...pods])).toEqual(['a 10.0.0.65 10.0.0.64/26']);
});

test('what a given block says is taken is not free', () => {
  const given = block('10.0.0.64/26', 'a', { 0: 'a', 1: 'b' });
  expect(missing([ipip, nodes[0], given])).toEqual(['a 10.0.0.66 10.0.0.64/26']);
});

test('a node without a block takes the first that is free, each another', () => {
  expect(missing([ipip, ...nodes, pod('p', 'c', ['10.0.0.70/32'])])).toEqual([
    'a 10.0.0.0 10.0.0.0/26 new',
    'b 10.0.0.128 10.0.0.128/26 new',
    'c 10.0.0.64 10.0.0.64/26',
  ]);
});

test('a node that has an address keeps it, and one outside the pool gets none', () => {
  const has = node('a', '192.168.0.1/24', { ipip: '10.0.0.5' });
  const picky = pool('pool', '10.0.0.0/24', { ipipMode: 'Always', nodeSelector: 'rack == "b"' });
  expect(missing([picky, has, nodes[1], nodes[2]])).toEqual(['b 10.0.0.64 10.0.0.64/26 new']);
});

test('only enabled pools of the kind that allow tunnels count', () => {
  const of = (spec: Parameters<typeof pool>[2]) =>
    missing([pool('pool', '10.0.0.0/24', spec), nodes[0]], 'vxlan');
  expect(of({ vxlanMode: 'CrossSubnet' })).toHaveLength(1);
  expect(of({ ipipMode: 'Always' })).toEqual([]);
  expect(of({ vxlanMode: 'Always', disabled: true })).toEqual([]);
  expect(of({ vxlanMode: 'Always', allowedUses: ['Workload'] })).toEqual([]);
});

test('when a pool is full the rest goes without', () => {
  const tiny = pool('pool', '10.0.0.0/31', { ipipMode: 'Always', blockSize: 32 });
  expect(missing([tiny, ...nodes])).toEqual(['a 10.0.0.0 10.0.0.0/32 new', 'b 10.0.0.1 10.0.0.1/32 new']);
});

test('an address that no pool gives any more is unwanted', () => {
  const graph = graphOf([ipip, node('a', '192.168.0.1/24', { ipip: '10.0.0.5', vxlan: '10.0.0.6' })]);
  expect(unwantedTunnelAddresses(graph, 'ipip')).toEqual([]);
  expect(unwantedTunnelAddresses(graph, 'vxlan')).toEqual(['a']);
});

test('no two nodes get one address, and nobody one that is taken', () => {
  const address = fc.nat(255).map((low) => `10.0.0.${low}/32`);
  const pods = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c'), address), {
    selector: ([, at]) => at,
    maxLength: 12,
  });
  fc.assert(
    fc.property(pods, fc.constantFrom(26, 28, 31, 32), (held, blockSize) => {
      const resources = held.map(([name, at], i) => pod(`p${i}`, name, [at]));
      const sized = pool('pool', '10.0.0.0/24', { ipipMode: 'Always', blockSize });
      const chosen = [...missingTunnelAddresses(graphOf([sized, ...nodes, ...resources]), 'ipip').values()];
      const taken = held.map(([, at]) => at.slice(0, -3));
      const all = [...chosen.map(({ address: at }) => formatIpv4(at)), ...taken];
      expect(new Set(all).size).toBe(all.length);
    }),
  );
});
