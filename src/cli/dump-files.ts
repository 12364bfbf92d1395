// The files of an import: a directory with all below it, or files; what is no text is left out with a word.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Imported, SourceFile } from '../dump/read-files.ts';
import { reasonOf } from './host-error.ts';
import type { Wrong } from './wrong.ts';

/** How deep a directory is looked into: nodes, and what belongs to each. */
const DEPTH = 4;

/** A directory as nodes of a cluster. */
export async function importDirectory(directory: string): Promise<Imported | Wrong> {
  const files = filesOf([directory]);
  if ('wrong' in files) return files;
  const { readFiles } = await import('../dump/read-files.ts');
  return readFiles(files.files, { directory: basename(resolve(directory)) });
}

/** Directories and files that all tell of one node. */
export async function importNode(paths: readonly string[], only: string): Promise<Imported | Wrong> {
  const files = filesOf(paths);
  if ('wrong' in files) return files;
  const { readFiles } = await import('../dump/read-files.ts');
  return readFiles(files.files, { only, directory: only });
}

function filesOf(paths: readonly string[]): { readonly files: readonly SourceFile[] } | Wrong {
  const files: SourceFile[] = [];
  for (const path of paths) {
    try {
      if (path === '-') files.push({ path: 'standard input', text: readFileSync(0, 'utf8') });
      else if (statSync(path).isDirectory()) files.push(...below(path, '', DEPTH));
      else files.push({ path: basename(path), text: readFileSync(path, 'utf8') });
    } catch (error) {
      return { wrong: `${path}: ${reasonOf(error)}` };
    }
  }
  return files.length === 0 ? { wrong: `${paths.join(', ')}: no files` } : { files };
}

function below(root: string, inner: string, depth: number): SourceFile[] {
  const entries = readdirSync(join(root, inner), { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  return entries.flatMap((entry) => {
    const path = inner === '' ? entry.name : `${inner}/${entry.name}`;
    if (entry.name.startsWith('.')) return [];
    if (entry.isDirectory()) return depth > 1 ? below(root, path, depth - 1) : [];
    return entry.isFile() ? textOf(root, path) : [];
  });
}

/** A byte of zero says that a file is no text: a capture, an archive. */
function textOf(root: string, path: string): SourceFile[] {
  const bytes = readFileSync(join(root, path));
  return bytes.subarray(0, 4096).includes(0) ? [] : [{ path, text: bytes.toString('utf8') }];
}
