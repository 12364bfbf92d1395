// Runs suites of measurements: npm run bench [-- SUITE…]. Each suite is a file suite/<name>.ts that fills a
// Benchmark.Suite; figures are medians of what the benchmark package sampled.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Benchmark from 'benchmark';

const FOLDER = join(import.meta.dirname, 'suite');

/** What a suite file exports. */
export interface SuiteModule {
  fill(suite: Benchmark.Suite): void;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function printLine(bench: Benchmark): void {
  const nanoseconds = median(bench.stats.sample) * 1e9;
  const perSecond = 1e9 / nanoseconds;
  const figures = `${nanoseconds.toFixed(1).padStart(10)} ns ${(perSecond / 1e6).toFixed(2).padStart(9)} M/s`;
  console.log(`${String(bench.name).padEnd(48)}${figures}  ± ${bench.stats.rme.toFixed(1)} %`);
}

async function runSuite(name: string): Promise<void> {
  const { fill }: SuiteModule = await import(join(FOLDER, `${name}.ts`));
  const suite = new Benchmark.Suite(name);
  fill(suite);
  console.log(`\n${name}`);
  suite.on('cycle', (event: Benchmark.Event) => printLine(event.target as unknown as Benchmark));
  suite.run();
}

const known = readdirSync(FOLDER).map((file) => file.replace(/\.ts$/, ''));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no suite ${unknown.join(', ')}; there are: ${known.join(', ')}`);
  process.exitCode = 2;
} else for (const name of wanted.length > 0 ? wanted : known) await runSuite(name);
