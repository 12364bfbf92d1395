// The large forms of longest-prefix match: a leaf-pushed trie over typed arrays, and beside it a hash table of the
// prefixes themselves, which knows what is behind a prefix that goes away.
//
// The root is indexed by the first bits of the address, every node below by 4 more. A slot is a value + 1, 0 for
// none, or a negative number: ~node. Leaf-pushed means that a slot holds the value of the longest prefix over all
// its addresses, so a lookup reads one word per level and never looks back. The price is paid by changes: a short
// prefix rewrites the slots below it that no longer prefix owns; each slot's length says whose it is.
//
// How the root is kept is up to two classes: SmallTrie has an array of 2^8 slots, BlockTrie (lpm-blocks.ts) 2^24
// slots, of which equal neighbours are one.
import { type Ipv4, ipv4, maskOf } from '../addr/ipv4.ts';
import { BITS_LONGEST, type PrefixBits } from './prefix-bits.ts';
import type { PrefixHash } from './prefix-hash.ts';

const STRIDE = 4;
const NODE = 1 << STRIDE;

/** What has the words that nodes are kept in: a table's own, or the arena of all large ones. */
interface NodeMemory {
  words: Int32Array;
}

const FIRST_NODES = 16;

/** What both forms share: the prefixes, the nodes below the root, and what a change does to them. */
export abstract class PrefixTrie {
  /** For the form that follows this one, too. */
  readonly prefixes: PrefixHash;
  /** How many prefixes there are of each length. */
  private readonly counts = new Int32Array(33);
  private rootBits = 0;
  private readonly memory: NodeMemory;
  /** The word with which the nodes begin. */
  protected nodesAt = 0;
  /** The length of the prefix whose value a slot holds; nothing for a slot that leads to a node. */
  private lengths = new Uint8Array(0);
  private nodes = 0;
  /** The first free node, -1 for none; a free node's first slot names the next. */
  private free = -1;

  /** What finds the next shorter prefix in a large table; null in a small one. */
  protected readonly present: PrefixBits | null;

  constructor(rootBits: number, prefixes: PrefixHash, memory: NodeMemory, present: PrefixBits | null) {
    this.rootBits = rootBits;
    this.prefixes = prefixes;
    this.memory = memory;
    this.present = present;
  }

  protected abstract rootSlot(at: number): number;
  protected abstract rootLength(at: number): number;
  protected abstract setRoot(at: number, slot: number, length: number): void;
  /** Gives the slots that belong to prefixes of up to `over` bits to one of `length` bits. */
  protected abstract fillRoot(first: number, end: number, over: number, length: number, slot: number): void;
  /** Makes room for so many words of nodes, with those that there are. */
  protected abstract growNodes(before: number, words: number): void;

  protected get nodeCount(): number {
    return this.nodes;
  }

  get size(): number {
    return this.prefixes.size;
  }

  nextShorter(address: Ipv4, length: number): number {
    const at = this.shorter(address, length);
    return at < 0 ? -1 : this.prefixes.valueAt(at);
  }

  get(prefix: Ipv4, length: number): number {
    const at = this.prefixes.find(prefix, length);
    return at < 0 ? -1 : this.prefixes.valueAt(at);
  }

  insert(prefix: Ipv4, length: number, value: number): void {
    const at = this.prefixes.find(prefix, length);
    if (at >= 0) {
      this.prefixes.setValueAt(at, value);
    } else {
      this.prefixes.insertAt(~at, prefix, length, value);
      this.note(prefix, length);
    }
    this.push(prefix, length, value + 1);
  }

  delete(prefix: Ipv4, length: number): number {
    const at = this.prefixes.find(prefix, length);
    if (at < 0) return -1;
    const value = this.prefixes.valueAt(at);
    this.prefixes.deleteAt(at);
    this.counts[length]--;
    if (length <= BITS_LONGEST) this.present?.remove(prefix, length);
    this.withdraw(prefix, length);
    return value;
  }

  forEach(visit: (prefix: Ipv4, length: number, value: number) => void): void {
    this.prefixes.forEach((prefix, length, value) => {
      visit(prefix as Ipv4, length, value);
    });
  }

  inOrder(): Int32Array {
    const order = new Float64Array(this.size);
    let count = 0;
    this.forEach((prefix, length) => {
      order[count++] = (prefix >>> 0) * 64 + (32 - length);
    });
    order.sort();
    return Int32Array.from(order, (rank) => this.get(ipv4(Math.floor(rank / 64)), 32 - (rank % 64)));
  }

  /** Takes over the prefixes that another form held. */
  protected adopt(): void {
    this.forEach((prefix, length, value) => {
      this.note(prefix, length);
      this.push(prefix, length, value + 1);
    });
  }

  /** Goes on with the nodes of a trie that has the same root and the same prefixes. */
  protected takeNodes(from: PrefixTrie): void {
    this.counts.set(from.counts);
    this.nodesAt = from.nodesAt;
    this.lengths = from.lengths;
    this.nodes = from.nodes;
    this.free = from.free;
  }

  /** The node's share of fillRoot. */
  protected fillBelow(rootSlot: number, over: number, length: number, slot: number): void {
    const child = ~rootSlot << STRIDE;
    this.fill(child, child + NODE, over, length, slot);
  }

  /** Writes a prefix into every slot under it that no longer prefix owns. */
  private push(prefix: number, length: number, slot: number): void {
    const rootShift = 32 - this.rootBits;
    if (length <= this.rootBits) {
      const first = prefix >>> rootShift;
      this.fillRoot(first, first + (1 << (this.rootBits - length)), length, length, slot);
      return;
    }
    let depth = this.rootBits;
    let node = this.childOfRoot(prefix >>> rootShift);
    while (length > depth + STRIDE) {
      node = this.childOf((node << STRIDE) | ((prefix >>> (32 - depth - STRIDE)) & (NODE - 1)));
      depth += STRIDE;
    }
    const first = (node << STRIDE) | ((prefix >>> (32 - depth - STRIDE)) & (NODE - 1));
    this.fill(first, first + (1 << (depth + STRIDE - length)), length, length, slot);
  }

  private note(prefix: Ipv4, length: number): void {
    this.counts[length]++;
    if (length <= BITS_LONGEST) this.present?.add(prefix, length);
  }

  /** The place of the longest prefix that holds `address` and is shorter than `length`; -1 if there is none. */
  private shorter(address: Ipv4, length: number): number {
    for (let shorter = length - 1; shorter >= 0; shorter--) {
      if (this.present !== null && shorter <= BITS_LONGEST) {
        const found = this.present.longest(address, shorter);
        return found < 0 ? -1 : this.prefixes.find(address & maskOf(found), found);
      }
      if (this.counts[shorter] === 0) continue;
      const at = this.prefixes.find(address & maskOf(shorter), shorter);
      if (at >= 0) return at;
    }
    return -1;
  }

  /** Gives the slots of a prefix that is gone to the next shorter one, and nodes that nobody needs back. */
  private withdraw(prefix: Ipv4, length: number): void {
    const at = this.shorter(prefix, length);
    if (at < 0) this.replace(prefix, length, 0, 0);
    else this.replace(prefix, length, this.prefixes.lengthAt(at), this.prefixes.valueAt(at) + 1);
  }

  private replace(prefix: number, length: number, heir: number, slot: number): void {
    const rootShift = 32 - this.rootBits;
    const first = prefix >>> rootShift;
    if (length <= this.rootBits) {
      this.fillRoot(first, first + (1 << (this.rootBits - length)), length, heir, slot);
      return;
    }
    const child = ~this.rootSlot(first);
    this.replaceIn(child, this.rootBits, prefix, length, heir, slot);
    if (!this.isUniform(child, this.rootBits)) return;
    this.setRoot(first, this.nodeSlot(child << STRIDE), this.lengths[child << STRIDE]);
    this.release(child);
  }

  private replaceIn(
    node: number,
    depth: number,
    prefix: number,
    length: number,
    heir: number,
    slot: number,
  ): void {
    const at = (node << STRIDE) | ((prefix >>> (32 - depth - STRIDE)) & (NODE - 1));
    if (length <= depth + STRIDE) {
      this.fill(at, at + (1 << (depth + STRIDE - length)), length, heir, slot);
      return;
    }
    const child = ~this.nodeSlot(at);
    this.replaceIn(child, depth + STRIDE, prefix, length, heir, slot);
    if (!this.isUniform(child, depth + STRIDE)) return;
    this.setNodeSlot(at, this.nodeSlot(child << STRIDE));
    this.lengths[at] = this.lengths[child << STRIDE];
    this.release(child);
  }

  /** Whether no prefix longer than the node's own `depth` lives in it. */
  private isUniform(node: number, depth: number): boolean {
    const end = (node + 1) << STRIDE;
    for (let at = node << STRIDE; at < end; at++)
      if (this.nodeSlot(at) < 0 || this.lengths[at] > depth) return false;
    return true;
  }

  private fill(first: number, end: number, over: number, length: number, slot: number): void {
    for (let at = first; at < end; at++) {
      if (this.nodeSlot(at) < 0) {
        const child = ~this.nodeSlot(at) << STRIDE;
        this.fill(child, child + NODE, over, length, slot);
      } else if (this.lengths[at] <= over) {
        this.setNodeSlot(at, slot);
        this.lengths[at] = length;
      }
    }
  }

  private childOfRoot(at: number): number {
    const slot = this.rootSlot(at);
    if (slot < 0) return ~slot;
    const node = this.allocate(slot, this.rootLength(at));
    this.setRoot(at, ~node, 0);
    return node;
  }

  private childOf(at: number): number {
    if (this.nodeSlot(at) < 0) return ~this.nodeSlot(at);
    const node = this.allocate(this.nodeSlot(at), this.lengths[at]);
    this.setNodeSlot(at, ~node);
    return node;
  }

  private allocate(slot: number, length: number): number {
    let node = this.free;
    if (node < 0) {
      node = this.nodes++;
      if (this.nodes << STRIDE > this.lengths.length) this.enlarge();
    } else {
      this.free = this.nodeSlot(node << STRIDE);
    }
    const at = this.nodesAt + (node << STRIDE);
    this.memory.words.fill(slot, at, at + NODE);
    this.lengths.fill(length, node << STRIDE, (node + 1) << STRIDE);
    return node;
  }

  private release(node: number): void {
    this.setNodeSlot(node << STRIDE, this.free);
    this.free = node;
  }

  private enlarge(): void {
    const { lengths } = this;
    this.lengths = new Uint8Array(Math.max(2 * lengths.length, FIRST_NODES * NODE));
    this.lengths.set(lengths);
    this.growNodes(lengths.length, this.lengths.length);
  }

  private nodeSlot(at: number): number {
    return this.memory.words[this.nodesAt + at];
  }

  private setNodeSlot(at: number, slot: number): void {
    this.memory.words[this.nodesAt + at] = slot;
  }
}

const SMALL_BITS = 8;

/** The form for up to some ten thousand prefixes. */
export class SmallTrie extends PrefixTrie {
  private readonly own: NodeMemory;
  /** The words of the nodes once more: a lookup that asks for them by way of `own` takes a sixth longer (measured). */
  private slots = new Int32Array(0);
  private readonly root = new Int32Array(1 << SMALL_BITS);
  private readonly rootLengths = new Uint8Array(1 << SMALL_BITS);

  constructor(prefixes: PrefixHash) {
    const own = { words: new Int32Array(0) };
    super(SMALL_BITS, prefixes, own, null);
    this.own = own;
    this.adopt();
  }

  lookup(address: Ipv4): number {
    let slot = this.root[address >>> (32 - SMALL_BITS)];
    for (let shift = 32 - SMALL_BITS - STRIDE; slot < 0; shift -= STRIDE)
      slot = this.slots[(~slot << STRIDE) | ((address >>> shift) & (NODE - 1))];
    return slot - 1;
  }

  protected override rootSlot(at: number): number {
    return this.root[at];
  }

  protected override rootLength(at: number): number {
    return this.rootLengths[at];
  }

  protected override setRoot(at: number, slot: number, length: number): void {
    this.root[at] = slot;
    this.rootLengths[at] = length;
  }

  protected override fillRoot(first: number, end: number, over: number, length: number, slot: number): void {
    for (let at = first; at < end; at++) {
      if (this.root[at] < 0) this.fillBelow(this.root[at], over, length, slot);
      else if (this.rootLengths[at] <= over) this.setRoot(at, slot, length);
    }
  }

  protected override growNodes(_before: number, words: number): void {
    const larger = new Int32Array(words);
    larger.set(this.own.words);
    this.own.words = larger;
    this.slots = larger;
  }
}
