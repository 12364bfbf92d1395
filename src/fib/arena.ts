// The memory that all large tables share, in which a table is an offset.
//
// V8 folds the address and the length of a typed array into compiled code if it finds it in a constant field of a
// constant object: lookups in the arena are 1.3 to 1.7 times faster than in arrays of each table's own (measured).
// Therefore it is large at once, but address space only: pages that nobody has written cost nothing. If it ever
// has to grow all goes on, without that advantage.
//
// It is the memory of a WebAssembly module, so that batches can be looked up in the same tables (lpm-batch.ts);
// JavaScript reads it as fast as an array of its own (measured). It is not grown but replaced: growing would detach
// the arrays, and from the first that was detached on V8 asks at each access whether the next still is there.
import { WASM_PAGE, type WasmMemory, wasm } from './wasm.ts';

/** In 16-bit halves: room for some eight tables of the whole Internet, 64 MB of address space. */
const HALVES = 1 << 25;
/** Pieces begin at multiples of it, so that they can be read as words of 32 bits too. */
const STEP = 16;

class Arena {
  // Declared, not initialised: a second assignment would make the fields variables for the compiler.
  declare memory: WasmMemory;
  declare words: Int32Array;
  /** The same bytes, for tables that make do with 16 bits. */
  declare halves: Int16Array;
  /** For each half one byte more, which lookups do not read. */
  declare notes: Uint8Array;
  private end = 0;
  /** Pieces that were given back, by their size. */
  private readonly free = new Map<number, number[]>();

  /** A piece of so many halves, all zero if it is to be; its first half. */
  allocate(size: number): number {
    const piece = this.free.get(size)?.pop();
    if (piece !== undefined) {
      this.halves.fill(0, piece, piece + size);
      this.notes.fill(0, piece, piece + size);
      return piece;
    }
    const at = this.end;
    this.end += size;
    if (at === 0 || this.end > this.halves.length) this.open(Math.max(HALVES, 2 * this.end));
    return at;
  }

  /** A piece of so many words; its first. */
  allocateWords(count: number): number {
    return this.allocate(pieceSize(2 * count)) >> 1;
  }

  release(piece: number, size: number): void {
    const pieces = this.free.get(size);
    if (pieces === undefined) this.free.set(size, [piece]);
    else pieces.push(piece);
  }

  private open(halves: number): void {
    const before: Partial<Arena> = { words: this.words, notes: this.notes };
    const pages = Math.ceil((2 * halves) / WASM_PAGE);
    this.memory = new wasm.Memory({ initial: pages, maximum: pages });
    this.words = new Int32Array(this.memory.buffer);
    this.halves = new Int16Array(this.memory.buffer);
    this.notes = new Uint8Array(this.halves.length);
    if (before.words !== undefined) this.words.set(before.words);
    if (before.notes !== undefined) this.notes.set(before.notes);
  }
}

/** The next size that pieces come in: sizes grow by an eighth, so that what is given back is found again. */
export function pieceSize(halves: number): number {
  let size = 2 * STEP;
  while (size < halves) size += Math.max(size >> 3, STEP) & -STEP;
  return size;
}

export const arena = new Arena();
