// Longest-prefix match beside its peers, in one run: npm run bench:peers [-- --rib FILE] [--rounds N].
// No figure is printed before all answers are equal.
import { formatIpv4, formatPrefix, type Ipv4 } from '../../src/addr/ipv4.ts';
import type { PrefixMap } from '../../src/fib/lpm.ts';
import { arenaArray } from '../../src/fib/lpm-batch.ts';
import {
  type LpmTable,
  lookUpAll,
  mapOf,
  STREAMS,
  stream,
  syntheticTable,
  tableFromFile,
} from '../lpm-table.ts';
import { compare, QUERIES, type Way } from './dpdk.ts';
import { compiled, installed, orSay } from './install.ts';
import { mmdbOf } from './mmdb.ts';
import { rib, roundsOf } from './options.ts';
import { nanoseconds, type Pair, printPairs } from './pairs.ts';

/** For peers that need texts and take microseconds for each. */
const FEW_QUERIES = 1 << 15;

const rounds = roundsOf(21);

function checkEqual(map: PrefixMap, queries: Int32Array, answers: ArrayLike<number>, peer: string): void {
  for (let i = 0; i < queries.length; i++) {
    const ours = Math.max(map.lookup(queries[i] as Ipv4), 0);
    if (ours === answers[i]) continue;
    throw new Error(`${formatIpv4(queries[i] as Ipv4)}: ours ${ours}, ${peer} ${answers[i]}`);
  }
}

/** Addresses of one batch. */
const VECTOR = 4096;

function passBatches(map: PrefixMap, queries: Int32Array, results: Int32Array): number {
  const count = queries.length;
  for (let from = 0; from < count; from += VECTOR) {
    const vector = queries.subarray(from, from + VECTOR);
    map.lookupBatch(vector, results, vector.length);
  }
  return results[0];
}

/** Our ways beside rte_lpm, which has both lookups; `bulks` are those of the peer that take many addresses. */
function waysOf(map: PrefixMap, single: readonly string[], bulks: readonly string[]): Way[] {
  const placed = arenaArray(QUERIES);
  const inside = arenaArray(VECTOR);
  const outside = new Int32Array(VECTOR);
  const place = (queries: Int32Array): Int32Array => {
    placed.set(queries);
    return placed;
  };
  return [
    ...single.map((theirs) => ({
      name: 'single',
      theirs,
      pass: (queries: Int32Array) => lookUpAll(map, queries),
    })),
    ...bulks.flatMap((theirs) => [
      {
        name: 'batches in place',
        theirs,
        place,
        pass: (queries: Int32Array) => passBatches(map, queries, inside),
      },
      { name: 'batches copied', theirs, pass: (queries: Int32Array) => passBatches(map, queries, outside) },
    ]),
  ];
}

async function besideDpdk(
  table: LpmTable,
  map: PrefixMap,
  peer: string,
  program: string,
  ways: readonly Way[],
): Promise<void> {
  const rows = new Int32Array(table.prefixes.length * 3);
  for (let i = 0; i < table.prefixes.length; i++)
    rows.set([table.prefixes[i], table.lengths[i], table.nextHops[i]], i * 3);
  await compare({
    peer,
    program,
    table: rows,
    streams: STREAMS.map((name, at) => ({ name, queries: stream(name, table, QUERIES, 100 + at) })),
    width: 1,
    rounds,
    ways,
    answers: (queries) => answersOf(map, queries),
  });
}

/** Single lookups and batches must agree before a peer is asked. */
function answersOf(map: PrefixMap, queries: Int32Array): Int32Array {
  const batch = new Int32Array(queries.length);
  map.lookupBatch(queries, batch, queries.length);
  return batch.map((value, at) => {
    if (value !== map.lookup(queries[at] as Ipv4))
      throw new Error(`${formatIpv4(queries[at] as Ipv4)}: a batch says ${value}`);
    return Math.max(value, 0);
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
        for (let again = 0; again < 32; again++) lookUpAll(map, queries);
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

interface Maxmind {
  readonly Reader: new (database: Buffer) => { get(address: string): unknown };
}

function besideMaxmind(table: LpmTable, map: PrefixMap, { Reader }: Maxmind): void {
  const reader = new Reader(mmdbOf(table));
  besideTexts(table, map, 'npm maxmind', (text) => Number(reader.get(text) ?? 0));
}

const table = rib === undefined ? syntheticTable(900_000, 1) : tableFromFile(rib);
const map = mapOf(table);
console.log(`${table.name}: ours, theirs, and ours to theirs, of ${rounds} pairs of passes\n`);
const dpdk = orSay(compiled('rte_lpm', 'libdpdk', 'apt-get install libdpdk-dev pkg-config'));
if (dpdk !== null) await besideDpdk(table, map, 'rte_lpm', dpdk, waysOf(map, ['single'], ['bulk']));
const fib = orSay(compiled('rte_fib', 'libdpdk', 'apt-get install libdpdk-dev pkg-config'));
if (fib !== null) await besideDpdk(table, map, 'rte_fib', fib, waysOf(map, [], ['scalar', 'best']));
const npm = orSay(installed('longest-prefix-match', '1.3.1'));
if (npm !== null) besideLongestPrefixMatch(table, map, npm);
const maxmind = orSay(installed('maxmind', '5.0.7'));
if (maxmind !== null) besideMaxmind(table, map, maxmind as Maxmind);
