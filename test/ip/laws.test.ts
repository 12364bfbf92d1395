// Laws of the whole stack under any traffic: nothing is lost, nothing throws, nothing depends on chance.

import { PerformanceObserver } from 'node:perf_hooks';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Namespace } from '../../src/netns/namespace.ts';
import { twoHosts, type World } from './world.ts';

/** A router with every kind of device, and two hosts. */
function busyWorld(seed = 1): World {
  return twoHosts(seed)
    .module('ipip')
    .link('R:br0', { kind: 'bridge' })
    .cable('C:eth0', 'R:port1')
    .cable('D:eth0', 'R:port2')
    .set('R:port1', { master: 'br0' })
    .set('R:port2', { master: 'br0' })
    .addr('R:br0', '10.0.3.1/24')
    .addr('C:eth0', '10.0.3.2/24')
    .addr('D:eth0', '10.0.3.3/24')
    .route('C', 'default', { via: '10.0.3.1' })
    .up('A:tunl0')
    .up('B:tunl0')
    .addr('A:tunl0', '192.168.1.1/32')
    .addr('B:tunl0', '192.168.2.1/32')
    .route('A', '192.168.2.0/24', { via: '10.0.2.2', dev: 'tunl0', onlink: true })
    .route('B', '192.168.1.0/24', { via: '10.0.1.2', dev: 'tunl0', onlink: true });
}

const addresses = [
  '10.0.1.2',
  '10.0.1.1',
  '10.0.2.2',
  '10.0.3.2',
  '10.0.3.77',
  '192.168.2.1',
  '9.9.9.9',
  '255.255.255.255',
  '127.0.0.1',
  '224.0.0.1',
  '0.0.0.0',
  '10.0.1.255',
];
const octets = (text: string) => text.split('.').map(Number);

/** An Ethernet frame that is nearly right: an IPv4 packet with any field out of order, or any bytes at all. */
const frame = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .record({
      to: fc.constantFrom(
        [2, 0, 0, 0, 0, 1],
        [2, 0, 0, 0, 0, 3],
        [255, 255, 255, 255, 255, 255],
        [1, 0, 94, 0, 0, 1],
      ),
      source: fc.constantFrom(...addresses),
      destination: fc.constantFrom(...addresses),
      first: fc.constantFrom(0x45, 0x45, 0x45, 0x46, 0x4f, 0x55, 0x41),
      tos: fc.nat(255),
      field: fc.oneof(fc.constant(0), fc.constant(0x4000), fc.nat(0xffff)),
      id: fc.nat(3),
      ttl: fc.constantFrom(0, 1, 2, 64),
      protocol: fc.constantFrom(1, 1, 4, 6, 17, 99),
      extra: fc.integer({ min: -4, max: 4 }),
      goodSum: fc.boolean(),
      payload: fc.uint8Array({ maxLength: 1480 }),
    })
    .map(buildFrame),
);

function buildFrame(f: {
  to: readonly number[];
  source: string;
  destination: string;
  first: number;
  tos: number;
  field: number;
  id: number;
  ttl: number;
  protocol: number;
  extra: number;
  goodSum: boolean;
  payload: Uint8Array;
}): Uint8Array {
  const total = Math.max(0, 20 + f.payload.length + f.extra);
  const header = [
    f.first,
    f.tos,
    total >> 8,
    total & 255,
    0,
    f.id,
    f.field >> 8,
    f.field & 255,
    f.ttl,
    f.protocol,
    0,
    0,
  ];
  header.push(...octets(f.source), ...octets(f.destination));
  if (f.goodSum) {
    let sum = 0;
    for (let i = 0; i < 20; i += 2) sum += header[i] * 256 + header[i + 1];
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
    header[10] = sum >> 8;
    header[11] = sum & 255;
  }
  return Uint8Array.from([...f.to, 2, 0, 0, 0, 0, 2, 8, 0, ...header, ...f.payload]);
}

const place = fc.constantFrom('A:eth0', 'R:left', 'R:right', 'C:eth0', 'R:port1', 'R:br0', 'B:eth0');
const action = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('frame' as const), place, frame }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('flip' as const), place, up: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('ping' as const),
      to: fc.constantFrom(...addresses),
      size: fc.nat(3000),
    }),
  },
);

function run(world: World, actions: (typeof action extends fc.Arbitrary<infer T> ? T : never)[]): void {
  for (const step of actions) {
    if (step.kind === 'frame') {
      const [name, device] = step.place.split(':');
      world.lab.receive(world.namespace(name), device, step.frame);
      world.lab.settle();
    } else if (step.kind === 'wait') world.wait(step.seconds);
    else if (step.kind === 'flip') world.up(step.place, step.up);
    else world.ping('A', step.to, { size: step.size, df: false });
  }
}

/** How many packets ended in a namespace: dropped, delivered, cut into fragments, or merged into a datagram. */
const ended = ({ drops, counters }: Namespace): number =>
  drops.reduce((sum, count) => sum + count, 0) +
  counters.delivered +
  counters.arp +
  counters.fragmented +
  counters.merged;

const endedAnywhere = (world: World): number =>
  [...world.lab.kernel.namespaces].reduce((sum, namespace) => sum + ended(namespace), 0);

describe('any traffic and any links that go up and down', () => {
  test('nothing throws, and after a minute no packet is outstanding', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const world = busyWorld();
        run(world, actions);
        world.wait(120);
        expect(world.lab.kernel.pool.outstanding).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  test('every packet that was made ends once: dropped by a reason, delivered, fragmented or reassembled', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
        const world = busyWorld();
        const { pool } = world.lab.kernel;
        let made = endedAnywhere(world);
        const alloc = pool.alloc.bind(pool);
        pool.alloc = (size) => {
          made++;
          return alloc(size);
        };
        run(world, actions);
        expect(endedAnywhere(world) + pool.outstanding).toBe(made);
        world.wait(120);
        expect(endedAnywhere(world)).toBe(made);
      }),
      { numRuns: 100 },
    );
  });

  test('the same seed gives the same bytes', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 25 }), fc.integer(), (actions, seed) => {
        const bytesOf = () => {
          const world = busyWorld(seed);
          run(world, actions);
          return [...world.frames.values()].flat().map((frame) => Buffer.from(frame).toString('hex'));
        };
        expect(bytesOf()).toEqual(bytesOf());
      }),
      { numRuns: 40 },
    );
  });
});

describe('fragments', () => {
  test('any fragmentation, in any order, with duplicates, is put together again', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 180 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 1400 }),
        cuts,
        fc.array(fc.nat()),
        (data, sizes, order) => {
          const world = twoHosts();
          world.ping('A', '10.0.2.2');
          const heard: Uint8Array[] = [];
          world
            .namespace('B')
            .sockets.add({ protocol: 99, receive: (packet) => heard.push(packet.data().slice()) });
          for (const piece of shuffle(cut(data, sizes), order)) {
            world.lab.receive(world.namespace('B'), 'eth0', piece);
            world.lab.settle();
          }
          expect(heard.map((payload) => [...payload])).toEqual([[...data]]);
          expect(world.lab.kernel.pool.outstanding).toBe(0);
        },
      ),
    );
  });

  test('what is never finished ends after 30 seconds, and the sender of a first fragment hears of it', () => {
    const world = twoHosts();
    world.ping('B', '10.0.1.2');
    world.take('B:eth0');
    const [first] = cut(new Uint8Array(100), [8, 4]);
    world.lab.receive(world.namespace('B'), 'eth0', first);
    world.lab.settle();
    expect(world.lab.kernel.pool.outstanding).toBe(1);
    world.wait(31);
    expect(world.lab.kernel.pool.outstanding).toBe(0);
    expect(world.drops('B')).toEqual(['FRAG_REASM_TIMEOUT=1']);
    expect(world.take('B:eth0').filter((line) => line.includes('time-exceeded 1'))).toHaveLength(1);
  });

  test('a hundred thousand fragments of datagrams that never end stay within ipfrag_high_thresh', () => {
    const world = twoHosts();
    for (let id = 0; id < 100_000; id++) {
      const [first] = cut(new Uint8Array(64), [4, 4], id & 0xffff, id >> 16);
      world.lab.receive(world.namespace('B'), 'eth0', first);
      world.lab.settle();
    }
    expect(world.namespace('B').fragmentMemory).toBeLessThan(4194304 + 2000);
    expect(world.lab.kernel.pool.outstanding).toBeLessThan(6000);
    world.wait(31);
    expect(world.lab.kernel.pool.outstanding).toBe(0);
  });
});

/** Frames to B that carry `data` as protocol 99 in fragments of 8 × size bytes. */
function cut(data: Uint8Array, sizes: number[], id = 7, tag = 0): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0, i = 0; at < data.length; i++) {
    const size = Math.min(sizes[i % sizes.length] * 8, data.length - at);
    const more = at + size < data.length ? 0x2000 : 0;
    const field = more | (at / 8);
    const packet = buildFrame({
      to: [2, 0, 0, 0, 0, 4],
      source: `10.0.1.${2 + tag}`,
      destination: '10.0.2.2',
      first: 0x45,
      tos: 0,
      field,
      id: 0,
      ttl: 64,
      protocol: 99,
      extra: 0,
      goodSum: false,
      payload: data.subarray(at, at + size),
    });
    new DataView(packet.buffer).setUint16(18, id);
    setSum(packet);
    frames.push(packet);
    at += size;
  }
  return frames;
}

function setSum(frame: Uint8Array): void {
  frame[24] = 0;
  frame[25] = 0;
  let sum = 0;
  for (let i = 14; i < 34; i += 2) sum += frame[i] * 256 + frame[i + 1];
  sum = (sum & 0xffff) + (sum >> 16);
  sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
  frame[24] = sum >> 8;
  frame[25] = sum & 255;
}

/** Reorders, and repeats some pieces before the datagram is complete. */
function shuffle(pieces: Uint8Array[], order: number[]): Uint8Array[] {
  const left = [...pieces];
  const out: Uint8Array[] = [];
  for (let i = 0; left.length > 0; i++) {
    const [piece] = left.splice((order[i % Math.max(order.length, 1)] ?? 0) % left.length, 1);
    out.push(piece);
    if (left.length > 0 && (order[i] ?? 0) % 3 === 0) out.push(piece);
  }
  return out;
}

describe('the forwarding path', () => {
  test('allocates nothing per packet: a million hops cause no more than a handful of collections', async () => {
    const world = twoHosts();
    world.ping('A', '10.0.2.2');
    const router = world.device('R:left');
    world.device('B:eth0').taps = null;
    world.device('A:eth0').taps = null;
    const { kernel } = world.lab;
    const template = buildFrame({
      to: [2, 0, 0, 0, 0, 1],
      source: '10.0.1.2',
      destination: '10.0.2.2',
      first: 0x45,
      tos: 0,
      field: 0,
      id: 1,
      ttl: 64,
      protocol: 99,
      extra: 0,
      goodSum: true,
      payload: new Uint8Array(30),
    });
    world.namespace('B').sockets.add({ protocol: 99, receive: () => {} });
    const hop = (count: number) => {
      for (let i = 0; i < count; i++) {
        const packet = kernel.pool.alloc(template.length);
        const at = packet.put(template.length);
        packet.bytes.set(template, at);
        kernel.backlog.push(router, packet);
        world.lab.settle();
      }
    };
    hop(50_000);
    let collections = 0;
    const observer = new PerformanceObserver((list) => {
      collections += list.getEntries().length;
    });
    observer.observe({ entryTypes: ['gc'] });
    hop(1_000_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    observer.disconnect();
    expect(collections).toBeLessThan(20);
    expect(kernel.pool.outstanding).toBe(0);
  }, 60_000);
});
