// sleep: virtual time passes.
import type { Command, Context } from '../command.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86400 };

/** `1.5m` in seconds; null if it is no time interval. */
export function interval(text: string): number | null {
  const found = /^\s*\+?((?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|inf(?:inity)?)([smhd]?)$/i.exec(text);
  if (found === null) return null;
  const number = /^inf/i.test(found[1]) ? Number.POSITIVE_INFINITY : Number(found[1]);
  return number * UNITS[found[2]];
}

async function run(context: Context, args: readonly string[]): Promise<number> {
  const operands = args[0] === '--' ? args.slice(1) : args;
  if (operands.length === 0) {
    context.err("sleep: missing operand\nTry 'sleep --help' for more information.\n");
    return 1;
  }
  let seconds = 0;
  for (const operand of operands) {
    const part = interval(operand);
    if (part === null) {
      context.err(`sleep: invalid time interval ‘${operand}’\nTry 'sleep --help' for more information.\n`);
      return 1;
    }
    seconds += part;
  }
  await context.process.sleep(seconds * 1e6);
  return context.process.killed ? 128 + context.process.signal : 0;
}

export const sleep: Command = { name: 'sleep', run };
