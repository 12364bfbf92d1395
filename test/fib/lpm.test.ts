// Longest-prefix match against a list that is searched with a loop.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ipv4, ipv4, lastOf, networkOf } from '../../src/addr/ipv4.ts';
import { PrefixMap } from '../../src/fib/lpm.ts';
import { Random } from '../../src/time/random.ts';
import { PrefixList } from '../oracle/prefix-list.ts';

interface Prefix {
  prefix: Ipv4;
  length: number;
}

const prefixOf = (bits: number, length: number): Prefix => ({
  prefix: networkOf(ipv4(bits), length),
  length,
});

/** Anywhere. */
const sparse = fc.tuple(fc.integer(), fc.integer({ min: 0, max: 32 })).map(([b, l]) => prefixOf(b, l));
/** Nested and side by side in a few bits, at the edges of strides and at both ends of the address space. */
const dense = fc
  .tuple(
    fc.constantFrom(0, 0x0a000000, 0x7fffff00, -0x80000000, -256),
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0, 4, 12, 20, 24),
    fc.integer({ min: 0, max: 32 }),
  )
  .map(([base, low, shift, length]) => prefixOf(base ^ (low << shift), length));

const step = fc.record({
  act: fc.constantFrom<'insert' | 'delete' | 'deleteAny'>(
    'insert',
    'insert',
    'insert',
    'delete',
    'deleteAny',
  ),
  where: fc.oneof(dense, dense, sparse),
  which: fc.nat(),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Both forms answer alike at the edges of `prefix` and right beside them. */
function compareAround(map: PrefixMap, list: PrefixList, { prefix, length }: Prefix): void {
  const last = lastOf(prefix, length);
  for (const address of [prefix, last, ipv4(prefix - 1), ipv4(last + 1), ipv4(prefix ^ 0x01010101)]) {
    expect(map.lookup(address)).toBe(list.lookup(address));
    for (const shorterThan of [0, 1, length, length + 1, 33])
      expect(map.nextShorter(address, shorterThan)).toBe(list.nextShorter(address, shorterThan));
  }
}

function take(map: PrefixMap, list: PrefixList, { act, where, which }: Step, value: number): Prefix {
  if (act === 'insert') {
    map.insert(where.prefix, where.length, value);
    list.insert(where.prefix, where.length, value);
    return where;
  }
  const target = act === 'delete' || list.list.length === 0 ? where : list.list[which % list.list.length];
  expect(map.delete(target.prefix, target.length)).toBe(list.delete(target.prefix, target.length));
  return target;
}

describe('PrefixMap', () => {
  test('answers as a list does after every step of any sequence of insert and delete', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const map = new PrefixMap();
        const list = new PrefixList();
        steps.forEach((one, value) => {
          const touched = take(map, list, one, value);
          compareAround(map, list, touched);
          expect(map.size).toBe(list.list.length);
          expect(map.get(touched.prefix, touched.length)).toBe(list.get(touched.prefix, touched.length));
        });
        for (const entry of list.list) compareAround(map, list, entry);
        expect([...map.inOrder()]).toEqual(list.inOrder());
      }),
      { numRuns: 150 },
    );
  });

  test('answers as a list does while it grows past a scan and shrinks to nothing again', () => {
    const random = new Random(7);
    const map = new PrefixMap();
    const list = new PrefixList();
    for (let i = 0; i < 400; i++) {
      const { prefix, length } = prefixOf(0x0a000000 | (random.u32() & 0xffff), random.below(33));
      map.insert(prefix, length, i);
      list.insert(prefix, length, i);
    }
    while (list.list.length > 0) {
      const { prefix, length } = list.list[random.below(list.list.length)];
      expect(map.delete(prefix, length)).toBe(list.delete(prefix, length));
      for (let i = 0; i < 4; i++) {
        const address = ipv4(0x0a000000 | (random.u32() & 0xffff));
        expect(map.lookup(address)).toBe(list.lookup(address));
      }
    }
    expect(map.size).toBe(0);
    expect(map.lookup(ipv4(0x0a000001))).toBe(-1);
    expect([...map.inOrder()]).toEqual([]);
  });

  test('answers as its own short prefixes tell with so many routes that the root is widened', () => {
    const random = new Random(11);
    const map = new PrefixMap();
    const exact = new Map<string, number>();
    const key = (address: number, length: number): string => `${networkOf(ipv4(address), length)}/${length}`;
    const slow = (address: number): number => {
      for (let length = 32; length >= 0; length--) {
        const value = exact.get(key(address, length));
        if (value !== undefined) return value;
      }
      return -1;
    };
    const held: Prefix[] = [];
    for (let i = 0; i < 20000; i++) {
      const one = prefixOf(random.u32(), 8 + random.below(25));
      map.insert(one.prefix, one.length, i);
      exact.set(key(one.prefix, one.length), i);
      held.push(one);
    }
    for (let i = 0; i < 10000; i++) {
      const one = held[random.below(held.length)];
      expect(map.delete(one.prefix, one.length)).toBe(exact.get(key(one.prefix, one.length)) ?? -1);
      exact.delete(key(one.prefix, one.length));
    }
    expect(map.size).toBe(exact.size);
    for (let i = 0; i < 40000; i++) {
      const near = held[random.below(held.length)].prefix ^ (random.u32() & 0x3ff);
      const address = ipv4(i % 2 === 0 ? near : random.u32());
      if (map.lookup(address) !== slow(address)) expect(map.lookup(address)).toBe(slow(address));
    }
    expect(map.inOrder().length).toBe(exact.size);
  });

  test.each([
    ['an empty map knows nothing', [], 0x0a000001, -1],
    ['0.0.0.0/0 holds the lowest address', [[0, 0, 5]], 0, 5],
    ['0.0.0.0/0 holds the highest address', [[0, 0, 5]], -1, 5],
    ['a /32 holds its address', [[-1, 32, 6]], -1, 6],
    ['a /32 does not hold its neighbour', [[-1, 32, 6]], -2, -1],
    [
      'a /32 wins over 0.0.0.0/0',
      [
        [0, 0, 5],
        [0, 32, 6],
      ],
      0,
      6,
    ],
    ['128.0.0.0/1 does not hold 127.255.255.255', [[-0x80000000, 1, 7]], 0x7fffffff, -1],
  ] as const)('%s', (_, prefixes, address, value) => {
    const map = new PrefixMap();
    for (const [prefix, length, held] of prefixes) map.insert(ipv4(prefix), length, held);
    expect(map.lookup(ipv4(address))).toBe(value);
  });
});
