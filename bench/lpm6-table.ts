// Tables and streams of addresses for IPv6, as lpm-table.ts has them for IPv4; four words to an address.
import { parseIpv6 } from '../src/addr/ipv6.ts';
import { networkOf6, PrefixMap6 } from '../src/fib/lpm6.ts';
import type { Ipv6Words } from '../src/fib/prefix-hash6.ts';
import { Random } from '../src/time/random.ts';
import { DESTINATIONS, linesOf, zipfDraws } from './lpm-table.ts';

export interface Lpm6Row {
  readonly prefix: Ipv6Words;
  readonly length: number;
  readonly nextHop: number;
}

/** A file of lines "prefix/length nexthop". */
export function rowsFromFile(path: string): Lpm6Row[] {
  return linesOf(path).map((line, index) => {
    const match = /^([\da-fA-F:.]+)\/(\d+)\s+(\d+)\s*$/.exec(line);
    const bytes = match === null ? null : parseIpv6(match[1]);
    if (match === null || bytes === null || Number(match[2]) > 128)
      throw new Error(`${path}:${index + 1}: not "prefix/length nexthop": ${line}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const words = [0, 4, 8, 12].map((at) => view.getInt32(at)) as unknown as Ipv6Words;
    const length = Number(match[2]);
    return { prefix: networkOf6(words, length), length, nextHop: Number(match[3]) };
  });
}

/** About the lengths of an Internet table, in some thousands of networks of 32 bits. */
export function syntheticRows(routes: number, seed: number): Lpm6Row[] {
  const random = new Random(seed);
  const rows = new Map<string, Lpm6Row>();
  const highs = Array.from({ length: routes >> 3 }, () => 0x20000000 + random.below(0x0fffffff));
  while (rows.size < routes) {
    const length = random.below(2) === 0 ? 48 : 29 + random.below(19);
    const prefix = networkOf6([highs[random.below(highs.length)], random.u32() | 0, 0, 0], length);
    rows.set(`${prefix}/${length}`, { prefix, length, nextHop: 1 + random.below(46) });
  }
  return [...rows.values()];
}

export function map6Of(rows: readonly Lpm6Row[]): PrefixMap6 {
  const map = new PrefixMap6();
  for (const { prefix, length, nextHop } of rows) map.insert(prefix, length, nextHop);
  return map;
}

export type Stream6Name = 'in-prefix' | 'zipf';
export const STREAMS6: readonly Stream6Name[] = ['in-prefix', 'zipf'];

function inPrefix(rows: readonly Lpm6Row[], random: Random): Ipv6Words {
  const { prefix, length } = rows[random.below(rows.length)];
  const any: Ipv6Words = [random.u32() | 0, random.u32() | 0, random.u32() | 0, random.u32() | 0];
  const network = networkOf6(any, length);
  const word = (at: number): number => prefix[at] | (any[at] ^ network[at]);
  return [word(0), word(1), word(2), word(3)];
}

/** The words of `count` addresses, one after the other. */
export function stream6(
  name: Stream6Name,
  rows: readonly Lpm6Row[],
  count: number,
  seed: number,
): Int32Array {
  const random = new Random(seed);
  const next = (): Ipv6Words => inPrefix(rows, random);
  if (name === 'in-prefix') return Int32Array.from(Array.from({ length: count }, next).flat());
  const destinations = Array.from({ length: DESTINATIONS }, next);
  return Int32Array.from(Array.from(zipfDraws(random, DESTINATIONS, count), (at) => destinations[at]).flat());
}

/** One pass; the sum keeps the lookups from being left out. */
export function pass6(map: PrefixMap6, queries: Int32Array): number {
  let sum = 0;
  const end = queries.length;
  for (let i = 0; i < end; i += 4)
    sum = (sum + map.lookup(queries[i], queries[i + 1], queries[i + 2], queries[i + 3])) | 0;
  return sum;
}
