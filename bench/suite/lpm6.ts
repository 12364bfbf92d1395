// Longest-prefix match of IPv6: lookups by stream, build, insert and delete, and the memory that lookups read.
import type Benchmark from 'benchmark';
import { Random } from '../../src/time/random.ts';
import { map6Of, pass6, rowsFromFile, STREAMS6, stream6, syntheticRows } from '../lpm6-table.ts';
import type { BenchOptions } from '../run.ts';

const QUERIES = 1 << 18;
const UPDATES = 1000;

export function fill(suite: Benchmark.Suite, { rib6, note }: BenchOptions): void {
  const rows = rib6 === undefined ? syntheticRows(160_000, 1) : rowsFromFile(rib6);
  const map = map6Of(rows);
  note(`${rows.length} routes: what lookups read`, map.lookupBytes / 1e6, 'MB');
  let sum = 0;
  for (const name of STREAMS6) {
    const queries = stream6(name, rows, QUERIES, 1);
    const pass = (): void => {
      sum = (sum + pass6(map, queries)) | 0;
    };
    suite.add(`lookup, ${name}`, pass, { operations: QUERIES } as Benchmark.Options);
  }
  const random = new Random(2);
  const pairs = (): void => {
    for (let i = 0; i < UPDATES; i++) {
      const { prefix, length, nextHop } = rows[random.below(rows.length)];
      map.delete(prefix, length);
      map.insert(prefix, length, nextHop);
    }
  };
  suite.add('delete and insert', pairs, { operations: UPDATES } as Benchmark.Options);
  suite.add('build, for a route', () => map6Of(rows), { operations: rows.length } as Benchmark.Options);
  suite.on('complete', () => {
    if (Number.isNaN(sum)) throw new Error('no lookups were made');
  });
}
