// which: where programs are.
import type { Command, Context } from '../command.ts';

function run(context: Context, args: readonly string[]): number {
  const names = args.filter((arg) => !arg.startsWith('-'));
  let status = 0;
  for (const name of names) {
    const path = context.locate(name);
    if (path === null) status = 1;
    else if (!args.includes('-s')) context.out(`${path}\n`);
  }
  return names.length === 0 ? 1 : status;
}

export const which: Command = { name: 'which', run };
