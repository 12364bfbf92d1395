// Measures what a suite holds, one benchmark after the other: warmed up, after a garbage collection, and with a count
// of the collections that it makes itself.
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type Benchmark from 'benchmark';
import { type Figure, figureOf } from './figure.ts';

/** Compilers have then seen the code; a call that takes longer is made once. */
const WARM_UP = { maxTime: 0.3, minSamples: 1, minTime: 0.05 };

/** What the package keeps of a benchmark beside its published types. */
interface Inner {
  fn: (deferred: unknown) => unknown;
  readonly options: { readonly operations?: number };
  readonly error?: unknown;
}

const innerOf = (bench: Benchmark): Inner => bench as unknown as Inner;

let collections = 0;
const observer = new PerformanceObserver((list) => {
  collections += list.getEntries().length;
});
observer.observe({ entryTypes: ['gc'] });

/** Runs without a stop are followed by one, in which the engine's notes of collections arrive. */
async function settled(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

async function run(bench: Benchmark): Promise<void> {
  const ended = new Promise<void>((resolve) => bench.on('complete', () => resolve()));
  bench.run({ async: true });
  await ended;
  await settled();
  const { error } = innerOf(bench);
  if (error !== undefined) throw new Error(`${bench.name}: ${error}`, { cause: error });
}

/** Lets every call be counted; the number of them so far. */
function countCalls(bench: Benchmark): () => number {
  const inner = innerOf(bench);
  const work = inner.fn;
  let calls = 0;
  // The package takes the name of the argument from the text of the function.
  inner.fn = function counted(this: unknown, deferred) {
    calls++;
    return work.call(this, deferred);
  };
  return () => calls;
}

export async function measure(suite: string, bench: Benchmark): Promise<Figure> {
  await run(bench.clone(WARM_UP));
  const calls = countCalls(bench);
  globalThis.gc?.();
  await settled();
  const before = collections;
  await run(bench);
  const { operations = 1 } = innerOf(bench).options;
  return figureOf(
    {
      suite,
      name: String(bench.name),
      operations,
      collections: ((collections - before) * 1e6) / (calls() * operations),
    },
    bench.stats.sample,
  );
}
