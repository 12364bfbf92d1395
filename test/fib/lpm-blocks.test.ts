// The ranked blocks of large tables against a list that is searched with a loop, and at full size.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ipv4, ipv4, lastOf, networkOf } from '../../src/addr/ipv4.ts';
import { PrefixMap } from '../../src/fib/lpm.ts';
import { blocksOf, NarrowBlocks, WideBlocks } from '../../src/fib/lpm-blocks.ts';
import { PrefixHash } from '../../src/fib/prefix-hash.ts';
import { Random } from '../../src/time/random.ts';
import { PrefixList } from '../oracle/prefix-list.ts';

interface Change {
  readonly prefix: Ipv4;
  readonly length: number;
  readonly value: number;
  readonly isDelete: boolean;
}

/** Few values, so that neighbours are often alike, and some that 16 bits do not hold. */
const value = fc.constantFrom(0, 0, 1, 1, 2, 3, 32766, 32767, 2 ** 31 - 2);
/** Prefixes of 8 to 32 bits at the edges of blocks, regions and nodes. */
const change = fc
  .record({
    base: fc.constantFrom(0, 0x0a000000, 0x0affff00, -0x80000000, -256),
    low: fc.integer({ min: 0, max: 31 }),
    shift: fc.constantFrom(0, 4, 8, 11, 16, 20),
    length: fc.oneof(fc.constant(0), fc.integer({ min: 7, max: 32 }), fc.integer({ min: 19, max: 32 })),
    value,
    isDelete: fc.boolean(),
  })
  .map(({ base, low, shift, length, ...rest }): Change => {
    return { prefix: networkOf(ipv4(base ^ (low << shift)), length), length, ...rest };
  });

interface Table {
  insert(prefix: Ipv4, length: number, value: number): void;
  delete(prefix: Ipv4, length: number): number;
}

function take(table: Table, { prefix, length, value, isDelete }: Change): number {
  if (isDelete) return table.delete(prefix, length);
  table.insert(prefix, length, value);
  return 0;
}

const key = (address: Ipv4, length: number): number => (networkOf(address, length) >>> 0) * 64 + length;

/** One prefix after the other, from the longest on. */
function slowLookup(held: ReadonlyMap<number, number>, address: Ipv4): number {
  for (let length = 32; length >= 0; length--) {
    const found = held.get(key(address, length));
    if (found !== undefined) return found;
  }
  return -1;
}

/** As PrefixMap has it: slots of 16 bits until one does not fit. */
class Blocks {
  form: NarrowBlocks | WideBlocks = blocksOf(new PrefixHash());

  insert(prefix: Ipv4, length: number, value: number): void {
    if (this.form instanceof NarrowBlocks && !this.form.hasRoomFor(value)) this.form = this.form.widened();
    this.form.insert(prefix, length, value);
  }

  delete(prefix: Ipv4, length: number): number {
    return this.form.delete(prefix, length);
  }
}

describe('ranked blocks', () => {
  test('answer as a list does after any sequence of insert and delete', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const table = new Blocks();
        const list = new PrefixList();
        for (const one of changes) {
          expect(take(table, one)).toBe(take(list, one));
          for (const { prefix, length } of changes)
            for (const address of [prefix, lastOf(prefix, length), ipv4(prefix - 1)])
              expect(table.form.lookup(address)).toBe(list.lookup(address));
        }
        table.form.end();
      }),
      { numRuns: 60 },
    );
  });

  test('of prefixes that a hash already holds answer as a list does', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const prefixes = new PrefixHash();
        const list = new PrefixList();
        for (const { prefix, length, value } of changes) {
          const at = prefixes.find(prefix, length);
          if (at >= 0) continue;
          prefixes.insertAt(~at, prefix, length, value);
          list.insert(prefix, length, value);
        }
        const table = blocksOf(prefixes);
        for (const { prefix, length } of changes)
          for (const address of [prefix, lastOf(prefix, length), ipv4(prefix - 1)])
            expect(table.lookup(address)).toBe(list.lookup(address));
        table.end();
      }),
      { numRuns: 30 },
    );
  });

  test('begin empty in memory that another table gave back', () => {
    const first = new NarrowBlocks(new PrefixHash());
    first.insert(ipv4(0), 0, 5);
    first.end();
    const second = new WideBlocks(new PrefixHash());
    expect(second.lookup(ipv4(0x0a000001))).toBe(-1);
    second.end();
  });

  test.each([
    ['16 bits', 0],
    ['32 bits', 40_000],
  ])('two tables at once keep to their own memory, slots of %s', (_, more) => {
    const tables = [new Blocks(), new Blocks()];
    for (let i = 0; i < 5000; i++)
      for (const [at, table] of tables.entries())
        table.insert(ipv4(0x0a000000 + (i << 8)), 24 + (i & 3), more + i * 2 + at);
    for (let i = 0; i < 5000; i++)
      for (const [at, table] of tables.entries())
        expect(table.form.lookup(ipv4(0x0a000001 + (i << 8)))).toBe(more + i * 2 + at);
    for (const table of tables) {
      expect(table.form).toBeInstanceOf(more === 0 ? NarrowBlocks : WideBlocks);
      table.form.end();
    }
  });

  test('become wider when there are more nodes than 16 bits can name', () => {
    const table = new Blocks();
    for (let i = 0; i < 0x8100; i++) table.insert(ipv4(0x0a000080 + (i << 8)), 25, i & 7);
    expect(table.form).toBeInstanceOf(WideBlocks);
    for (let i = 0; i < 0x8100; i++) {
      if (table.form.lookup(ipv4(0x0a0000ff + (i << 8))) !== (i & 7)) expect.fail(`network ${i}`);
      if (table.form.lookup(ipv4(0x0a00007f + (i << 8))) !== -1) expect.fail(`beside network ${i}`);
    }
    table.form.end();
  });
});

describe('a full table', () => {
  /** Lengths as in the Internet; values of few next hops, or one of its own for each prefix as the route tables have. */
  const fill = (
    map: PrefixMap,
    held: Map<number, number>,
    routes: number,
    random: Random,
    values: number,
  ) => {
    for (let i = 0; i < routes; i++) {
      const length = random.below(10) < 6 ? 24 : 16 + random.below(17);
      const prefix = networkOf(ipv4(random.below(0xe0000000)), length);
      const next = values === 0 ? i : random.below(values);
      map.insert(prefix, length, next);
      held.set(key(prefix, length), next);
    }
  };

  test.each([
    ['few next hops', 46],
    ['a value for each prefix', 0],
  ])('answers as its prefixes say, with %s, while a third of it comes and goes', (_, values) => {
    const random = new Random(values + 3);
    const map = new PrefixMap();
    const held = new Map<number, number>();
    fill(map, held, 40_000, random, values);
    const keys = [...held.keys()];
    for (let i = 0; i < 15_000; i++) {
      const gone = keys[random.below(keys.length)];
      const prefix = ipv4(Math.floor(gone / 64));
      if (map.delete(prefix, gone % 64) !== (held.get(gone) ?? -1)) expect.fail('another value was deleted');
      held.delete(gone);
    }
    fill(map, held, 15_000, random, values);
    expect(map.size).toBe(held.size);
    for (let i = 0; i < 40_000; i++) {
      const near = Math.floor(keys[random.below(keys.length)] / 64) ^ (random.u32() & 0x3ff);
      const address = ipv4(i % 2 === 0 ? near : random.u32());
      if (map.lookup(address) !== slowLookup(held, address))
        expect(map.lookup(address)).toBe(slowLookup(held, address));
    }
  });
});
