// The tables of a cluster of 5,000 nodes in one process: a base for the blocks of all, over it each node's own pods.
import type Benchmark from 'benchmark';
import { type Ipv4, ipv4 } from '../../src/addr/ipv4.ts';
import { BaseTable, OverlayMap } from '../../src/fib/lpm-overlay.ts';
import { Random } from '../../src/time/random.ts';
import type { BenchOptions } from '../run.ts';

const NODES = 5000;
const PODS = 110;
const FIRST = 0x0a600000;
const QUERIES = 1 << 18;
const UPDATES = 1000;

function baseTable(): BaseTable {
  const base = new BaseTable();
  base.add(ipv4(0), 0, 1);
  base.add(ipv4(0xc0a80000), 16, 2);
  for (let node = 0; node < NODES; node++) base.add(ipv4(FIRST + node * 64), 26, 3 + node);
  return base;
}

/** A node has another route than the rest for its own block, and one to each pod: 63 in it, the others in a second. */
function nodeTable(base: BaseTable, node: number): OverlayMap {
  const table = new OverlayMap(base);
  table.insert(ipv4(FIRST + node * 64), 26, 0);
  for (let pod = 0; pod < PODS; pod++) {
    const block = pod < 63 ? node : NODES + node;
    table.insert(ipv4(FIRST + block * 64 + (pod % 63) + 1), 32, 10_000 + pod);
  }
  return table;
}

export function fill(suite: Benchmark.Suite, { note }: BenchOptions): void {
  const random = new Random(1);
  // The arena of large tables reserves address space: what counts is the memory that is there.
  const before = process.memoryUsage.rss();
  const base = baseTable();
  const tables = Array.from({ length: NODES }, (_, node) => nodeTable(base, node));
  const bytes = process.memoryUsage.rss() - before;
  note(`${NODES} tables of ${tables[0].size} routes: resident, garbage included`, bytes / 1e6, 'MB');
  const nodes = Int32Array.from({ length: QUERIES }, () => random.below(NODES));
  const queries = Int32Array.from({ length: QUERIES }, () => FIRST + random.below(NODES * 64));
  let sum = 0;
  const pass = (): void => {
    for (let i = 0; i < QUERIES; i++) sum = (sum + tables[nodes[i]].lookup(queries[i] as Ipv4)) | 0;
  };
  suite.add('lookup, another of 5,000 tables each time', pass, { operations: QUERIES } as Benchmark.Options);
  const pairs = (): void => {
    for (let i = 0; i < UPDATES; i++) {
      const table = tables[random.below(NODES)];
      const block = ipv4(FIRST + random.below(NODES) * 64);
      const value = table.delete(block, 26);
      table.insert(block, 26, value);
    }
  };
  suite.add('delete and insert of a block, another table each time', pairs, {
    operations: UPDATES,
  } as Benchmark.Options);
  suite.on('complete', () => {
    if (Number.isNaN(sum)) throw new Error('no lookups were made');
  });
}
