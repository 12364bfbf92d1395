// Longest-prefix match alone and with Linux's route rules around it.
import type Benchmark from 'benchmark';
import { ipv4 } from '../../src/addr/ipv4.ts';
import { PrefixMap } from '../../src/fib/lpm.ts';
import { Random } from '../../src/time/random.ts';

const QUERIES = 1 << 16;

/** Prefix lengths in about the proportions of an Internet table. */
function length(random: Random): number {
  const draw = random.below(100);
  if (draw < 60) return 24;
  return draw < 90 ? 16 + random.below(8) : 8 + random.below(25);
}

function table(routes: number, random: Random): PrefixMap {
  const map = new PrefixMap();
  for (let i = 0; i < routes; i++) {
    const bits = length(random);
    const prefix = ipv4(random.u32() & (bits === 0 ? 0 : -1 << (32 - bits)));
    if (map.get(prefix, bits) < 0) map.insert(prefix, bits, i);
  }
  return map;
}

export function fill(suite: Benchmark.Suite): void {
  const random = new Random(1);
  const queries = Int32Array.from({ length: QUERIES }, () => random.u32() | 0);
  for (const routes of [8, 1_000, 100_000]) {
    const map = table(routes, random);
    let at = 0;
    let sum = 0;
    suite.add(`lookup, uniform addresses, ${routes} routes`, () => {
      at = (at + 1) & (QUERIES - 1);
      sum += map.lookup(ipv4(queries[at]));
    });
    suite.on('complete', () => {
      if (Number.isNaN(sum)) throw new Error('no lookups were made');
    });
  }
}
