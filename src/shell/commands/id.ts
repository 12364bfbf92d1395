// id, whoami, groups, tty: the lab has one user, root.
import type { Command, Context } from '../command.ts';

function runId(context: Context, args: readonly string[]): number {
  const letters = args.filter((arg) => arg.startsWith('-')).join('');
  const user = args.find((arg) => !arg.startsWith('-'));
  if (user !== undefined && user !== 'root' && user !== '0') {
    context.err(`id: ‘${user}’: no such user\n`);
    return 1;
  }
  const named = letters.includes('n') && /[ugG]/.test(letters);
  if (/[ugG]/.test(letters)) context.out(named ? 'root\n' : '0\n');
  else context.out('uid=0(root) gid=0(root) groups=0(root)\n');
  return 0;
}

const says = (name: string, text: string, status = 0): Command => ({
  name,
  run: (context) => {
    context.out(text);
    return status;
  },
});

export const id: Command = { name: 'id', run: runId };
export const whoami: Command = says('whoami', 'root\n');
export const groups: Command = says('groups', 'root\n');
export const tty: Command = says('tty', 'not a tty\n', 1);
