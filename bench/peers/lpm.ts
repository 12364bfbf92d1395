// Longest-prefix match beside its peers, in one run: npm run bench:peers [-- --rib FILE] [--rounds N].
//
// Each round takes one pass of ours and one pass of the peer over the same addresses, in turn, by the CPU's time of
// each process; the ratio is taken pair by pair and its median printed, so that a machine that is busy or slows
// down weighs on both. No figure is printed before all answers are equal.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatIpv4, formatPrefix, type Ipv4 } from '../../src/addr/ipv4.ts';
import type { PrefixMap } from '../../src/fib/lpm.ts';
import { type LpmTable, mapOf, STREAMS, stream, syntheticTable, tableFromFile } from '../lpm-table.ts';
import { PeerProcess } from './child.ts';
import { compiled, installed, orSay } from './install.ts';
import { rib, roundsOf } from './options.ts';
import { nanoseconds, type Pair, printPairs } from './pairs.ts';

const QUERIES = 1 << 20;
/** For peers that need texts and take microseconds for each. */
const FEW_QUERIES = 1 << 15;

const rounds = roundsOf(21);
const folder = mkdtempSync(join(tmpdir(), 'vrouter-peers-'));

/** One pass; the sum keeps the lookups from being left out. */
function pass(map: PrefixMap, queries: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < queries.length; i++) sum = (sum + map.lookup(queries[i] as Ipv4)) | 0;
  return sum;
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
  for (const how of ['single', 'bulk'])
    for (const [at, { name, queries }] of streams.entries()) {
      const pairs: Pair[] = [];
      for (let round = -2; round < rounds; round++) {
        const ours = nanoseconds(() => pass(map, queries));
        const theirs = Number(await peer.ask(`run ${at} ${how}`));
        if (round >= 0) pairs.push({ ours, theirs });
      }
      printPairs(`rte_lpm ${how}`, name, queries.length, pairs);
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
