// Small builtins: `let`, `alias`, `umask`, `ulimit`, `times`, `caller`.
import { arithmeticValue } from '../arithmetic-scope.ts';
import type { Shell } from '../shell.ts';

export async function letBuiltin(shell: Shell, args: readonly string[]): Promise<number> {
  if (args.length === 0) {
    shell.complain('let: expression expected');
    return 1;
  }
  let value: bigint | null = 0n;
  for (const text of args) {
    value = await arithmeticValue(shell, text, 'let: ');
    if (value === null) return 1;
  }
  return value === 0n ? 1 : 0;
}

/** Kept and printed; a script does not expand them, as bash does not. */
export function alias(shell: Shell, args: readonly string[]): number {
  const quoted = (name: string, text: string): string => `alias ${name}='${text.replace(/'/g, "'\\''")}'\n`;
  let status = 0;
  if (args.length === 0)
    for (const [name, text] of [...shell.aliases].sort()) shell.write(1, quoted(name, text));
  for (const arg of args) {
    const at = arg.indexOf('=');
    const text = shell.aliases.get(arg);
    if (at > 0) shell.aliases.set(arg.slice(0, at), arg.slice(at + 1));
    else if (text !== undefined) shell.write(1, quoted(arg, text));
    else {
      shell.complain(`alias: ${arg}: not found`);
      status = 1;
    }
  }
  return status;
}

export function unalias(shell: Shell, args: readonly string[]): number {
  if (args[0] === '-a') shell.aliases.clear();
  for (const name of args) shell.aliases.delete(name);
  return 0;
}

export function umask(shell: Shell, args: readonly string[]): number {
  if (args.length === 0) shell.write(1, '0022\n');
  return 0;
}

export function ulimit(shell: Shell, args: readonly string[]): number {
  if (args.length < 2) shell.write(1, args[0] === '-n' ? '1024\n' : 'unlimited\n');
  return 0;
}

export function times(shell: Shell): number {
  shell.write(1, '0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n');
  return 0;
}

export function caller(shell: Shell, args: readonly string[]): number {
  const frame = shell.frames.at(-1 - Number(args[0] ?? 0));
  if (frame === undefined) return 1;
  shell.write(1, `${frame.line} ${args[0] === undefined ? '' : `${frame.name} `}${frame.source}\n`);
  return 0;
}

export function refused(shell: Shell, _args: readonly string[], name: string): number {
  shell.complain(`${name}: not part of the lab`);
  return 1;
}
