// What one prefix is to one node: Felix's scenarios of the VXLAN, IPIP and no-encap managers, and BIRD's part.
import { describe, expect, test } from 'vitest';
import { formatIpv4, formatPrefix, type Ipv4 } from '../../../src/addr/ipv4.ts';
import { mac } from '../../../src/addr/mac.ts';
import { RouteKind, type RouteUpdate, type Vtep } from '../../../src/calico/calc/types.ts';
import { type NodeView, type Placement, placementOf } from '../../../src/calico/manager/placement.ts';
import { RouteClass } from '../../../src/calico/table/route-class.ts';
import { TargetType } from '../../../src/calico/table/target.ts';
import { ip } from '../../admin/machine.ts';

const { REMOTE_WORKLOAD, LOCAL_WORKLOAD, REMOTE_TUNNEL } = RouteKind;
const NONE = ip('0.0.0.0');

const update = (prefix: string, rest: Partial<RouteUpdate> = {}): RouteUpdate => {
  const [address, length] = prefix.split('/') as [string, string];
  return {
    address: ip(address),
    length: Number(length),
    types: REMOTE_WORKLOAD,
    poolType: 'vxlan',
    node: 'node2',
    nodeAddress: ip('172.0.2.2'),
    sameSubnet: false,
    natOutgoing: false,
    localWorkload: false,
    tunnel: { ipip: false, vxlan: false },
    borrowed: false,
    ...rest,
  };
};

const VTEP: Vtep = {
  node: 'node2',
  mac: mac(0x660000000002),
  address: ip('10.0.1.0'),
  parent: ip('172.0.2.2'),
};

/** node1 with 172.0.0.2 on eth0, where Felix writes everything. */
const view = (rest: Partial<NodeView> = {}): NodeView => ({
  node: 'node1',
  signature: '',
  parent: 'eth0',
  writers: { vxlan: 'felix', ipip: 'felix', noEncap: 'felix' },
  deviceRouteProtocol: 3,
  clusterRouteProtocol: 80,
  birdPriority: 1024,
  tunnelMtu: { ipip: 1400, vxlan: 4444 },
  fallsBackToTunnel: true,
  directTunnelRoutes: true,
  vtep: (node) => (node === 'node2' ? VTEP : null),
  learned: ({ nodeAddress }) => nodeAddress,
  resolve: (gateway) => ({ device: 'eth0', gateway, onlink: false }),
  ...rest,
});

const TYPE_NAMES = new Map<number, string>(Object.entries(TargetType).map(([name, type]) => [type, name]));
const CLASS_NAMES = new Map<number, string>(Object.entries(RouteClass).map(([name, cls]) => [cls, name]));
const via = (gateway: Ipv4): string => (gateway === NONE ? '' : ` via ${formatIpv4(gateway)}`);

/** `VXLAN_TUNNEL 10.0.0.0/26 via 10.0.1.0 dev vxlan.calico VXLAN proto 3 mtu 4444` */
function line(placement: Placement | null): string {
  if (placement === null) return 'none';
  const { writer, routeClass, device, target } = placement;
  const { destination, length, gateway, type, protocol, mtu, priority } = target;
  return [
    writer === 'bird' ? 'bird' : CLASS_NAMES.get(routeClass),
    `${formatPrefix(destination, length)}${via(gateway)}${device && ` dev ${device}`}`,
    `${TYPE_NAMES.get(type)} proto ${protocol}`,
    ...(mtu === 0 ? [] : [`mtu ${mtu}`]),
    ...(priority === 0 ? [] : [`metric ${priority}`]),
  ].join(' ');
}

const placed = (of: RouteUpdate, by: Partial<NodeView> = {}): string => line(placementOf(of, view(by)));

describe('VXLAN', () => {
  const block = update('172.0.0.0/26', { sameSubnet: true });

  test('S31: without a parent a same-subnet block takes the tunnel, with one it is direct', () => {
    expect(placed(block, { parent: '' })).toBe(
      'VXLAN_TUNNEL 172.0.0.0/26 via 10.0.1.0 dev vxlan.calico VXLAN proto 3 mtu 4444',
    );
    expect(placed(block)).toBe('VXLAN_SAME_SUBNET 172.0.0.0/26 via 172.0.2.2 dev eth0 NO_ENCAP proto 80');
  });

  test('S31: before v3.29 it waits for the parent', () => {
    expect(placed(block, { parent: '', fallsBackToTunnel: false })).toBe('none');
  });

  test.each([
    ['borrowed', { types: REMOTE_TUNNEL, borrowed: true }],
    ['of a /32 block', { types: REMOTE_TUNNEL | REMOTE_WORKLOAD }],
  ])('S32: a tunnel address that is %s is reached over the device itself', (_, rest) => {
    const tunnel = update('10.0.1.1/32', { ...rest, tunnel: { ipip: false, vxlan: true } });
    expect(placed(tunnel)).toBe('VXLAN_TUNNEL 10.0.1.1/32 dev vxlan.calico LOCAL_WORKLOAD proto 3 mtu 4444');
  });

  test('S32: a tunnel address that its node’s block leads to has no route of its own', () => {
    expect(
      placed(update('10.0.1.1/32', { types: REMOTE_TUNNEL, tunnel: { ipip: false, vxlan: true } })),
    ).toBe('none');
  });

  test('a node without a VTEP is not reached, and nobody goes to himself', () => {
    expect(placed(update('172.0.0.0/26', { node: 'node3' }))).toBe('none');
    expect(placed(update('172.0.0.9/32', { node: 'node1', borrowed: true }))).toBe('none');
  });

  test('where VXLAN is turned off there is no manager for it', () => {
    const writers = { vxlan: null, ipip: 'felix', noEncap: 'felix' } as const;
    expect(placed(update('172.0.0.0/26'), { writers })).toBe('none');
  });

  test('the node’s own block is a blackhole, unless it is one address', () => {
    const own = { types: LOCAL_WORKLOAD, node: 'node1' };
    expect(placed(update('172.0.0.0/26', own))).toBe('BLACKHOLE_VXLAN 172.0.0.0/26 BLACKHOLE proto 80');
    expect(placed(update('172.0.0.1/32', own))).toBe('none');
  });
});

describe('IPIP', () => {
  const ipip = (prefix: string, rest: Partial<RouteUpdate> = {}) =>
    update(prefix, { poolType: 'ipip', ...rest });

  test('S37: without a parent a same-subnet block takes tunl0, with one it is direct', () => {
    const block = ipip('192.168.10.0/26', { sameSubnet: true, nodeAddress: ip('10.0.0.2') });
    expect(placed(block, { parent: '' })).toBe(
      'IPIP_TUNNEL 192.168.10.0/26 via 10.0.0.2 dev tunl0 ONLINK proto 80 mtu 1400',
    );
    expect(placed(block)).toBe('IPIP_SAME_SUBNET 192.168.10.0/26 via 10.0.0.2 dev eth0 NO_ENCAP proto 80');
  });

  test.each([
    ['borrowed', { types: REMOTE_TUNNEL, borrowed: true }],
    ['of a /32 block', { types: REMOTE_TUNNEL | REMOTE_WORKLOAD }],
  ])('S38: a tunnel address that is %s is a gateway route all the same', (_, rest) => {
    const tunnel = ipip('10.0.1.1/32', { ...rest, tunnel: { ipip: true, vxlan: false } });
    expect(placed(tunnel)).toBe('IPIP_TUNNEL 10.0.1.1/32 via 172.0.2.2 dev tunl0 ONLINK proto 80 mtu 1400');
  });

  test('BIRD writes the tunnel on-link, and what is on the subnet by the way that the node has', () => {
    const writers = { vxlan: 'felix', ipip: 'bird', noEncap: 'bird' } as const;
    expect(placed(ipip('192.168.10.0/26'), { writers })).toBe(
      'bird 192.168.10.0/26 via 172.0.2.2 dev tunl0 ONLINK proto 12 metric 1024',
    );
    expect(placed(ipip('192.168.10.0/26', { sameSubnet: true }), { writers })).toBe(
      'bird 192.168.10.0/26 via 172.0.2.2 dev eth0 GLOBAL_UNICAST proto 12 metric 1024',
    );
  });
});

describe('no encapsulation', () => {
  const plain = (prefix: string, rest: Partial<RouteUpdate> = {}) =>
    update(prefix, { poolType: 'no-encap', ...rest });

  test('S40: a remote block is on-link to its node, the own one a blackhole', () => {
    expect(placed(plain('192.168.0.0/26'))).toBe(
      'NO_ENCAP 192.168.0.0/26 via 172.0.2.2 dev eth0 NO_ENCAP proto 80',
    );
    expect(placed(plain('192.168.0.64/26', { types: LOCAL_WORKLOAD, node: 'node1' }))).toBe(
      'BLACKHOLE_NO_ENCAP 192.168.0.64/26 BLACKHOLE proto 80',
    );
  });

  test('S41: without a parent there is no route', () => {
    expect(placed(plain('192.168.0.0/26'), { parent: '' })).toBe('none');
  });

  test('BIRD resolves a next hop behind a router, on-link where the router is', () => {
    const writers = { vxlan: 'felix', ipip: 'bird', noEncap: 'bird' } as const;
    const router = { device: 'eth0', gateway: ip('172.0.0.1') };
    expect(placed(plain('192.168.0.0/26'), { writers, resolve: () => ({ ...router, onlink: false }) })).toBe(
      'bird 192.168.0.0/26 via 172.0.0.1 dev eth0 GLOBAL_UNICAST proto 12 metric 1024',
    );
    expect(placed(plain('192.168.0.0/26'), { writers, resolve: () => ({ ...router, onlink: true }) })).toBe(
      'bird 192.168.0.0/26 via 172.0.0.1 dev eth0 ONLINK proto 12 metric 1024',
    );
    expect(placed(plain('192.168.0.0/26'), { writers, resolve: () => null })).toBe('none');
    expect(placed(plain('192.168.0.0/26'), { writers, learned: () => NONE })).toBe('none');
  });
});
