// `break`, `continue`, `return`, `exit`, `shift`.
import type { Shell } from '../shell.ts';

/** An optional number; null, with a message, for another text. */
function count(shell: Shell, name: string, text: string | undefined, otherwise: number): number | null {
  if (text === undefined) return otherwise;
  if (/^\s*[-+]?\d+\s*$/.test(text)) return Number(text);
  shell.complain(`${name}: ${text}: numeric argument required`);
  return null;
}

function leave(shell: Shell, kind: 'break' | 'continue', args: readonly string[]): number {
  if (shell.loops === 0) {
    shell.complain(`${kind}: only meaningful in a \`for', \`while', or \`until' loop`);
    return 0;
  }
  const levels = count(shell, kind, args[0], 1);
  if (levels === null) {
    shell.unwind = { kind: 'exit' };
    return 128;
  }
  if (levels < 1) {
    shell.complain(`${kind}: ${args[0]}: loop count out of range`);
    shell.unwind = { kind: 'break', levels: shell.loops };
    return 1;
  }
  shell.unwind = { kind, levels: Math.min(levels, shell.loops) };
  return 0;
}

export const breakBuiltin = (shell: Shell, args: readonly string[]): number => leave(shell, 'break', args);
export const continueBuiltin = (shell: Shell, args: readonly string[]): number =>
  leave(shell, 'continue', args);

export function returnBuiltin(shell: Shell, args: readonly string[]): number {
  if (shell.frames.length === 0) {
    shell.complain("return: can only `return' from a function or sourced script");
    return 2;
  }
  const status = count(shell, 'return', args[0], shell.status);
  shell.unwind = { kind: 'return' };
  return status === null ? 2 : status & 0xff;
}

export function exit(shell: Shell, args: readonly string[]): number {
  const status = count(shell, 'exit', args[0], shell.status);
  shell.unwind = { kind: 'exit' };
  return status === null ? 2 : status & 0xff;
}

export function shift(shell: Shell, args: readonly string[]): number {
  const number = count(shell, 'shift', args[0], 1);
  if (number === null) return 1;
  if (number < 0) {
    shell.complain(`shift: ${args[0]}: shift count out of range`);
    return 1;
  }
  if (number > shell.positional.length) return 1;
  shell.positional = shell.positional.slice(number);
  return 0;
}
