// What a large table has in the arena: its blocks, the runs of each /8 region, and the nodes of prefixes longer
// than /24. Kept apart from the table, so that it can be given back when the table is collected.
import { pieceSize, arena as sharedArena } from './arena.ts';

const arena = sharedArena;

export const REGIONS = 256;

export class Regions {
  /** The words of the blocks. */
  readonly blocks: number;
  private readonly blockHalves: number;
  /** Where each region's runs begin in the arena, how many halves they may take, and how many slots are taken. */
  readonly origins = new Int32Array(REGIONS);
  readonly sizes = new Int32Array(REGIONS);
  readonly used = new Int32Array(REGIONS);
  /** The block whose run is the last in its region and its alone, so that it can be written over; -1 if none. */
  readonly lastOwner = new Int32Array(REGIONS).fill(-1);
  /** The words of the nodes. */
  nodes = 0;
  private nodeHalves = 0;

  constructor(blockWords: number) {
    this.blockHalves = 2 * blockWords;
    this.blocks = arena.allocate(this.blockHalves) >> 1;
  }

  /** The bytes of all but the blocks. */
  get bytes(): number {
    return 2 * (this.sizes.reduce((sum, size) => sum + size, 0) + this.nodeHalves);
  }

  /** Puts a region elsewhere; what was in it is lost. */
  move(region: number, halves: number): void {
    const size = pieceSize(halves);
    if (this.sizes[region] > 0) arena.release(this.origins[region], this.sizes[region]);
    this.origins[region] = arena.allocate(size);
    this.sizes[region] = size;
  }

  /** Gives each slot of a region two halves in place of one. */
  double(region: number): void {
    const before = this.origins[region];
    const size = this.sizes[region];
    this.sizes[region] = pieceSize(2 * size);
    this.origins[region] = arena.allocate(this.sizes[region]);
    const { words, halves, notes } = arena;
    for (let at = 0; at < this.used[region]; at++) {
      words[(this.origins[region] >> 1) + at] = halves[before + at];
      notes[this.origins[region] + 2 * at] = notes[before + at];
    }
    arena.release(before, size);
  }

  moveNodes(before: number, words: number): void {
    const { nodes, nodeHalves } = this;
    this.nodeHalves = pieceSize(2 * words);
    this.nodes = arena.allocate(this.nodeHalves) >> 1;
    arena.words.copyWithin(this.nodes, nodes, nodes + before);
    if (nodeHalves > 0) arena.release(2 * nodes, nodeHalves);
  }

  release(): void {
    for (let region = 0; region < REGIONS; region++) arena.release(this.origins[region], this.sizes[region]);
    if (this.nodeHalves > 0) arena.release(2 * this.nodes, this.nodeHalves);
    arena.release(2 * this.blocks, this.blockHalves);
  }
}
