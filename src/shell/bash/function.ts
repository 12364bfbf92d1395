// A call of a shell function: its own positional parameters and local variables.
import { withRedirections } from './redirect.ts';
import type { Definition, Shell } from './shell.ts';

const DEPTH_LIMIT = 1000;

export async function callFunction(
  shell: Shell,
  name: string,
  definition: Definition,
  args: readonly string[],
): Promise<void> {
  if (shell.frames.length >= DEPTH_LIMIT) {
    shell.complain(`${name}: maximum function nesting level exceeded (${DEPTH_LIMIT})`);
    shell.status = 1;
    shell.unwind = { kind: 'discard' };
    return;
  }
  const { positional, source, line, lineOffset, loops } = shell;
  shell.frames.push({ name, source: definition.source, line });
  shell.positional = [...args];
  shell.source = definition.source;
  shell.lineOffset = definition.lineOffset;
  shell.loops = 0;
  // A job that is a function stays a shell: what it runs is its child, which outlives it.
  shell.replaceable = false;
  shell.variables.push();
  const { body, redirections } = definition.node;
  if (redirections.length === 0) await shell.session.evaluator.command(shell, body);
  else await withRedirections(shell, redirections, () => shell.session.evaluator.command(shell, body));
  shell.variables.pop();
  shell.frames.pop();
  Object.assign(shell, { positional, source, line, lineOffset, loops });
  if (shell.unwind?.kind === 'return') shell.unwind = null;
}
