// The slow and obvious twin of src/fib/lpm.ts: a list of prefixes, searched by comparing every one.
import { type Ipv4, inPrefix } from '../../src/addr/ipv4.ts';

export interface ListedPrefix {
  readonly prefix: Ipv4;
  readonly length: number;
  value: number;
}

export class PrefixList {
  list: ListedPrefix[] = [];

  insert(prefix: Ipv4, length: number, value: number): void {
    this.delete(prefix, length);
    this.list.push({ prefix, length, value });
  }

  delete(prefix: Ipv4, length: number): number {
    const value = this.get(prefix, length);
    this.list = this.list.filter((entry) => entry.prefix !== prefix || entry.length !== length);
    return value;
  }

  get(prefix: Ipv4, length: number): number {
    return this.list.find((entry) => entry.prefix === prefix && entry.length === length)?.value ?? -1;
  }

  lookup(address: Ipv4): number {
    return this.nextShorter(address, 33);
  }

  nextShorter(address: Ipv4, length: number): number {
    let best: ListedPrefix | null = null;
    for (const entry of this.list) {
      if (entry.length >= length || !inPrefix(address, entry.prefix, entry.length)) continue;
      if (best === null || entry.length > best.length) best = entry;
    }
    return best === null ? -1 : best.value;
  }

  inOrder(): number[] {
    const sorted = [...this.list].sort((a, b) => (a.prefix >>> 0) - (b.prefix >>> 0) || b.length - a.length);
    return sorted.map((entry) => entry.value);
  }
}
