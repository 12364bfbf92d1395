// The unread bytes of a stream, in one piece, with their offset in the file.

const SMALLEST_STORE = 65_536;

/**
 * Bytes go in at the end and leave at the start. A byte that was appended is written once and never again, so
 * slices handed out stay valid for ever; each keeps its store (a push, or 64 KiB) alive. Appending costs
 * amortised O(1) per byte, however small the chunks are. Who fills `room` instead has one store for all the file,
 * and slices that are valid until the room is asked for again.
 */
export class ByteQueue {
  /** Reads multi-byte fields; its indices start at `start`, not at 0. */
  view: DataView;
  /** Index of the first unread byte in `view`. */
  start = 0;
  /** File offset of the first unread byte. */
  offset = 0;
  #store: Uint8Array;
  #end = 0;

  constructor() {
    this.#store = new Uint8Array(0);
    this.view = new DataView(this.#store.buffer);
  }

  /** Unread bytes. */
  get length(): number {
    return this.#end - this.start;
  }

  /** Copies `chunk` to the end. */
  append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#store.length) this.#move(chunk.length);
    this.#store.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Memory for `count` bytes behind the unread ones, taken from those that were read; `filled` says how many came. */
  room(count: number): Uint8Array {
    const unread = this.#end - this.start;
    if (unread + count > this.#store.length) this.#move(count);
    else if (this.#end + count > this.#store.length) {
      this.#store.copyWithin(0, this.start, this.#end);
      this.start = 0;
      this.#end = unread;
    }
    return this.#store.subarray(this.#end, this.#end + count);
  }

  filled(count: number): void {
    this.#end += count;
  }

  /** Forgets the first `count` bytes, or all of them when there are fewer. */
  discard(count: number): void {
    const taken = Math.min(count, this.length);
    this.start += taken;
    this.offset += taken;
  }

  /** The unsigned 32-bit field `at` bytes behind the first; the caller has checked the length. */
  u32(at: number, littleEndian: boolean): number {
    return this.view.getUint32(this.start + at, littleEndian);
  }

  /** The bytes from `at`, shared and not copied; the caller has checked the length. */
  bytes(at: number, length: number): Uint8Array {
    return this.#store.subarray(this.start + at, this.start + at + length);
  }

  /** A new store for what is unread and `extra` more; twice what is unread, so that moves stay rare. */
  #move(extra: number): void {
    const unread = this.#store.subarray(this.start, this.#end);
    this.#store = new Uint8Array(Math.max(SMALLEST_STORE, 2 * unread.length + extra));
    this.#store.set(unread);
    this.view = new DataView(this.#store.buffer);
    this.#end = unread.length;
    this.start = 0;
  }
}
