// Assembles src/fib/lpm-batch.wat into src/fib/lpm-batch-code.ts: npm run assemble.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import wabt from 'wabt';

const FOLDER = join(import.meta.dirname, '../../src/fib');
const TARGET = join(FOLDER, 'lpm-batch-code.ts');

/** What the target holds if it is as the source says. */
export async function assembled(): Promise<string> {
  const source = readFileSync(join(FOLDER, 'lpm-batch.wat'), 'utf8');
  const module = (await wabt()).parseWat('lpm-batch.wat', source, { simd: true });
  const code = Buffer.from(module.toBinary({}).buffer).toString('base64');
  return `// lpm-batch.wat assembled, in base64: npm run assemble writes this file.\nexport const LPM_BATCH_CODE =\n  '${code}';\n`;
}

export const written = (): string => readFileSync(TARGET, 'utf8');

if (process.argv[1] === import.meta.filename) writeFileSync(TARGET, await assembled());
