// One suite in a process of its own, started by run.ts: prints its figures and sends them to the parent.
import { join } from 'node:path';
import Benchmark from 'benchmark';
import { type Amount, amountLine, type Figure, HEADING, lineOf } from './figure.ts';
import { measure } from './measure.ts';
import type { BenchOptions, SuiteModule } from './run.ts';

const [name, given] = process.argv.slice(2);

function send(found: Figure | Amount): void {
  process.send?.(found);
}

function note(what: string, value: number, unit: string): void {
  const amount = { suite: name, name: what, value, unit };
  console.log(amountLine(amount));
  send(amount);
}

const options: BenchOptions = { ...JSON.parse(given), note };
console.log(`\n${name}\n${HEADING}`);
const { fill }: SuiteModule = await import(join(import.meta.dirname, 'suite', `${name}.js`));
const suite = new Benchmark.Suite(name);
await fill(suite, options);
for (const bench of Array.from(suite as unknown as ArrayLike<Benchmark>)) {
  const figure = await measure(name, bench);
  console.log(lineOf(figure));
  send(figure);
}
suite.emit('complete');
process.disconnect?.();
