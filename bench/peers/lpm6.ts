// Longest-prefix match of IPv6 beside DPDK's rte_lpm6: npm run bench:peers -- lpm6 [--rib6 FILE] [--rounds N].
import { map6Of, pass6, rowsFromFile, STREAMS6, stream6, syntheticRows } from '../lpm6-table.ts';
import { compare, QUERIES } from './dpdk.ts';
import { compiled, orSay } from './install.ts';
import { rib6, roundsOf } from './options.ts';

const rounds = roundsOf(21);
const rows = rib6 === undefined ? syntheticRows(160_000, 1) : rowsFromFile(rib6);
const map = map6Of(rows);

function answers(queries: Int32Array): Int32Array {
  return Int32Array.from({ length: queries.length / 4 }, (_, at) => {
    const [a, b, c, d] = queries.subarray(at * 4, at * 4 + 4);
    return Math.max(map.lookup(a, b, c, d), 0);
  });
}

const pass = (queries: Int32Array): number => pass6(map, queries);

console.log(`${rows.length} IPv6 routes: ours, theirs, and ours to theirs, of ${rounds} pairs of passes\n`);
const program = orSay(compiled('rte_lpm6', 'libdpdk', 'apt-get install libdpdk-dev pkg-config'));
if (program !== null)
  await compare({
    peer: 'rte_lpm6',
    program,
    table: Int32Array.from(rows.flatMap(({ prefix, length, nextHop }) => [...prefix, length, nextHop])),
    streams: STREAMS6.map((name, at) => ({ name, queries: stream6(name, rows, QUERIES, 100 + at) })),
    width: 4,
    rounds,
    ways: ['single', 'bulk'].map((theirs) => ({ name: 'single', theirs, pass })),
    answers,
  });
