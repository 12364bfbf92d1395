// Runs suites of measurements: npm run bench [-- SUITE… --json FILE --rib FILE --rib6 FILE].
//
// Runs as JavaScript (compiled.ts). Each suite is a file suite/<name>.ts that fills a Benchmark.Suite. It runs in a process of its own, so that none is
// measured in a heap, or with code, that another left.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type Benchmark from 'benchmark';
import type { Amount, Figure } from './figure.ts';

const FOLDER = join(import.meta.dirname, 'suite');

/** What a suite file exports. */
export interface SuiteModule {
  fill(suite: Benchmark.Suite, options: BenchOptions): void | Promise<void>;
}

/** What was asked for on the command line, and what a suite may tell beside times. */
export interface BenchOptions {
  /** A file of lines "prefix/length nexthop" for the suite `lpm`. */
  readonly rib?: string;
  /** The same with IPv6 prefixes, for the suite `lpm6`. */
  readonly rib6?: string;
  /** Prints an amount and puts it into the JSON file. */
  note(name: string, value: number, unit: string): void;
}

/** What all suites found, and whether each came to its end. */
const found: (Figure | Amount)[] = [];

async function runSuite(name: string, options: Ribs): Promise<void> {
  const child = fork(join(import.meta.dirname, 'suite-process.js'), [name, JSON.stringify(options)], {
    execArgv: [...process.execArgv, '--expose-gc'],
  });
  child.on('message', (figure: Figure | Amount) => found.push(figure));
  const [code, signal] = await once(child, 'exit');
  if (code === 0) return;
  console.error(`suite ${name} failed: ${signal ?? `exit code ${code}`}`);
  process.exitCode = 1;
}

/** What the figures are of. */
function machine(): Record<string, string | number> {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

type Ribs = Omit<BenchOptions, 'note'>;

/** Why what was asked for cannot be run; null if it can. */
function complaint(wanted: readonly string[], known: readonly string[], ribs: Ribs): string | null {
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) return `no suite ${unknown.join(', ')}; there are: ${known.join(', ')}`;
  const absent = Object.entries(ribs).find(([, path]) => path !== undefined && !existsSync(path));
  return absent === undefined ? null : `--${absent[0]} ${absent[1]}: no such file`;
}

const { values, positionals: wanted } = parseArgs({
  options: { rib: { type: 'string' }, rib6: { type: 'string' }, json: { type: 'string' } },
  allowPositionals: true,
});
const known = readdirSync(FOLDER).map((file) => file.replace(/\.js$/, ''));
const ribs: Ribs = { rib: values.rib, rib6: values.rib6 };
const wrong = complaint(wanted, known, ribs);
if (wrong !== null) {
  console.error(wrong);
  process.exitCode = 2;
} else {
  for (const name of wanted.length > 0 ? wanted : known) await runSuite(name, ribs);
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ machine: machine(), figures: found }, null, 2)}\n`);
}
