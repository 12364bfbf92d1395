// Many addresses looked up at once in ranked blocks, by WebAssembly (lpm-batch.wat): it counts bits with one
// instruction and has many loads under way together, which JavaScript's lookups have not. It reads the same memory as they do, the
// arena, so nothing is copied but the addresses and the answers; and not even these if they lie in the arena.
import { arena } from './arena.ts';
import { LPM_BATCH_CODE } from './lpm-batch-code.ts';
import { type WasmMemory, wasm } from './wasm.ts';

/** Addresses that are copied into the arena at once: with the answers 32 KB, which a call's price is nothing beside. */
const CHUNK = 4096;
/** Lanes of the code: it takes that many addresses in a turn. */
const LANES = 4;

/** So few addresses are not worth the call. */
const FEW = 32;

/** Where a table lies, in bytes of the arena. */
export interface BatchTable {
  readonly blocks: number;
  readonly nodes: number;
  /** The bytes of a slot, 2 or 4. */
  readonly width: number;
}

type Lookup = (
  queries: number,
  results: number,
  count: number,
  blocks: number,
  nodes: number,
  width: number,
) => void;

/** The compiled code, from the first batch on, and over the memory that the arena has now. */
let code: object | null = null;
let memory: WasmMemory | null = null;
let lookup: Lookup | null = null;
/** Words of the arena for addresses that are not in it, and for their answers. */
let copies = -1;

function bound(): Lookup {
  if (lookup !== null && memory === arena.memory) return lookup;
  code ??= new wasm.Module(Uint8Array.from(atob(LPM_BATCH_CODE), (char) => char.charCodeAt(0)));
  memory = arena.memory;
  const { exports } = new wasm.Instance(code, { arena: { memory } });
  lookup = (exports as { lookup: Lookup }).lookup;
  return lookup;
}

/** An array of the arena's own: batches from and to such arrays are not copied. It is never given back. */
export function arenaArray(count: number): Int32Array {
  const at = arena.allocateWords(count);
  return arena.words.subarray(at, at + count);
}

/** Whether the code may read the one and write the other where they are. */
function areInArena(queries: Int32Array, results: Int32Array): boolean {
  if (queries.buffer !== arena.memory.buffer || results.buffer !== queries.buffer) return false;
  const { byteOffset: first, byteLength } = queries;
  return results.byteOffset >= first + byteLength || results.byteOffset + results.byteLength <= first;
}

/** Looks up the first `count` addresses but for a few at the end; how many it has. */
export function lookupBatch(
  table: BatchTable,
  queries: Int32Array,
  results: Int32Array,
  count: number,
): number {
  if (count < FEW) return 0;
  const whole = count - (count % LANES);
  if (areInArena(queries, results)) {
    bound()(queries.byteOffset, results.byteOffset, whole, table.blocks, table.nodes, table.width);
    return whole;
  }
  for (let from = 0; from < whole; from += CHUNK)
    copied(table, queries, results, from, Math.min(from + CHUNK, whole));
  return whole;
}

function copied(table: BatchTable, queries: Int32Array, results: Int32Array, from: number, to: number): void {
  if (copies < 0) copies = arena.allocateWords(2 * CHUNK);
  const { words } = arena;
  const answers = copies + CHUNK;
  words.set(queries.subarray(from, to), copies);
  bound()(4 * copies, 4 * answers, to - from, table.blocks, table.nodes, table.width);
  results.set(words.subarray(answers, answers + to - from), from);
}
