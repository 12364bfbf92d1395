// Lookups against the size of the table: all three forms of PrefixMap, and where one takes over from the other.
import type Benchmark from 'benchmark';
import type { Ipv4 } from '../../src/addr/ipv4.ts';
import { mapOf, stream, syntheticTable } from '../lpm-table.ts';

const SIZES = [4, 16, 100, 1000, 10_000, 100_000, 900_000];
const QUERIES = 1 << 18;

export function fill(suite: Benchmark.Suite): void {
  let sum = 0;
  for (const size of SIZES) {
    const table = syntheticTable(size, 1);
    const map = mapOf(table);
    for (const name of ['uniform', 'in-prefix', 'zipf'] as const) {
      const queries = stream(name, table, QUERIES, 1);
      const pass = (): void => {
        for (let i = 0; i < QUERIES; i++) sum = (sum + map.lookup(queries[i] as Ipv4)) | 0;
      };
      suite.add(`${size} routes, ${name}: lookup`, pass, { operations: QUERIES } as Benchmark.Options);
    }
  }
  suite.on('complete', () => {
    if (Number.isNaN(sum)) throw new Error('no lookups were made');
  });
}
