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
import { pieceSize, arena as sharedArena } from './arena.ts';
import { PrefixTrie } from './lpm-trie.ts';
import type { PrefixHash } from './prefix-hash.ts';

// A binding of this module's own: V8 takes an imported one for a variable, and would fold nothing (measured: half the
// speed).
const arena = sharedArena;

const ROOT_BITS = 24;
const BLOCKS = 1 << 20;
const REGIONS = 256;
const REGION_BLOCKS = BLOCKS / REGIONS;
const SLOTS = 16;
const START = 15;
const MARKS = (1 << START) - 1;
/** The blocks, and behind them where the runs of each region begin; in halves of words. */
const TABLE_SIZE = 2 * (BLOCKS + REGIONS);
/** Slots from -HALF to HALF - 1 take 16 bits. */
const HALF = 0x8000;
const HALVES = 0xffff;
/** Room for new runs in a region: a quarter of what it holds, and at least so many slots. */
const ROOM = 24;

/** The number of ones in 15 bits: JavaScript has no instruction for it, and a table is what is fast (measured). */
const ONES = new Uint8Array(1 << START);
for (let bits = 1; bits < ONES.length; bits++) ONES[bits] = ONES[bits >> 1] + (bits & 1);

/** The block that is being changed, slot by slot. */
const blockSlots = new Int32Array(SLOTS);
const blockLengths = new Uint8Array(SLOTS);
/** A region that is being written afresh: no more than one slot for each /24, and the first. */
const freshSlots = new Int32Array(REGION_BLOCKS * SLOTS + 1);
const freshLengths = new Uint8Array(REGION_BLOCKS * SLOTS + 1);

/** What a table has in the arena. */
interface Holding {
  readonly base: number;
  /** The sizes of the regions' pieces. */
  readonly sizes: Int32Array;
}

function release({ base, sizes }: Holding): void {
  for (let region = 0; region < REGIONS; region++)
    arena.release(arena.words[(base >> 1) + BLOCKS + region], sizes[region]);
  arena.release(base, TABLE_SIZE);
}

const forgotten = new FinalizationRegistry<Holding>(release);

export class BlockTrie extends PrefixTrie {
  /** Where the blocks are among the arena's words, and behind them the first half of each region's runs. */
  // Initialised, so that V8 knows them for small integers.
  private base = 0;
  private regions = 0;
  /** Slots take 16 bits each as long as all fit, then 32. */
  private isWide = false;
  /** How many slots of each region are taken, and how many halves it has. */
  private readonly used = new Int32Array(REGIONS).fill(1);
  private readonly sizes = new Int32Array(REGIONS).fill(pieceSize(2 * ROOM));
  /** The block whose run is the last in its region and its alone, so that it can be written over; -1 if none. */
  private readonly lastOwner = new Int32Array(REGIONS).fill(-1);

  constructor(prefixes: PrefixHash) {
    super(ROOT_BITS, prefixes);
    const piece = arena.allocate(TABLE_SIZE);
    this.base = piece >> 1;
    this.regions = this.base + BLOCKS;
    for (let region = 0; region < REGIONS; region++) {
      const runs = arena.allocate(this.sizes[region]);
      arena.words[this.regions + region] = runs;
    }
    forgotten.register(this, { base: piece, sizes: this.sizes }, this);
    this.adopt();
  }

  /** The bytes that lookups read, with the room for changes. */
  get lookupBytes(): number {
    const runs = this.sizes.reduce((sum, size) => sum + size, 0);
    return 2 * (TABLE_SIZE + runs) + this.slots.byteLength + ONES.byteLength;
  }

  /** Gives the memory back at once; without it that happens when the table is collected. */
  end(): void {
    forgotten.unregister(this);
    release({ base: 2 * this.base, sizes: this.sizes });
  }

  lookup(address: Ipv4): number {
    const words = arena.words;
    const word = words[(this.base + (address >>> 12)) | 0];
    // Shifted so that the marks behind the address's own /24 fall off at bit 15.
    const place = (word >>> START) + ONES[(word << ((~address >>> 8) & 15)) & MARKS];
    const runs = words[(this.regions + (address >>> 24)) | 0];
    const slot = this.isWide === true ? words[((runs >> 1) + place) | 0] : arena.halves[(runs + place) | 0];
    if (slot >= 0) return (slot - 1) | 0;
    // At most two levels, written out: a call here would cost every lookup registers (measured: a tenth).
    const below = this.slots[(~slot << 4) | ((address >>> 4) & 15)];
    return ((below >= 0 ? below : this.slots[(~below << 4) | (address & 15)]) - 1) | 0;
  }

  protected override rootSlot(at: number): number {
    return this.slotAt(this.runsOf(at >>> 16), this.placeOf(at));
  }

  protected override rootLength(at: number): number {
    return arena.notes[this.runsOf(at >>> 16) + this.placeOf(at)];
  }

  protected override setRoot(at: number, slot: number, length: number): void {
    const block = at >>> 4;
    this.readBlock(block);
    blockSlots[at & (SLOTS - 1)] = slot;
    blockLengths[at & (SLOTS - 1)] = length;
    this.writeBlock(block);
  }

  protected override fillRoot(first: number, end: number, over: number, length: number, slot: number): void {
    if (end - first === 1 << ROOT_BITS) {
      this.fillDefault(slot);
      return;
    }
    for (let block = first >>> 4; block << 4 < end; block++) {
      const from = Math.max(first - (block << 4), 0);
      const to = Math.min(end - (block << 4), SLOTS);
      this.readBlock(block);
      if (this.fillBlock(from, to, over, length, slot)) this.writeBlock(block);
    }
  }

  /** 0.0.0.0/0 has what nobody else has: to give that another slot is a pass over the runs, not over all blocks. */
  private fillDefault(slot: number): void {
    if (slot >= HALF && !this.isWide) this.widen();
    for (let region = 0; region < REGIONS; region++) {
      // Afresh, for what is no longer used may name nodes that are gone.
      this.rewrite(region);
      const runs = this.runsOf(region);
      for (let place = 0; place < this.used[region]; place++) {
        const before = this.slotAt(runs, place);
        if (before < 0) this.fillBelow(before, 0, 0, slot);
        else if (arena.notes[runs + place] === 0) this.setSlot(runs, place, slot, 0);
      }
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

  /** Where a region's runs are among the arena's halves. */
  private runsOf(region: number): number {
    return arena.words[this.regions + region];
  }

  /** Where in its region's runs a /24 has its slot. */
  private placeOf(at: number): number {
    const word = arena.words[this.base + (at >>> 4)];
    return (word >>> START) + ONES[(word << (~at & 15)) & MARKS];
  }

  private slotAt(runs: number, place: number): number {
    return this.isWide === true ? arena.words[((runs >> 1) + place) | 0] : arena.halves[(runs + place) | 0];
  }

  private readBlock(block: number): void {
    const word = arena.words[this.base + block];
    const runs = this.runsOf(block >>> 12);
    let place = word >>> START;
    let slot = this.slotAt(runs, place);
    let length = arena.notes[runs + place];
    for (let at = 0; at < SLOTS; at++) {
      // Bit 0 of the shifted word is the mark of slot `at`; slot 0 has none.
      if (at > 0 && ((word >>> (at - 1)) & 1) === 1) {
        place++;
        slot = this.slotAt(runs, place);
        length = arena.notes[runs + place];
      }
      blockSlots[at] = slot;
      blockLengths[at] = length;
    }
  }

  private writeBlock(block: number): void {
    let marks = 0;
    let unfit = blockSlots[0] + HALF;
    for (let at = 1; at < SLOTS; at++) {
      const slot = blockSlots[at];
      unfit |= slot + HALF;
      if (slot !== blockSlots[at - 1] || blockLengths[at] !== blockLengths[at - 1]) marks |= 1 << (at - 1);
    }
    if (unfit >>> 0 > HALVES && !this.isWide) this.widen();
    const region = block >>> 12;
    const shared = marks === 0 ? this.sharedPlace(block) : -1;
    if (shared >= 0) {
      this.lastOwner[region] = -1;
      arena.words[this.base + block] = shared << START;
      return;
    }
    const start = this.append(block, ONES[marks] + 1);
    arena.words[this.base + block] = (start << START) | marks;
    this.writeRun(region, start, marks);
  }

  private writeRun(region: number, start: number, marks: number): void {
    const runs = this.runsOf(region);
    let place = start;
    this.setSlot(runs, place, blockSlots[0], blockLengths[0]);
    for (let rest = marks; rest !== 0; rest &= rest - 1) {
      const at = 32 - Math.clz32(rest & -rest);
      this.setSlot(runs, ++place, blockSlots[at], blockLengths[at]);
    }
  }

  private setSlot(runs: number, place: number, slot: number, length: number): void {
    if (this.isWide === true) arena.words[((runs >> 1) + place) | 0] = slot;
    else arena.halves[(runs + place) | 0] = slot;
    arena.notes[runs + place] = length;
  }

  /** Where in the region a slot is that a block of nothing else may share; -1 if there is none at hand. */
  private sharedPlace(block: number): number {
    const region = block >>> 12;
    if (this.isFirst(region, 0)) return 0;
    if ((block & (REGION_BLOCKS - 1)) > 0) {
      const before = this.placeOf((block << 4) - 1);
      if (this.isFirst(region, before)) return before;
    }
    if (((block + 1) & (REGION_BLOCKS - 1)) > 0) {
      const behind = this.placeOf((block + 1) << 4);
      if (this.isFirst(region, behind)) return behind;
    }
    return -1;
  }

  private isFirst(region: number, place: number): boolean {
    const runs = this.runsOf(region);
    return arena.notes[runs + place] === blockLengths[0] && this.slotAt(runs, place) === blockSlots[0];
  }

  /** Where in the region a new run of `count` slots goes. */
  private append(block: number, count: number): number {
    const region = block >>> 12;
    if (this.lastOwner[region] === block) this.used[region] = arena.words[this.base + block] >>> START;
    if (this.used[region] + count > this.slotsIn(region)) {
      arena.words[this.base + block] = 0;
      this.rewrite(region);
    }
    const start = this.used[region];
    this.used[region] = start + count;
    this.lastOwner[region] = block;
    return start;
  }

  private slotsIn(region: number): number {
    return this.isWide === true ? this.sizes[region] >> 1 : this.sizes[region];
  }

  /** Writes all runs of a region afresh, without what is no longer used. */
  private rewrite(region: number): void {
    this.lastOwner[region] = -1;
    this.used[region] = this.gather(region);
    const slots = this.used[region] + Math.max(this.used[region] >> 2, ROOM);
    const size = pieceSize(this.isWide === true ? 2 * slots : slots);
    if (size > this.sizes[region] || 2 * size < this.sizes[region]) this.move(region, size);
    const runs = this.runsOf(region);
    const used = this.used[region];
    for (let place = 0; place < used; place++)
      this.setSlot(runs, place, freshSlots[place], freshLengths[place]);
  }

  /** Puts a region's runs together in the order of addresses; how many slots they take. */
  private gather(region: number): number {
    const { words, notes } = arena;
    const runs = this.runsOf(region);
    const first = this.base + region * REGION_BLOCKS;
    // Every region begins with the slot of what no prefix but 0.0.0.0/0 holds.
    let used = 1;
    freshSlots[0] = this.slotAt(runs, 0);
    for (let block = first; block < first + REGION_BLOCKS; block++) {
      const word = words[block];
      if (word === 0) continue;
      let place = word >>> START;
      const last = place + ONES[word & MARKS];
      // The slot before may be this one's too.
      const slot = this.slotAt(runs, place);
      const isShared = slot === freshSlots[used - 1] && notes[runs + place] === freshLengths[used - 1];
      words[block] = ((isShared ? used - 1 : used) << START) | (word & MARKS);
      for (place += isShared ? 1 : 0; place <= last; place++) {
        freshSlots[used] = this.slotAt(runs, place);
        freshLengths[used++] = notes[runs + place];
      }
    }
    return used;
  }

  private move(region: number, size: number): void {
    arena.release(this.runsOf(region), this.sizes[region]);
    const piece = arena.allocate(size);
    arena.words[this.regions + region] = piece;
    this.sizes[region] = size;
  }

  /** From 16 bits for each slot to 32. */
  private widen(): void {
    for (let region = 0; region < REGIONS; region++) {
      const from = this.runsOf(region);
      const used = this.used[region];
      const size = pieceSize(2 * this.sizes[region]);
      const to = arena.allocate(size);
      arena.words.set(arena.halves.subarray(from, from + used), to >> 1);
      arena.notes.copyWithin(to, from, from + used);
      arena.release(from, this.sizes[region]);
      arena.words[this.regions + region] = to;
      this.sizes[region] = size;
    }
    this.isWide = true;
  }
}
