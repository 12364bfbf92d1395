// What may happen to a small cluster: resources come, change and go, in any order, and settle now and then.
import fc from 'fast-check';
import { Errno } from '../../../src/addr/errno.ts';
import type { EncapMode, Resource } from '../../../src/calico/resource/types.ts';
import { affinity, bgp, block, felix, node, pod, pool } from '../calc/resources.ts';

const NODES = ['n1', 'n2', 'n3', 'n4'];
const MAC = '02:00:00:00:00:0';

// ---- resources -----------------------------------------------------------------------------------------------------

/** Two subnets, one within a wider one, and nodes that know no subnet. */
const aNode = fc
  .record({
    at: fc.nat(NODES.length - 1),
    net: fc.constantFrom('10.0.0.I/24', '10.0.0.I/24', '10.0.1.I/24', '10.0.0.I/32', '10.0.I.1/16', ''),
    low: fc.nat(3),
    tunnels: fc.constantFrom('none', 'own', 'own', 'others'),
  })
  .map(({ at, net, low, tunnels }) => {
    const tunnel = (of: number): string => `10.244.${of + 1}.${48 + at * 4 + low}`;
    const from = tunnels === 'others' ? (at + 1) % NODES.length : at;
    const addresses = tunnels === 'none' ? {} : { ipip: tunnel(from), vxlan: tunnel(from) };
    return node(NODES[at], net.replace('I', String(at * 4 + low + 1)), addresses);
  });

const MODES: readonly (readonly [ipipMode: EncapMode, vxlanMode: EncapMode])[] = [
  ['Never', 'Never'],
  ['Always', 'Never'],
  ['CrossSubnet', 'Never'],
  ['Never', 'Always'],
  ['Never', 'CrossSubnet'],
];
const CIDRS = { most: '10.244.0.0/16', some: '10.245.0.0/24' } as const;
const aPool = fc
  .record({
    name: fc.constantFrom('most', 'most', 'some') as fc.Arbitrary<keyof typeof CIDRS>,
    modes: fc.constantFrom(...MODES),
    disabled: fc.boolean(),
    disableBGPExport: fc.constantFrom(false, false, true),
  })
  .map(({ name, modes: [ipipMode, vxlanMode], ...rest }) =>
    pool(name, CIDRS[name], { ipipMode, vxlanMode, ...rest }),
  );

/** Each has addresses of its own: of two with one address on one node the newer interface wins, which is history. */
const aPod = fc
  .record({
    number: fc.integer({ min: 1, max: 6 }),
    on: fc.constantFrom(...NODES),
    net: fc.constantFrom('10.244.1.N/32', '10.244.2.N/32', '10.244.3.N/32', '10.245.0.N/32', '10.244.9.N/32'),
    hasMac: fc.boolean(),
  })
  .map(({ number, on, net, hasMac }) => {
    const mac = hasMac ? { mac: `${MAC}${number}` } : {};
    const made = pod(`p${number}`, on, [net.replace('N', String(number))], mac);
    return { ...made, metadata: { ...made.metadata, name: `p${number}` } };
  });

const aBlock = fc
  .tuple(fc.constantFrom('10.244.1.0/26', '10.244.2.0/26'), fc.constantFrom('', ...NODES))
  .chain(([cidr, owner]) =>
    fc.oneof(
      fc
        .dictionary(fc.integer({ min: 1, max: 6 }).map(String), fc.constantFrom(...NODES), { maxKeys: 3 })
        .map((taken): Resource => block(cidr, owner, taken)),
      fc
        .constantFrom('pending', 'confirmed')
        .map((state): Resource => affinity(cidr, owner || 'n1', state as 'pending')),
    ),
  );

const aSetting: fc.Arbitrary<Resource> = fc.oneof(
  fc
    .record(
      {
        ipipMTU: fc.constantFrom(1300, 1480),
        vxlanMTU: fc.constantFrom(1300, 1410),
        vxlanPort: fc.constantFrom(4789, 4790),
        vxlanVNI: fc.constantFrom(4096, 4097),
        ipipEnabled: fc.boolean(),
        vxlanEnabled: fc.boolean(),
        deviceRouteProtocol: fc.constantFrom(3, 99),
        routeSource: fc.constantFrom('CalicoIPAM', 'WorkloadIPs'),
        programClusterRoutes: fc.constantFrom('Enabled', 'Disabled', 'EnabledIPIPOnly'),
        ipv4NormalRoutePriority: fc.constantFrom(100, 1024),
      },
      { requiredKeys: [] },
    )
    .map((spec) => felix(spec as Parameters<typeof felix>[0])),
  fc.boolean().map((ipipEnabled) => felix({ ipipEnabled }, 'node.n1')),
  fc
    .record({
      nodeToNodeMeshEnabled: fc.boolean(),
      programClusterRoutes: fc.constantFrom('Enabled', 'Disabled', 'EnabledNoEncapOnly'),
    })
    .map((spec) => bgp(spec as Parameters<typeof bgp>[0])),
);

const aResource: fc.Arbitrary<Resource> = fc.oneof(
  { weight: 5, arbitrary: aNode },
  { weight: 5, arbitrary: aPod },
  { weight: 4, arbitrary: aPool },
  { weight: 2, arbitrary: aBlock },
  { weight: 2, arbitrary: aSetting },
);

// ---- what happens --------------------------------------------------------------------------------------------------

export type Event =
  | { readonly do: 'put' | 'remove'; readonly resource: Resource }
  | { readonly do: 'settle' }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'fail'; readonly at: number; readonly errno: number };

export const changes: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), resource: aResource }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), resource: aResource }) },
  { weight: 3, arbitrary: fc.constant<Event>({ do: 'settle' }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 20) }) },
);
export const refusals: fc.Arbitrary<Event> = fc.record({
  do: fc.constant('fail' as const),
  at: fc.integer({ min: 1, max: 40 }),
  errno: fc.constantFrom(Errno.ENOBUFS, Errno.EINVAL, Errno.ENOMEM),
});

/** A cluster that exists before anything changes. */
export const beginning: readonly Event[] = [
  { do: 'put', resource: pool('most', CIDRS.most, { ipipMode: 'Always' }) },
  { do: 'put', resource: node('n1', '10.0.0.1/24', { ipip: '10.244.1.48', vxlan: '10.244.1.48' }) },
  { do: 'put', resource: node('n2', '10.0.0.5/24', { ipip: '10.244.2.52', vxlan: '10.244.2.52' }) },
  { do: 'put', resource: node('n3', '10.0.1.9/24', { ipip: '10.244.3.56', vxlan: '10.244.3.56' }) },
];
