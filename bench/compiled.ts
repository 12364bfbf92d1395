// Runs a program of this folder as JavaScript that tsc made of it, the way users run vrouter: compiled.ts PROGRAM [ARG…].
//
// A loader that compiles while it loads is not only slow to start. It moves array buffers between threads, and from the
// first that was moved on V8 asks at every access to a typed array whether its buffer is still there: lookups take half
// as long again (measured).
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
/** What the programs find by paths from their own. */
const BESIDE = ['captures', 'dist', 'node_modules', 'package.json'];

function compile(folder: string): void {
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  execFileSync(tsc, ['-p', join(ROOT, 'bench'), '--outDir', folder], { stdio: 'inherit' });
  for (const name of BESIDE) symlinkSync(join(ROOT, name), join(folder, name));
}

const [program, ...args] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'vrouter-bench-'));
try {
  compile(folder);
  const { status } = spawnSync(process.execPath, [join(folder, 'bench', `${program}.js`), ...args], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
