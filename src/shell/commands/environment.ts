// env and printenv.
import type { Command, Context } from '../command.ts';

async function runEnv(context: Context, args: readonly string[]): Promise<number> {
  const environment = new Map(context.env);
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at];
    if (arg === '-i' || arg === '-' || arg === '--ignore-environment') environment.clear();
    else if (arg === '-u' || arg === '--unset') environment.delete(args[++at] ?? '');
    else if (arg.startsWith('--unset=')) environment.delete(arg.slice(8));
    else if (arg === '--') {
      at++;
      break;
    } else if (/^-./.test(arg)) {
      context.err(
        `env: invalid option -- '${arg.replace(/^-+/, '')[0]}'\nTry 'env --help' for more information.\n`,
      );
      return 125;
    } else break;
  }
  for (; at < args.length && args[at].indexOf('=') > 0; at++) {
    const equals = args[at].indexOf('=');
    environment.set(args[at].slice(0, equals), args[at].slice(equals + 1));
  }
  const words = args.slice(at);
  if (words.length === 0) {
    for (const [name, value] of environment) context.out(`${name}=${value}\n`);
    return 0;
  }
  const status = await context.run(words, context.namespace, environment);
  if (status >= 0) return status;
  context.err(`env: ‘${words[0]}’: No such file or directory\n`);
  return 127;
}

function runPrintenv(context: Context, args: readonly string[]): number {
  const names = args.filter((arg) => !arg.startsWith('-'));
  if (names.length === 0) for (const [name, value] of context.env) context.out(`${name}=${value}\n`);
  let status = 0;
  for (const name of names) {
    const value = context.env.get(name);
    if (value === undefined) status = 1;
    else context.out(`${value}\n`);
  }
  return status;
}

export const env: Command = { name: 'env', run: runEnv };
export const printenv: Command = { name: 'printenv', run: runPrintenv };
