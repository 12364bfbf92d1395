// Operations of every form for laws: few names and addresses, so that they meet.
import fc from 'fast-check';
import { type Ipv4, ipv4, networkOf } from '../../src/addr/ipv4.ts';
import { mac } from '../../src/addr/mac.ts';
import type { LinkChange } from '../../src/admin/types.ts';
import type { Operation } from '../../src/program/operation.ts';

export const NAMESPACES = ['', 'node1', 'pod 1'];
const DEVICES = ['lo', 'eth0', 'cali12345.67', 'br0', 'vxlan.calico', 'tunl0', 'd0', "x'y"];

const device = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('eth0', 'd0') },
  fc.constantFrom(...DEVICES),
);
const namespace = fc.constantFrom(...NAMESPACES);
const address: fc.Arbitrary<Ipv4> = fc.constantFrom(
  ...[0x0a000001, 0x0a000002, 0x0a000102, 0x0a410001, 0x7f000002, 0xac110002].map(ipv4),
);
const macs = fc.constantFrom(...[0xeeeeeeeeeeee, 0x66f937c37e94, 0x020000000001].map(mac));
const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, arbitrary);

/** Up to `most` of the settings, so that a request is not refused for one of many. */
function few<T extends object>(
  shape: { [K in keyof T]: fc.Arbitrary<T[K]> },
  most: number,
): fc.Arbitrary<Partial<T>> {
  const keys = Object.keys(shape) as (keyof T)[];
  return fc
    .tuple(fc.record(shape), fc.subarray(keys, { maxLength: most }))
    .map(([all, chosen]) => Object.fromEntries(chosen.map((key) => [key, all[key]])) as Partial<T>);
}

const change: fc.Arbitrary<LinkChange> = few(
  {
    up: fc.boolean(),
    mtu: fc.constantFrom(1400, 1500, 1450, 60),
    address: macs,
    txQueueLength: fc.constantFrom(0, 500),
    group: fc.constantFrom(0, 3),
    master: fc.constantFrom('br0', 'br0', '', 'eth0'),
    arp: fc.boolean(),
    multicast: fc.boolean(),
    promisc: fc.boolean(),
    allmulticast: fc.boolean(),
  },
  3,
);

const vxlan = fc.record(
  {
    vni: fc.constantFrom(4096, 4097),
    link: fc.constantFrom('eth0', 'd0'),
    local: address,
    remote: fc.constantFrom(ipv4(0xac110003), ipv4(0xe0000001)),
    port: fc.constantFrom(4789, 8472),
    learning: fc.boolean(),
    proxy: fc.boolean(),
    l2miss: fc.boolean(),
    l3miss: fc.boolean(),
    udpChecksum: fc.boolean(),
    ttl: fc.constantFrom(0, 5),
    tos: fc.constantFrom(0, 1, 0x10),
    df: fc.constantFrom(0, 1, 2),
    ageing: fc.constantFrom(0, 100),
  },
  { requiredKeys: ['vni'] },
);

const ipip = fc.record(
  {
    local: address,
    remote: fc.constantFrom(ipv4(0), ipv4(0xac110003)),
    ttl: fc.constantFrom(0, 64),
    tos: fc.constantFrom(0, 1, 0x10),
    pmtudisc: fc.boolean(),
    protocol: fc.constantFrom(0, 4, 137),
    fwmark: fc.constantFrom(0, 7),
  },
  { requiredKeys: [] },
);

const bridge = fc.record(
  {
    ageingTime: fc.constantFrom(0, 30_000_000),
    forwardDelay: fc.constantFrom(2_000_000, 4_000_000),
    priority: fc.constantFrom(0, 4096),
    stp: fc.boolean(),
    mcastSnooping: fc.boolean(),
  },
  { requiredKeys: [] },
);

const bridgePort = fc.record(
  {
    learning: fc.boolean(),
    hairpin: fc.boolean(),
    isolated: fc.boolean(),
    flood: fc.boolean(),
    neighSuppress: fc.boolean(),
    cost: fc.constantFrom(1, 100),
  },
  { requiredKeys: [] },
);

/** New devices are given their addresses: what is drawn at random depends on how often it was drawn before. */
const GIVEN = { address: mac(0x020000000009) };

const plainAddition = fc.record({
  name: device,
  address: macs,
  kind: fc.constantFrom('dummy', 'bridge'),
  up: fc.boolean(),
});
const addVeth = fc
  .tuple(device, device, change, change, rarely(namespace))
  .map(([name, other, mine, its, peerNamespace]): Operation => {
    // The kernel makes a peer nobody's port, whatever it is asked.
    const { master: _, ...plain } = its;
    const peer = { ...GIVEN, ...plain, name: other };
    const link = { ...GIVEN, ...mine, name, kind: 'veth', veth: { peer } };
    return peerNamespace === undefined ? { do: 'add-link', link } : { do: 'add-link', link, peerNamespace };
  });

const addLink: fc.Arbitrary<Operation> = fc.oneof(
  addVeth,
  fc.tuple(device, macs, vxlan).map(([name, at, settings]) => ({
    do: 'add-link' as const,
    link: { name, kind: 'vxlan', mtu: 1450, vxlan: settings, address: at },
  })),
  fc
    .tuple(device, ipip)
    .map(([name, settings]) => ({ do: 'add-link' as const, link: { name, kind: 'ipip', ipip: settings } })),
  fc.tuple(plainAddition, bridge).map(([link, settings]) => ({
    do: 'add-link' as const,
    link: link.kind === 'bridge' ? { ...link, bridge: settings } : link,
  })),
);

const setLink: fc.Arbitrary<Operation> = fc
  .tuple(
    device,
    change,
    fc.oneof(
      { weight: 4, arbitrary: fc.constant({}) },
      ipip.map((settings) => ({ ipip: settings })),
      bridge.map((settings) => ({ bridge: settings })),
      bridgePort.map((settings) => ({ bridgePort: settings })),
    ),
    rarely(namespace),
    rarely(device),
  )
  .map(([name, plain, kind, toNamespace, renamed]) => ({
    do: 'set-link',
    device: name,
    change: { ...plain, ...kind, ...(renamed === undefined || renamed === name ? {} : { name: renamed }) },
    ...(toNamespace === undefined ? {} : { toNamespace }),
  }));

const addAddress: fc.Arbitrary<Operation> = fc
  .record({
    device,
    local: address,
    peer: rarely(address),
    length: fc.constantFrom(24, 32),
    rest: fc.record(
      {
        broadcast: fc.constant(ipv4(0x0a0000ff)),
        scope: fc.constantFrom(0, 253, 254),
        metric: fc.constantFrom(0, 50),
        noprefixroute: fc.boolean(),
        label: fc.constantFrom('eth0:1', 'd0:a'),
        validLifetime: fc.constant(0xffffffff),
        preferredLifetime: fc.constantFrom(100, 0xffffffff),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ device: name, local, peer, length, rest }) => ({
    do: 'add-address',
    device: name,
    address: { ...rest, local, peer: peer ?? local, length },
  }));

const hop = fc.record(
  {
    device: fc.oneof({ weight: 6, arbitrary: device }, fc.constant('')),
    gateway: fc.constantFrom(ipv4(0), ipv4(0x0a000002)),
    onlink: fc.boolean(),
    weight: fc.constantFrom(1, 3),
  },
  { requiredKeys: ['device', 'gateway'] },
);
const hasHop = ({ device: name, gateway }: { device: string; gateway: Ipv4 }) => name !== '' || gateway !== 0;

const route: fc.Arbitrary<Operation> = fc
  .record({
    verb: fc.constantFrom('add', 'change', 'replace', 'append', 'prepend', 'delete') as fc.Arbitrary<
      'add' | 'change' | 'replace' | 'append' | 'prepend' | 'delete'
    >,
    table: fc.constantFrom(0, 0, 254, 100, 255),
    prefix: fc.tuple(address, fc.constantFrom(32, 24, 26, 0)),
    hops: fc.array(hop.filter(hasHop), { maxLength: 2 }),
    rest: few(
      {
        type: fc.constantFrom(1, 2, 6, 7, 8, 9),
        scope: fc.constantFrom(0, 253, 254),
        protocol: fc.constantFrom(0, 3, 4, 12, 80),
        priority: fc.constantFrom(0, 512, 1024),
        prefsrc: address,
        tos: fc.constantFrom(0, 0x10),
        metrics: fc.record(
          {
            mtu: fc.constantFrom(1400, 9000),
            mtuLocked: fc.constant(true),
            advmss: fc.constant(1000),
            rtt: fc.constant(80),
            rtoMin: fc.constant(200),
            hoplimit: fc.constant(7),
            quickack: fc.constant(1),
            features: fc.constant(1),
          },
          { requiredKeys: ['mtu'] },
        ),
        multipath: fc.boolean(),
      },
      3,
    ),
  })
  .map(({ verb, table, prefix: [at, length], hops, rest }) => ({
    do: 'route',
    verb,
    route: {
      ...rest,
      ...(rest.multipath !== undefined && (hops.length === 0 || hops.length > 1)
        ? { multipath: hops.length > 1 }
        : {}),
      table,
      destination: networkOf(at, length),
      length,
      nextHops: hops,
    },
  }));

const neighbour: fc.Arbitrary<Operation> = fc.oneof(
  fc
    .record({
      destination: address,
      device,
      rest: fc.record(
        {
          lladdr: macs,
          state: fc.constantFrom(0, 4, 0x40, 0x80),
          router: fc.boolean(),
          externLearn: fc.boolean(),
          proxy: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
    })
    .map(({ rest, ...where }) => ({ do: 'replace-neighbour' as const, neighbour: { ...where, ...rest } })),
  fc.record({ do: fc.constant('delete-neighbour' as const), device, destination: address }),
);

const fdb: fc.Arbitrary<Operation> = fc
  .record({
    verb: fc.constantFrom('replace-fdb' as const, 'delete-fdb' as const),
    mac: macs,
    device,
    flags: fc.constantFrom(2, 4, 0x12),
    state: fc.constantFrom(0xc0, 0x42, 0x02),
    rest: fc.record(
      {
        destination: address,
        port: fc.constant(4790),
        vni: fc.constant(5),
        via: fc.constantFrom('eth0', 'd0'),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ verb, rest, ...entry }) => ({ do: verb, entry: { ...entry, ...rest } }));

const sysctl: fc.Arbitrary<Operation> = fc
  .record({
    where: fc.oneof(device, fc.constantFrom('all', 'default')),
    key: fc.constantFrom(
      'conf rp_filter',
      'conf proxy_arp',
      'conf forwarding',
      'conf route_localnet',
      'neigh proxy_delay',
    ),
    value: fc.constantFrom('0', '1', '2', 'x'),
  })
  .map(({ where, key, value }) => {
    const [directory, setting] = key.split(' ') as [string, string];
    return { do: 'sysctl', path: `net/ipv4/${directory}/${where}/${setting}`, value };
  });

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: addLink },
  { weight: 4, arbitrary: setLink },
  { weight: 1, arbitrary: device.map((name) => ({ do: 'delete-link' as const, device: name })) },
  { weight: 4, arbitrary: addAddress },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('delete-address' as const),
      device,
      local: address,
      length: fc.constantFrom(24, 32),
    }),
  },
  { weight: 6, arbitrary: route },
  { weight: 3, arbitrary: neighbour },
  { weight: 3, arbitrary: fdb },
  { weight: 3, arbitrary: sysctl },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('ipip', 'vxlan', 'nope')
      .map((module) => ({ do: 'load-module' as const, module })),
  },
);

/** What the operations have to work on. */
export const GROUND: readonly Operation[] = [
  { do: 'add-link', link: { name: 'eth0', kind: 'veth', address: mac(2), veth: { peer: { name: 'd0' } } } },
  { do: 'set-link', device: 'eth0', change: { up: true } },
  { do: 'set-link', device: 'd0', change: { up: true } },
  { do: 'add-link', link: { name: 'br0', kind: 'bridge', address: mac(4) } },
  {
    do: 'add-address',
    device: 'eth0',
    address: { local: ipv4(0x0a000001), peer: ipv4(0x0a000001), length: 24 },
  },
];

/** An operation and the namespace that it is done in. */
export const step = fc.record({ namespace, operation });
