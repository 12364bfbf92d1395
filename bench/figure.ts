// What a measurement found, and the line that is printed of it.

/** Times of one call or operation; of many samples the median and the middle half. */
export interface Figure {
  readonly suite: string;
  readonly name: string;
  /** So many operations one call makes. */
  readonly operations: number;
  readonly samples: number;
  /** Of one operation. */
  readonly nanoseconds: number;
  /** What the sample took that others disturbed least. */
  readonly best: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
  readonly perSecond: number;
  /** Garbage collections, minor ones included, per million operations. */
  readonly collections: number;
}

/** A figure that is no time: memory, a size. */
export interface Amount {
  readonly suite: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** The value below which a share of the samples lies. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return quantile(
    samples.toSorted((a, b) => a - b),
    0.5,
  );
}

/** From the seconds that one call took in each sample. */
export function figureOf(
  what: Pick<Figure, 'suite' | 'name' | 'operations' | 'collections'>,
  seconds: readonly number[],
): Figure {
  const sorted = seconds.map((time) => (time * 1e9) / what.operations).toSorted((a, b) => a - b);
  const nanoseconds = quantile(sorted, 0.5);
  return {
    ...what,
    samples: seconds.length,
    nanoseconds,
    best: sorted[0] ?? Number.NaN,
    lowerQuartile: quantile(sorted, 0.25),
    upperQuartile: quantile(sorted, 0.75),
    perSecond: 1e9 / nanoseconds,
  };
}

const NAME_WIDTH = 58;

export const HEADING = `${''.padEnd(NAME_WIDTH)}${'median ns'.padStart(12)}${'best'.padStart(10)}${'M/s'.padStart(9)}${'middle half'.padStart(17)}${'GC per 1M'.padStart(11)}`;

export function lineOf(figure: Figure): string {
  const { name, nanoseconds, best, lowerQuartile, upperQuartile, perSecond, collections } = figure;
  const below = (lowerQuartile / nanoseconds - 1) * 100;
  const above = (upperQuartile / nanoseconds - 1) * 100;
  const spread = `${below.toFixed(1)} +${above.toFixed(1)} %`.padStart(17);
  const times = `${nanoseconds.toFixed(1).padStart(12)}${best.toFixed(1).padStart(10)}${(perSecond / 1e6).toFixed(2).padStart(9)}`;
  return `${name.padEnd(NAME_WIDTH)}${times}${spread}${collections.toPrecision(2).padStart(11)}`;
}

export const amountLine = ({ name, value, unit }: Amount): string =>
  `${name.padEnd(NAME_WIDTH)}${value.toFixed(2).padStart(12)} ${unit}`;
