// Longest-prefix match: from a destination to the value of the longest prefix that holds it.
//
// Thousands of namespaces have three routes and one may have 900,000, so there are three forms. A small table is
// scanned (lpm-scan.ts). A larger one is a trie (lpm-trie.ts), a very large one a trie whose root is all networks of 24
// bits (lpm-blocks.ts). All give the same answers; the test is test/oracle/prefix-list.ts. Users see only PrefixMap.
import type { Ipv4 } from '../addr/ipv4.ts';
import { BlockTrie } from './lpm-block-trie.ts';
import { blocksOf, NarrowBlocks, type WideBlocks } from './lpm-blocks.ts';
import { ScanTable } from './lpm-scan.ts';
import { SmallTrie } from './lpm-trie.ts';
import { PrefixHash } from './prefix-hash.ts';

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

/** Values are integers from 0 to 2^31 - 2; -1 is "none" wherever a value is returned. */
export class PrefixMap {
  // One field for all forms: where only one of them was met, V8 takes lookups in it whole into the loop that makes them.
  private form: ScanTable | SmallTrie | NarrowBlocks | WideBlocks = new ScanTable();

  get size(): number {
    return this.form.size;
  }

  /** The value of the longest prefix that holds `address`. */
  lookup(address: Ipv4): number {
    return this.form.lookup(address);
  }

  /** Writes for each of the first `count` addresses what `lookup` says; large tables have a faster way (lpm-batch.ts). */
  lookupBatch(queries: Int32Array, results: Int32Array, count: number): void {
    if (count > queries.length || count > results.length) throw new RangeError(`no room for ${count}`);
    const { form } = this;
    let at = form instanceof BlockTrie ? form.lookupBatch(queries, results, count) : 0;
    for (; at < count; at++) results[at] = form.lookup(queries[at] as Ipv4);
  }

  /** The value of the longest prefix that holds `address` and is shorter than `length`. */
  nextShorter(address: Ipv4, length: number): number {
    return this.form.nextShorter(address, length);
  }

  /** The value of exactly this prefix; the bits of `prefix` behind `length` must be 0. */
  get(prefix: Ipv4, length: number): number {
    return this.form.get(prefix, length);
  }

  /** Adds a prefix or gives the one that is there a new value. */
  insert(prefix: Ipv4, length: number, value: number): void {
    const { form } = this;
    if (form instanceof NarrowBlocks && !form.hasRoomFor(value)) {
      this.form = form.widened();
      this.form.insert(prefix, length, value);
      return;
    }
    form.insert(prefix, length, value);
    if (form instanceof ScanTable) {
      if (form.size > SMALL_MAX) this.grow(form);
    } else if (form instanceof SmallTrie && form.size > LARGE_MIN) this.form = blocksOf(form.prefixes);
  }

  /** Removes a prefix; its value, or -1 if it is not there. */
  delete(prefix: Ipv4, length: number): number {
    const { form } = this;
    const value = form.delete(prefix, length);
    if (form instanceof BlockTrie) {
      if (form.size <= LARGE_AGAIN) this.narrow(form);
    } else if (form instanceof SmallTrie && form.size <= SMALL_AGAIN) this.shrink(form);
    return value;
  }

  /** All values, by first address (unsigned) and at the same one the longest prefix first: the kernel's order. */
  inOrder(): Int32Array {
    return this.form.inOrder();
  }

  private grow(table: ScanTable): void {
    const trie = new SmallTrie(new PrefixHash());
    table.forEach((prefix, length, value) => {
      trie.insert(prefix, length, value);
    });
    this.form = trie;
  }

  private shrink(trie: SmallTrie): void {
    const table = new ScanTable();
    trie.forEach((prefix, length, value) => {
      table.insert(prefix, length, value);
    });
    this.form = table;
  }

  private narrow(blocks: BlockTrie): void {
    this.form = new SmallTrie(blocks.prefixes);
    blocks.end();
  }
}
