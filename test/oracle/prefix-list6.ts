// The slow and obvious twin of src/fib/lpm6.ts: a list of prefixes as numbers of 128 bits, searched by comparing every one.
export interface ListedPrefix6 {
  readonly prefix: bigint;
  readonly length: number;
  value: number;
}

const holds = ({ prefix, length }: ListedPrefix6, address: bigint): boolean =>
  (prefix ^ address) >> BigInt(128 - length) === 0n;

export class PrefixList6 {
  list: ListedPrefix6[] = [];

  insert(prefix: bigint, length: number, value: number): void {
    this.delete(prefix, length);
    this.list.push({ prefix, length, value });
  }

  delete(prefix: bigint, length: number): number {
    const value = this.get(prefix, length);
    this.list = this.list.filter((entry) => entry.prefix !== prefix || entry.length !== length);
    return value;
  }

  get(prefix: bigint, length: number): number {
    return this.list.find((entry) => entry.prefix === prefix && entry.length === length)?.value ?? -1;
  }

  lookup(address: bigint): number {
    const found = this.list.filter((entry) => holds(entry, address));
    return found.sort((a, b) => b.length - a.length)[0]?.value ?? -1;
  }
}
