// `trap`: actions for signals, for a command that fails, and for the end of a shell.
import { signalName } from '../process/signals.ts';
import type { Shell } from './shell.ts';

/** Runs the actions of the signals that have come; `$?` is what it was. */
export async function runPendingTraps(shell: Shell): Promise<void> {
  for (let signal = shell.pending.shift(); signal !== undefined; signal = shell.pending.shift()) {
    const action = shell.traps.get(signalName(signal));
    if (action !== undefined) await runAction(shell, action);
    if (shell.stopped) return;
  }
}

export async function runErrorTrap(shell: Shell): Promise<void> {
  const action = shell.traps.get('ERR');
  if (action === undefined || action === '' || shell.frames.length > 0) return;
  shell.guarded++;
  await runAction(shell, action);
  shell.guarded--;
}

async function runAction(shell: Shell, action: string): Promise<void> {
  const { status, line, lineOffset, trapping } = shell;
  shell.trapping = true;
  await shell.session.evaluator.text(shell, action, line);
  shell.trapping = trapping;
  shell.line = line;
  shell.lineOffset = lineOffset;
  if (shell.unwind === null) shell.status = status;
}

/** The EXIT trap, once, whatever ended the shell; it may set another status with `exit`. */
export async function runExitTrap(shell: Shell): Promise<void> {
  const action = shell.traps.get('EXIT');
  shell.traps.delete('EXIT');
  if (action === undefined || action === '' || shell.session.overrun) return;
  const status = shell.task.done ? shell.task.status : shell.status;
  shell.status = status;
  shell.unwind = null;
  shell.leaving = true;
  shell.guarded = 0;
  shell.trapping = true;
  // A shell's last action counts as its own commands: `set -x` writes it with the plain PS4.
  shell.traceDepth--;
  await shell.session.evaluator.text(shell, action, 1);
  if ((shell.unwind as { kind: string } | null)?.kind !== 'exit') shell.status = status;
}
