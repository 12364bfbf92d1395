// What changes do to ranked blocks (lpm-blocks.ts): how a block is read, written and given a run of slots.
//
// Runs are never changed but appended anew at the end of their /8's region, so blocks that are equal throughout may
// point at a neighbour's slot. When a region is full its runs are written afresh, in the order of addresses.
import { arena as sharedArena } from './arena.ts';
import { lookupBatch } from './lpm-batch.ts';
import { REGIONS, Regions } from './lpm-regions.ts';
import { PrefixTrie } from './lpm-trie.ts';
import { countOnes, ONES as SHARED_ONES } from './ones.ts';
import { PrefixBits } from './prefix-bits.ts';
import type { PrefixHash } from './prefix-hash.ts';

// Bindings of this module's own: V8 takes an imported one for a variable, and would fold nothing (measured: half the
// speed).
const arena = sharedArena;
const ONES = SHARED_ONES;

const ROOT_BITS = 24;
/** A block's /24s, and their slots while it is being changed. */
const SLOT_BITS = 5;
const SLOTS = 1 << SLOT_BITS;
const BLOCKS = 1 << (ROOT_BITS - SLOT_BITS);
const BLOCK_WORDS = 2;
const REGION_BITS = 16 - SLOT_BITS;
const REGION_BLOCKS = 1 << REGION_BITS;
/** Room for new runs in a region: a quarter of what it holds, and at least so many slots. */
const ROOM = 48;

const onesIn = (bits: number): number => ONES[bits >>> 16] + ONES[bits & 0xffff];

const regionOf = (block: number): number => block >>> REGION_BITS;
const isFirst = (block: number): boolean => (block & (REGION_BLOCKS - 1)) === 0;

/** The block that is being changed, slot by slot; and whose it is. */
let tables = 0;
let openTable = 0;
let openBlock = 0;
const blockSlots = new Int32Array(SLOTS);
const blockLengths = new Uint8Array(SLOTS);
/** A region that is being written afresh: no more than one slot for each /24, and the first. */
const freshSlots = new Int32Array(REGION_BLOCKS * SLOTS + 1);
const freshLengths = new Uint8Array(REGION_BLOCKS * SLOTS + 1);

const forgotten = new FinalizationRegistry<Regions>((regions) => regions.release());

export abstract class BlockTrie extends PrefixTrie {
  readonly regions: Regions;
  /** Where the blocks are among the arena's words. */
  // Initialised, so that V8 knows it for a small integer.
  protected base = 0;
  private readonly id = ++tables;

  /** Of prefixes, or of a table whose memory already is as this form wants it. */
  constructor(from: PrefixHash | BlockTrie) {
    const former = from instanceof BlockTrie ? from : null;
    const prefixes = former === null ? (from as PrefixHash) : former.prefixes;
    super(ROOT_BITS, prefixes, arena, former?.present ?? new PrefixBits());
    this.regions = former?.regions ?? new Regions(BLOCKS * BLOCK_WORDS);
    this.base = this.regions.blocks;
    forgotten.register(this, this.regions, this);
    countOnes();
    if (former !== null) {
      this.takeNodes(former);
      return;
    }
    for (let region = 0; region < REGIONS; region++) this.clear(region);
    this.adopt();
  }

  /** A slot is one half of a word of the arena, or two: the logarithm. */
  protected abstract get shift(): number;
  protected abstract slotAt(place: number): number;
  protected abstract putSlot(place: number, slot: number): void;

  /** Looks many addresses up at once, most of the first `count`; how many it has. */
  lookupBatch(queries: Int32Array, results: Int32Array, count: number): number {
    const table = { blocks: 4 * this.base, nodes: 4 * this.nodesAt, width: 2 << this.shift };
    return lookupBatch(table, queries, results, count);
  }

  /** The bytes that lookups read, with the room for changes. */
  get lookupBytes(): number {
    return 4 * BLOCKS * BLOCK_WORDS + this.regions.bytes + ONES.byteLength;
  }

  /** Gives the memory back at once; without it that happens when the table is collected. */
  end(): void {
    this.forget().release();
  }

  /** Leaves its memory to somebody else. */
  protected forget(): Regions {
    forgotten.unregister(this);
    return this.regions;
  }

  protected override growNodes(before: number, words: number): void {
    this.regions.moveNodes(before, words);
    this.nodesAt = this.regions.nodes;
  }

  protected override rootSlot(at: number): number {
    return this.slotAt(this.placeOf(at));
  }

  protected override rootLength(at: number): number {
    return this.lengthAt(this.placeOf(at));
  }

  protected override setRoot(at: number, slot: number, length: number): void {
    const block = at >>> SLOT_BITS;
    const place = at & (SLOTS - 1);
    this.openBlock(block);
    blockSlots[place] = slot;
    blockLengths[place] = length;
    this.writeBlock(block, place, place);
  }

  protected override fillRoot(first: number, end: number, over: number, length: number, slot: number): void {
    if (end - first === 1 << ROOT_BITS) {
      this.fillDefault(slot);
      return;
    }
    for (let block = first >>> SLOT_BITS; block << SLOT_BITS < end; block++) {
      const from = Math.max(first - (block << SLOT_BITS), 0);
      const last = Math.min(end - (block << SLOT_BITS), SLOTS) - 1;
      if (last - from === SLOTS - 1 && this.isOnly(block, over)) {
        this.writeOnly(block, slot, length);
        continue;
      }
      this.openBlock(block);
      if (this.fillBlock(from, last, over, length, slot)) this.writeBlock(block, from, last);
    }
  }

  /** 0.0.0.0/0 has what nobody else has: to give that another slot is a pass over the runs, not over all blocks. */
  private fillDefault(slot: number): void {
    openTable = 0;
    for (let region = 0; region < REGIONS; region++) {
      // Afresh, for what is no longer used may name nodes that are gone.
      this.rewrite(region);
      const first = this.firstPlace(region);
      for (let place = first; place < first + this.regions.used[region]; place++) {
        const before = this.slotAt(place);
        if (before < 0) this.fillBelow(before, 0, 0, slot);
        else if (this.lengthAt(place) === 0) this.putSlot(place, slot);
      }
    }
  }

  /** Whether a slot of the block itself was changed, not of a node below. */
  private fillBlock(from: number, last: number, over: number, length: number, slot: number): boolean {
    let changed = false;
    for (let at = from; at <= last; at++) {
      if (blockSlots[at] < 0) this.fillBelow(blockSlots[at], over, length, slot);
      else if (blockLengths[at] <= over) {
        changed ||= blockSlots[at] !== slot || blockLengths[at] !== length;
        blockSlots[at] = slot;
        blockLengths[at] = length;
      }
    }
    return changed;
  }

  /** The length of the prefix whose value a slot holds. */
  private lengthAt(place: number): number {
    return arena.notes[place << this.shift];
  }

  private put(place: number, slot: number, length: number): void {
    this.putSlot(place, slot);
    arena.notes[place << this.shift] = length;
  }

  /** The slot of what no prefix of the region but 0.0.0.0/0 holds; the region's others are behind it. */
  private firstPlace(region: number): number {
    return this.regions.origins[region] >> this.shift;
  }

  private marksOf(block: number): number {
    return arena.words[this.base + BLOCK_WORDS * block];
  }

  private startOf(block: number): number {
    return arena.words[this.base + BLOCK_WORDS * block + 1];
  }

  private setBlock(block: number, marks: number, start: number): void {
    arena.words[this.base + BLOCK_WORDS * block] = marks;
    arena.words[this.base + BLOCK_WORDS * block + 1] = start;
  }

  /** Where a /24 has its slot. */
  private placeOf(at: number): number {
    const block = at >>> SLOT_BITS;
    return this.startOf(block) + onesIn(this.marksOf(block) << ~at);
  }

  /** Reads a block that is to be changed, unless it was the last to be changed, too. */
  private openBlock(block: number): void {
    if (openTable === this.id && openBlock === block) return;
    openTable = this.id;
    openBlock = block;
    const marks = this.marksOf(block);
    let place = this.startOf(block);
    let slot = this.slotAt(place);
    let length = this.lengthAt(place);
    if (marks === 0) {
      blockSlots.fill(slot);
      blockLengths.fill(length);
      return;
    }
    for (let at = 0; at < SLOTS; at++) {
      if ((marks >>> at) & 1) {
        place++;
        slot = this.slotAt(place);
        length = this.lengthAt(place);
      }
      blockSlots[at] = slot;
      blockLengths[at] = length;
    }
  }

  /** Writes the open block, of which the slots from `from` to `last` may be others than before. */
  private writeBlock(block: number, from: number, last: number): void {
    this.putBlock(block, this.marksAfter(block, from, last));
  }

  /** Whether a block is one slot throughout, of a prefix of up to `length` bits. */
  private isOnly(block: number, length: number): boolean {
    if (this.marksOf(block) !== 0) return false;
    const place = this.startOf(block);
    return this.slotAt(place) >= 0 && this.lengthAt(place) <= length;
  }

  /** Makes a block one slot throughout, without reading it. */
  private writeOnly(block: number, slot: number, length: number): void {
    openTable = 0;
    blockSlots[0] = slot;
    blockLengths[0] = length;
    this.putBlock(block, 0);
  }

  private putBlock(block: number, marks: number): void {
    const shared = marks === 0 ? this.sharedPlace(block) : -1;
    if (shared >= 0) {
      this.regions.lastOwner[regionOf(block)] = -1;
      this.setBlock(block, 0, shared);
      return;
    }
    const start = this.append(block, onesIn(marks) + 1);
    this.setBlock(block, marks, start);
    this.writeRun(start, marks);
  }

  private marksAfter(block: number, from: number, last: number): number {
    let marks = this.marksOf(block);
    const end = Math.min(last + 1, SLOTS - 1);
    for (let at = Math.max(from, 1); at <= end; at++) {
      const isSame = blockSlots[at] === blockSlots[at - 1] && blockLengths[at] === blockLengths[at - 1];
      marks = isSame ? marks & ~(1 << at) : marks | (1 << at);
    }
    return marks;
  }

  private writeRun(start: number, marks: number): void {
    let place = start;
    this.put(place, blockSlots[0], blockLengths[0]);
    for (let rest = marks; rest !== 0; rest &= rest - 1) {
      const at = 31 - Math.clz32(rest & -rest);
      this.put(++place, blockSlots[at], blockLengths[at]);
    }
  }

  /** A slot of the region that a block of nothing else may share; -1 if there is none at hand. */
  private sharedPlace(block: number): number {
    const first = this.firstPlace(regionOf(block));
    if (this.isThere(first)) return first;
    const before = ((block << SLOT_BITS) - 1) | 0;
    if (!isFirst(block) && this.isThere(this.placeOf(before))) return this.placeOf(before);
    const behind = block + 1;
    if (!isFirst(behind) && this.isThere(this.startOf(behind))) return this.startOf(behind);
    return -1;
  }

  private isThere(place: number): boolean {
    return this.lengthAt(place) === blockLengths[0] && this.slotAt(place) === blockSlots[0];
  }

  /** Where a new run of `count` slots goes. */
  private append(block: number, count: number): number {
    const region = regionOf(block);
    const { lastOwner, used, sizes } = this.regions;
    if (lastOwner[region] === block) used[region] = this.startOf(block) - this.firstPlace(region);
    if ((used[region] + count) << this.shift > sizes[region]) {
      this.setBlock(block, 0, this.firstPlace(region));
      this.rewrite(region);
    }
    const start = this.firstPlace(region) + used[region];
    used[region] += count;
    lastOwner[region] = block;
    return start;
  }

  /** A region in which only 0.0.0.0/0 is, and that not yet. */
  private clear(region: number): void {
    this.regions.move(region, (2 * ROOM) << this.shift);
    this.regions.used[region] = 1;
    const first = this.firstPlace(region);
    for (let block = region << REGION_BITS; regionOf(block) === region; block++)
      this.setBlock(block, 0, first);
  }

  /** Writes all runs of a region afresh, without what is no longer used. */
  private rewrite(region: number): void {
    const { lastOwner, used, sizes } = this.regions;
    const before = this.firstPlace(region);
    lastOwner[region] = -1;
    used[region] = this.gather(region);
    const room = used[region] + Math.max(used[region] >> 2, ROOM);
    const size = room << this.shift;
    if (size > sizes[region] || 2 * size < sizes[region]) this.regions.move(region, size);
    const first = this.firstPlace(region);
    for (let at = 0; at < used[region]; at++) this.put(first + at, freshSlots[at], freshLengths[at]);
    if (first !== before) this.rebase(region, first - before);
  }

  /** Puts a region's runs together in the order of addresses; how many slots they take. */
  private gather(region: number): number {
    const first = this.firstPlace(region);
    let used = 1;
    freshSlots[0] = this.slotAt(first);
    freshLengths[0] = this.lengthAt(first);
    for (let block = region << REGION_BITS; regionOf(block) === region; block++) {
      const marks = this.marksOf(block);
      let place = this.startOf(block);
      if (marks === 0 && place === first) continue;
      const last = place + onesIn(marks);
      // The slot before may be this one's too.
      const isShared =
        this.slotAt(place) === freshSlots[used - 1] && this.lengthAt(place) === freshLengths[used - 1];
      this.setBlock(block, marks, first + (isShared ? used - 1 : used));
      for (place += isShared ? 1 : 0; place <= last; place++) {
        freshSlots[used] = this.slotAt(place);
        freshLengths[used++] = this.lengthAt(place);
      }
    }
    return used;
  }

  /** Begins all runs of a region elsewhere. */
  protected rebase(region: number, by: number): void {
    for (let block = region << REGION_BITS; regionOf(block) === region; block++)
      this.setBlock(block, this.marksOf(block), this.startOf(block) + by);
  }
}
