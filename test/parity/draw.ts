// Draws the parts of a case from fast-check's seeded generator: equal seeds, equal cases.
import fc from 'fast-check';

export interface Draw {
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  pick<T>(from: readonly T[]): T;
  /** True in so many cases of a hundred. */
  chance(percent: number): boolean;
  shuffle<T>(list: readonly T[]): T[];
}

function drawFrom(gen: fc.GeneratorValue): Draw {
  const int = (min: number, max: number): number => gen(fc.integer, { min, max });
  return {
    int,
    pick: (from) => from[int(0, from.length - 1)]!,
    chance: (percent) => int(1, 100) <= percent,
    shuffle: (list) => {
      const left = [...list];
      return list.map(() => left.splice(int(0, left.length - 1), 1)[0]!);
    },
  };
}

/** `count` things that `build` makes, unbiased: an even choice finds more here than fast-check's love of extremes. */
export function sample<T>(seed: number, count: number, build: (draw: Draw) => T): T[] {
  const arbitrary = fc.gen().map((gen) => build(drawFrom(gen)));
  return fc.sample(arbitrary, { seed, numRuns: count, unbiased: true });
}
