// Values by prefix: the one at a prefix, those around it, those within it (felix/ip/cidr_trie.go). A Map for each length
// that is in use: a cluster has four or five of them, so a way down the tree is as many look-ups.
import { type Ipv4, inPrefix, ipv4, networkOf } from '../../addr/ipv4.ts';

export class PrefixIndex<T> {
  private readonly tables: (Map<number, T> | undefined)[] = [];
  /** The lengths that are in use, the shortest first. */
  private lengths: readonly number[] = [];

  get(address: Ipv4, length: number): T | undefined {
    return this.tables[length]?.get(address);
  }

  set(address: Ipv4, length: number, value: T): void {
    const table = this.tables[length];
    if (table !== undefined && table.size > 0) table.set(address, value);
    else this.begin(length).set(address, value);
  }

  delete(address: Ipv4, length: number): void {
    const table = this.tables[length];
    if (table?.delete(address) && table.size === 0)
      this.lengths = this.lengths.filter((used) => used !== length);
  }

  /** What stands at the prefix and at those that hold it, the widest first. */
  path(address: Ipv4, length: number): T[] {
    const found: T[] = [];
    for (const used of this.lengths) {
      if (used > length) break;
      const value = this.tables[used]?.get(networkOf(address, used));
      if (value !== undefined) found.push(value);
    }
    return found;
  }

  /** What stands at the prefix and within it. */
  *within(address: Ipv4, length: number): Generator<T> {
    for (const used of this.lengths) if (used >= length) yield* this.ofLength(address, length, used);
  }

  *values(): Generator<T> {
    for (const used of this.lengths) yield* (this.tables[used] as Map<number, T>).values();
  }

  private begin(length: number): Map<number, T> {
    const table = new Map<number, T>();
    this.tables[length] = table;
    this.lengths = [...this.lengths, length].sort((a, b) => a - b);
    return table;
  }

  /** Asks for every address of a small prefix, looks through the whole table for a large one. */
  private *ofLength(address: Ipv4, length: number, used: number): Generator<T> {
    const table = this.tables[used] as Map<number, T>;
    const count = 2 ** (used - length);
    const step = 2 ** (32 - used);
    if (count > table.size) {
      for (const [at, value] of table) if (inPrefix(ipv4(at), address, length)) yield value;
      return;
    }
    for (let i = 0; i < count; i++) {
      const value = table.get(ipv4(address + i * step));
      if (value !== undefined) yield value;
    }
  }
}
