// Prefixes themselves, for exact answers beside a structure that only knows the longest match.

/** Prefixes to values in an open-addressing hash table; probes step by one, deletion closes the gap. */
export class PrefixHash {
  keys = new Int32Array(64);
  /** Prefix length + 1; 0 for a free place. */
  lengths = new Uint8Array(64);
  values = new Int32Array(64);
  size = 0;
  private shift = 26;

  private home(prefix: number, length: number): number {
    const hash = Math.imul(prefix ^ Math.imul(length, 0x27d4eb2f), 0x9e3779b1);
    return Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> this.shift;
  }

  /** Its place, or that of the free one where it would go as ~place. */
  find(prefix: number, length: number): number {
    const mask = this.keys.length - 1;
    let at = this.home(prefix, length);
    while (this.lengths[at] !== 0) {
      if (this.keys[at] === prefix && this.lengths[at] === length + 1) return at;
      at = (at + 1) & mask;
    }
    return ~at;
  }

  insertAt(free: number, prefix: number, length: number, value: number): void {
    this.keys[free] = prefix;
    this.lengths[free] = length + 1;
    this.values[free] = value;
    this.size++;
    if (this.size * 3 > this.keys.length * 2) this.resize(this.keys.length * 2);
  }

  deleteAt(at: number): void {
    const mask = this.keys.length - 1;
    let gap = at;
    for (let next = (at + 1) & mask; this.lengths[next] !== 0; next = (next + 1) & mask) {
      const home = this.home(this.keys[next], this.lengths[next] - 1);
      if (((next - home) & mask) < ((next - gap) & mask)) continue;
      this.keys[gap] = this.keys[next];
      this.lengths[gap] = this.lengths[next];
      this.values[gap] = this.values[next];
      gap = next;
    }
    this.lengths[gap] = 0;
    this.size--;
  }

  private resize(capacity: number): void {
    const { keys, lengths, values } = this;
    this.keys = new Int32Array(capacity);
    this.lengths = new Uint8Array(capacity);
    this.values = new Int32Array(capacity);
    this.shift = Math.clz32(capacity) + 1;
    for (let i = 0; i < keys.length; i++) {
      if (lengths[i] === 0) continue;
      const at = ~this.find(keys[i], lengths[i] - 1);
      this.keys[at] = keys[i];
      this.lengths[at] = lengths[i];
      this.values[at] = values[i];
    }
  }
}
