// Waiting for a process in the foreground, and what bash makes of one that a signal ended. Ctrl-C reaches the shell
// and its child: the shell waits to see what the child makes of it, and only dies if that does.
import { Signal, signalWords } from '../process/signals.ts';
import type { Task } from '../process/task.ts';
import type { Shell } from './shell.ts';

/** Waits for `task`, leaves its status, and tells of its death; `text` is what was run. */
export async function joinForeground(shell: Shell, task: Task, text: () => string): Promise<void> {
  await asForeground(shell, task, () => shell.session.join(shell, task));
  if (!task.done) return;
  shell.status = task.status;
  if (task.signaled) reportSignal(shell, task, text);
}

/** Runs `wait` while `task` is what Ctrl-C is first for. */
export async function asForeground(shell: Shell, task: Task, wait: () => Promise<void>): Promise<void> {
  const outer = shell.waitingFor;
  shell.waitingFor = task;
  await wait();
  shell.waitingFor = outer;
  if (!shell.interrupted || outer !== null) return;
  shell.interrupted = false;
  if (task.signaled && task.signal === Signal.INT) shell.task.kill(Signal.INT);
}

function reportSignal(shell: Shell, task: Task, text: () => string): void {
  if (task.signal === Signal.TERM) {
    shell.write(2, 'Terminated\n');
    return;
  }
  const words = signalWords(task.signal);
  if (words !== '') shell.complain(`${String(task.pid).padStart(5)} ${words.padEnd(23)} ${text()}`);
}

/** What is said of a program that a signal ended. */
export function reportProgram(shell: Shell, task: Task, argv: readonly string[]): void {
  if (task.signaled) reportSignal(shell, task, () => argv.join(' '));
}
