// Measurements in pairs, ours and a peer's in turn, and how they are printed.
import { median } from '../figure.ts';

/** The CPU's time of a pass, in nanoseconds, with the caches as a pass leaves them: the peers' harness does the same. */
export function nanoseconds(work: () => unknown): number {
  work();
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) * 1000;
}

/** What each took for as many operations. */
export interface Pair {
  ours: number;
  theirs: number;
}

/** Rates are those of the best pass, which is the one that others disturbed least. */
export function printPairs(peer: string, what: string, operations: number, pairs: readonly Pair[]): void {
  const best = (side: keyof Pair): number =>
    (operations / Math.min(...pairs.map((pair) => pair[side]))) * 1e3;
  const ratio = median(pairs.map((pair) => pair.theirs / pair.ours));
  const rates = `${best('ours').toFixed(1).padStart(8)} ${best('theirs').toFixed(2).padStart(9)} M/s`;
  const ratios = `best passes ${(best('ours') / best('theirs')).toFixed(2)}, pairs ${ratio.toFixed(2)}`;
  console.log(`${peer.padEnd(26)} ${what.padEnd(42)} ${rates}   ratio: ${ratios}`);
}
