// Compares two sets of recordings, scenario by scenario: kernel and kernel, or kernel and vrouter.
//
//   npm run compare -- ACTUAL [NAME…] [--expected DIR] [--show N]
//
// ACTUAL and DIR hold a directory for each scenario, as record.ts --out writes them. Without --expected the
// golden recordings under captures/ are meant.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  compareRecordings,
  differencesOf,
  formatAgreement,
  readRecording,
  readScenario,
} from './compare/recording.ts';
import { CAPTURES, scenarioNames } from './scenarios.ts';

function compareScenario(name: string, expected: string, actual: string, shown: number): boolean {
  if (!existsSync(actual)) {
    console.log(`${name}: not recorded in ${actual}`);
    return false;
  }
  const agreement = compareRecordings(readScenario(name), readRecording(expected), readRecording(actual));
  console.log(formatAgreement(name, agreement, shown));
  return differencesOf(agreement).length === 0;
}

function main(): number {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: { expected: { type: 'string' }, show: { type: 'string', default: '1' } },
  });
  const [actual, ...names] = positionals;
  if (actual === undefined) {
    console.error('usage: compare ACTUAL [NAME…] [--expected DIR] [--show N]');
    return 2;
  }
  const expectedOf = (name: string) =>
    values.expected === undefined ? join(CAPTURES, name, 'golden') : join(values.expected, name);
  const compared = names.length > 0 ? names : scenarioNames();
  const differing = compared.filter(
    (name) => !compareScenario(name, expectedOf(name), join(actual, name), Number(values.show)),
  );
  if (differing.length > 0) console.log(`differ: ${differing.join(' ')}`);
  console.log(`${compared.length - differing.length} scenarios agree, ${differing.length} differ`);
  return differing.length === 0 ? 0 : 1;
}

process.exitCode = main();
