// IPv6 prefixes themselves, as prefix-hash.ts keeps those of IPv4: open addressing, probes of one step, and deletion
// closes the gap.

/** Four words of 32 bits, the highest first. */
export type Ipv6Words = readonly [number, number, number, number];

/** Words of one entry: four of the prefix, then these. */
const LENGTH = 4;
const VALUE = 5;
const WORDS = 6;

export class PrefixHash6 {
  size = 0;
  private entries = new Int32Array(64 * WORDS);
  private capacity = 64;

  /** Its place, or that of the free one where it would go as ~place. */
  find(prefix: Ipv6Words, length: number): number {
    const { entries } = this;
    let at = this.home(prefix[0], prefix[1], prefix[2], prefix[3], length);
    while (entries[at + LENGTH] !== 0) {
      if (this.isAt(at, prefix, length)) return at;
      at = this.behind(at);
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

  private isAt(at: number, prefix: Ipv6Words, length: number): boolean {
    const { entries } = this;
    return (
      entries[at] === prefix[0] &&
      entries[at + 1] === prefix[1] &&
      entries[at + 2] === prefix[2] &&
      entries[at + 3] === prefix[3] &&
      entries[at + LENGTH] === length + 1
    );
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
    for (const word of [b, c, d]) hash = Math.imul((hash ^ (hash >>> 15)) + word, 0x85ebca6b);
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
