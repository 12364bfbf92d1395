// `&`: a job runs until it first waits, then the shell goes on. A plain command is a process of its own, so that
// `kill $!` reaches it; anything else is a subshell, a pipeline one for each part.
import { BytesStream } from '../process/stream.ts';
import type { Task } from '../process/task.ts';
import type { StatementNode } from './ast.ts';
import { jobText } from './job-text.ts';
import { pipelineShells, startPipeline } from './pipeline.ts';
import type { Shell } from './shell.ts';
import { runExitTrap } from './traps.ts';

export async function startJob(shell: Shell, statement: StatementNode): Promise<void> {
  const text = jobText(shell.session.language, statement);
  const pipeline = statement.pipelines[0];
  const connected = statement.pipelines.length === 1 && pipeline.commands.length > 1;
  const shells = connected ? pipelineShells(shell, pipeline, true) : [shell.subshell(true)];
  for (const part of shells) {
    part.guarded = 0;
    part.options.errexit = shell.options.errexit;
  }
  if (!shell.interactive) shells[0].descriptors.set(0, new BytesStream(new Uint8Array(0)));
  const tasks: Task[] = shells.map((part) => part.task);
  const job = shell.jobs.add(tasks, text);
  shell.lastJob = tasks[tasks.length - 1].pid;
  if (shell.interactive) shell.write(2, `[${job.number}] ${shell.lastJob}\n`);
  shell.status = 0;
  if (connected) await startPipeline(shells, pipeline);
  else await startSingle(shells[0], statement);
}

async function startSingle(part: Shell, statement: StatementNode): Promise<void> {
  const only = statement.pipelines.length === 1 && !statement.pipelines[0].negated;
  const [command] = statement.pipelines[0].commands;
  part.replaceable = only && command.type === 'SimpleCommand';
  if (part.replaceable) part.sole = command;
  await part.session.start(part, async () => {
    await part.session.evaluator.andOr(part, statement);
    await runExitTrap(part);
  });
}
