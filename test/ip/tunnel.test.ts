// IPIP and VXLAN: what goes around the packet, what comes out, and who is told when it does not fit.
import { describe, expect, test } from 'vitest';
import { MAC_BROADCAST, MAC_ZERO, type Mac } from '../../src/addr/mac.ts';
import { changeFdb } from '../../src/admin/fdb.ts';
import { sendArp } from '../../src/ip/arp.ts';
import { decapsulateEcn, encapsulateEcn } from '../../src/ip/ecn.ts';
import { sendDatagram } from '../../src/ip/socket.ts';
import { addByUser, dumpOrder } from '../../src/link/vxlan-table.ts';
import { NudState } from '../../src/neigh/neighbour.ts';
import { UpdateFlag } from '../../src/neigh/table.ts';
import { address, twoHosts, World } from './world.ts';

/** A and B with tunl0 towards each other, as two Calico nodes have it. */
const ipip = (): World => {
  const world = twoHosts()
    .module('ipip')
    .up('A:tunl0')
    .up('B:tunl0')
    .addr('A:tunl0', '192.168.1.1/32')
    .addr('B:tunl0', '192.168.2.1/32')
    .route('A', '192.168.2.0/24', { via: '10.0.2.2', dev: 'tunl0', onlink: true })
    .route('B', '192.168.1.0/24', { via: '10.0.1.2', dev: 'tunl0', onlink: true });
  world.ping('A', '10.0.2.2');
  world.take('A:eth0');
  world.take('B:eth0');
  return world;
};

const vxlan = (df = 0): World => {
  const world = twoHosts();
  for (const [name, local, remote, last] of [
    ['A', '10.0.1.2', '10.0.2.2', 1],
    ['B', '10.0.2.2', '10.0.1.2', 2],
  ] as const) {
    const settings = { vni: 4096, port: 4789, local: address(local), remote: address(remote), df };
    world
      .link(`${name}:vx`, { kind: 'vxlan', mtu: 1450, vxlan: settings })
      .addr(`${name}:vx`, `192.168.7.${last}/24`);
  }
  world.ping('A', '192.168.7.2');
  world.take('A:eth0');
  world.take('B:eth0');
  return world;
};

describe('IPIP', () => {
  test('twenty bytes around the packet, DF copied out, the remote taken from the gateway of the route', () => {
    const world = ipip();
    world.ping('A', '192.168.2.1');
    expect(world.take('A:eth0')).toEqual([
      'out IP 10.0.1.2>10.0.2.2 ttl 64 len 104 DF [IP 192.168.1.1>192.168.2.1 ttl 64 len 84 DF echo]',
      'in IP 10.0.2.2>10.0.1.2 ttl 63 len 104 [IP 192.168.2.1>192.168.1.1 ttl 64 len 84 reply]',
    ]);
  });

  test.each([
    [0x01, 0x01],
    [0x02, 0x02],
    [0x03, 0x02],
    [0xb8, 0xb8],
  ])('inner TOS %s goes out as %s', (inner, outer) => {
    const world = ipip();
    const tunnel = world.device('A:tunl0').tunnel!;
    tunnel.tos = 1;
    world.ping('A', '192.168.2.1', { tos: inner });
    expect(world.take('A:eth0')[0]).toContain(`len 104 tos ${outer} DF [`);
  });

  test('a packet of the MTU passes, one byte more with DF is refused to its sender', () => {
    const world = ipip();
    expect(world.ping('A', '192.168.2.1', { size: 1452 })).toBe(0);
    expect(world.take('A:eth0')[0]).toContain('len 1500 DF [');
    expect(world.ping('A', '192.168.2.1', { size: 1453 })).toBe(90);
  });

  test('without DF the inner packet is fragmented before it is wrapped', () => {
    const world = ipip();
    world.ping('A', '192.168.2.1', { size: 1453, df: false });
    expect(world.take('A:eth0').slice(0, 2)).toEqual([
      'out IP 10.0.1.2>10.0.2.2 ttl 64 len 1496 [IP 192.168.1.1>192.168.2.1 ttl 64 len 1476 MF echo]',
      'out IP 10.0.1.2>10.0.2.2 ttl 64 len 45 [IP 192.168.1.1>192.168.2.1 ttl 64 len 25 offset 1456]',
    ]);
  });

  test('a narrow link under the tunnel: the node learns it, and the next packet is refused at home', () => {
    const world = ipip().set('R:right', { mtu: 1400 });
    world.ping('A', '192.168.2.1', { size: 1452 });
    expect(world.take('A:eth0')[1]).toBe('in IP 10.0.1.1>10.0.1.2 ttl 64 len 576 tos 192 frag-needed 1400');
    world.ping('A', '192.168.2.1', { size: 1452 });
    expect(world.take('A:eth0')).toEqual([]);
    expect(world.ping('A', '192.168.2.1', { size: 1452 })).toBe(90);
    expect(world.ping('A', '192.168.2.1', { size: 1352 })).toBe(0);
  });

  test('a host without the module answers protocol unreachable; one without a device that fits, port unreachable', () => {
    const without = twoHosts().module('ipip').up('A:tunl0').addr('A:tunl0', '192.168.1.1/32');
    without.route('A', '192.168.2.0/24', { via: '10.0.2.2', dev: 'tunl0', onlink: true });
    without.ping('A', '192.168.2.1');
    expect(without.take('A:eth0').pop()).toContain('unreachable 3');
    expect(without.drops('B')).toEqual(['TUNNEL_NO_DEVICE=1']);
    without.lab.kernel.modules.delete('ipip');
    without.ping('A', '192.168.2.1');
    expect(without.take('A:eth0').pop()).toContain('unreachable 2');
    expect(without.drops('B')).toEqual(['IP_NOPROTO=1', 'TUNNEL_NO_DEVICE=1']);
  });

  test('a tunnel whose route leads into itself ends in a drop with a name', () => {
    const world = ipip().route('A', '10.0.2.2/32', { dev: 'tunl0' });
    world.ping('A', '192.168.2.1');
    expect(world.drops('A')).toEqual(['TUNNEL_LOOP=1']);
    expect(world.lab.kernel.pool.outstanding).toBe(0);
  });

  test('two tunnels that carry each other stop at the limit of the kernel', () => {
    const world = twoHosts()
      .module('ipip')
      .link('A:one', { kind: 'ipip', ipip: { local: address('10.0.1.2'), remote: address('172.16.0.1') } })
      .link('A:two', { kind: 'ipip', ipip: { local: address('10.0.1.2'), remote: address('172.16.0.2') } })
      .route('A', '172.16.0.2/32', { dev: 'one' })
      .route('A', '172.16.0.1/32', { dev: 'two' });
    world.ping('A', '172.16.0.1');
    expect(world.drops('A')).toEqual(['RECURSION_LIMIT=1']);
    expect(world.lab.kernel.pool.outstanding).toBe(0);
  });
});

describe('VXLAN', () => {
  test('fifty bytes around the frame, to port 4789, without DF', () => {
    const world = vxlan();
    world.ping('A', '192.168.7.2');
    expect(world.take('A:eth0')).toEqual([
      'out IP 10.0.1.2>10.0.2.2 ttl 64 len 134 vxlan 4096 [IP 192.168.7.1>192.168.7.2 ttl 64 len 84 DF echo]',
      'in IP 10.0.2.2>10.0.1.2 ttl 63 len 134 vxlan 4096 [IP 192.168.7.2>192.168.7.1 ttl 64 len 84 reply]',
    ]);
  });

  test('without df the underlay fragments the outer packet, so a DF ping of the inner size passes a narrow link', () => {
    const world = vxlan().set('R:right', { mtu: 1400 }).set('B:eth0', { mtu: 1400 });
    world.ping('A', '192.168.7.2', { size: 1422 });
    expect(world.take('B:eth0').slice(0, 2)).toEqual([
      expect.stringContaining('len 1396 MF vxlan'),
      expect.stringContaining('len 124 offset 1376'),
    ]);
    expect(world.take('A:eth0').slice(-2)).toEqual([
      expect.stringContaining('len 1396 MF vxlan'),
      expect.stringContaining('len 124 offset 1376'),
    ]);
    expect(world.namespace('A').counters.reassembled).toBe(1);
  });

  test('a UDP packet whose checksum is deferred arrives: the outer checksum is not the one to verify', () => {
    const world = vxlan();
    const payload = Uint8Array.from([0x80, 0x01, 0x80, 0x02, 0, 9, 0, 0, 0x61]);
    sendDatagram(world.namespace('A'), { destination: address('192.168.7.2'), protocol: 17, payload });
    world.lab.settle();
    expect(world.drops('B')).toEqual(['NO_SOCKET=1']);
    expect(world.take('A:eth0')).toHaveLength(2);
  });

  test('with df the router tells the node, not the sender inside; the node remembers', () => {
    const world = vxlan(1).set('R:right', { mtu: 1400 });
    world.ping('A', '192.168.7.2', { size: 1422 });
    expect(world.take('A:eth0')).toEqual([
      expect.stringContaining('len 1500 DF vxlan'),
      'in IP 10.0.1.1>10.0.1.2 ttl 64 len 576 tos 192 frag-needed 1400',
    ]);
    const hop = world.namespace('A').fib.dump(254)[0].nextHops[0];
    expect(hop.exceptions?.get(address('10.0.2.2'))?.mtu).toBe(1400);
  });

  test.each([
    ['another VNI', { vni: 7 }, 'VXLAN_VNI_NOT_FOUND=1', 0],
    ['another port', { port: 4799 }, 'NO_SOCKET=1', 1],
  ])('%s on the other side: silence, or port unreachable to the node', (_, change, drop, answers) => {
    const world = vxlan();
    Object.assign(world.device('B:vx').vxlan!, change);
    world.ping('A', '192.168.7.2');
    expect(world.drops('B')).toEqual([drop]);
    expect(world.take('A:eth0').filter((line) => line.includes('unreachable 3'))).toHaveLength(answers);
  });

  test('a frame for a MAC that no FDB entry knows, and no default remote: dropped where it stands', () => {
    const world = vxlan();
    world.device('A:vx').vxlan!.fdb.clear();
    world.ping('A', '192.168.7.2');
    expect(world.drops('A')).toEqual(['NO_TX_TARGET=1']);
  });

  test('what is learnt from a frame is used for the answer, and forgotten after its time', () => {
    const world = vxlan();
    const table = world.device('B:vx').vxlan!.fdb;
    const mac = world.device('A:vx').address;
    expect(table.get(mac)?.remotes[0].address).toBe(address('10.0.1.2'));
    world.wait(400);
    world.ping('B', '192.168.7.1');
    expect(world.take('B:eth0').filter((line) => line.includes('ARP who-has 192.168.7.1'))).not.toEqual([]);
  });

  test('old entries go when the timer looks: at the first end that it knows, or after ten seconds (vxlan_cleanup)', () => {
    const world = new World()
      .cable('A:eth0', 'B:eth0')
      .link('A:vx', { kind: 'vxlan', vxlan: { vni: 7, ageing: 3 } });
    const device = world.device('A:vx');
    const state = device.vxlan!;
    const learnt = { address: address('10.0.1.3'), port: 4789, vni: 7, link: 0 };
    const know = (mac: number) =>
      addByUser(device, mac as Mac, learnt, NudState.REACHABLE, 0, { create: true });
    const known = () => dumpOrder(state, world.lab.kernel.clock.now).length;
    world.wait(5);
    know(0x020000000031);
    expect([known(), world.wait(4.9) && known(), world.wait(0.2) && known()]).toEqual([1, 1, 0]);
    world.wait(9);
    know(0x020000000032);
    expect([
      known(),
      world.wait(1) && known(),
      world.wait(1.9) && known(),
      world.wait(0.2) && known(),
    ]).toEqual([1, 1, 1, 0]);
  });

  test('with proxy an ARP question is answered from the neighbour table, and none goes through the tunnel', () => {
    const world = vxlan();
    const device = world.device('A:vx');
    device.vxlan!.proxy = true;
    const { neighbours } = device.namespace;
    world.ping('A', '192.168.7.9');
    expect(world.take('A:eth0')).toEqual([]);
    const known = neighbours.obtain(device, address('192.168.7.9'))!;
    neighbours.update(known, 0x020000000009 as Mac, NudState.PERMANENT, UpdateFlag.ADMIN);
    world.watch('A:vx');
    sendArp(device, 1, MAC_BROADCAST, address('192.168.7.1'), MAC_ZERO, address('192.168.7.9'));
    world.lab.settle();
    expect(world.take('A:vx')).toEqual([
      'out ARP who-has 192.168.7.9 tell 192.168.7.1',
      'in ARP 192.168.7.9 is-at 02:00:00:00:00:09 to 192.168.7.1',
    ]);
  });

  test('a broadcast goes to every remote of the entry for 00:00:00:00:00:00', () => {
    const world = vxlan();
    const request = {
      mac: 0 as never,
      device: 'A:vx'.slice(2),
      flags: 2,
      state: 0x80,
      destination: address('10.0.1.77'),
    };
    expect(changeFdb(world.namespace('A'), 'append', request)).toBeNull();
    world.device('A:vx').namespace.neighbours.flushAll();
    world.ping('A', '192.168.7.2');
    const broadcasts = world
      .take('A:eth0')
      .filter((line) => line.includes('who-has 10.0.1.77') || line.includes('vxlan 4096 [ARP who-has'));
    expect(broadcasts.sort()).toEqual([
      expect.stringContaining('ARP who-has 10.0.1.77'),
      expect.stringContaining('IP 10.0.1.2>10.0.2.2'),
    ]);
  });
});

describe('ECN (RFC 6040)', () => {
  test.each([
    [0, 0, 0],
    [0, 1, 1],
    [0, 2, 2],
    [0, 3, 2],
    [0xb8, 3, 0xba],
  ])('outer %d with inner %d is sent as %d', (outer, inner, sent) => {
    expect(encapsulateEcn(outer, inner)).toBe(sent);
  });
  test.each([
    [0, 0, 0],
    [1, 0, 0],
    [2, 0, 0],
    [3, 0, -1],
    [0, 1, 1],
    [3, 1, 3],
    [0, 2, 2],
    [1, 2, 1],
    [3, 2, 3],
    [0, 3, 3],
    [3, 0xb9, 0xbb],
  ])('outer %d around inner %d leaves %d', (outer, inner, left) => {
    expect(decapsulateEcn(outer, inner)).toBe(left);
  });
});
