// Runs suites of measurements: npm run bench [-- SUITE… --rib FILE]. Each suite is a file suite/<name>.ts that fills a
// Benchmark.Suite; figures are medians of what the benchmark package sampled.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Benchmark from 'benchmark';

const FOLDER = join(import.meta.dirname, 'suite');

/** What a suite file exports. */
export interface SuiteModule {
  fill(suite: Benchmark.Suite, options: BenchOptions): void;
}

/** What was asked for on the command line. */
export interface BenchOptions {
  /** A file of lines "prefix/length nexthop" for the suite `lpm`. */
  readonly rib?: string;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function printLine(bench: Benchmark): void {
  // A suite whose one call does many operations says how many.
  const { operations = 1 } = (bench as unknown as { options: { operations?: number } }).options;
  const nanoseconds = (median(bench.stats.sample) * 1e9) / operations;
  const perSecond = 1e9 / nanoseconds;
  const figures = `${nanoseconds.toFixed(1).padStart(10)} ns ${(perSecond / 1e6).toFixed(2).padStart(9)} M/s`;
  console.log(`${String(bench.name).padEnd(56)}${figures}  ± ${bench.stats.rme.toFixed(1)} %`);
}

const { values: options, positionals: wanted } = parseArgs({
  options: { rib: { type: 'string' } },
  allowPositionals: true,
});

async function runSuite(name: string): Promise<void> {
  const { fill }: SuiteModule = await import(join(FOLDER, `${name}.ts`));
  const suite = new Benchmark.Suite(name);
  fill(suite, options);
  console.log(`\n${name}`);
  suite.on('cycle', (event: Benchmark.Event) => printLine(event.target as unknown as Benchmark));
  suite.run();
}

const known = readdirSync(FOLDER).map((file) => file.replace(/\.ts$/, ''));
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no suite ${unknown.join(', ')}; there are: ${known.join(', ')}`);
  process.exitCode = 2;
} else for (const name of wanted.length > 0 ? wanted : known) await runSuite(name);
