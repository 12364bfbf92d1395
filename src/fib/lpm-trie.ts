// The large form of longest-prefix match: a leaf-pushed trie over typed arrays, and beside it a hash table of the
// prefixes themselves, which knows what is behind a prefix that goes away.
//
// The root is indexed by the first 8 bits (16 once there are many prefixes), every node below by 4 more. A slot is
// a value + 1, 0 for none, or a negative number: ~node. Leaf-pushed means that a slot holds the value of the longest
// prefix over all its addresses, so a lookup reads one word per level and never looks back. The price is paid by
// changes: a short prefix rewrites the slots below it that no longer prefix owns; `lengths` says whose they are.
import { type Ipv4, ipv4, maskOf } from '../addr/ipv4.ts';

const STRIDE = 4;
const NODE = 1 << STRIDE;
const ROOT_SMALL = 8;
const ROOT_LARGE = 16;
/** Above so many prefixes the root has 2^16 slots: 320 KB, which saves two levels of three or four. */
const LARGE = 16384;

/** Prefixes to values in an open-addressing hash table; probes step by one, deletion closes the gap. */
class PrefixHash {
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

export class PrefixTrie {
  private readonly prefixes = new PrefixHash();
  /** How many prefixes there are of each length. */
  private readonly counts = new Int32Array(33);
  private rootBits = ROOT_SMALL;
  private root = new Int32Array(1 << ROOT_SMALL);
  /** The length of the prefix whose value a slot holds; nothing for a slot that leads to a node. */
  private rootLengths = new Uint8Array(1 << ROOT_SMALL);
  private slots = new Int32Array(16 * NODE);
  private lengths = new Uint8Array(16 * NODE);
  private nodes = 0;
  /** The first free node, -1 for none; a free node's first slot names the next. */
  private free = -1;

  get size(): number {
    return this.prefixes.size;
  }

  lookup(address: Ipv4): number {
    let shift = 32 - this.rootBits;
    let slot = this.root[address >>> shift];
    while (slot < 0) {
      shift -= STRIDE;
      slot = this.slots[(~slot << STRIDE) | ((address >>> shift) & (NODE - 1))];
    }
    return slot - 1;
  }

  nextShorter(address: Ipv4, length: number): number {
    for (let shorter = length - 1; shorter >= 0; shorter--) {
      if (this.counts[shorter] === 0) continue;
      const at = this.prefixes.find(address & maskOf(shorter), shorter);
      if (at >= 0) return this.prefixes.values[at];
    }
    return -1;
  }

  get(prefix: Ipv4, length: number): number {
    const at = this.prefixes.find(prefix, length);
    return at < 0 ? -1 : this.prefixes.values[at];
  }

  insert(prefix: Ipv4, length: number, value: number): void {
    const at = this.prefixes.find(prefix, length);
    if (at >= 0) {
      this.prefixes.values[at] = value;
    } else {
      this.prefixes.insertAt(~at, prefix, length, value);
      this.counts[length]++;
      if (this.rootBits === ROOT_SMALL && this.size > LARGE) {
        this.rebuild(ROOT_LARGE);
        return;
      }
    }
    this.push(prefix, length, value + 1);
  }

  delete(prefix: Ipv4, length: number): number {
    const at = this.prefixes.find(prefix, length);
    if (at < 0) return -1;
    const value = this.prefixes.values[at];
    this.prefixes.deleteAt(at);
    this.counts[length]--;
    this.withdraw(prefix, length);
    return value;
  }

  forEach(visit: (prefix: Ipv4, length: number, value: number) => void): void {
    const { keys, lengths, values } = this.prefixes;
    for (let i = 0; i < keys.length; i++)
      if (lengths[i] !== 0) visit(keys[i] as Ipv4, lengths[i] - 1, values[i]);
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

  /** Gives the slots of a prefix that is gone to the next shorter one, and nodes that nobody needs back. */
  private withdraw(prefix: Ipv4, length: number): void {
    let heir = length - 1;
    let slot = 0;
    for (; heir >= 0; heir--) {
      if (this.counts[heir] === 0) continue;
      const at = this.prefixes.find(prefix & maskOf(heir), heir);
      if (at < 0) continue;
      slot = this.prefixes.values[at] + 1;
      break;
    }
    this.replace(prefix, length, Math.max(heir, 0), slot);
  }

  private replace(prefix: number, length: number, heir: number, slot: number): void {
    const rootShift = 32 - this.rootBits;
    const first = prefix >>> rootShift;
    if (length <= this.rootBits) {
      this.fillRoot(first, first + (1 << (this.rootBits - length)), length, heir, slot);
      return;
    }
    const child = ~this.root[first];
    this.replaceIn(child, this.rootBits, prefix, length, heir, slot);
    if (!this.isUniform(child, this.rootBits)) return;
    this.root[first] = this.slots[child << STRIDE];
    this.rootLengths[first] = this.lengths[child << STRIDE];
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
    const child = ~this.slots[at];
    this.replaceIn(child, depth + STRIDE, prefix, length, heir, slot);
    if (!this.isUniform(child, depth + STRIDE)) return;
    this.slots[at] = this.slots[child << STRIDE];
    this.lengths[at] = this.lengths[child << STRIDE];
    this.release(child);
  }

  /** Whether no prefix longer than the node's own `depth` lives in it. */
  private isUniform(node: number, depth: number): boolean {
    const end = (node + 1) << STRIDE;
    for (let at = node << STRIDE; at < end; at++)
      if (this.slots[at] < 0 || this.lengths[at] > depth) return false;
    return true;
  }

  /** Gives the slots that belong to prefixes of up to `over` bits to one of `length` bits. */
  private fillRoot(first: number, end: number, over: number, length: number, slot: number): void {
    for (let at = first; at < end; at++) {
      if (this.root[at] < 0) {
        const child = ~this.root[at] << STRIDE;
        this.fill(child, child + NODE, over, length, slot);
      } else if (this.rootLengths[at] <= over) {
        this.root[at] = slot;
        this.rootLengths[at] = length;
      }
    }
  }

  private fill(first: number, end: number, over: number, length: number, slot: number): void {
    for (let at = first; at < end; at++) {
      if (this.slots[at] < 0) {
        const child = ~this.slots[at] << STRIDE;
        this.fill(child, child + NODE, over, length, slot);
      } else if (this.lengths[at] <= over) {
        this.slots[at] = slot;
        this.lengths[at] = length;
      }
    }
  }

  private childOfRoot(at: number): number {
    if (this.root[at] < 0) return ~this.root[at];
    const node = this.allocate(this.root[at], this.rootLengths[at]);
    this.root[at] = ~node;
    return node;
  }

  private childOf(at: number): number {
    if (this.slots[at] < 0) return ~this.slots[at];
    const node = this.allocate(this.slots[at], this.lengths[at]);
    this.slots[at] = ~node;
    return node;
  }

  private allocate(slot: number, length: number): number {
    let node = this.free;
    if (node < 0) {
      node = this.nodes++;
      if (this.nodes << STRIDE > this.slots.length) this.enlarge();
    } else {
      this.free = this.slots[node << STRIDE];
    }
    this.slots.fill(slot, node << STRIDE, (node + 1) << STRIDE);
    this.lengths.fill(length, node << STRIDE, (node + 1) << STRIDE);
    return node;
  }

  private release(node: number): void {
    this.slots[node << STRIDE] = this.free;
    this.free = node;
  }

  private enlarge(): void {
    const slots = new Int32Array(this.slots.length * 2);
    slots.set(this.slots);
    this.slots = slots;
    const lengths = new Uint8Array(this.lengths.length * 2);
    lengths.set(this.lengths);
    this.lengths = lengths;
  }

  private rebuild(rootBits: number): void {
    this.rootBits = rootBits;
    this.root = new Int32Array(1 << rootBits);
    this.rootLengths = new Uint8Array(1 << rootBits);
    this.nodes = 0;
    this.free = -1;
    this.forEach((prefix, length, value) => {
      this.push(prefix, length, value + 1);
    });
  }
}
