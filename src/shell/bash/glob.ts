// Pathname expansion: the files that a pattern matches, in order of name.
import { absolute } from '../files/paths.ts';
import { failed } from '../files/tree.ts';
import { matches, type PatternOptions } from './pattern.ts';
import type { Shell } from './shell.ts';

const ACTIVE = /(^|[^\\])(\\\\)*([*?[]|[@+!]\()/;
/** Something in it stands for other text: a lone `[` does not (unquoted_glob_pattern_p). */
export const isPattern = (text: string): boolean => /[*?]|\[.*\]|[@+!]\(/s.test(text.replace(/\\./gs, ''));

const withoutEscapes = (text: string): string => text.replace(/\\(.)/g, '$1');

/** The paths, sorted; none if nothing matches. */
export function matchFiles(shell: Shell, pattern: string): string[] {
  const rooted = pattern.startsWith('/');
  const names = pattern.split('/').filter((name) => name !== '');
  const directoriesOnly = pattern.endsWith('/');
  let paths: string[] = [rooted ? '/' : ''];
  for (const [index, name] of names.entries()) {
    const last = index === names.length - 1;
    paths = paths.flatMap((path) => step(shell, path, name, !last || directoriesOnly));
  }
  return paths.map((path) => (directoriesOnly ? `${path}/` : path)).sort(compare);
}

/** In the C locale, by code point. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function step(shell: Shell, path: string, name: string, directory: boolean): string[] {
  const join = (next: string): string =>
    path === '' || path.endsWith('/') ? path + next : `${path}/${next}`;
  if (name === '**' && shell.shopt.has('globstar')) return descend(shell, path, join);
  if (!ACTIVE.test(name)) {
    const next = join(withoutEscapes(name));
    return exists(shell, next, directory) ? [next] : [];
  }
  const options: PatternOptions = {
    path: true,
    extended: shell.shopt.has('extglob'),
    ignoreCase: shell.shopt.has('nocaseglob'),
  };
  const hidden = name.startsWith('.') || name.startsWith('\\.') || shell.shopt.has('dotglob');
  return list(shell, path)
    .filter((entry) => (hidden || !entry.startsWith('.')) && matches(name, entry, options))
    .map(join)
    .filter((next) => !directory || exists(shell, next, true));
}

function descend(shell: Shell, path: string, join: (next: string) => string): string[] {
  const below = list(shell, path)
    .filter((entry) => !entry.startsWith('.'))
    .map(join)
    .filter((next) => exists(shell, next, true));
  return [path, ...below.flatMap((next) => step(shell, next, '**', true))];
}

function list(shell: Shell, path: string): readonly string[] {
  const node = shell.session.files.find(shell.namespace, absolute(shell.cwd, path === '' ? '.' : path));
  return failed(node) || node.kind !== 'directory' ? [] : node.list(shell.namespace);
}

function exists(shell: Shell, path: string, directory: boolean): boolean {
  const node = shell.session.files.find(shell.namespace, absolute(shell.cwd, path), directory);
  return !failed(node) && (!directory || node.kind === 'directory');
}
