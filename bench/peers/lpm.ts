// Longest-prefix match beside its peers, in one run: npm run bench:peers [-- --rib FILE] [--rounds N].
// No figure is printed before all answers are equal.
import { formatIpv4, formatPrefix, type Ipv4 } from '../../src/addr/ipv4.ts';
import type { PrefixMap } from '../../src/fib/lpm.ts';
import { type LpmTable, mapOf, STREAMS, stream, syntheticTable, tableFromFile } from '../lpm-table.ts';
import { compare, QUERIES } from './dpdk.ts';
import { compiled, installed, orSay } from './install.ts';
import { rib, roundsOf } from './options.ts';
import { nanoseconds, type Pair, printPairs } from './pairs.ts';

/** For peers that need texts and take microseconds for each. */
const FEW_QUERIES = 1 << 15;

const rounds = roundsOf(21);

/** One pass; the sum keeps the lookups from being left out. */
function pass(map: PrefixMap, queries: Int32Array): number {
  let sum = 0;
  // V8 would take the length anew each time, as a floating-point number.
  const count = queries.length;
  for (let i = 0; i < count; i++) sum = (sum + map.lookup(queries[i] as Ipv4)) | 0;
  return sum;
}

function checkEqual(map: PrefixMap, queries: Int32Array, answers: ArrayLike<number>, peer: string): void {
  for (let i = 0; i < queries.length; i++) {
    const ours = Math.max(map.lookup(queries[i] as Ipv4), 0);
    if (ours === answers[i]) continue;
    throw new Error(`${formatIpv4(queries[i] as Ipv4)}: ours ${ours}, ${peer} ${answers[i]}`);
  }
}

async function besideDpdk(table: LpmTable, map: PrefixMap, program: string): Promise<void> {
  const rows = new Int32Array(table.prefixes.length * 3);
  for (let i = 0; i < table.prefixes.length; i++)
    rows.set([table.prefixes[i], table.lengths[i], table.nextHops[i]], i * 3);
  await compare({
    peer: 'rte_lpm',
    program,
    table: rows,
    streams: STREAMS.map((name, at) => ({ name, queries: stream(name, table, QUERIES, 100 + at) })),
    width: 1,
    rounds,
    pass: (queries) => pass(map, queries),
    answer: (queries, at) => Math.max(map.lookup(queries[at] as Ipv4), 0),
  });
}

/** A peer in this process that takes texts. */
function besideTexts(table: LpmTable, map: PrefixMap, peer: string, ask: (text: string) => number): void {
  for (const name of STREAMS) {
    const queries = stream(name, table, FEW_QUERIES, 200);
    const texts = Array.from(queries, (address) => formatIpv4(address as Ipv4));
    checkEqual(map, queries, texts.map(ask), peer);
    const pairs: Pair[] = [];
    for (let round = 0; round < Math.min(rounds, 7); round++) {
      // Ours takes microseconds a pass, the clock's step is one: 32 passes.
      const ours = nanoseconds(() => {
        for (let again = 0; again < 32; again++) pass(map, queries);
      });
      const theirs = nanoseconds(() => texts.forEach(ask));
      pairs.push({ ours: ours / 32, theirs });
    }
    printPairs(peer, name, queries.length, pairs);
  }
}

interface LongestPrefixMatch {
  addPrefix(prefix: string, data: number): void;
  getMatch(prefix: string): number[];
}

function besideLongestPrefixMatch(table: LpmTable, map: PrefixMap, module: unknown): void {
  const peer = new (module as new () => LongestPrefixMatch)();
  for (let i = 0; i < table.prefixes.length; i++)
    peer.addPrefix(formatPrefix(table.prefixes[i] as Ipv4, table.lengths[i]), table.nextHops[i]);
  besideTexts(table, map, 'npm longest-prefix-match', (text) => peer.getMatch(`${text}/32`)[0] ?? 0);
}

const table = rib === undefined ? syntheticTable(900_000, 1) : tableFromFile(rib);
const map = mapOf(table);
console.log(`${table.name}: ours, theirs, and ours to theirs, of ${rounds} pairs of passes\n`);
const dpdk = orSay(compiled('rte_lpm', 'libdpdk', 'apt-get install libdpdk-dev pkg-config'));
if (dpdk !== null) await besideDpdk(table, map, dpdk);
const npm = orSay(installed('longest-prefix-match', '1.3.1'));
if (npm !== null) besideLongestPrefixMatch(table, map, npm);
