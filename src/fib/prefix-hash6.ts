// IPv6 prefixes themselves, as prefix-hash.ts keeps those of IPv4: open addressing, probes of one step, and deletion
// closes the gap.

/** Four words of 32 bits, the highest first. */
export type Ipv6Words = readonly [number, number, number, number];

/** Words of one entry: four of the prefix, then these. */
const LENGTH = 4;
const VALUE = 5;
const WORDS = 6;

/** A word of the first `length` bits of an address, the others 0. */
export function wordOf(address: Ipv6Words, at: number, length: number): number {
  const bits = length - 32 * at;
  if (bits >= 32) return address[at];
  return bits <= 0 ? 0 : address[at] & (-1 << (32 - bits));
}

export class PrefixHash6 {
  size = 0;
  private entries = new Int32Array(64 * WORDS);
  private capacity = 64;

  /** The place of an address's first `length` bits, or that of the free one where they would go as ~place. */
  find(address: Ipv6Words, length: number): number {
    const a = wordOf(address, 0, length);
    const b = wordOf(address, 1, length);
    const c = wordOf(address, 2, length);
    const d = wordOf(address, 3, length);
    const { entries } = this;
    let at = this.home(a, b, c, d, length);
    for (; entries[at + LENGTH] !== 0; at = this.behind(at)) {
      if (entries[at + LENGTH] !== length + 1 || entries[at] !== a || entries[at + 1] !== b) continue;
      if (entries[at + 2] === c && entries[at + 3] === d) return at;
    }
    return ~at;
  }

  valueAt(place: number): number {
    return this.entries[place + VALUE];
  }

  setValueAt(place: number, value: number): void {
    this.entries[place + VALUE] = value;
  }

  insertAt(free: number, prefix: Ipv6Words, length: number, value: number): void {
    this.entries.set(prefix, free);
    // One more, for 0 is a free place.
    this.entries[free + LENGTH] = length + 1;
    this.entries[free + VALUE] = value;
    this.size++;
    if (this.size * 3 > this.capacity * 2) this.enlarge();
  }

  deleteAt(at: number): void {
    const { entries } = this;
    let gap = at;
    for (let next = this.behind(at); entries[next + LENGTH] !== 0; next = this.behind(next)) {
      const home = this.homeOf(entries, next);
      if (this.distance(home, next) < this.distance(gap, next)) continue;
      entries.copyWithin(gap, next, next + WORDS);
      gap = next;
    }
    entries[gap + LENGTH] = 0;
    this.size--;
  }

  private homeOf(entries: Int32Array, at: number): number {
    return this.home(
      entries[at],
      entries[at + 1],
      entries[at + 2],
      entries[at + 3],
      entries[at + LENGTH] - 1,
    );
  }

  private home(a: number, b: number, c: number, d: number, length: number): number {
    let hash = Math.imul(a ^ Math.imul(length, 0x27d4eb2f), 0x9e3779b1);
    hash = Math.imul((hash ^ (hash >>> 15)) + b, 0x85ebca6b);
    hash = Math.imul((hash ^ (hash >>> 15)) + c, 0xc2b2ae35);
    hash = Math.imul((hash ^ (hash >>> 15)) + d, 0x27d4eb2f);
    return ((hash ^ (hash >>> 13)) & (this.capacity - 1)) * WORDS;
  }

  private behind(at: number): number {
    return at + WORDS === this.entries.length ? 0 : at + WORDS;
  }

  /** How many words one gets from `from` to `to`, going round. */
  private distance(from: number, to: number): number {
    return to >= from ? to - from : to - from + this.entries.length;
  }

  private enlarge(): void {
    const before = this.entries;
    this.capacity *= 2;
    this.entries = new Int32Array(this.capacity * WORDS);
    for (let from = 0; from < before.length; from += WORDS) {
      if (before[from + LENGTH] === 0) continue;
      let at = this.homeOf(before, from);
      while (this.entries[at + LENGTH] !== 0) at = this.behind(at);
      this.entries.set(before.subarray(from, from + WORDS), at);
    }
  }
}
