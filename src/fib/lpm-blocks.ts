// Longest-prefix match for large tables: one slot for each of the 2^24 networks of 24 bits, kept as ranked blocks.
//
// A block is a /19: two words. The first marks which of its 32 /24s differ from the one before, the second says where
// in the arena its run begins: the slots that differ. A lookup reads both, counts the marks up to its /24 and reads that slot:
// equal neighbours cost nothing, so a full table of the Internet fits into the processor's cache, where an array of
// 2^24 slots does not.
//
//       31                          1   0     31                              0
//      +------------------------------+---+    +--------------------------------+
//      | bit n: slot n is not as n-1  | 0 |    | the place of the run's first   |
//      +------------------------------+---+    +--------------------------------+
//
// Slots take 16 bits each as long as all fit, then 32: a form for each, since a lookup that asks which it is takes up to
// a fifth longer (measured).
import type { Ipv4 } from '../addr/ipv4.ts';
import { arena as sharedArena } from './arena.ts';
import { BlockTrie } from './lpm-block-trie.ts';
import { REGIONS } from './lpm-regions.ts';
import { ONES as SHARED_ONES } from './ones.ts';
import type { PrefixHash } from './prefix-hash.ts';

// Bindings of this module's own: V8 takes an imported one for a variable, and would fold nothing (measured: half the
// speed).
const arena = sharedArena;
const ONES = SHARED_ONES;

/** What leaves of `address >>> 12` the first word of its block. */
const FIRST_WORD = 0xffffe;
const HALF = 0xffff;
/** Slots from -2^15 to 2^15 - 1 take 16 bits: a value + 1, or ~node. */
const NARROW_VALUES = 0x7fff;
/** One insertion takes up to two nodes. */
const NARROW_NODES = 0x8000 - 2;

/** Slots of 16 bits. */
export class NarrowBlocks extends BlockTrie {
  static canHold(prefixes: PrefixHash): boolean {
    let fits = true;
    let long = 0;
    prefixes.forEach((_, length, value) => {
      if (value >= NARROW_VALUES) fits = false;
      if (length > 24) long++;
    });
    return fits && 2 * long < NARROW_NODES;
  }

  /** Whether a prefix of this value may be inserted now. */
  hasRoomFor(value: number): boolean {
    return value < NARROW_VALUES && this.nodeCount < NARROW_NODES;
  }

  lookup(address: Ipv4): number {
    const words = arena.words;
    const block = (this.base + ((address >>> 12) & FIRST_WORD)) | 0;
    // Shifted so that the marks behind the address's own /24 fall off at the top.
    const marks = words[block] << (~address >>> 8);
    const place = words[(block + 1) | 0] + ONES[marks >>> 16] + ONES[marks & HALF];
    const slot = arena.halves[place | 0];
    if (slot >= 0) return (slot - 1) | 0;
    // At most two levels, written out: a call here would cost every lookup registers (measured: a tenth).
    const below = words[(this.nodesAt + ((~slot << 4) | ((address >>> 4) & 15))) | 0];
    return ((below >= 0 ? below : words[(this.nodesAt + ((~below << 4) | (address & 15))) | 0]) - 1) | 0;
  }

  /** The same table with slots of 32 bits; this one is no longer to be used. */
  widened(): WideBlocks {
    for (let region = 0; region < REGIONS; region++) {
      const before = this.regions.origins[region];
      this.regions.double(region);
      this.rebase(region, (this.regions.origins[region] >> 1) - before);
    }
    this.forget();
    return new WideBlocks(this);
  }

  protected override get shift(): number {
    return 0;
  }

  protected override slotAt(place: number): number {
    return arena.halves[place];
  }

  protected override putSlot(place: number, slot: number): void {
    arena.halves[place] = slot;
  }
}

/** Slots of 32 bits. */
export class WideBlocks extends BlockTrie {
  lookup(address: Ipv4): number {
    const words = arena.words;
    const block = (this.base + ((address >>> 12) & FIRST_WORD)) | 0;
    const marks = words[block] << (~address >>> 8);
    const place = words[(block + 1) | 0] + ONES[marks >>> 16] + ONES[marks & HALF];
    const slot = words[place | 0];
    if (slot >= 0) return (slot - 1) | 0;
    const below = words[(this.nodesAt + ((~slot << 4) | ((address >>> 4) & 15))) | 0];
    return ((below >= 0 ? below : words[(this.nodesAt + ((~below << 4) | (address & 15))) | 0]) - 1) | 0;
  }

  protected override get shift(): number {
    return 1;
  }

  protected override slotAt(place: number): number {
    return arena.words[place];
  }

  protected override putSlot(place: number, slot: number): void {
    arena.words[place] = slot;
  }
}

/** The narrowest form for these prefixes. */
export function blocksOf(prefixes: PrefixHash): NarrowBlocks | WideBlocks {
  return NarrowBlocks.canHold(prefixes) ? new NarrowBlocks(prefixes) : new WideBlocks(prefixes);
}
