// The smallest form of longest-prefix match: one Int32Array that is scanned, longest prefixes first. An empty table costs
// an object and an array that all share.
import type { Ipv4 } from '../addr/ipv4.ts';

/** Words of one entry. */
const KEY = 0;
const LENGTH = 1;
const VALUE = 2;
const WORDS = 3;

const EMPTY = new Int32Array(0);

export class ScanTable {
  size = 0;
  private entries = EMPTY;

  lookup(address: Ipv4): number {
    return this.scan(address, 0);
  }

  nextShorter(address: Ipv4, length: number): number {
    let at = 0;
    const end = this.size * WORDS;
    while (at < end && this.entries[at + LENGTH] >= length) at += WORDS;
    return this.scan(address, at);
  }

  get(prefix: Ipv4, length: number): number {
    const at = this.find(prefix, length);
    return at < 0 ? -1 : this.entries[at + VALUE];
  }

  insert(prefix: Ipv4, length: number, value: number): void {
    const found = this.find(prefix, length);
    if (found >= 0) {
      this.entries[found + VALUE] = value;
      return;
    }
    const end = this.size * WORDS;
    this.makeRoom(end);
    const { entries } = this;
    let at = 0;
    while (at < end && entries[at + LENGTH] >= length) at += WORDS;
    entries.copyWithin(at + WORDS, at, end);
    entries[at + KEY] = prefix;
    entries[at + LENGTH] = length;
    entries[at + VALUE] = value;
    this.size++;
  }

  delete(prefix: Ipv4, length: number): number {
    const at = this.find(prefix, length);
    if (at < 0) return -1;
    const value = this.entries[at + VALUE];
    this.entries.copyWithin(at, at + WORDS, this.size * WORDS);
    this.size--;
    if (this.size === 0) this.entries = EMPTY;
    return value;
  }

  forEach(visit: (prefix: Ipv4, length: number, value: number) => void): void {
    const { entries } = this;
    for (let at = 0; at < this.size * WORDS; at += WORDS)
      visit(entries[at + KEY] as Ipv4, entries[at + LENGTH], entries[at + VALUE]);
  }

  inOrder(): Int32Array {
    const at = Array.from({ length: this.size }, (_, index) => index * WORDS);
    const { entries } = this;
    at.sort((a, b) => (entries[a + KEY] >>> 0) - (entries[b + KEY] >>> 0) || a - b);
    return Int32Array.from(at, (word) => entries[word + VALUE]);
  }

  private scan(address: Ipv4, from: number): number {
    const { entries } = this;
    const end = this.size * WORDS;
    for (let at = from; at < end; at += WORDS) {
      const length = entries[at + LENGTH];
      // A shift by 32 is a shift by 0 in JavaScript: length 0 would compare all bits.
      if (length === 0 || (address ^ entries[at + KEY]) >>> (32 - length) === 0) return entries[at + VALUE];
    }
    return -1;
  }

  private find(prefix: Ipv4, length: number): number {
    const { entries } = this;
    const end = this.size * WORDS;
    for (let at = 0; at < end; at += WORDS)
      if (entries[at + KEY] === prefix && entries[at + LENGTH] === length) return at;
    return -1;
  }

  private makeRoom(end: number): void {
    if (end < this.entries.length) return;
    const larger = new Int32Array(Math.max(4 * WORDS, 2 * end));
    larger.set(this.entries);
    this.entries = larger;
  }
}
