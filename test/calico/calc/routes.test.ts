// Felix's scenarios of the calculation graph (calico.md 7.6). There a tunnel address is not part of the Node; here it is,
// so each node that has one has a tunnel route too.
import { expect, test } from 'vitest';
import { formatIpv4, formatPrefix, parseIpv4 } from '../../../src/addr/ipv4.ts';
import { formatMac } from '../../../src/addr/mac.ts';
import { CalcGraph } from '../../../src/calico/calc/graph.ts';
import { networkKey, parsePrefix } from '../../../src/calico/calc/prefix.ts';
import type { Release } from '../../../src/calico/calc/release.ts';
import { type Prefix, RouteKind, type RouteUpdate } from '../../../src/calico/calc/types.ts';
import type { Resource } from '../../../src/calico/resource/types.ts';
import { block, felix, node, pod, pool } from './resources.ts';

const LOCAL = 'localhostname';
const REMOTE = 'remotehostname';
const REMOTE2 = 'remotehostname2';

const local = node(LOCAL, '192.168.0.1', { vxlan: '10.0.0.0' });
const remote = node(REMOTE, '192.168.0.2', { vxlan: '10.0.1.0' });
const remote2 = node(REMOTE2, '192.168.0.3', { vxlan: '10.0.2.0' });
const vxlan = pool('pool', '10.0.0.0/16', { vxlanMode: 'Always', natOutgoing: true });

function graphOf(resources: readonly Resource[], release: Release = 'v3.33'): CalcGraph {
  const graph = new CalcGraph(release);
  for (const resource of resources) graph.put(resource);
  return graph;
}

const keyOf = (cidr: string): number => networkKey(parsePrefix(cidr) as Prefix);

/** The kinds and flags of a route in one line: `REMOTE_WORKLOAD vxlan remotehostname 192.168.0.2 nat`. */
function line(route: RouteUpdate | null): string {
  if (route === null) return '';
  const kinds = Object.entries(RouteKind).filter(([, bit]) => (route.types & bit) !== 0);
  const { natOutgoing: nat, sameSubnet, localWorkload, borrowed } = route;
  const flags = Object.entries({ nat, sameSubnet, localWorkload, borrowed }).filter(([, on]) => on);
  const nextHop = route.nodeAddress === 0 ? '' : formatIpv4(route.nodeAddress);
  return [
    kinds.map(([kind]) => kind).join('|') || 'CIDR_INFO',
    route.poolType,
    route.node,
    nextHop,
    ...flags.map(([flag]) => flag),
  ]
    .filter((word) => word !== '')
    .join(' ');
}

/** All routes of the node, by prefix. */
function routesOf(graph: CalcGraph, self = LOCAL): Record<string, string> {
  const keys = new Set(graph.prefixes());
  for (const { networks } of graph.endpointsOf(self)) for (const net of networks) keys.add(networkKey(net));
  const routes = [...keys].map((key) => graph.route(self, key)).filter((route) => route !== null);
  return Object.fromEntries(routes.map((route) => [formatPrefix(route.address, route.length), line(route)]));
}

const route = (graph: CalcGraph, cidr: string, self = LOCAL): string => line(graph.route(self, keyOf(cidr)));

function vtep(graph: CalcGraph, name: string): string {
  const found = graph.vtep(name);
  if (found === null) return '';
  return `${formatMac(found.mac)} ${formatIpv4(found.address)} ${formatIpv4(found.parent)}`;
}

test('S50: a VXLAN pool with a block of a remote node makes a VTEP and routes', () => {
  const graph = graphOf([vxlan, remote, block('10.0.1.0/29', REMOTE)]);
  expect(vtep(graph, REMOTE)).toBe('66:3e:ca:a4:db:65 10.0.1.0 192.168.0.2');
  expect(routesOf(graph)).toEqual({
    '10.0.0.0/16': 'CIDR_INFO vxlan nat',
    '192.168.0.2/32': `REMOTE_HOST none ${REMOTE} 192.168.0.2`,
    '10.0.1.0/29': `REMOTE_WORKLOAD vxlan ${REMOTE} 192.168.0.2 nat`,
    '10.0.1.0/32': `REMOTE_TUNNEL vxlan ${REMOTE} 192.168.0.2 nat`,
  });
});

const lent = block('10.0.1.0/29', REMOTE, { 1: REMOTE, 2: REMOTE2 });

test('S52: an address of a block that another node has is a route of its own, borrowed', () => {
  const graph = graphOf([vxlan, remote, remote2, lent]);
  expect(route(graph, '10.0.1.0/29')).toBe(`REMOTE_WORKLOAD vxlan ${REMOTE} 192.168.0.2 nat`);
  expect(route(graph, '10.0.1.2/32')).toBe(`REMOTE_WORKLOAD vxlan ${REMOTE2} 192.168.0.3 nat borrowed`);
  expect(route(graph, '10.0.1.1/32')).toBe('');
  expect(vtep(graph, REMOTE2)).toBe('66:40:18:59:1f:16 10.0.2.0 192.168.0.3');
});

test('S53: the block and its borrower change places with the affinity', () => {
  const graph = graphOf([vxlan, remote, remote2, lent]);
  graph.put(block('10.0.1.0/29', REMOTE2, { 1: REMOTE, 2: REMOTE2 }));
  expect(route(graph, '10.0.1.0/29')).toContain('192.168.0.3');
  expect(route(graph, '10.0.1.1/32')).toBe(`REMOTE_WORKLOAD vxlan ${REMOTE} 192.168.0.2 nat borrowed`);
  expect(route(graph, '10.0.1.2/32')).toBe('');
});

const localBlock = [vxlan, local, remote, block('10.0.0.0/29', LOCAL, { 1: LOCAL, 2: REMOTE })];

test('S55: a borrowed address of a local block is local by its block and remote by its pod', () => {
  const graph = graphOf(localBlock);
  expect(route(graph, '10.0.0.0/29')).toBe(`LOCAL_WORKLOAD vxlan ${LOCAL} 192.168.0.1 nat`);
  expect(route(graph, '10.0.0.2/32')).toBe(
    `REMOTE_WORKLOAD|LOCAL_WORKLOAD vxlan ${REMOTE} 192.168.0.2 nat borrowed`,
  );
  expect(vtep(graph, LOCAL)).toBe('66:48:f6:56:dc:f1 10.0.0.0 192.168.0.1');
});

test('S56: a local pod wins over the address that IPAM says another node borrowed', () => {
  const graph = graphOf([...localBlock, pod('one', LOCAL, ['10.0.0.1/32', '10.0.0.2/32'])]);
  const here = `vxlan ${LOCAL} 192.168.0.1 nat localWorkload`;
  expect(route(graph, '10.0.0.1/32')).toBe(`LOCAL_WORKLOAD ${here}`);
  expect(route(graph, '10.0.0.2/32')).toBe(`REMOTE_WORKLOAD|LOCAL_WORKLOAD ${here} borrowed`);
  expect(route(graph, '10.0.0.2/32', REMOTE)).toContain(`REMOTE_WORKLOAD|LOCAL_WORKLOAD vxlan ${REMOTE}`);
});

test('S58: without its Node a block stays and has no next hop', () => {
  const graph = graphOf([vxlan, remote, remote2, lent]);
  graph.remove(remote);
  expect(vtep(graph, REMOTE)).toBe('');
  expect(route(graph, '192.168.0.2/32')).toBe('');
  expect(route(graph, '10.0.1.0/29')).toBe(`REMOTE_WORKLOAD vxlan ${REMOTE} nat`);
});

test('S58: without a tunnel address the VTEP goes and the routes stay; without the block only its routes go', () => {
  const graph = graphOf([vxlan, remote, remote2, lent]);
  graph.put(node(REMOTE, '192.168.0.2'));
  expect(vtep(graph, REMOTE)).toBe('');
  expect(route(graph, '10.0.1.0/29')).toContain('192.168.0.2');
  graph.remove(lent);
  expect(Object.keys(routesOf(graph)).filter((cidr) => cidr.startsWith('10.0.1'))).toEqual([]);
  expect(route(graph, '192.168.0.2/32')).toContain('REMOTE_HOST');
});

test('S59: a pool that turns from VXLAN to IPIP turns its routes and the encapsulations', () => {
  const graph = graphOf([vxlan, remote, block('10.0.1.0/29', REMOTE)]);
  expect(graph.encapsulation(LOCAL)).toMatchObject({ ipip: false, vxlan: true });
  graph.flush();
  graph.put(pool('pool', '10.0.0.0/16', { ipipMode: 'Always' }));
  expect(graph.flush().configuration).toBe('all');
  expect(route(graph, '10.0.1.0/29')).toBe(`REMOTE_WORKLOAD ipip ${REMOTE} 192.168.0.2`);
  expect(graph.encapsulation(LOCAL)).toMatchObject({ ipip: true, vxlan: false });
});

test('S61: of two nodes with one address the lower name has it', () => {
  const twin = node(REMOTE2, '192.168.0.2');
  const graph = graphOf([vxlan, remote, twin, block('10.0.1.0/29', REMOTE)]);
  expect(route(graph, '192.168.0.2/32')).toBe(`REMOTE_HOST none ${REMOTE} 192.168.0.2`);
  graph.remove(remote);
  expect(route(graph, '192.168.0.2/32')).toBe(`REMOTE_HOST none ${REMOTE2} 192.168.0.2`);
  expect(route(graph, '10.0.1.0/29')).toBe(`REMOTE_WORKLOAD vxlan ${REMOTE} nat`);
  expect([vtep(graph, REMOTE), vtep(graph, REMOTE2)]).toEqual(['', '']);
});

test('S62: with routes from workloads each pod is a route, of the lowest node that has the address', () => {
  const graph = graphOf([vxlan, remote, remote2, lent, felix({ routeSource: 'WorkloadIPs' })]);
  graph.put(pod('one', REMOTE2, ['10.0.0.5/32']));
  expect(route(graph, '10.0.0.5/32')).toBe(`REMOTE_WORKLOAD vxlan ${REMOTE2} 192.168.0.3 nat`);
  expect(route(graph, '10.0.1.0/29')).toBe('');
  graph.put(pod('two', REMOTE, ['10.0.0.5/32']));
  expect(route(graph, '10.0.0.5/32')).toBe(`REMOTE_WORKLOAD vxlan ${REMOTE} 192.168.0.2 nat`);
});

test('S64: each further address of a node is a host route, once; what is no IPv4 address is left out', () => {
  const addresses = ['1.2.3.4', '1.2.3.4/19', '1.2.3.4', 'some.domain.name', 'feed:dead:beef::/64'];
  const graph = graphOf([
    node(REMOTE, '192.168.0.2', { addresses: addresses.map((address) => ({ address })) }),
  ]);
  expect(routesOf(graph)).toEqual({
    '192.168.0.2/32': `REMOTE_HOST none ${REMOTE} 192.168.0.2`,
    '1.2.3.4/32': `REMOTE_HOST none ${REMOTE} 192.168.0.2`,
  });
  graph.put(node(REMOTE, '192.168.0.2'));
  expect(Object.keys(routesOf(graph))).toEqual(['192.168.0.2/32']);
});

test('S65: a tunnel address within a block is a tunnel alone, as a block of its own a workload too', () => {
  const within = graphOf([vxlan, remote, block('10.0.1.0/29', REMOTE)]);
  expect(route(within, '10.0.1.0/32')).toContain('REMOTE_TUNNEL vxlan');
  const alone = graphOf([vxlan, remote, block('10.0.1.0/32', REMOTE)]);
  expect(route(alone, '10.0.1.0/32')).toContain('REMOTE_WORKLOAD|REMOTE_TUNNEL vxlan');
});

test('S65: the address of a host within a block is a host alone, and the block stays', () => {
  const graph = graphOf([vxlan, remote, node(REMOTE2, '10.0.1.3'), block('10.0.1.0/29', REMOTE)]);
  expect(route(graph, '10.0.1.3/32')).toContain(`REMOTE_HOST vxlan ${REMOTE2}`);
  expect(route(graph, '10.0.1.0/29')).toContain(`REMOTE_WORKLOAD vxlan ${REMOTE}`);
});

test('S65: a pool for load balancers alone has no type and keeps its NAT', () => {
  const graph = graphOf([pool('lb', '10.9.0.0/24', { allowedUses: ['LoadBalancer'], natOutgoing: true })]);
  expect(route(graph, '10.9.0.0/24')).toBe('CIDR_INFO none nat');
});

test('a disabled pool counts, a deleted one does not', () => {
  const disabled = pool('pool', '10.0.0.0/16', { vxlanMode: 'Always', disabled: true });
  const graph = graphOf([disabled, remote, block('10.0.1.0/29', REMOTE)]);
  expect(route(graph, '10.0.1.0/29')).toContain('vxlan');
  graph.remove(disabled);
  expect(route(graph, '10.0.1.0/29')).toBe(`REMOTE_WORKLOAD none ${REMOTE} 192.168.0.2`);
});

test('only a block that is affine to a host makes a route for itself', () => {
  const given = block('10.0.1.0/29', REMOTE, { 2: REMOTE2 });
  const virtual = { ...given, spec: { ...given.spec, affinity: 'virtual:load-balancer' } };
  const graph = graphOf([vxlan, remote2, virtual]);
  expect(route(graph, '10.0.1.0/29')).toBe('');
  expect(route(graph, '10.0.1.2/32')).toBe(`REMOTE_WORKLOAD vxlan ${REMOTE2} 192.168.0.3 nat`);
});

const crossSubnet = pool('pool', '10.0.0.0/16', { ipipMode: 'CrossSubnet' });

test('same subnet is by the mask of the node that asks: it need not be so the other way', () => {
  const [wide, narrow] = [node('wide', '192.168.0.1/24'), node('narrow', '192.168.0.2/32')];
  const graph = graphOf([
    crossSubnet,
    wide,
    narrow,
    pod('p', 'wide', ['10.0.0.1/32']),
    pod('q', 'narrow', ['10.0.1.1/32']),
  ]);
  expect(route(graph, '10.0.1.0/26', 'wide')).toContain('sameSubnet');
  expect(route(graph, '10.0.0.0/26', 'narrow')).not.toContain('sameSubnet');
});

test('without blocks a block is derived for the node that has most of its addresses', () => {
  const pods = [
    pod('a', 'x', ['10.0.0.9/32']),
    pod('b', 'y', ['10.0.0.7/32']),
    pod('c', 'y', ['10.0.0.8/32']),
  ];
  const graph = graphOf([crossSubnet, node('x', '192.168.0.1/24'), node('y', '192.168.0.2/24'), ...pods]);
  expect(route(graph, '10.0.0.0/26', 'z')).toContain('REMOTE_WORKLOAD ipip y');
  expect(route(graph, '10.0.0.9/32', 'z')).toContain('REMOTE_WORKLOAD ipip x 192.168.0.1 borrowed');
  graph.remove(pods[1]);
  expect(route(graph, '10.0.0.0/26', 'z')).toContain('REMOTE_WORKLOAD ipip y');
  graph.put(pod('d', 'x', ['10.0.0.20/32']));
  expect(route(graph, '10.0.0.0/26', 'z')).toContain('REMOTE_WORKLOAD ipip x');
  expect(route(graph, '10.0.0.8/32', 'z')).toContain('ipip y 192.168.0.2 borrowed');
});

test('a given block of the pool ends the deriving of others, and nothing is derived outside pools', () => {
  const outside = pod('far', 'x', ['172.30.0.1/32']);
  const graph = graphOf([crossSubnet, node('x', '192.168.0.1/24'), pod('p', 'x', ['10.0.0.9/32']), outside]);
  expect(route(graph, '172.30.0.0/26', 'y')).toBe('');
  expect(route(graph, '10.0.0.0/26', 'y')).not.toBe('');
  const given = block('10.0.5.0/26', 'x');
  graph.put(given);
  expect(route(graph, '10.0.0.0/26', 'y')).toBe('');
  graph.remove(given);
  expect(route(graph, '10.0.0.0/26', 'y')).not.toBe('');
});

test('a given block takes the place of the derived one of its prefix', () => {
  const graph = graphOf([crossSubnet, local, remote, pod('p', LOCAL, ['10.0.0.9/32'])]);
  expect(route(graph, '10.0.0.0/26', 'z')).toContain(LOCAL);
  graph.put(block('10.0.0.0/26', REMOTE, { 9: LOCAL }));
  expect(route(graph, '10.0.0.0/26', 'z')).toBe(`REMOTE_WORKLOAD ipip ${REMOTE} 192.168.0.2`);
  expect(route(graph, '10.0.0.9/32', 'z')).toContain(`${LOCAL} 192.168.0.1 borrowed`);
});

test('the blocks of a pool that goes count to the pool around it', () => {
  const inner = pool('inner', '10.0.1.0/24');
  const given = block('10.0.1.0/26', REMOTE);
  const graph = graphOf([crossSubnet, inner, remote, given, pod('p', REMOTE, ['10.0.9.9/32'])]);
  expect(route(graph, '10.0.9.0/26')).toContain('REMOTE_WORKLOAD');
  graph.remove(inner);
  expect(route(graph, '10.0.9.0/26')).toBe('');
});

test('before v3.30 a borrowed tunnel address is no workload and carries no flag', () => {
  const graph = graphOf([vxlan, remote, block('10.0.1.0/29', REMOTE2, { 0: REMOTE })], 'v3.20');
  expect(route(graph, '10.0.1.0/32')).toBe(`REMOTE_TUNNEL vxlan ${REMOTE} 192.168.0.2 nat`);
});

test('all nodes without a part in a prefix share its route', () => {
  const graph = graphOf([crossSubnet, local, remote, block('10.0.1.0/29', REMOTE)]);
  const key = keyOf('10.0.1.0/29');
  expect(graph.route('one', key)).toBe(graph.route('another', key));
});

test('a pod that comes touches its own node and, in a block that is there already, nobody else', () => {
  const graph = graphOf([crossSubnet, local, remote, pod('a', REMOTE, ['10.0.1.1/32'])]);
  graph.flush();
  graph.put(pod('b', REMOTE, ['10.0.1.2/32']));
  const changes = graph.flush();
  expect(changes.shared).toEqual([]);
  expect([...changes.local.keys()]).toEqual([REMOTE]);
  expect([...(changes.endpoints.get(REMOTE) ?? [])]).toEqual([`default/${REMOTE}-k8s-b-eth0`]);
  expect(changes.configuration).toEqual(new Set());
});

test('an endpoint is told with numbers for its text', () => {
  const given = {
    mac: '02:00:00:00:00:01',
    ipNATs: [{ internalIP: '10.0.0.1', externalIP: '172.16.1.3' }],
    allowSpoofedSourcePrefixes: ['10.9.0.0/16'],
  };
  const graph = graphOf([pod('one', LOCAL, ['10.0.0.1/32', 'fd00::1/128'], given)]);
  expect(graph.endpoint(`default/${LOCAL}-k8s-one-eth0`)).toMatchObject({
    pod: 'one',
    node: LOCAL,
    mac: 0x020000000001,
    hwAddr: null,
    networks: [{ address: parseIpv4('10.0.0.1'), length: 32 }],
    external: [parseIpv4('172.16.1.3')],
    allowSpoofed: [{ address: parseIpv4('10.9.0.0'), length: 16 }],
  });
});
