// Longest-prefix match for large tables: one slot for each of the 2^24 networks of 24 bits, kept as ranked blocks.
//
// A block is a /20: a word of 32 bits. Its low 15 bits mark which of its second to sixteenth /24 differ from the one
// before; the upper 17 say where its run, the slots that differ, begins in the region of its /8. A lookup reads
// the word, counts the marks up to its /24 and reads that slot: equal neighbours cost nothing, so a full table of
// the Internet fits into the processor's cache, where an array of 2^24 slots does not.
//
//       31                        15 14                       0
//      +----------------------------+-------------------------+
//      | start of the run           | slot n differs: bit n-1 |
//      +----------------------------+-------------------------+
//
// Runs are never changed but appended anew at the end of the region, so blocks that are equal throughout may point
// at a neighbour's slot. When a region is full its runs are written afresh, in the order of addresses.
import type { Ipv4 } from '../addr/ipv4.ts';
import { PrefixTrie } from './lpm-trie.ts';
import type { PrefixHash } from './prefix-hash.ts';

const ROOT_BITS = 24;
const BLOCKS = 1 << 20;
const REGIONS = 256;
const REGION_BLOCKS = BLOCKS / REGIONS;
const SLOTS = 16;
const START = 15;
const MARKS = (1 << START) - 1;
/** Every region begins with this slot, which says that there is none. */
const NONE = 0;
/** Room for new runs in a region: a quarter of what it holds, and at least so many slots. */
const ROOM = 64;

/** The number of ones in 15 bits: JavaScript has no instruction for it, and a table is what is fast (measured). */
const ONES = new Uint8Array(1 << START);
for (let bits = 1; bits < ONES.length; bits++) ONES[bits] = ONES[bits >> 1] + (bits & 1);

/** The block that is being changed, slot by slot. */
const blockSlots = new Int32Array(SLOTS);
const blockLengths = new Uint8Array(SLOTS);
/** A region that is being written afresh: no more than one slot for each /24, and NONE. */
const freshSlots = new Int32Array(REGION_BLOCKS * SLOTS + 1);
const freshLengths = new Uint8Array(REGION_BLOCKS * SLOTS + 1);

export class BlockTrie extends PrefixTrie {
  /** The blocks, and behind them where in `runs` each region begins. */
  private readonly words = new Int32Array(BLOCKS + REGIONS);
  /** Slots. 16 bits are enough for most tables; the first that needs more makes it an Int32Array. */
  private runs: Int16Array | Int32Array = new Int16Array(2 * ROOM * REGIONS);
  /** The length of the prefix that owns a slot. Lookups need it not. */
  private runLengths = new Uint8Array(2 * ROOM * REGIONS);
  /** How many slots of each region are taken, and how many it has. */
  private readonly used = new Int32Array(REGIONS).fill(1);
  private readonly capacity = new Int32Array(REGIONS).fill(2 * ROOM);
  /** The block whose run is the last in its region and its alone, so that it can be written over; -1 if none. */
  private readonly lastOwner = new Int32Array(REGIONS).fill(-1);
  private end = 2 * ROOM * REGIONS;

  constructor(prefixes: PrefixHash) {
    super(ROOT_BITS, prefixes);
    for (let region = 0; region < REGIONS; region++) this.words[BLOCKS + region] = region * 2 * ROOM;
    this.adopt();
  }

  /** Of the bytes that lookups read, all of them, slack included. */
  get lookupBytes(): number {
    return this.words.byteLength + this.runs.byteLength + this.slots.byteLength + ONES.byteLength;
  }

  lookup(address: Ipv4): number {
    const words = this.words;
    const word = words[address >>> 12];
    // Shifted so that the marks behind the address's own /24 fall off at bit 15.
    const marks = (word << ((~address >>> 8) & 15)) & MARKS;
    const slot = this.runs[words[BLOCKS + (address >>> 24)] + (word >>> START) + ONES[marks]];
    return (slot >= 0 ? slot : this.descend(slot, address)) - 1;
  }

  protected override rootSlot(at: number): number {
    return this.runs[this.placeOf(at)];
  }

  protected override rootLength(at: number): number {
    return this.runLengths[this.placeOf(at)];
  }

  protected override setRoot(at: number, slot: number, length: number): void {
    const block = at >>> 4;
    this.readBlock(block);
    blockSlots[at & (SLOTS - 1)] = slot;
    blockLengths[at & (SLOTS - 1)] = length;
    this.writeBlock(block);
  }

  protected override fillRoot(first: number, end: number, over: number, length: number, slot: number): void {
    for (let block = first >>> 4; block << 4 < end; block++) {
      const from = Math.max(first - (block << 4), 0);
      const to = Math.min(end - (block << 4), SLOTS);
      this.readBlock(block);
      if (this.fillBlock(from, to, over, length, slot)) this.writeBlock(block);
    }
  }

  /** Whether a slot of the block itself was changed, not of a node below. */
  private fillBlock(from: number, to: number, over: number, length: number, slot: number): boolean {
    let changed = false;
    for (let at = from; at < to; at++) {
      if (blockSlots[at] < 0) this.fillBelow(blockSlots[at], over, length, slot);
      else if (blockLengths[at] <= over) {
        changed ||= blockSlots[at] !== slot || blockLengths[at] !== length;
        blockSlots[at] = slot;
        blockLengths[at] = length;
      }
    }
    return changed;
  }

  private placeOf(at: number): number {
    const word = this.words[at >>> 4];
    const marks = (word << (~at & 15)) & MARKS;
    return this.words[BLOCKS + (at >>> 16)] + (word >>> START) + ONES[marks];
  }

  private readBlock(block: number): void {
    const word = this.words[block];
    let place = this.words[BLOCKS + (block >>> 12)] + (word >>> START);
    for (let at = 0; at < SLOTS; at++) {
      // Bit 0 of the shifted word is the mark of slot `at`; slot 0 has none.
      if (at > 0) place += (word >>> (at - 1)) & 1;
      blockSlots[at] = this.runs[place];
      blockLengths[at] = this.runLengths[place];
    }
  }

  private writeBlock(block: number): void {
    let marks = 0;
    for (let at = 1; at < SLOTS; at++)
      if (blockSlots[at] !== blockSlots[at - 1] || blockLengths[at] !== blockLengths[at - 1])
        marks |= 1 << (at - 1);
    const region = block >>> 12;
    const shared = marks === 0 ? this.sharedStart(block) : -1;
    if (shared >= 0) {
      this.lastOwner[region] = -1;
      this.words[block] = shared << START;
      return;
    }
    const start = this.append(block, ONES[marks] + 1);
    this.words[block] = (start << START) | marks;
    this.writeRun(this.words[BLOCKS + region] + start, marks);
  }

  private writeRun(place: number, marks: number): void {
    let to = place;
    this.setSlot(to, 0);
    for (let at = 1; at < SLOTS; at++) if ((marks & (1 << (at - 1))) !== 0) this.setSlot(++to, at);
  }

  private setSlot(place: number, at: number): void {
    const slot = blockSlots[at];
    if ((slot << 16) >> 16 !== slot && this.runs instanceof Int16Array)
      this.runs = Int32Array.from(this.runs);
    this.runs[place] = slot;
    this.runLengths[place] = blockLengths[at];
  }

  /** Where in the region a slot is that a block of nothing else may share; -1 if there is none at hand. */
  private sharedStart(block: number): number {
    if (blockSlots[0] === NONE && blockLengths[0] === 0) return 0;
    const base = this.words[BLOCKS + (block >>> 12)];
    if ((block & (REGION_BLOCKS - 1)) > 0) {
      const before = this.placeOf((block << 4) - 1);
      if (this.isFirst(before)) return before - base;
    }
    if (((block + 1) & (REGION_BLOCKS - 1)) > 0) {
      const behind = this.placeOf((block + 1) << 4);
      if (this.isFirst(behind)) return behind - base;
    }
    return -1;
  }

  private isFirst(place: number): boolean {
    return this.runs[place] === blockSlots[0] && this.runLengths[place] === blockLengths[0];
  }

  /** Where in the region a new run of `count` slots goes. */
  private append(block: number, count: number): number {
    const region = block >>> 12;
    if (this.lastOwner[region] === block) this.used[region] = this.words[block] >>> START;
    if (this.used[region] + count > this.capacity[region]) this.rewrite(region, block);
    const start = this.used[region];
    this.used[region] = start + count;
    this.lastOwner[region] = block;
    return start;
  }

  /** Writes all runs of a region afresh, without what is no longer used; that of `changing` is about to be new. */
  private rewrite(region: number, changing: number): void {
    const base = this.words[BLOCKS + region];
    const used = this.gather(region, base, changing);
    const capacity = used + Math.max(used >> 2, ROOM);
    if (capacity > this.capacity[region] || this.capacity[region] > 2 * capacity) this.move(region, capacity);
    const place = this.words[BLOCKS + region];
    this.runs.set(freshSlots.subarray(0, used), place);
    this.runLengths.set(freshLengths.subarray(0, used), place);
    this.used[region] = used;
  }

  private gather(region: number, base: number, changing: number): number {
    const { words, runs, runLengths } = this;
    let used = 1;
    const end = (region + 1) * REGION_BLOCKS;
    for (let block = region * REGION_BLOCKS; block < end; block++) {
      const word = words[block];
      if (word === 0) continue;
      let from = base + (word >>> START);
      if (block === changing) {
        words[block] = 0;
        continue;
      }
      const last = from + ONES[word & MARKS];
      // The slot before may be this one's too.
      const isShared = runs[from] === freshSlots[used - 1] && runLengths[from] === freshLengths[used - 1];
      words[block] = ((isShared ? used - 1 : used) << START) | (word & MARKS);
      for (from += isShared ? 1 : 0; from <= last; from++) {
        freshSlots[used] = runs[from];
        freshLengths[used++] = runLengths[from];
      }
    }
    return used;
  }

  /** Gives a region another place, at the end. */
  private move(region: number, capacity: number): void {
    if (this.end + capacity > this.runs.length) this.repack(region, capacity);
    this.words[BLOCKS + region] = this.end;
    this.capacity[region] = capacity;
    this.end += capacity;
  }

  /** A new array without the places that regions left; that of `leaving` is not copied. */
  private repack(leaving: number, capacity: number): void {
    const { runs, runLengths } = this;
    let total = capacity;
    for (let region = 0; region < REGIONS; region++) if (region !== leaving) total += this.capacity[region];
    const length = total + (total >> 3);
    this.runs = runs instanceof Int16Array ? new Int16Array(length) : new Int32Array(length);
    this.runLengths = new Uint8Array(length);
    this.end = 0;
    for (let region = 0; region < REGIONS; region++) {
      if (region === leaving) continue;
      const from = this.words[BLOCKS + region];
      this.runs.set(runs.subarray(from, from + this.used[region]), this.end);
      this.runLengths.set(runLengths.subarray(from, from + this.used[region]), this.end);
      this.words[BLOCKS + region] = this.end;
      this.end += this.capacity[region];
    }
  }
}
