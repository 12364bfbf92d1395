// The bits of prefixes against a set of their texts.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Ipv4, ipv4, lastOf, networkOf } from '../../src/addr/ipv4.ts';
import { BITS_LONGEST, PrefixBits } from '../../src/fib/prefix-bits.ts';

const step = fc
  .record({
    bits: fc.oneof(fc.integer(), fc.constantFrom(0, -1, 0x0a00ffff, 0x0a010000, -0x80000000)),
    length: fc.integer({ min: 0, max: BITS_LONGEST }),
    isAdded: fc.boolean(),
  })
  .map(({ bits, length, isAdded }) => ({ prefix: networkOf(ipv4(bits), length), length, isAdded }));

function slowLongest(held: ReadonlySet<string>, address: Ipv4, length: number): number {
  for (let one = length; one >= 0; one--) if (held.has(`${networkOf(address, one)}/${one}`)) return one;
  return -1;
}

test('the longest prefix at an address is the one that a search length by length finds', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const bits = new PrefixBits();
      const held = new Set<string>();
      for (const { prefix, length, isAdded } of steps) {
        if (isAdded) {
          bits.add(prefix, length);
          held.add(`${prefix}/${length}`);
        } else {
          bits.remove(prefix, length);
          held.delete(`${prefix}/${length}`);
        }
      }
      for (const { prefix, length } of steps)
        for (const address of [prefix, lastOf(prefix, length), ipv4(prefix - 1)])
          for (let most = 0; most <= BITS_LONGEST; most++)
            expect(bits.longest(address, most)).toBe(slowLongest(held, address, most));
    }),
    { numRuns: 40 },
  );
});
