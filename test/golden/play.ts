// Plays scenarios in vrouter and writes what came of it in the layout of test/kernel/record.ts --out.
//
//   npx tsx test/golden/play.ts DIR [NAME…]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Recording, readScenario } from '../kernel/compare/recording.ts';
import { scenarioNames } from '../kernel/scenarios.ts';
import { play } from './vrouter.ts';

function store(directory: string, { output, exitCode, files }: Recording): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'output.txt'), output);
  writeFileSync(join(directory, 'exit.txt'), `${exitCode}\n`);
  for (const [name, bytes] of files) writeFileSync(join(directory, name), bytes);
}

async function main(): Promise<number> {
  const [out, ...names] = process.argv.slice(2);
  if (out === undefined) {
    console.error('usage: play DIR [NAME…]');
    return 2;
  }
  let failed = 0;
  for (const name of names.length > 0 ? names : scenarioNames()) {
    const start = Date.now();
    try {
      store(join(out, name), await play(readScenario(name)));
      console.log(`${name}: played in ${((Date.now() - start) / 1000).toFixed(1)} s`);
    } catch (error) {
      failed += 1;
      console.error(`${name}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
