// Prefixes themselves, for exact answers beside a structure that only knows the longest match: an open-addressing hash
// table. Probes step by one, deletion closes the gap. An entry's words lie side by side: a table of the Internet is
// far larger than the cache, and to find a prefix takes one line of it.

/** Words of one entry; its place is the first. */
const KEY = 0;
/** Prefix length + 1; 0 for a free place. */
const LENGTH = 1;
const VALUE = 2;
const WORDS = 3;

/** Prefixes of up to so many bits are near those of their /22, longer ones near those of their /30. */
const NEAR_LENGTH = 24;

const FIRST_CAPACITY = 64;
/** Thousands of tables have about a hundred prefixes: what they leave behind while they grow counts. */
const SECOND_CAPACITY = 256;

export class PrefixHash {
  size = 0;
  private entries = new Int32Array(FIRST_CAPACITY * WORDS);
  private capacity = FIRST_CAPACITY;
  /** What leaves as many bits of a hash as there are in a place. */
  private shift = 26;

  /** Its place, or that of the free one where it would go as ~place. */
  find(prefix: number, length: number): number {
    const entries = this.entries;
    let at = this.home(prefix, length);
    while (entries[at + LENGTH] !== 0) {
      if (entries[at + KEY] === prefix && entries[at + LENGTH] === length + 1) return at;
      at = this.behind(at);
    }
    return ~at;
  }

  lengthAt(place: number): number {
    return this.entries[place + LENGTH] - 1;
  }

  valueAt(place: number): number {
    return this.entries[place + VALUE];
  }

  setValueAt(place: number, value: number): void {
    this.entries[place + VALUE] = value;
  }

  insertAt(free: number, prefix: number, length: number, value: number): void {
    this.entries[free + KEY] = prefix;
    this.entries[free + LENGTH] = length + 1;
    this.entries[free + VALUE] = value;
    this.size++;
    if (this.size * 3 > this.capacity * 2) this.resize(Math.max(this.capacity * 2, SECOND_CAPACITY));
  }

  deleteAt(at: number): void {
    const entries = this.entries;
    let gap = at;
    for (let next = this.behind(at); entries[next + LENGTH] !== 0; next = this.behind(next)) {
      const home = this.home(entries[next + KEY], entries[next + LENGTH] - 1);
      if (this.distance(home, next) < this.distance(gap, next)) continue;
      for (let word = 0; word < WORDS; word++) entries[gap + word] = entries[next + word];
      gap = next;
    }
    entries[gap + LENGTH] = 0;
    this.size--;
  }

  forEach(visit: (prefix: number, length: number, value: number) => void): void {
    const entries = this.entries;
    for (let at = 0; at < entries.length; at += WORDS)
      if (entries[at + LENGTH] !== 0) visit(entries[at + KEY], entries[at + LENGTH] - 1, entries[at + VALUE]);
  }

  /**
   * The prefixes of a /22, and longer ones of a /30, have their places near each other: what is changed in the order of
   * addresses finds its lines of memory in the cache.
   */
  private home(prefix: number, length: number): number {
    const near = length <= NEAR_LENGTH ? prefix >>> 8 : prefix;
    const hash = Math.imul((near >>> 2) ^ (length <= NEAR_LENGTH ? 0 : 0x27d4eb2f), 0x9e3779b1);
    const group = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> this.shift;
    return (group ^ ((near & 3) << 1) ^ ((length * 5) & 7)) * WORDS;
  }

  private behind(at: number): number {
    return at + WORDS === this.entries.length ? 0 : at + WORDS;
  }

  /** How many words one gets from `from` to `to`, going round. */
  private distance(from: number, to: number): number {
    return to >= from ? to - from : to - from + this.entries.length;
  }

  private resize(capacity: number): void {
    const before = this.entries;
    this.entries = new Int32Array(capacity * WORDS);
    this.capacity = capacity;
    this.shift = Math.clz32(capacity) + 1;
    for (let from = 0; from < before.length; from += WORDS) {
      if (before[from + LENGTH] === 0) continue;
      const at = ~this.find(before[from + KEY], before[from + LENGTH] - 1);
      for (let word = 0; word < WORDS; word++) this.entries[at + word] = before[from + word];
    }
  }
}
