// Longest-prefix match: lookups by table and stream, build, insert and delete, and the memory that lookups read.
import type Benchmark from 'benchmark';
import type { Ipv4 } from '../../src/addr/ipv4.ts';
import type { PrefixMap } from '../../src/fib/lpm.ts';
import { arenaArray } from '../../src/fib/lpm-batch.ts';
import { NarrowBlocks } from '../../src/fib/lpm-blocks.ts';
import { PrefixHash } from '../../src/fib/prefix-hash.ts';
import {
  calicoTable,
  type LpmTable,
  lookUpAll,
  mapOf,
  STREAMS,
  shuffled,
  stream,
  syntheticTable,
  tableFromFile,
} from '../lpm-table.ts';
import type { BenchOptions } from '../run.ts';

const QUERIES = 1 << 18;
/** Addresses of one batch. */
const VECTOR = 4096;
const UPDATES = 1000;

function lookups(suite: Benchmark.Suite, table: LpmTable, map: PrefixMap): void {
  let sum = 0;
  for (const name of STREAMS) {
    const queries = stream(name, table, QUERIES, 1);
    const pass = (): void => {
      sum = (sum + lookUpAll(map, queries)) | 0;
    };
    suite.add(`${table.name}: lookup, ${name}`, pass, { operations: QUERIES } as Benchmark.Options);
  }
  const queries = stream('in-prefix', table, QUERIES, 1);
  // The next address waits for the answer before: what one lookup takes from its beginning to its end.
  const chain = (): void => {
    let before = 0;
    for (let i = 0; i < QUERIES; i++) before = map.lookup((queries[i] ^ (before >>> 31)) as Ipv4);
    sum = (sum + before) | 0;
  };
  suite.add(`${table.name}: lookup, dependent`, chain, { operations: QUERIES } as Benchmark.Options);
  suite.on('complete', () => {
    if (Number.isNaN(sum)) throw new Error('no lookups were made');
  });
}

/** Vectors of addresses: in the memory that WebAssembly reads, and in an array of the caller's. */
function batches(suite: Benchmark.Suite, table: LpmTable, map: PrefixMap): void {
  for (const name of STREAMS) {
    const copied = stream(name, table, QUERIES, 1);
    const placed = arenaArray(QUERIES);
    placed.set(copied);
    for (const [how, queries, results] of [
      ['in place', placed, arenaArray(VECTOR)],
      ['copied', copied, new Int32Array(VECTOR)],
    ] as const) {
      const pass = (): void => {
        for (let from = 0; from < QUERIES; from += VECTOR)
          map.lookupBatch(queries.subarray(from, from + VECTOR), results, VECTOR);
      };
      suite.add(`${table.name}: batches ${how}, ${name}`, pass, { operations: QUERIES } as Benchmark.Options);
    }
  }
}

function updates(suite: Benchmark.Suite, table: LpmTable, map: PrefixMap): void {
  const order = shuffled(table, 2);
  let at = 0;
  const pairs = (): void => {
    for (let i = 0; i < UPDATES; i++) {
      const row = order[at++ % order.length];
      map.delete(table.prefixes[row] as Ipv4, table.lengths[row]);
      map.insert(table.prefixes[row] as Ipv4, table.lengths[row], table.nextHops[row]);
    }
  };
  suite.add(`${table.name}: delete and insert`, pairs, { operations: UPDATES } as Benchmark.Options);
  const routes = table.prefixes.length;
  suite.add(`${table.name}: build, for a route`, () => mapOf(table), {
    operations: routes,
  } as Benchmark.Options);
}

function noteMemory(table: LpmTable, { note }: BenchOptions): void {
  const blocks = new NarrowBlocks(new PrefixHash());
  for (let i = 0; i < table.prefixes.length; i++)
    blocks.insert(table.prefixes[i] as Ipv4, table.lengths[i], table.nextHops[i]);
  note(`${table.name}: what lookups read`, blocks.lookupBytes / 1e6, 'MB');
  blocks.end();
}

export function fill(suite: Benchmark.Suite, options: BenchOptions): void {
  const { rib } = options;
  const full = rib === undefined ? syntheticTable(900_000, 1) : tableFromFile(rib);
  noteMemory(full, options);
  for (const table of [full, calicoTable(5000, 110)]) {
    const map = mapOf(table);
    lookups(suite, table, map);
    batches(suite, table, map);
    updates(suite, table, map);
  }
}
