// `history`: the lines that were typed at the prompt; a script has none.
import type { Shell } from '../shell.ts';

const USAGE =
  'history: usage: history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]\n';

export function history(shell: Shell, args: readonly string[]): number {
  const [option] = args;
  if (option === '-c') {
    shell.history.length = 0;
    return 0;
  }
  if (option !== undefined && /^-\D/.test(option) && option !== '--') return refuse(shell, option);
  const [count, ...rest] = option === '--' ? args.slice(1) : args;
  const { length } = shell.history;
  if (count !== undefined && !/^[-+]?\d+$/.test(count))
    return fail(shell, `${count}: numeric argument required`);
  if (rest.length > 0) return fail(shell, 'too many arguments');
  const first = count === undefined ? 0 : Math.max(0, length - Math.abs(Number(count)));
  for (let index = first; index < length; index++)
    shell.write(1, `${String(index + 1).padStart(5)}  ${shell.history[index]}\n`);
  return 0;
}

function fail(shell: Shell, message: string): number {
  shell.complain(`history: ${message}`);
  return 1;
}

function refuse(shell: Shell, option: string): number {
  if (/^-[danrwps]/.test(option)) return fail(shell, `${option}: not part of the lab`);
  shell.complain(`history: ${option}: invalid option`);
  shell.write(2, USAGE);
  return 2;
}
