// Tables and streams of addresses for longest-prefix match, all from seeds.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Ipv4, ipv4, lastOf, networkOf, parseIpv4 } from '../src/addr/ipv4.ts';
import { PrefixMap } from '../src/fib/lpm.ts';
import { Random } from '../src/time/random.ts';

/** Prefixes with next hops, in columns. */
export interface LpmTable {
  readonly name: string;
  readonly prefixes: Int32Array;
  readonly lengths: Uint8Array;
  readonly nextHops: Int32Array;
}

type Row = readonly [prefix: Ipv4, length: number, nextHop: number];

const columns = (name: string, rows: readonly Row[]): LpmTable => ({
  name,
  prefixes: Int32Array.from(rows, (row) => row[0]),
  lengths: Uint8Array.from(rows, (row) => row[1]),
  nextHops: Int32Array.from(rows, (row) => row[2]),
});

export function linesOf(path: string): string[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
  return text.trimEnd().split('\n');
}

/** A file of lines "prefix/length nexthop", the next hop a number; gzip is recognised by its name. */
export function tableFromFile(path: string): LpmTable {
  const rows = linesOf(path).map((line, index) => rowOf(line, `${path}:${index + 1}`));
  return columns(path.replace(/^.*\//, ''), rows);
}

function rowOf(line: string, place: string): Row {
  const match = /^([\d.]+)\/(\d+)\s+(\d+)\s*$/.exec(line);
  const prefix = match === null ? null : parseIpv4(match[1]);
  if (match === null || prefix === null || Number(match[2]) > 32)
    throw new Error(`${place}: not "prefix/length nexthop": ${line}`);
  return [networkOf(prefix, Number(match[2])), Number(match[2]), Number(match[3])];
}

/** About the lengths of an Internet table, the next hops of neighbours often the same. */
export function syntheticTable(routes: number, seed: number): LpmTable {
  const random = new Random(seed);
  const rows = new Map<number, Row>();
  let nextHop = 1;
  while (rows.size < routes) {
    const length = syntheticLength(random);
    const prefix = networkOf(ipv4(0x01000000 + random.below(0xdf000000)), length);
    if (random.below(2) === 0) nextHop = 1 + random.below(46);
    rows.set((prefix >>> 0) * 64 + length, [prefix, length, nextHop]);
  }
  return columns(`synthetic, ${routes} routes`, [...rows.values()]);
}

function syntheticLength(random: Random): number {
  const draw = random.below(100);
  if (draw < 60) return 24;
  if (draw < 95) return 19 + random.below(5);
  return draw < 99 ? 8 + random.below(11) : 25 + random.below(8);
}

/** A node of a Calico cluster: a default route, a /26 for each block of another node, a /32 for each pod. */
export function calicoTable(blocks: number, pods: number): LpmTable {
  const rows: Row[] = [[ipv4(0), 0, 1]];
  for (let i = 0; i < blocks; i++) rows.push([ipv4(0x0a600000 + i * 64), 26, 2 + i]);
  const own = 0x0a600000 + blocks * 64;
  for (let i = 0; i < pods; i++) rows.push([ipv4(own + i), 32, 2 + blocks + i]);
  return columns(`Calico node, ${blocks} blocks, ${pods} pods`, rows);
}

export function mapOf(table: LpmTable): PrefixMap {
  const map = new PrefixMap();
  const { prefixes, lengths, nextHops } = table;
  for (let i = 0; i < prefixes.length; i++) map.insert(prefixes[i] as Ipv4, lengths[i], nextHops[i]);
  return map;
}

/** A random order of a table's rows. */
export function shuffled(table: LpmTable, seed: number): Int32Array {
  const random = new Random(seed);
  const order = Int32Array.from(table.prefixes, (_, index) => index);
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

export type StreamName = 'uniform' | 'in-prefix' | 'zipf' | 'sequential';
export const STREAMS: readonly StreamName[] = ['uniform', 'in-prefix', 'zipf', 'sequential'];
export const DESTINATIONS = 100_000;

function inPrefixes(table: LpmTable, random: Random): Ipv4 {
  const at = random.below(table.prefixes.length);
  const prefix = table.prefixes[at] as Ipv4;
  const within = lastOf(ipv4(0), table.lengths[at]);
  return ipv4(prefix | (random.u32() & within));
}

/** Numbers of destinations drawn by popularity: the n-th is asked for 1/n as often as the first. */
export function zipfDraws(random: Random, destinations: number, count: number): Int32Array {
  const sums = new Float64Array(destinations);
  let sum = 0;
  for (let i = 0; i < destinations; i++) sums[i] = sum += 1 / (i + 1);
  return Int32Array.from({ length: count }, () => {
    const draw = (random.u32() / 2 ** 32) * sum;
    let low = 0;
    let high = destinations - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] < draw) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}

function zipf(table: LpmTable, random: Random, count: number): Int32Array {
  const destinations = Int32Array.from({ length: DESTINATIONS }, () => inPrefixes(table, random));
  return zipfDraws(random, DESTINATIONS, count).map((which) => destinations[which]);
}

export function stream(name: StreamName, table: LpmTable, count: number, seed: number): Int32Array {
  const random = new Random(seed);
  if (name === 'zipf') return zipf(table, random, count);
  if (name === 'in-prefix') return Int32Array.from({ length: count }, () => inPrefixes(table, random));
  if (name === 'uniform') return Int32Array.from({ length: count }, () => random.u32() | 0);
  const first = inPrefixes(table, random);
  return Int32Array.from({ length: count }, (_, index) => first + index);
}

/**
 * One pass of single lookups; the sum keeps them from being left out. A function of its own: what a closure holds, V8 loads and
 * stores for each address anew (half the speed).
 */
export function lookUpAll(map: PrefixMap, queries: Int32Array): number {
  let sum = 0;
  // V8 would take the length anew each time, and for a floating-point number.
  const count = queries.length | 0;
  for (let i = 0; i < count; i++) sum = (sum + map.lookup(queries[i] as Ipv4)) | 0;
  return sum;
}
