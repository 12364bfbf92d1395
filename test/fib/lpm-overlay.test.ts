// Tables over a shared base against a list that is searched with a loop.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ipv4, ipv4, lastOf, networkOf } from '../../src/addr/ipv4.ts';
import { BaseTable, OverlayMap } from '../../src/fib/lpm-overlay.ts';
import { PrefixList } from '../oracle/prefix-list.ts';

interface Entry {
  readonly prefix: Ipv4;
  readonly length: number;
  readonly value: number;
}

const entry = fc
  .record({
    base: fc.constantFrom(0, 0x0a000000, -256),
    low: fc.integer({ min: 0, max: 15 }),
    shift: fc.constantFrom(0, 6, 24, 28),
    length: fc.integer({ min: 0, max: 32 }),
    value: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ base, low, shift, length, value }): Entry => {
    return { prefix: networkOf(ipv4(base ^ (low << shift)), length), length, value };
  });
const change = fc.record({ entry, isDelete: fc.boolean(), which: fc.constantFrom(0, 1) });

interface Side {
  readonly map: OverlayMap;
  readonly list: PrefixList;
}

/** A base of `entries`, and twice what is over it, each with its slow twin. */
function sidesOf(entries: readonly Entry[]): Side[] {
  const base = new BaseTable();
  const unique = new PrefixList();
  for (const { prefix, length, value } of entries) unique.insert(prefix, length, value);
  for (const { prefix, length, value } of unique.list) base.add(prefix, length, value);
  return [0, 1].map(() => {
    const list = new PrefixList();
    list.list = unique.list.map((one) => ({ ...one }));
    return { map: new OverlayMap(base), list };
  });
}

function compareAt({ map, list }: Side, { prefix, length }: Entry): void {
  expect(map.get(prefix, length)).toBe(list.get(prefix, length));
  for (const address of [prefix, lastOf(prefix, length), ipv4(prefix - 1)]) {
    expect(map.lookup(address)).toBe(list.lookup(address));
    for (const shorter of [0, 1, length, length + 1, 32])
      expect(map.nextShorter(address, shorter)).toBe(list.nextShorter(address, shorter));
  }
}

describe('OverlayMap', () => {
  test('two tables over one base each answer as a list of their own after any changes', () => {
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 30 }),
        fc.array(change, { maxLength: 30 }),
        (first, changes) => {
          const sides = sidesOf(first);
          for (const { entry: one, isDelete, which } of changes) {
            const { map, list } = sides[which];
            if (isDelete) {
              expect(map.delete(one.prefix, one.length)).toBe(list.delete(one.prefix, one.length));
            } else {
              map.insert(one.prefix, one.length, one.value);
              list.insert(one.prefix, one.length, one.value);
            }
            for (const side of sides) compareAt(side, one);
          }
          for (const side of sides) {
            for (const one of [...first, ...changes.map((change) => change.entry)]) compareAt(side, one);
            expect(side.map.size).toBe(side.list.list.length);
            expect([...side.map.inOrder()]).toEqual(side.list.inOrder());
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
