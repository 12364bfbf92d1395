// `cd`, `pwd`, `pushd`, `popd`, `dirs`.
import { errorWords } from '../../files/errors.ts';
import { absolute, normalize } from '../../files/paths.ts';
import { failed } from '../../files/tree.ts';
import type { Shell } from '../shell.ts';

/** '' or why not. */
function change(shell: Shell, path: string): string {
  const target = normalize(absolute(shell.cwd, path));
  const node = shell.session.files.find(shell.namespace, target);
  if (failed(node)) return errorWords(node);
  if (node.kind !== 'directory') return 'Not a directory';
  shell.variables.set('OLDPWD', shell.cwd);
  shell.cwd = target;
  shell.variables.set('PWD', target);
  return '';
}

export function cd(shell: Shell, args: readonly string[]): number {
  const operands = args.filter((arg) => !/^-[LPe@]+$/.test(arg) && arg !== '--');
  if (operands.length > 1) {
    shell.complain('cd: too many arguments');
    return 1;
  }
  const [operand] = operands;
  const target =
    operand === undefined
      ? shell.variables.text('HOME')
      : operand === '-'
        ? shell.variables.text('OLDPWD')
        : operand;
  if (target === undefined) {
    shell.complain(`cd: ${operand === '-' ? 'OLDPWD' : 'HOME'} not set`);
    return 1;
  }
  const why = target === '' ? '' : change(shell, target);
  if (why !== '') {
    shell.complain(`cd: ${target}: ${why}`);
    return 1;
  }
  if (operand === '-') shell.write(1, `${shell.cwd}\n`);
  return 0;
}

export function pwd(shell: Shell): number {
  shell.write(1, `${shell.cwd}\n`);
  return 0;
}

export function pushd(shell: Shell, args: readonly string[]): number {
  const operand = args.find((arg) => arg !== '-n' && arg !== '--');
  const target = operand ?? shell.directories[0];
  if (target === undefined) {
    shell.complain('pushd: no other directory');
    return 1;
  }
  const from = shell.cwd;
  const why = change(shell, target);
  if (why !== '') {
    shell.complain(`pushd: ${target}: ${why}`);
    return 1;
  }
  if (operand === undefined) shell.directories[0] = from;
  else shell.directories.unshift(from);
  return dirs(shell, []);
}

export function popd(shell: Shell): number {
  const target = shell.directories.shift();
  if (target === undefined) {
    shell.complain('popd: directory stack empty');
    return 1;
  }
  const why = change(shell, target);
  if (why === '') return dirs(shell, []);
  shell.complain(`popd: ${target}: ${why}`);
  return 1;
}

export function dirs(shell: Shell, args: readonly string[]): number {
  const home = shell.variables.text('HOME') ?? '/root';
  const short = (path: string): string =>
    path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
  const paths = [shell.cwd, ...shell.directories].map((path) => (args.includes('-l') ? path : short(path)));
  if (args.includes('-c')) shell.directories = [];
  else shell.write(1, `${paths.join(args.includes('-p') ? '\n' : ' ')}\n`);
  return 0;
}
