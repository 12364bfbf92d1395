// A table as a file of MaxMind's format (MaxMind DB File Format Specification 2.0), which npm has readers for but no
// writer: a binary tree of 32-bit records, the values, and what describes them. A value is the next hop.
import type { LpmTable } from '../lpm-table.ts';

/** Types of values, and what sets the metadata off from them. */
const STRING = 2;
const UINT16 = 5;
const UINT32 = 6;
const MAP = 7;
const UINT64 = 9;
const ARRAY = 11;
const SEPARATOR = 16;
const MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');

/** A type and a size below 29. */
function control(type: number, size: number): number[] {
  return type > MAP ? [size, type - MAP] : [(type << 5) | size];
}

function unsigned(type: number, bytes: number, value: number): Buffer {
  const digits = Buffer.alloc(bytes);
  digits.writeUIntBE(value, 0, bytes);
  return Buffer.concat([Buffer.from(control(type, bytes)), digits]);
}

const text = (value: string): Buffer =>
  Buffer.concat([Buffer.from(control(STRING, value.length)), Buffer.from(value)]);

function map(entries: Readonly<Record<string, Buffer>>): Buffer {
  const pairs = Object.entries(entries);
  return Buffer.concat([
    Buffer.from(control(MAP, pairs.length)),
    ...pairs.flatMap(([key, value]) => [text(key), value]),
  ]);
}

/** Two records a node: the next node, or the bitwise complement of the next hop that holds from here on, 0 for none. */
class Tree {
  private records = new Int32Array(1 << 20).fill(~0, 0, 2);
  nodes = 1;

  record(at: number): number {
    return this.records[at];
  }

  /** Shorter prefixes come first. */
  insert(prefix: number, length: number, nextHop: number): void {
    if (length === 0) this.records.fill(~nextHop, 0, 2);
    let node = 0;
    for (let depth = 0; depth < length; depth++) {
      const at = 2 * node + ((prefix >>> (31 - depth)) & 1);
      if (depth === length - 1) this.records[at] = ~nextHop;
      else node = this.below(at);
    }
  }

  private below(at: number): number {
    if (this.records[at] >= 0) return this.records[at];
    const node = this.nodes++;
    if (2 * this.nodes > this.records.length) {
      const larger = new Int32Array(this.records.length * 2);
      larger.set(this.records);
      this.records = larger;
    }
    this.records.fill(this.records[at], 2 * node, 2 * node + 2);
    this.records[at] = node;
    return node;
  }
}

function treeOf({ prefixes, lengths, nextHops }: LpmTable): Tree {
  const tree = new Tree();
  for (let length = 0; length <= 32; length++)
    for (let row = 0; row < prefixes.length; row++)
      if (lengths[row] === length) tree.insert(prefixes[row], length, nextHops[row]);
  return tree;
}

function metadata(nodes: number): Buffer {
  return map({
    node_count: unsigned(UINT32, 4, nodes),
    record_size: unsigned(UINT16, 2, 32),
    ip_version: unsigned(UINT16, 2, 4),
    database_type: text('next hops'),
    languages: Buffer.from(control(ARRAY, 0)),
    binary_format_major_version: unsigned(UINT16, 2, 2),
    binary_format_minor_version: unsigned(UINT16, 2, 0),
    build_epoch: unsigned(UINT64, 6, 0),
    description: map({}),
  });
}

export function mmdbOf(table: LpmTable): Buffer {
  const tree = treeOf(table);
  const { nodes } = tree;
  const places = new Map<number, number>([[0, nodes]]);
  const values: Buffer[] = [];
  let end = nodes + SEPARATOR;
  const placeOf = (nextHop: number): number => {
    const known = places.get(nextHop);
    if (known !== undefined) return known;
    const value = unsigned(UINT32, 4, nextHop);
    values.push(value);
    places.set(nextHop, end);
    end += value.length;
    return end - value.length;
  };
  const bytes = Buffer.alloc(8 * nodes + SEPARATOR);
  for (let at = 0; at < 2 * nodes; at++) {
    const record = tree.record(at);
    bytes.writeUInt32BE(record >= 0 ? record : placeOf(~record), 4 * at);
  }
  return Buffer.concat([bytes, ...values, MARKER, metadata(nodes)]);
}
