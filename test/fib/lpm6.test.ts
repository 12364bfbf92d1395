// Longest-prefix match of IPv6 against a list that is searched with a loop.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { networkOf6, PrefixMap6 } from '../../src/fib/lpm6.ts';
import type { Ipv6Words } from '../../src/fib/prefix-hash6.ts';
import { Random } from '../../src/time/random.ts';
import { PrefixList6 } from '../oracle/prefix-list6.ts';

const ALL = (1n << 128n) - 1n;

const wordsOf = (address: bigint): Ipv6Words => {
  const word = (at: bigint): number => Number(BigInt.asIntN(32, address >> (96n - 32n * at)));
  return [word(0n), word(1n), word(2n), word(3n)];
};

const cut = (address: bigint, length: number): bigint => address & (ALL << BigInt(128 - length)) & ALL;

/** Nested and side by side in a few bits, at the edges of nodes and of words, and at both ends of the address space. */
const change = fc
  .record({
    base: fc.constantFrom(0n, ALL, 0x2001_0db8n << 96n, (0x2001_0db8n << 96n) | 0xffff_ffffn, 1n << 127n),
    low: fc.bigInt({ min: 0n, max: 31n }),
    shift: fc.constantFrom(0n, 30n, 62n, 64n, 80n, 94n, 98n, 110n, 123n),
    length: fc.oneof(
      fc.integer({ min: 0, max: 128 }),
      fc.constantFrom(0, 16, 28, 32, 48, 64, 128),
      fc.integer({ min: 14, max: 50 }),
    ),
    value: fc.constantFrom(0, 1, 2, 3, 2 ** 31 - 2),
    act: fc.constantFrom<'insert' | 'delete' | 'deleteAny'>('insert', 'insert', 'delete', 'deleteAny'),
    which: fc.nat(),
  })
  .map(({ base, low, shift, length, ...rest }) => {
    return { prefix: cut((base ^ (low << shift)) & ALL, length), length, ...rest };
  });

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;
type Place = Pick<Change, 'prefix' | 'length'>;

function compareAround(map: PrefixMap6, list: PrefixList6, { prefix, length }: Place): void {
  const last = prefix | (ALL >> BigInt(length));
  for (const address of [prefix, last, (prefix - 1n) & ALL, (last + 1n) & ALL, prefix ^ (1n << 64n)])
    expect(map.lookup(...wordsOf(address))).toBe(list.lookup(address));
  expect(map.get(wordsOf(prefix), length)).toBe(list.get(prefix, length));
}

function take(map: PrefixMap6, list: PrefixList6, one: Change): void {
  if (one.act === 'insert') {
    map.insert(wordsOf(one.prefix), one.length, one.value);
    list.insert(one.prefix, one.length, one.value);
    return;
  }
  const any = one.act === 'deleteAny' && list.list.length > 0;
  const { prefix, length } = any ? list.list[one.which % list.list.length] : one;
  expect(map.delete(wordsOf(prefix), length)).toBe(list.delete(prefix, length));
}

describe('PrefixMap6', () => {
  test('answers as a list does after every step of any sequence of insert and delete', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const map = new PrefixMap6();
        const list = new PrefixList6();
        for (const one of changes) {
          take(map, list, one);
          compareAround(map, list, one);
          expect(map.size).toBe(list.list.length);
        }
        for (const one of changes) compareAround(map, list, one);
      }),
      { numRuns: 100 },
    );
  });

  test('takes no more memory when all of its prefixes came, went and came again', () => {
    const random = new Random(3);
    const prefixes = Array.from({ length: 2000 }, () => {
      const length = 20 + random.below(45);
      return { length, prefix: networkOf6([0x20010000 | random.below(256), random.u32() | 0, 0, 0], length) };
    });
    const map = new PrefixMap6();
    const insertAll = () => prefixes.forEach(({ prefix, length }, at) => void map.insert(prefix, length, at));
    insertAll();
    const bytes = map.lookupBytes;
    for (const { prefix, length } of prefixes) map.delete(prefix, length);
    expect(map.size).toBe(0);
    for (const { prefix } of prefixes) expect(map.lookup(...prefix)).toBe(-1);
    insertAll();
    expect(map.lookupBytes).toBe(bytes);
  });

  test.each([
    [0, [0, 0, 0, 0]],
    [1, [-0x80000000, 0, 0, 0]],
    [32, [-1, 0, 0, 0]],
    [33, [-1, -0x80000000, 0, 0]],
    [127, [-1, -1, -1, -2]],
    [128, [-1, -1, -1, -1]],
  ] as const)('the network of %i bits of the highest address has as many ones', (length, network) => {
    expect(networkOf6([-1, -1, -1, -1], length)).toEqual(network);
  });
});
