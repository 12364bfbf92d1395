// Many tables that are nearly the same: a base that all share, and over it what one of them has otherwise.
//
// The nodes of a Calico cluster have a route for every block, equal but for their own block and pods. An overlay
// holds only the differences, a prefix with another value or the word that the base's prefix is gone. They are few and
// of few lengths, so they are looked for in a hash table, length by length; then the base is asked. They also lie in
// few networks of 24 bits: most lookups see in one number of the overlay that it has nothing near the address.
import { type Ipv4, ipv4, maskOf } from '../addr/ipv4.ts';
import { WideBlocks } from './lpm-blocks.ts';
import { PrefixHash } from './prefix-hash.ts';

/** In the place of a value: the base's prefix is not in this table. */
const GONE = -2;

/** 30 bits are what V8 keeps in a field as they are, on every machine. */
const ALL = (1 << 30) - 1;

/** The bit of an address's network of 24 bits. */
const bitOf = (address: number): number => 1 << ((Math.imul(address >>> 8, 0x9e3779b1) >>> 16) % 30);

/** The prefixes that tables share. It is filled before the first overlay, and never changed thereafter. */
export class BaseTable {
  /** From prefixes to places in the columns. */
  private readonly places = new WideBlocks(new PrefixHash());
  private readonly prefixes: Ipv4[] = [];
  private readonly lengths: number[] = [];
  private readonly values: number[] = [];

  get size(): number {
    return this.places.size;
  }

  /** Adds a prefix that is not there yet. */
  add(prefix: Ipv4, length: number, value: number): void {
    this.places.insert(prefix, length, this.values.length);
    this.prefixes.push(prefix);
    this.lengths.push(length);
    this.values.push(value);
  }

  /** The place of the longest prefix that holds `address`. */
  lookup(address: Ipv4): number {
    return this.places.lookup(address);
  }

  /** The place of the longest prefix that holds `address` and is shorter than `length`. */
  placeOf(address: Ipv4, length: number): number {
    return length > 32 ? this.places.lookup(address) : this.places.nextShorter(address, length);
  }

  lengthAt(place: number): number {
    return this.lengths[place];
  }

  valueAt(place: number): number {
    return this.values[place];
  }

  get(prefix: Ipv4, length: number): number {
    const place = this.places.get(prefix, length);
    return place < 0 ? -1 : this.values[place];
  }

  forEach(visit: (prefix: Ipv4, length: number, value: number) => void): void {
    for (let at = 0; at < this.values.length; at++)
      visit(this.prefixes[at], this.lengths[at], this.values[at]);
  }
}

/** One table over a base; to be asked and changed as a PrefixMap is. */
export class OverlayMap {
  // Initialised, so that V8 knows it for a small integer.
  size = 0;
  private readonly base: BaseTable;
  private readonly own = new PrefixHash();
  /** Of which lengths there are own prefixes, as bits: the highest is /32. */
  private lengths = 0;
  private hasDefault = false;
  /** A bit for each network of 24 bits that has own prefixes; all of them if a prefix is shorter. */
  private near = 0;

  constructor(base: BaseTable) {
    this.base = base;
    this.size = base.size;
  }

  lookup(address: Ipv4): number {
    if ((this.near & bitOf(address)) !== 0) return this.nextShorter(address, 33);
    const place = this.base.lookup(address);
    return place < 0 ? -1 : this.base.valueAt(place);
  }

  nextShorter(address: Ipv4, length: number): number {
    const place = this.base.placeOf(address, length);
    const baseLength = place < 0 ? -1 : this.base.lengthAt(place);
    // Bit n - 1 stands for prefixes of n bits.
    let lengths = length > 32 ? this.lengths : this.lengths & ((1 << Math.max(length - 1, 0)) - 1);
    while (lengths !== 0) {
      const own = 32 - Math.clz32(lengths);
      if (own < baseLength) break;
      const at = this.own.find(address & maskOf(own), own);
      if (at >= 0) return this.found(at, address, own);
      lengths &= ~(1 << (own - 1));
    }
    if (baseLength <= 0 && length > 0 && this.hasDefault) return this.found(this.own.find(0, 0), address, 0);
    return place < 0 ? -1 : this.base.valueAt(place);
  }

  get(prefix: Ipv4, length: number): number {
    const at = this.own.find(prefix, length);
    return at < 0 ? this.base.get(prefix, length) : Math.max(this.own.valueAt(at), -1);
  }

  insert(prefix: Ipv4, length: number, value: number): void {
    if (this.get(prefix, length) < 0) this.size++;
    if (this.base.get(prefix, length) === value) this.drop(prefix, length);
    else this.set(prefix, length, value);
  }

  delete(prefix: Ipv4, length: number): number {
    const value = this.get(prefix, length);
    if (value < 0) return -1;
    this.size--;
    if (this.base.get(prefix, length) < 0) this.drop(prefix, length);
    else this.set(prefix, length, GONE);
    return value;
  }

  /** All values in the kernel's order; see PrefixMap. */
  inOrder(): Int32Array {
    const ranks: number[] = [];
    const add = (prefix: number, length: number): void => {
      ranks.push((prefix >>> 0) * 64 + (32 - length));
    };
    this.own.forEach((prefix, length, value) => {
      if (value !== GONE) add(prefix, length);
    });
    this.base.forEach((prefix, length) => {
      if (this.own.find(prefix, length) < 0) add(prefix, length);
    });
    ranks.sort((a, b) => a - b);
    return Int32Array.from(ranks, (rank) => this.get(ipv4(Math.floor(rank / 64)), 32 - (rank % 64)));
  }

  private found(at: number, address: Ipv4, length: number): number {
    const value = this.own.valueAt(at);
    return value === GONE ? this.nextShorter(address, length) : value;
  }

  private set(prefix: Ipv4, length: number, value: number): void {
    const at = this.own.find(prefix, length);
    if (at >= 0) {
      this.own.setValueAt(at, value);
      return;
    }
    this.own.insertAt(~at, prefix, length, value);
    this.note(prefix, length);
  }

  private drop(prefix: Ipv4, length: number): void {
    const at = this.own.find(prefix, length);
    if (at < 0) return;
    this.own.deleteAt(at);
    this.lengths = 0;
    this.hasDefault = false;
    this.near = 0;
    this.own.forEach((other, otherLength) => {
      this.note(other, otherLength);
    });
  }

  private note(prefix: number, length: number): void {
    if (length === 0) this.hasDefault = true;
    else this.lengths |= 1 << (length - 1);
    this.near |= length < 24 ? ALL : bitOf(prefix);
  }
}
