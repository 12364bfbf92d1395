// nsenter: a command in the network namespace that /run/netns/NAME stands for.
import type { Command, Context } from '../command.ts';

async function run(context: Context, args: readonly string[]): Promise<number> {
  let path = '';
  let at = 0;
  for (; at < args.length && /^-./.test(args[at]); at++) {
    const found = /^(?:--net=|-n(?==?.)=?)(.*)$/.exec(args[at]);
    if (found !== null) path = found[1];
    else if (args[at] === '--') {
      at++;
      break;
    } else {
      context.err(`vrouter: nsenter: only --net=/run/netns/NAME is part of the lab, not ${args[at]}\n`);
      return 1;
    }
  }
  const name = /^\/(?:var\/)?run\/netns\/([^/]+)$/.exec(path)?.[1];
  const namespace = name === undefined ? undefined : context.lab.names.get(name);
  if (namespace === undefined) {
    context.err(`nsenter: cannot open ${path}: No such file or directory\n`);
    return 1;
  }
  const words = args.length > at ? args.slice(at) : ['bash'];
  const status = await context.run(words, namespace);
  if (status >= 0) return status;
  context.err(`nsenter: failed to execute ${words[0]}: No such file or directory\n`);
  return 127;
}

export const nsenter: Command = { name: 'nsenter', run };
