// Batches against single lookups and against a list that is searched with a loop; and the code against its source.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ipv4, ipv4, lastOf, networkOf } from '../../src/addr/ipv4.ts';
import { arena } from '../../src/fib/arena.ts';
import { PrefixMap } from '../../src/fib/lpm.ts';
import { arenaArray } from '../../src/fib/lpm-batch.ts';
import { Random } from '../../src/time/random.ts';
import { PrefixList } from '../oracle/prefix-list.ts';
import { assembled, written } from './assemble.ts';

test('the code is what its source assembles to', async () => {
  expect(written()).toBe(await assembled());
});

/** Enough prefixes of 11.0.0.0/8 for ranked blocks, a few of them long. */
function large(values: number): PrefixMap {
  const map = new PrefixMap();
  for (let i = 0; i < 20_000; i++)
    map.insert(ipv4(0x0b000000 + (i << 8)), i % 100 === 0 ? 29 : 24, i % values);
  return map;
}

const tables = [
  ['a table of three prefixes', (): PrefixMap => mapOf([8, 16, 32])],
  ['a trie', (): PrefixMap => mapOf(Array.from({ length: 33 }, (_, length) => length))],
  ['blocks with slots of 16 bits', (): PrefixMap => large(40)],
  ['blocks with slots of 32 bits', (): PrefixMap => large(20_000)],
] as const;

function mapOf(lengths: readonly number[]): PrefixMap {
  const map = new PrefixMap();
  for (const length of lengths) map.insert(networkOf(ipv4(0x0b0b0b0b), length), length, 100_000 + length);
  return map;
}

/** Addresses of the table, around its edges and anywhere. */
function someAddresses(count: number): Int32Array {
  const random = new Random(count);
  return Int32Array.from({ length: count }, (_, at) => {
    if (at % 3 === 0) return random.u32() | 0;
    return 0x0b000000 + random.below(at % 3 === 1 ? 0x4f0000 : 0x1000000);
  });
}

function singly(map: PrefixMap, queries: Int32Array): Int32Array {
  return queries.map((address) => map.lookup(address as Ipv4));
}

describe.each(tables)('in %s', (_, make) => {
  test.each([0, 1, 31, 32, 33, 4095, 4096, 10_007])(
    '%d addresses at once get what each gets alone',
    (count) => {
      const map = make();
      const queries = someAddresses(count);
      const results = new Int32Array(count + 1).fill(77);
      map.lookupBatch(queries, results, count);
      expect(results.subarray(0, count)).toEqual(singly(map, queries));
      expect(results[count]).toBe(77);
    },
  );

  test('addresses and answers in the arena are read and written where they are', () => {
    const map = make();
    const queries = arenaArray(1003);
    const results = arenaArray(1003);
    queries.set(someAddresses(1003));
    map.lookupBatch(queries, results, 1003);
    expect(results).toEqual(singly(map, queries));
  });

  test('answers may be written over their addresses', () => {
    const map = make();
    for (const array of [new Int32Array(500), arenaArray(500)]) {
      array.set(someAddresses(500));
      const answers = singly(map, array);
      map.lookupBatch(array, array, 500);
      expect(array).toEqual(answers);
    }
  });
});

test('more addresses than there are is a mistake', () => {
  const map = large(3);
  expect(() => map.lookupBatch(new Int32Array(99), new Int32Array(100), 100)).toThrow(RangeError);
  expect(() => map.lookupBatch(new Int32Array(100), new Int32Array(99), 100)).toThrow(RangeError);
});

const changeTo = (values: readonly number[]) =>
  fc.record({
    base: fc.constantFrom(0, 0x0c000000, -0x80000000, -256),
    low: fc.integer({ min: 0, max: 31 }),
    shift: fc.constantFrom(0, 4, 8, 13, 20),
    length: fc.oneof(fc.constant(0), fc.integer({ min: 7, max: 32 }), fc.integer({ min: 19, max: 32 })),
    value: fc.constantFrom(...values),
    isDelete: fc.boolean(),
  });

test.each([
  ['small', [0, 1, 2, 32766]],
  ['large', [0, 1, 2, 32767, 2 ** 31 - 2]],
])('after any sequence of changes, with %s values, a batch gets what a list says', (_, values) => {
  // Changes and addresses are not where these prefixes are, so that the list need not have them.
  const map = large(40);
  const list = new PrefixList();
  for (let i = 0; i < 20_000; i++) list.insert(ipv4(0x0b000000 + (i << 8)), i % 100 === 0 ? 29 : 24, i % 40);
  fc.assert(
    fc.property(fc.array(changeTo(values), { minLength: 12, maxLength: 20 }), (changes) => {
      const queries: number[] = [];
      for (const { base, low, shift, length, value, isDelete } of changes) {
        const prefix = networkOf(ipv4(base ^ (low << shift)), length);
        if (isDelete) {
          expect(map.delete(prefix, length)).toBe(list.delete(prefix, length));
        } else {
          map.insert(prefix, length, value);
          list.insert(prefix, length, value);
        }
        queries.push(prefix, lastOf(prefix, length), prefix - 1);
      }
      const results = new Int32Array(queries.length);
      map.lookupBatch(Int32Array.from(queries), results, queries.length);
      expect([...results]).toEqual(queries.map((address) => list.lookup(ipv4(address))));
    }),
    { numRuns: 8 },
  );
});

// Last, since all tables are slower in an arena that has grown.
test('arrays of an arena that has grown since are copied', () => {
  const queries = arenaArray(64);
  const results = arenaArray(64);
  queries.set(someAddresses(64));
  const map = large(40);
  arena.allocate(arena.halves.length);
  expect(queries.buffer).not.toBe(arena.memory.buffer);
  map.lookupBatch(queries, results, 64);
  expect(results).toEqual(singly(map, queries));
});
