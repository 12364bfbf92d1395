// Longest-prefix match: from a destination to the value of the longest prefix that holds it.
//
// Thousands of namespaces have three routes and one may have 900,000, so there are three forms. A small table is one
// Int32Array that is scanned, longest prefixes first: an empty one costs an object and a shared empty array. A
// larger one is a trie (lpm-trie.ts), a very large one a trie whose root is all networks of 24 bits (lpm-blocks.ts).
// All give the same answers; the test is test/oracle/prefix-list.ts. Users see only PrefixMap.
import { type Ipv4, maskOf } from '../addr/ipv4.ts';
import { BlockTrie } from './lpm-blocks.ts';
import { type PrefixTrie, SmallTrie } from './lpm-trie.ts';
import { PrefixHash } from './prefix-hash.ts';

/** Words of one entry of the small form. */
const KEY = 0;
const LENGTH = 1;
const VALUE = 2;
const WORDS = 3;

/**
 * Up to so many prefixes a scan is used. Measured: it takes 8 ns and 0.8 more per prefix, the trie 15 ns at any
 * size, but a scan needs 200 bytes and the smallest trie 4 KB.
 */
const SMALL_MAX = 16;
/** A trie that shrinks to this becomes a scan again; lower than SMALL_MAX, so that one route does not flip it. */
const SMALL_AGAIN = 8;

/**
 * The same two limits for the trie with 2^24 networks at its root. Measured at 16,000 prefixes: 8 ns and 4.3 MB, where
 * the other takes 22 ns and 2.1 MB; with 2,000 it is 3 ns and 4.3 MB against 10 ns and 0.5 MB.
 */
const LARGE_MIN = 16384;
const LARGE_AGAIN = 8192;

const EMPTY = new Int32Array(0);

/** Values are integers from 0 to 2^31 - 2; -1 is "none" wherever a value is returned. */
export class PrefixMap {
  private entries = EMPTY;
  private count = 0;
  // At most one of the two. Two fields, not one, so that each call of `lookup` below has one class to call.
  private trie: SmallTrie | null = null;
  private blocks: BlockTrie | null = null;

  get size(): number {
    return this.large?.size ?? this.count;
  }

  private get large(): PrefixTrie | null {
    return this.blocks ?? this.trie;
  }

  /** The value of the longest prefix that holds `address`. */
  lookup(address: Ipv4): number {
    if (this.blocks !== null) return this.blocks.lookup(address);
    if (this.trie !== null) return this.trie.lookup(address);
    return this.scan(address, 0);
  }

  /** The value of the longest prefix that holds `address` and is shorter than `length`. */
  nextShorter(address: Ipv4, length: number): number {
    const large = this.large;
    if (large !== null) return large.nextShorter(address, length);
    let at = 0;
    const end = this.count * WORDS;
    while (at < end && this.entries[at + LENGTH] >= length) at += WORDS;
    return this.scan(address, at);
  }

  /** The value of exactly this prefix; the bits of `prefix` behind `length` must be 0. */
  get(prefix: Ipv4, length: number): number {
    const large = this.large;
    if (large !== null) return large.get(prefix, length);
    const at = this.find(prefix, length);
    return at < 0 ? -1 : this.entries[at + VALUE];
  }

  /** Adds a prefix or gives the one that is there a new value. */
  insert(prefix: Ipv4, length: number, value: number): void {
    const large = this.large;
    if (large !== null) {
      large.insert(prefix, length, value);
      if (this.trie !== null && large.size > LARGE_MIN) this.widen(this.trie);
      return;
    }
    const at = this.find(prefix, length);
    if (at >= 0) {
      this.entries[at + VALUE] = value;
      return;
    }
    if (this.count === SMALL_MAX) {
      this.grow();
      this.insert(prefix, length, value);
      return;
    }
    this.insertSmall(prefix, length, value);
  }

  /** Removes a prefix; its value, or -1 if it is not there. */
  delete(prefix: Ipv4, length: number): number {
    const large = this.large;
    if (large !== null) {
      const value = large.delete(prefix, length);
      if (large.size <= SMALL_AGAIN) this.shrink(large);
      else if (this.blocks !== null && large.size <= LARGE_AGAIN) this.narrow(this.blocks);
      return value;
    }
    const at = this.find(prefix, length);
    if (at < 0) return -1;
    const value = this.entries[at + VALUE];
    this.entries.copyWithin(at, at + WORDS, this.count * WORDS);
    this.count--;
    if (this.count === 0) this.entries = EMPTY;
    return value;
  }

  /** All values, by first address (unsigned) and at the same one the longest prefix first: the kernel's order. */
  inOrder(): Int32Array {
    const large = this.large;
    if (large !== null) return large.inOrder();
    const at = Array.from({ length: this.count }, (_, index) => index * WORDS);
    const entries = this.entries;
    at.sort((a, b) => (entries[a + KEY] >>> 0) - (entries[b + KEY] >>> 0) || a - b);
    return Int32Array.from(at, (word) => entries[word + VALUE]);
  }

  private scan(address: Ipv4, from: number): number {
    const entries = this.entries;
    const end = this.count * WORDS;
    for (let at = from; at < end; at += WORDS) {
      const length = entries[at + LENGTH];
      // A shift by 32 is a shift by 0 in JavaScript: length 0 would compare all bits.
      if (length === 0 || (address ^ entries[at + KEY]) >>> (32 - length) === 0) return entries[at + VALUE];
    }
    return -1;
  }

  private find(prefix: Ipv4, length: number): number {
    const end = this.count * WORDS;
    for (let at = 0; at < end; at += WORDS)
      if (this.entries[at + KEY] === prefix && this.entries[at + LENGTH] === length) return at;
    return -1;
  }

  private insertSmall(prefix: Ipv4, length: number, value: number): void {
    const end = this.count * WORDS;
    if (end === this.entries.length) {
      const larger = new Int32Array(Math.max(4 * WORDS, 2 * end));
      larger.set(this.entries);
      this.entries = larger;
    }
    let at = 0;
    while (at < end && this.entries[at + LENGTH] >= length) at += WORDS;
    this.entries.copyWithin(at + WORDS, at, end);
    this.entries[at + KEY] = prefix & maskOf(length);
    this.entries[at + LENGTH] = length;
    this.entries[at + VALUE] = value;
    this.count++;
  }

  private grow(): void {
    const trie = new SmallTrie(new PrefixHash());
    const entries = this.entries;
    for (let at = 0; at < this.count * WORDS; at += WORDS)
      trie.insert(entries[at + KEY] as Ipv4, entries[at + LENGTH], entries[at + VALUE]);
    this.trie = trie;
    this.entries = EMPTY;
    this.count = 0;
  }

  private shrink(large: PrefixTrie): void {
    this.trie = null;
    large.forEach((prefix, length, value) => {
      this.insertSmall(prefix, length, value);
    });
  }

  private widen(trie: SmallTrie): void {
    this.blocks = new BlockTrie(trie.prefixes);
    this.trie = null;
  }

  private narrow(blocks: BlockTrie): void {
    this.trie = new SmallTrie(blocks.prefixes);
    this.blocks = null;
    blocks.end();
  }
}
