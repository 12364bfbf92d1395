// One buffer with headroom: prepending, stripping and growing never change a byte of what is inside.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HEADROOM, PacketPool } from '../../src/packet/packet.ts';
import { WorkQueue } from '../../src/packet/queue.ts';

type Step = { kind: 'push' | 'pull' | 'put' | 'trim'; size: number };
const step = fc.record<Step>({
  kind: fc.constantFrom('push', 'pull', 'put', 'trim'),
  size: fc.nat(3000),
});

describe('packet', () => {
  test('push, pull, put and trim act as on a plain array', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(step, { maxLength: 20 }), (content, steps) => {
        const packet = new PacketPool().from(content);
        let model = [...content];
        for (const { kind, size } of steps) {
          const count = kind === 'pull' ? Math.min(size, model.length) : size;
          if (kind === 'push') {
            const at = packet.push(count);
            packet.bytes.fill(0x11, at, at + count);
          } else if (kind === 'put') {
            const at = packet.put(count);
            packet.bytes.fill(0x22, at, packet.tail);
          } else if (kind === 'pull') packet.pull(count);
          else packet.trim(count);
          if (kind === 'push') model = [...new Array(count).fill(0x11), ...model];
          else if (kind === 'put') model = [...model, ...new Array(count).fill(0x22)];
          else if (kind === 'pull') model = model.slice(count);
          else model = model.slice(0, count);
          expect(packet.length).toBe(model.length);
        }
        expect([...packet.data()]).toEqual(model);
      }),
    );
  });

  test('growing moves the marks with the bytes', () => {
    const packet = new PacketPool().from(Uint8Array.from([1, 2, 3, 4]));
    packet.network = packet.head + 2;
    packet.link = packet.head;
    packet.checksumStart = packet.head + 1;
    packet.push(HEADROOM + 50);
    expect([
      packet.bytes[packet.link],
      packet.bytes[packet.checksumStart],
      packet.bytes[packet.network],
    ]).toEqual([1, 2, 3]);
  });

  test('a clone has the same bytes and marks, and shares nothing', () => {
    const pool = new PacketPool();
    const packet = pool.from(Uint8Array.from([1, 2, 3, 4]));
    packet.pull(1);
    packet.network = packet.head + 1;
    packet.mark = 7;
    const copy = pool.clone(packet);
    packet.bytes.fill(0);
    expect([...copy.data()]).toEqual([2, 3, 4]);
    expect([copy.network - copy.head, copy.mark, pool.outstanding]).toEqual([1, 7, 2]);
  });

  test('a freed packet comes back clean', () => {
    const pool = new PacketPool();
    const packet = pool.alloc(10);
    packet.mark = 5;
    packet.flags = 3;
    packet.checksumStart = 40;
    pool.free(packet);
    const again = pool.alloc(10);
    expect(again).toBe(packet);
    expect([again.mark, again.flags, again.checksumStart, again.length]).toEqual([0, 0, 0, 0]);
  });

  test('freeing twice is a mistake that throws', () => {
    const pool = new PacketPool();
    const packet = pool.alloc(10);
    pool.free(packet);
    expect(() => pool.free(packet)).toThrow('twice');
    expect(pool.outstanding).toBe(0);
  });
});

describe('work queue', () => {
  test('gives back in order what went in, and refuses what is over its limit', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 400 }), (pushes) => {
        const pool = new PacketPool();
        const queue = new WorkQueue<number>(90);
        const model: number[] = [];
        for (const [index, isPush] of pushes.entries()) {
          if (isPush) {
            const taken = queue.push(index, pool.alloc(1));
            expect(taken).toBe(model.length < 90);
            if (taken) model.push(index);
          } else if (model.length > 0) {
            expect(queue.peekTarget()).toBe(model.shift());
            queue.shift();
          }
          expect(queue.length).toBe(model.length);
        }
      }),
    );
  });
});
