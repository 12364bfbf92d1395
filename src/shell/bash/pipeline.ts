// `a | b | c`: a subshell for each, started from left to right, that run at the same time (on the virtual clock).
import { createPipe } from '../process/stream.ts';
import type { PipelineNode } from './ast.ts';
import { asForeground } from './foreground.ts';
import type { Shell } from './shell.ts';
import { runExitTrap } from './traps.ts';

/** The shells of a pipeline, connected and not started. */
export function pipelineShells(shell: Shell, pipeline: PipelineNode, background: boolean): Shell[] {
  const shells = pipeline.commands.map(() => shell.subshell(background));
  for (let i = 0; i + 1 < shells.length; i++) {
    const { reader, writer } = createPipe();
    shells[i].descriptors.set(1, writer);
    if (pipeline.pipeStderr?.[i]) shells[i].descriptors.set(2, writer);
    shells[i + 1].descriptors.set(0, reader);
    shells[i + 1].directPipe = true;
  }
  return shells;
}

export async function startPipeline(shells: readonly Shell[], pipeline: PipelineNode): Promise<void> {
  for (const [index, part] of shells.entries()) {
    await part.session.start(part, async () => {
      await part.session.evaluator.command(part, pipeline.commands[index]);
      await runExitTrap(part);
    });
  }
}

export async function connectPipeline(shell: Shell, pipeline: PipelineNode): Promise<void> {
  const shells = pipelineShells(shell, pipeline, shell.task.background);
  await startPipeline(shells, pipeline);
  const last = shells[shells.length - 1].task;
  await asForeground(shell, last, async () => {
    for (const part of shells) await shell.session.join(shell, part.task);
  });
  const statuses = shells.map((part) => part.task.status);
  shell.pipeStatus = statuses;
  const failed = shell.options.pipefail ? statuses.findLast((status) => status !== 0) : undefined;
  shell.status = failed ?? (statuses.at(-1) as number);
}
