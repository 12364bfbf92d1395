// Runs statements: `&&`, `||`, pipelines, `&`, and what `set -e` and traps make of their statuses. A status is left in
// `shell.status`; what stops the commands behind it in `shell.unwind`.
import { PipeWriter } from '../process/stream.ts';
import type { CommandNode, PipelineNode, StatementNode } from './ast.ts';
import { executeCompound } from './compound.ts';
import { startJob } from './job-control.ts';
import { connectPipeline } from './pipeline.ts';
import type { Shell } from './shell.ts';
import { executeSimple } from './simple.ts';
import { runErrorTrap, runPendingTraps } from './traps.ts';

export async function executeList(shell: Shell, statements: readonly StatementNode[]): Promise<void> {
  for (const statement of statements) {
    if (shell.stopped) return;
    await executeStatement(shell, statement);
  }
}

async function executeStatement(shell: Shell, statement: StatementNode): Promise<void> {
  const breath = shell.session.scheduler.breathe();
  if (breath !== null) await breath;
  if (shell.pending.length > 0) await runPendingTraps(shell);
  if (shell.options.noexec && !shell.interactive) return;
  else if (statement.background) await startJob(shell, statement);
  else await executeAndOr(shell, statement);
  if (shell.pending.length > 0) await runPendingTraps(shell);
  await waitForReader(shell);
}

/** `a && b || c`: each pipeline runs if the status so far wants it. */
export async function executeAndOr(shell: Shell, statement: StatementNode): Promise<void> {
  const { pipelines, operators } = statement;
  for (const [index, pipeline] of pipelines.entries()) {
    const operator = index === 0 ? ';' : operators[index - 1];
    if ((operator === '&&' && shell.status !== 0) || (operator === '||' && shell.status === 0)) continue;
    const last = index === pipelines.length - 1;
    const guarded = !last || pipeline.negated;
    if (guarded) shell.guarded++;
    await executePipeline(shell, pipeline);
    if (guarded) shell.guarded--;
    if (shell.stopped) return;
    if (!guarded && shell.status !== 0 && shell.guarded === 0) await failedCommand(shell, pipeline);
  }
}

/** The ERR trap and `set -e`. The commands inside of a compound command have been here themselves. */
async function failedCommand(shell: Shell, pipeline: PipelineNode): Promise<void> {
  const only = pipeline.commands.length === 1 ? pipeline.commands[0].type : 'Pipeline';
  if (['If', 'For', 'CStyleFor', 'While', 'Until', 'Case', 'Group', 'FunctionDef'].includes(only)) return;
  const { status } = shell;
  await runErrorTrap(shell);
  if (!shell.options.errexit) return;
  shell.status = status;
  shell.unwind = { kind: 'exit' };
}

async function executePipeline(shell: Shell, pipeline: PipelineNode): Promise<void> {
  const startedAt = shell.session.scheduler.now;
  if (pipeline.commands.length === 1) {
    await executeCommand(shell, pipeline.commands[0]);
    shell.pipeStatus = [shell.status];
  } else await connectPipeline(shell, pipeline);
  if (pipeline.negated && !shell.stopped) shell.status = shell.status === 0 ? 1 : 0;
  if (pipeline.timed) reportTime(shell, startedAt, pipeline.timePosix ?? false);
}

/** `time`: the virtual clock's; nothing takes processor time here. */
function reportTime(shell: Shell, startedAt: number, posix: boolean): void {
  const seconds = (shell.session.scheduler.now - startedAt) / 1e6;
  const minutes = Math.floor(seconds / 60);
  const real = `${minutes}m${(seconds - 60 * minutes).toFixed(3)}s`;
  if (posix) shell.write(2, `real ${seconds.toFixed(2)}\nuser 0.00\nsys 0.00\n`);
  else shell.write(2, `\nreal\t${real}\nuser\t0m0.000s\nsys\t0m0.000s\n`);
}

export function executeCommand(shell: Shell, command: CommandNode): Promise<void> {
  return command.type === 'SimpleCommand' ? executeSimple(shell, command) : executeCompound(shell, command);
}

/** A loop that prints into a pipe waits while its reader is far behind. */
async function waitForReader(shell: Shell): Promise<void> {
  const stream = shell.descriptors.get(1);
  if (!(stream instanceof PipeWriter)) return;
  while (stream.full && !shell.task.done)
    await shell.task.wait(Number.POSITIVE_INFINITY, (wake) => stream.whenDrained(wake));
}
