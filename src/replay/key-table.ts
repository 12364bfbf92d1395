// A table from keys of words to places, with some numbers beside each key: open addressing, and all of a key in one row of
// one array, because a lookup for each packet of a capture is as slow as the memory that it touches.
import type { FrameKey } from './frame-key.ts';

/** A row: the hash, how many words, the numbers of `Field`, the words. Two lines of a processor's cache. */
const STRIDE = 32;
const HASH = 0;
const COUNT = 1;
const WORDS = 7;
const SMALLEST = 256;
const NONE = -1;

/** What a key's numbers are. */
export const Field = {
  /** The longest frame that passed whole. */
  LENGTH: 2,
  /** Microseconds that the node takes for such a packet. */
  DURATION: 3,
  /** 1 if the node sent it. */
  IS_SENT: 4,
  /** The conversations' version for which nothing about its talk was new. */
  TALK: 5,
  /** Packets that were only counted. */
  COUNTED: 6,
} as const;
type Field = (typeof Field)[keyof typeof Field];

export class KeyTable {
  private slots = new Int32Array(SMALLEST * 2).fill(NONE);
  private rows = new Int32Array(SMALLEST * STRIDE);
  /** Keys in it; the place of the next. */
  size = 0;

  clear(): void {
    this.slots.fill(NONE);
    this.size = 0;
  }

  /** The place of the key, -1 if it has none. */
  find(key: FrameKey): number {
    const { slots, rows } = this;
    const mask = slots.length - 1;
    for (let at = key.hash & mask; ; at = (at + 1) & mask) {
      const place = slots[at]!;
      if (place === NONE || (rows[place * STRIDE] === key.hash && this.isAt(place, key))) return place;
    }
  }

  private isAt(place: number, { words, count }: FrameKey): boolean {
    const { rows } = this;
    const from = place * STRIDE;
    if (rows[from + COUNT] !== count) return false;
    for (let i = 0; i < count; i++) if (rows[from + WORDS + i] !== words[i]) return false;
    return true;
  }

  /** A number of the key at this place. */
  get(place: number, field: Field): number {
    return this.rows[place * STRIDE + field]!;
  }

  set(place: number, field: Field, value: number): void {
    this.rows[place * STRIDE + field] = value;
  }

  /** Adds a key that is not there; its place. */
  add(key: FrameKey): number {
    if ((this.size + 1) * STRIDE > this.rows.length) this.grow();
    const place = this.size++;
    const from = place * STRIDE;
    this.rows[from + HASH] = key.hash;
    this.rows[from + COUNT] = key.count;
    this.rows.set(key.words.subarray(0, key.count), from + WORDS);
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
    const { rows } = this;
    this.rows = new Int32Array(rows.length * 2);
    this.rows.set(rows);
    this.slots = new Int32Array(this.slots.length * 2).fill(NONE);
    for (let place = 0; place < this.size; place++) this.link(place, rows[place * STRIDE]!);
  }
}
