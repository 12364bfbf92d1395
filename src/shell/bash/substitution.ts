// `$(…)` and `<(…)`: a subshell whose output becomes text, or a file to read.
import { createPipe, readAll } from '../process/stream.ts';
import type { ProcessSubstitution, ScriptNode, SimpleCommandNode } from './ast.ts';
import type { Shell } from './shell.ts';
import { runExitTrap } from './traps.ts';

const decoder = new TextDecoder();

/** The output of `body` without the newlines at its end; `$?` is its status. */
export async function substituteCommand(shell: Shell, body: ScriptNode): Promise<string> {
  const { reader, writer } = createPipe();
  const child = shell.subshell();
  child.options.errexit &&= shell.shopt.has('inherit_errexit');
  child.traceDepth++;
  child.lineOffset = shell.line - 1;
  child.descriptors.set(1, writer);
  reader.retain();
  child.fileRead = fileRead(body);
  await shell.session.start(child, async () => {
    await shell.session.evaluator.list(child, body.statements);
    await runExitTrap(child);
  });
  const bytes = await readAll(reader, shell.task, shell.session);
  reader.release();
  await shell.session.join(shell, child.task);
  shell.status = child.task.status;
  shell.substituted = true;
  if (!shell.session.count(bytes.length)) return '';
  return decoder.decode(bytes).replace(/\0/g, '').replace(/\n+$/, '');
}

/** `< FILE` and nothing else: what is substituted is the file (can_optimize_cat_file in bash). */
function fileRead({ statements }: ScriptNode): SimpleCommandNode | null {
  const [pipeline, ...others] = statements.length === 1 ? statements[0].pipelines : [];
  const [command, ...readers] = pipeline?.commands ?? [];
  if (others.length > 0 || readers.length > 0 || command?.type !== 'SimpleCommand') return null;
  if (command.name !== null || command.assignments.length > 0 || command.redirections.length !== 1)
    return null;
  const [{ operator, fd }] = command.redirections;
  return operator === '<' && (fd ?? 0) === 0 ? command : null;
}

/** `/dev/fd/N`, which the command reads or writes. */
export async function substituteProcess(shell: Shell, part: ProcessSubstitution): Promise<string> {
  const { reader, writer } = createPipe();
  const input = part.direction === 'input';
  const child = shell.subshell();
  child.traceDepth++;
  child.descriptors.set(input ? 1 : 0, input ? writer : reader);
  let fd = 63;
  while (shell.descriptors.get(fd) !== undefined) fd--;
  shell.descriptors.set(fd, input ? reader : writer);
  shell.borrowed.push(fd);
  await shell.session.start(child, () => shell.session.evaluator.list(child, part.body.statements));
  return `/dev/fd/${fd}`;
}
