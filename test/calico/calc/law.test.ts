// The law of the calculation graph: whatever the order of changes, it says what the final resources say, and names all
// that is different from before.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { learned } from '../../../src/calico/calc/bird.ts';
import type { Changes } from '../../../src/calico/calc/changes.ts';
import { CalcGraph } from '../../../src/calico/calc/graph.ts';
import { networkKey } from '../../../src/calico/calc/prefix.ts';
import type { Release } from '../../../src/calico/calc/release.ts';
import type { AllowedUse, Resource } from '../../../src/calico/resource/types.ts';
import { routesOf } from '../../oracle/calico-routes.ts';
import { affinity, bgp, block, felix, node, peer, pod, pool } from './resources.ts';

const NODES = ['a', 'b', 'c'];
const name = fc.constantFrom(...NODES);
/** Sixteen addresses, so that they meet often. */
const address = fc.nat(15).map((low) => `10.0.0.${low}`);
const mode = fc.constantFrom('Never', 'Always', 'CrossSubnet') as fc.Arbitrary<
  'Never' | 'Always' | 'CrossSubnet'
>;

const aPool = fc
  .tuple(
    fc.constantFrom(
      ['p1', '10.0.0.0/24'],
      ['p2', '10.0.0.0/29'],
      ['p3', '10.0.0.0/24'],
      ['p4', '10.0.0.8/30'],
    ),
    fc.record({
      ipipMode: mode,
      vxlanMode: mode,
      natOutgoing: fc.boolean(),
      disableBGPExport: fc.boolean(),
      blockSize: fc.constantFrom(28, 29, 30, 32),
      allowedUses: fc.constantFrom(['Workload', 'Tunnel'], ['LoadBalancer']) as fc.Arbitrary<AllowedUse[]>,
    }),
  )
  .map(([[called, cidr], spec]) => pool(called, cidr, spec));

const hostAddress = fc.oneof(
  fc.constantFrom(
    '',
    '192.168.0.1/24',
    '192.168.0.2/24',
    '192.168.1.3/24',
    '192.168.0.3/32',
    '192.168.1.4/16',
  ),
  address,
);
const extra = fc.array(
  fc.record({
    address: fc.constantFrom('192.168.0.2', '1.2.3.4/19', '10.0.0.5', 'feed::1'),
    type: fc.constantFrom('InternalIP', 'ExternalIP') as fc.Arbitrary<'InternalIP' | 'ExternalIP'>,
  }),
  { maxLength: 2 },
);
const optional = fc.option(address, { nil: undefined });
const aNode = fc
  .tuple(name, hostAddress, optional, optional, extra, fc.constantFrom('', '', '1.1.1.1'))
  .map(([called, own, ipip, vxlan, addresses, routeReflectorClusterID]) =>
    node(called, own, { ipip, vxlan, addresses, labels: { on: called }, bgp: { routeReflectorClusterID } }),
  );

const aPod = fc
  .tuple(fc.constantFrom('p', 'q', 'r', 's', 't', 'u'), name, fc.oneof(address, fc.constant('10.0.0.9/30')))
  .map(([called, on, net]) => {
    const made = pod(called, on, [net]);
    return { ...made, metadata: { ...made.metadata, name: called } };
  });

const aBlock = fc
  .tuple(
    fc.constantFrom('10.0.0.0/29', '10.0.0.8/29', '10.0.0.4/30', '10.0.0.6/32', '10.1.0.0/30'),
    fc.constantFrom('', ...NODES),
    fc.dictionary(fc.nat(7).map(String), name, { maxKeys: 3 }),
  )
  .map(([cidr, owner, taken]) => {
    const size = 2 ** (32 - Number(cidr.split('/')[1]));
    return block(cidr, owner, Object.fromEntries(Object.entries(taken).filter(([at]) => Number(at) < size)));
  });

const anAffinity = fc
  .tuple(fc.constantFrom('10.0.0.0/29', '10.0.0.8/29'), name, fc.constantFrom('', 'pending', 'confirmed'))
  .map(([cidr, on, state]) => affinity(cidr, on, state as 'pending'));

const aSetting: fc.Arbitrary<Resource> = fc.oneof(
  fc
    .constantFrom('CalicoIPAM', 'WorkloadIPs')
    .map((source) => felix({ routeSource: source as 'CalicoIPAM' })),
  fc.boolean().map((mesh) => bgp({ nodeToNodeMeshEnabled: mesh })),
  fc.boolean().map((enabled) => felix({ ipipEnabled: enabled }, 'node.a')),
  name.map((on) => peer('one', { node: on, peerSelector: 'on == "b"' })),
);

const resource: fc.Arbitrary<Resource> = fc.oneof(
  { weight: 3, arbitrary: aNode },
  { weight: 5, arbitrary: aPod },
  { weight: 3, arbitrary: aPool },
  { weight: 2, arbitrary: aBlock },
  { weight: 1, arbitrary: anAffinity },
  { weight: 1, arbitrary: aSetting },
);
const steps = fc.array(fc.tuple(fc.constantFrom('put', 'put', 'put', 'remove'), resource), { maxLength: 24 });

const identity = ({ kind, metadata }: Resource): string => `${kind} ${metadata.namespace}/${metadata.name}`;

/** All that a graph says of a node, by a name for it. */
function seenBy(graph: CalcGraph, self: string, keys: Iterable<number>): Map<string, string> {
  const seen = new Map<string, string>();
  for (const key of keys) {
    seen.set(`route ${key}`, JSON.stringify(graph.route(self, key)));
    seen.set(`learned ${key}`, JSON.stringify(learned(graph, self, key)));
  }
  seen.set('host', JSON.stringify([graph.host(self), graph.vtep(self)]));
  seen.set('configuration', JSON.stringify([graph.config(self), graph.encapsulation(self)]));
  seen.set('endpoints', JSON.stringify([...graph.endpointsOf(self)].sort((a, b) => (a.id < b.id ? -1 : 1))));
  return seen;
}

/** Whether a change of that name was told. */
function isTold(changes: Changes, self: string, what: string): boolean {
  if (what === 'host') return changes.hosts.has(self);
  if (what === 'endpoints') return changes.endpoints.has(self);
  if (changes.configuration === 'all' || changes.configuration.has(self)) return true;
  const [kind, key] = what.split(' ');
  if (kind === 'route' && changes.local.get(self)?.has(Number(key))) return true;
  return changes.shared.includes(Number(key));
}

function keysOf(graph: CalcGraph, resources: readonly Resource[]): Set<number> {
  const keys = new Set(graph.prefixes());
  for (const self of NODES) {
    for (const key of routesOf(resources, self).keys()) keys.add(key);
    for (const { networks } of graph.endpointsOf(self)) for (const net of networks) keys.add(networkKey(net));
  }
  return keys;
}

function expectOracle(graph: CalcGraph, resources: readonly Resource[], addsUp: boolean): void {
  const prefixes = new Set(graph.prefixes());
  for (const self of NODES) {
    const own = new Set([...graph.endpointsOf(self)].flatMap(({ networks }) => networks.map(networkKey)));
    const routes = routesOf(resources, self, addsUp);
    for (const key of new Set([...routes.keys(), ...prefixes])) {
      expect(graph.route(self, key)).toEqual(routes.get(key) ?? null);
      expect(prefixes.has(key) || own.has(key)).toBe(true);
    }
  }
}

function follow(release: Release, path: readonly (readonly [string, Resource])[]): void {
  const graph = new CalcGraph(release);
  const present = new Map<string, Resource>();
  const seen = NODES.map((self) => seenBy(graph, self, []));
  graph.flush();
  let known = new Set<number>();
  for (const [verb, what] of path) {
    if (verb === 'put') present.set(identity(what), what);
    else present.delete(identity(what));
    if (verb === 'put') graph.put(what);
    else graph.remove(what);
    const changes = graph.flush();
    const resources = [...present.values()];
    expectOracle(graph, resources, release !== 'v3.20');
    const keys = new Set([...known, ...keysOf(graph, resources)]);
    for (const [i, self] of NODES.entries()) {
      const now = seenBy(graph, self, keys);
      for (const [about, value] of now)
        if (value !== (seen[i].get(about) ?? 'null'))
          expect([identity(what), self, about, isTold(changes, self, about)]).toEqual([
            identity(what),
            self,
            about,
            true,
          ]);
      seen[i] = now;
    }
    known = keys;
  }
  const fresh = new CalcGraph(release);
  for (const one of [...present.values()].reverse()) fresh.put(one);
  expect(new Set(fresh.prefixes())).toEqual(new Set(graph.prefixes()));
  for (const self of NODES) expect(seenBy(graph, self, known)).toEqual(seenBy(fresh, self, known));
}

test('any sequence of changes ends as the final resources say, and every difference is told', () => {
  fc.assert(
    fc.property(steps, (path) => follow('v3.32', path)),
    { numRuns: 300 },
  );
});

test('the same for the old release, where the last kind of a prefix counts', () => {
  fc.assert(
    fc.property(steps, (path) => follow('v3.20', path)),
    { numRuns: 100 },
  );
});
