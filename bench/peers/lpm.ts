// Longest-prefix match beside its peers, in one run: npm run bench:peers [-- --rib FILE] [--rounds N].
//
// Each round takes one pass of ours and one pass of the peer over the same addresses, in turn; the ratio is taken pair by
// pair and its median printed, so that a machine that is busy or slows down weighs on both. Beside it stand the rates that
// the best of each part of a pass add up to, in which others that run weigh least. No figure is printed before all answers are equal.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatIpv4, formatPrefix, type Ipv4 } from '../../src/addr/ipv4.ts';
import type { PrefixMap } from '../../src/fib/lpm.ts';
import { median } from '../figure.ts';
import { type LpmTable, mapOf, STREAMS, stream, syntheticTable, tableFromFile } from '../lpm-table.ts';
import { PeerProcess } from './child.ts';
import { compiled, installed, orSay } from './install.ts';
import { rib, roundsOf } from './options.ts';
import { nanoseconds, type Pair, printPairs } from './pairs.ts';

const QUERIES = 1 << 20;
/** Lookups of which the time is taken, some 0.2 ms; as in rte_lpm.c. */
const PART = 1 << 15;
/** For peers that need texts and take microseconds for each. */
const FEW_QUERIES = 1 << 15;

const rounds = roundsOf(21);
const folder = mkdtempSync(join(tmpdir(), 'vrouter-peers-'));

/** One pass; the sum keeps the lookups from being left out. */
function pass(map: PrefixMap, queries: Int32Array): number {
  let sum = 0;
  // V8 would take the length anew each time, as a floating-point number.
  const count = queries.length;
  for (let i = 0; i < count; i++) sum = (sum + map.lookup(queries[i] as Ipv4)) | 0;
  return sum;
}

/** The times of the parts of a pass, with the caches as a pass leaves them. The peers' harness does the same. */
function passTimes(map: PrefixMap, parts: readonly Int32Array[]): number[] {
  for (const part of parts) pass(map, part);
  return parts.map((part) => {
    const start = process.hrtime.bigint();
    pass(map, part);
    return Number(process.hrtime.bigint() - start);
  });
}

const partsOf = (queries: Int32Array): Int32Array[] =>
  Array.from({ length: queries.length / PART }, (_, at) => queries.subarray(at * PART, (at + 1) * PART));

/**
 * Short passes over all the addresses. Code that V8 compiles while a long loop runs is not as good as what it makes of a
 * function that is called again and again, and only that is what a program has that runs for hours.
 */
function warmUp(map: PrefixMap, queries: Int32Array): void {
  for (let i = 0; i < queries.length; i += 16) pass(map, queries.subarray(i, i + 16));
}

function checkEqual(map: PrefixMap, queries: Int32Array, answers: ArrayLike<number>, peer: string): void {
  for (let i = 0; i < queries.length; i++) {
    const ours = Math.max(map.lookup(queries[i] as Ipv4), 0);
    if (ours === answers[i]) continue;
    throw new Error(`${formatIpv4(queries[i] as Ipv4)}: ours ${ours}, ${peer} ${answers[i]}`);
  }
}

const fileOf = (name: string, words: Int32Array): string => {
  const path = join(folder, name);
  writeFileSync(path, new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
  return path;
};

async function besideDpdk(table: LpmTable, map: PrefixMap, program: string): Promise<void> {
  const rows = new Int32Array(table.prefixes.length * 3);
  for (let i = 0; i < table.prefixes.length; i++)
    rows.set([table.prefixes[i], table.lengths[i], table.nextHops[i]], i * 3);
  const streams = STREAMS.map((name, at) => ({ name, queries: stream(name, table, QUERIES, 100 + at) }));
  const files = streams.map(({ name, queries }) => fileOf(name, queries));
  const peer = new PeerProcess(program, [fileOf('table', rows), ...files]);
  await peer.line();
  for (const [at, { queries }] of streams.entries()) {
    const path = join(folder, 'answers');
    await peer.ask(`answers ${at} ${path}`);
    const bytes = readFileSync(path);
    checkEqual(map, queries, new Int32Array(bytes.buffer, bytes.byteOffset, queries.length), 'rte_lpm');
  }
  for (const { queries } of streams) warmUp(map, queries);
  for (const how of ['single', 'bulk'])
    for (const [at, { name, queries }] of streams.entries()) {
      const parts = partsOf(queries);
      const ours: number[][] = [];
      const theirs: number[][] = [];
      for (let round = 0; round < rounds; round++) {
        ours.push(passTimes(map, parts));
        theirs.push((await peer.ask(`run ${at} ${how}`)).trim().split(' ').map(Number));
      }
      printTimes(`rte_lpm ${how}`, name, ours, theirs);
    }
  peer.end();
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

/** What a pass takes of which each part is taken from the round in which others disturbed it least. */
function bestOf(rounds: readonly (readonly number[])[]): number {
  const parts = rounds[0].map((_, part) => Math.min(...rounds.map((times) => times[part])));
  return parts.reduce((sum, time) => sum + time, 0);
}

function printTimes(
  peer: string,
  name: string,
  ours: readonly number[][],
  theirs: readonly number[][],
): void {
  const rates = [ours, theirs].map((times) => (QUERIES / bestOf(times)) * 1e3);
  const ratio = median(ours.map((times, round) => median(theirs[round]) / median(times)));
  const figures = rates.map((rate) => rate.toFixed(1).padStart(9)).join('');
  const ratios = `best parts ${(rates[0] / rates[1]).toFixed(2)}, pairs ${ratio.toFixed(2)}`;
  console.log(`${peer.padEnd(26)} ${name.padEnd(12)} ${figures} M/s   ratio: ${ratios}`);
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
rmSync(folder, { recursive: true });
