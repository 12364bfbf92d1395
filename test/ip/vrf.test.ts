// Packets in VRFs: two customers with the same addresses behind one router, what the VRF device shows of them, which
// sockets hear them. captures/vrf-forward says the same of the kernel, frame by frame.
import { describe, expect, test } from 'vitest';
import { hearsAt, openSocket, sendDatagram } from '../../src/admin/socket.ts';
import { peerOf } from '../../src/ip/peers.ts';
import type { Device, Tap } from '../../src/netns/device.ts';
import { address, World } from './world.ts';

/** A and B are both 10.0.1.2, behind R's devices `a` in `red` and `b` in `blue`, which both have 10.0.1.1. */
function customers(): World {
  const world = new World().cable('A:eth0', 'R:a').cable('B:eth0', 'R:b').router('R');
  for (const [name, table] of [
    ['red', 10],
    ['blue', 20],
  ] as const)
    world.link(`R:${name}`, { kind: 'vrf', vrf: { table } });
  world.set('R:a', { master: 'red' }).set('R:b', { master: 'blue' });
  for (const place of ['R:a', 'R:b']) world.addr(place, '10.0.1.1/24');
  for (const place of ['A:eth0', 'B:eth0']) world.addr(place, '10.0.1.2/24');
  return world.router('R').watch('A:eth0', 'B:eth0');
}

const answers = (world: World, place: string): string[] =>
  world.take(place).filter((line) => line.startsWith('in IP'));

/** Sends an echo request from R by a socket bound to a device. */
function pingBound(world: World, device: string, to: string): number {
  const payload = Uint8Array.of(8, 0, 0xf7, 0xff, 0, 0, 0, 0);
  const errno = sendDatagram(world.namespace('R'), {
    destination: address(to),
    device: world.device(`R:${device}`),
    protocol: 1,
    payload,
  });
  world.lab.settle();
  return errno;
}

describe('the router', () => {
  test('answers each customer in its own VRF', () => {
    const world = customers();
    for (const name of ['A', 'B']) world.ping(name, '10.0.1.1');
    expect(answers(world, 'A:eth0')).toEqual(['in IP 10.0.1.1>10.0.1.2 ttl 64 len 84 reply']);
    expect(answers(world, 'B:eth0')).toEqual(['in IP 10.0.1.1>10.0.1.2 ttl 64 len 84 reply']);
  });

  test.each([
    ['red', 'A:eth0', 'B:eth0'],
    ['blue', 'B:eth0', 'A:eth0'],
    ['a', 'A:eth0', 'B:eth0'],
  ])('reaches one of them by a socket bound to %s', (device, one, other) => {
    const world = customers();
    expect(pingBound(world, device, '10.0.1.2')).toBe(0);
    expect(answers(world, one)).toHaveLength(1);
    expect(answers(world, other)).toEqual([]);
  });

  test('reaches none of them by a socket that is not bound', () => {
    expect(customers().ping('R', '10.0.1.2')).not.toBe(0);
  });

  test('tells a customer of what has no route in its VRF, by its VRF', () => {
    const world = customers().route('A', 'default', { via: '10.0.1.1' });
    world.ping('A', '172.16.0.1');
    expect(answers(world, 'A:eth0')).toEqual([expect.stringContaining('10.0.1.1>10.0.1.2')]);
    expect(answers(world, 'B:eth0')).toEqual([]);
  });

  test("sends what is leaked to the other VRF device by that table, with the sender's address", () => {
    const world = customers();
    world.namespace('R').fib.insert(
      {
        table: 10,
        destination: address('10.0.9.0'),
        length: 24,
        type: 1,
        scope: 253,
        nextHops: [{ device: world.device('R:blue') }],
      },
      'add',
    );
    world.namespace('R').fib.insert(
      {
        table: 20,
        destination: address('10.0.9.0'),
        length: 24,
        type: 1,
        nextHops: [{ gateway: address('10.0.1.2') }],
      },
      'add',
    );
    world.addr('A:eth0', '10.7.0.1/32').route('A', '10.0.9.0/24', { via: '10.0.1.1' });
    world.ping('A', '10.0.9.9', { from: '10.7.0.1' });
    expect(answers(world, 'B:eth0')).toEqual([expect.stringContaining('10.7.0.1>10.0.9.9 ttl 63')]);
  });
});

describe('the VRF device shows', () => {
  /** A listener like tcpdump's; `everywhere` is that of `-i any`. */
  class Listener implements Tap {
    readonly everywhere: boolean;
    readonly seen: string[] = [];
    constructor(everywhere: boolean) {
      this.everywhere = everywhere;
    }
    frame(device: Device, _: unknown, outgoing: boolean): void {
      this.seen.push(`${outgoing ? 'out' : 'in'} ${device.name}`);
    }
  }

  const listen = (world: World, everywhere: boolean): Listener => {
    const listener = new Listener(everywhere);
    const red = world.device('R:red');
    red.taps = [...(red.taps ?? []), listener];
    return listener;
  };

  test('both ways of what its slaves receive and this host sends, as if it sent all', () => {
    const world = customers();
    const listener = listen(world, false);
    world.ping('A', '10.0.1.1');
    expect(listener.seen).toEqual(['out red', 'out red']);
  });

  test('nothing to those who listen everywhere, unless somebody listens there', () => {
    const world = customers();
    const listener = listen(world, true);
    world.ping('A', '10.0.1.1');
    expect(listener.seen).toEqual([]);
    listen(world, false);
    world.ping('A', '10.0.1.1');
    expect(listener.seen).toEqual(['out red', 'out red']);
  });

  test('what is sent to an address of the domain once, as it leaves', () => {
    const world = customers();
    const listener = listen(world, false);
    expect(pingBound(world, 'red', '10.0.1.1')).toBe(0);
    expect(listener.seen).toEqual(['out red', 'out red']);
  });
});

describe('a socket', () => {
  /** How many echo replies it hears when R asks A by red. */
  function heard(bound: string | null, accept = 1): number {
    const world = customers();
    const namespace = world.namespace('R');
    namespace.conf.raw_l3mdev_accept = accept;
    let count = 0;
    const device = bound === null ? null : world.device(`R:${bound}`);
    openSocket(namespace, {
      protocol: 1,
      device,
      receive: (packet, at) => {
        if (hearsAt(device, packet, at)) count++;
      },
    });
    pingBound(world, 'red', '10.0.1.2');
    return count;
  }

  test.each([
    ['red', 1],
    ['a', 1],
    ['blue', 0],
    ['b', 0],
    [null, 1],
  ])('bound to %s hears %d', (bound, count) => expect(heard(bound)).toBe(count));

  test('bound to nothing hears none where raw_l3mdev_accept is off', () => {
    expect(heard(null, 0)).toBe(0);
    expect(heard('red', 0)).toBe(1);
  });
});

test('fragments of two customers with the same number are put together apart', () => {
  const world = customers();
  for (const name of ['A', 'B']) world.ping(name, '10.0.1.1', { size: 3000, df: false });
  for (const place of ['A:eth0', 'B:eth0']) expect(answers(world, place)).toHaveLength(3);
});

test('what is remembered of an address is not what is known of it in another VRF', () => {
  const world = customers();
  const namespace = world.namespace('R');
  const peers = ['a', 'b', 'lo'].map((name) =>
    peerOf(namespace, address('10.0.1.2'), world.device(`R:${name}`)),
  );
  expect(new Set(peers).size).toBe(3);
  expect(peerOf(namespace, address('10.0.1.2'), world.device('R:red'))).toBe(peers[0]);
});

test('a VXLAN device whose underlying device is in a VRF is reached there, and not from elsewhere', () => {
  const world = new World().cable('A:eth0', 'B:eth0');
  for (const [name, own, other] of [
    ['A', '10.0.1.1', '10.0.1.2'],
    ['B', '10.0.1.2', '10.0.1.1'],
  ]) {
    world.link(`${name}:red`, { kind: 'vrf', vrf: { table: 10 } });
    world.set(`${name}:eth0`, { master: 'red' }).addr(`${name}:eth0`, `${own}/24`);
    const vxlan = { vni: 7, port: 4789, link: 'eth0', local: address(own), remote: address(other) };
    world.link(`${name}:x`, { kind: 'vxlan', vxlan }).addr(`${name}:x`, `192.168.0.${own.at(-1)}/24`);
  }
  world.watch('A:x');
  world.ping('A', '192.168.0.2');
  expect(answers(world, 'A:x')).toEqual(['in IP 192.168.0.2>192.168.0.1 ttl 64 len 84 reply']);
  world.set('B:eth0', { master: '' });
  world.ping('A', '192.168.0.2');
  expect(answers(world, 'A:x')).toEqual([]);
});
