// A table from keys of words to places: open addressing, and all words in one array, because a lookup for each packet of a
// capture is as slow as the memory that it touches.
import type { FrameKey } from './frame-key.ts';

/** Words of a key, and its count in front. */
const STRIDE = 32;
const SMALLEST = 256;
const NONE = -1;

export class KeyTable {
  private slots = new Int32Array(SMALLEST * 2).fill(NONE);
  private words = new Int32Array(SMALLEST * STRIDE);
  private hashes = new Int32Array(SMALLEST);
  /** Keys in it; the place of the next. */
  size = 0;

  clear(): void {
    this.slots.fill(NONE);
    this.size = 0;
  }

  /** The place of the key, -1 if it has none. */
  find(key: FrameKey): number {
    const { slots, hashes } = this;
    const mask = slots.length - 1;
    for (let at = key.hash & mask; ; at = (at + 1) & mask) {
      const place = slots[at]!;
      if (place === NONE || (hashes[place] === key.hash && this.isAt(place, key))) return place;
    }
  }

  private isAt(place: number, { words: wanted, count }: FrameKey): boolean {
    const { words } = this;
    const from = place * STRIDE;
    if (words[from] !== count) return false;
    for (let i = 0; i < count; i++) if (words[from + 1 + i] !== wanted[i]) return false;
    return true;
  }

  /** Adds a key that is not there; its place. */
  add(key: FrameKey): number {
    if (this.size === this.hashes.length) this.grow();
    const place = this.size++;
    this.hashes[place] = key.hash;
    this.words[place * STRIDE] = key.count;
    this.words.set(key.words.subarray(0, key.count), place * STRIDE + 1);
    this.link(place, key.hash);
    return place;
  }

  private link(place: number, hash: number): void {
    const mask = this.slots.length - 1;
    let at = hash & mask;
    while (this.slots[at] !== NONE) at = (at + 1) & mask;
    this.slots[at] = place;
  }

  /** Twice as many; half of the slots stay free. */
  private grow(): void {
    const { words, hashes } = this;
    this.words = new Int32Array(words.length * 2);
    this.words.set(words);
    this.hashes = new Int32Array(hashes.length * 2);
    this.hashes.set(hashes);
    this.slots = new Int32Array(this.slots.length * 2).fill(NONE);
    for (let place = 0; place < this.size; place++) this.link(place, hashes[place]!);
  }
}
