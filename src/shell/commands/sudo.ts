// sudo and nohup: everyone is root and nothing hangs up, so they run their arguments.
import type { Command, Context } from '../command.ts';

/** Options of sudo that have a value of their own. */
const VALUED = new Set([
  '-u',
  '-g',
  '-C',
  '-h',
  '-p',
  '-r',
  '-t',
  '-T',
  '-U',
  '--user',
  '--group',
  '--prompt',
  '--chdir',
]);

async function runSudo(context: Context, args: readonly string[]): Promise<number> {
  let at = 0;
  let shell = false;
  for (; at < args.length && /^-./.test(args[at]); at++) {
    if (args[at] === '--') {
      at++;
      break;
    }
    if (/^-[vkKlV]$/.test(args[at])) return 0;
    if (/^-[a-zA-Z]*[is]$/.test(args[at]) || args[at] === '--login' || args[at] === '--shell') shell = true;
    if (VALUED.has(args[at])) at++;
  }
  const environment = new Map(context.env);
  for (; at < args.length && /^[A-Za-z_]\w*=/.test(args[at]); at++) {
    const equals = args[at].indexOf('=');
    environment.set(args[at].slice(0, equals), args[at].slice(equals + 1));
  }
  const words = args.slice(at);
  if (words.length === 0 && !shell) {
    context.err(
      'usage: sudo -h | -K | -k | -V\nusage: sudo [-ABbEHnPS] [-u user] [VAR=value] [-i | -s] [command [arg ...]]\n',
    );
    return 1;
  }
  const line = shell ? (words.length === 0 ? ['bash'] : ['bash', '-c', words.join(' ')]) : words;
  const status = await context.run(line, context.namespace, environment);
  if (status >= 0) return status;
  context.err(`sudo: ${words[0]}: command not found\n`);
  return 1;
}

async function runNohup(context: Context, args: readonly string[]): Promise<number> {
  const words = args[0] === '--' ? args.slice(1) : args;
  if (words.length === 0) {
    context.err("nohup: missing operand\nTry 'nohup --help' for more information.\n");
    return 125;
  }
  const status = await context.run(words);
  if (status >= 0) return status;
  context.err(`nohup: failed to run command '${words[0]}': No such file or directory\n`);
  return 127;
}

/** setsid, stdbuf, nice, ionice: options, and then a command that runs as it would without them. */
function passing(name: string, options: RegExp): Command {
  return {
    name,
    run: async (context, args) => {
      let at = 0;
      for (; at < args.length && options.test(args[at]); at++)
        if (/^-[a-z]$/.test(args[at]) && name !== 'setsid') at++;
      if (at === args.length) return 0;
      const status = await context.run(args.slice(at));
      if (status >= 0) return status;
      context.err(`${name}: failed to run command '${args[at]}': No such file or directory\n`);
      return 127;
    },
  };
}

export const sudo: Command = { name: 'sudo', run: runSudo };
export const nohup: Command = { name: 'nohup', run: runNohup };
export const setsid: Command = passing('setsid', /^-[cfw]+$/);
export const stdbuf: Command = passing('stdbuf', /^-[ioe]|^--(input|output|error)=/);
export const nice: Command = passing('nice', /^-/);
