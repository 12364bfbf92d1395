// Peers are compiled or installed on demand, into a temporary folder; nothing of them is in the repository.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FOLDER = join(tmpdir(), 'vrouter-bench-peers');

/** What there is of a peer, or why there is nothing: that is printed. */
export type Found<T> = { readonly peer: T } | { readonly missing: string };

/** The peer, or null after what is missing was said. */
export function orSay<T>(found: Found<T>): T | null {
  if ('peer' in found) return found.peer;
  console.log(`missing: ${found.missing}`);
  return null;
}

const said = (error: unknown): string => String((error as { stderr?: unknown }).stderr ?? error).trim();

const output = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

/** A C harness of this folder, compiled against a pkg-config package: the path of the program. */
export function compiled(harness: string, pkg: string, hint: string): Found<string> {
  mkdirSync(FOLDER, { recursive: true });
  const program = join(FOLDER, harness);
  try {
    const flags = output('pkg-config', '--cflags', pkg).split(/\s+/);
    const libraries = output('pkg-config', '--libs', pkg).split(/\s+/);
    // Sources are where npm runs scripts, not beside this file, which runs compiled.
    const source = join('bench/peers', `${harness}.c`);
    output('cc', '-O3', '-march=native', ...flags, source, '-o', program, ...libraries);
    return { peer: program };
  } catch (error) {
    return { missing: `${harness}: ${said(error).split('\n')[0]} (${hint})` };
  }
}

/** A program of the machine's. */
export function command(name: string, hint: string): Found<string> {
  try {
    return { peer: output('sh', '-c', `command -v ${name}`) };
  } catch {
    return { missing: `${name} (${hint})` };
  }
}

/** A package of npm's, of exactly this version. */
export function installed(name: string, version: string): Found<unknown> {
  const folder = join(FOLDER, `${name}@${version}`);
  try {
    if (!existsSync(folder)) install(name, version, folder);
    return { peer: createRequire(join(folder, 'package.json'))(name) };
  } catch (error) {
    return { missing: `${name}@${version}: ${said(error).split('\n')[0]}` };
  }
}

function install(name: string, version: string, folder: string): void {
  const begun = `${folder}.begun`;
  mkdirSync(begun, { recursive: true });
  output('npm', 'install', '--prefix', begun, '--no-save', '--no-audit', '--no-fund', `${name}@${version}`);
  renameSync(begun, folder);
}
