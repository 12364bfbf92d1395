// Which prefixes of up to 24 bits a large table has, a bit for each there may be: the next shorter prefix is found without
// asking the hash table length by length, of which each answer is a line of memory that is in no cache.
//
// The prefixes of a network of 16 bits are one line, a binary tree in the order of a heap: bit 1 is the /16, bits 2
// and 3 the two /17s, and so on to bits 256 to 511 for the /24s. Shorter prefixes are one such tree of 15 levels.
import type { Ipv4 } from '../addr/ipv4.ts';

const LINE_BITS = 16;
const LINE_WORDS = 16;
/** Longer prefixes are not for this. */
export const BITS_LONGEST = 24;

/** The first bit of the line of an address. */
const lineOf = (address: number): number => (address >>> LINE_BITS) * LINE_WORDS * 32;

/** The bit of a prefix of 16 to 24 bits within its line. */
const inLine = (address: number, length: number): number => {
  const depth = length - LINE_BITS;
  return (1 << depth) | (((address << LINE_BITS) >>> 1) >>> (31 - depth));
};

/** The bit of a prefix of up to 15 bits; a shift by 32 would be none. */
const inHeap = (address: number, length: number): number =>
  (1 << length) | ((address >>> 1) >>> (31 - length));

/** The first bit of the tree of shorter prefixes. */
const SHORT = (1 << LINE_BITS) * LINE_WORDS * 32;

export class PrefixBits {
  /** The lines, and behind them the tree of shorter prefixes. */
  private readonly words = new Int32Array((1 << LINE_BITS) * LINE_WORDS + (1 << (LINE_BITS - 5)));

  add(prefix: Ipv4, length: number): void {
    const bit = bitOf(prefix, length);
    this.words[bit >>> 5] |= 1 << bit;
  }

  remove(prefix: Ipv4, length: number): void {
    const bit = bitOf(prefix, length);
    this.words[bit >>> 5] &= ~(1 << bit);
  }

  /** The length of the longest prefix that holds `address` and has at most `length` bits, up to 24; -1 if there is none. */
  longest(address: Ipv4, length: number): number {
    for (let one = length; one >= 0; one--) {
      const bit = bitOf(address, one);
      if (((this.words[bit >>> 5] >>> bit) & 1) === 1) return one;
    }
    return -1;
  }
}

function bitOf(address: number, length: number): number {
  if (length >= LINE_BITS) return lineOf(address) + inLine(address, length);
  return SHORT + inHeap(address, length);
}
