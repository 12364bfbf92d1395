// A shell that is talked to line by line: variables, functions, the directory and the lab stay between the lines.
// Time moves only while a command runs.
import { jobReports } from './bash/builtins/jobs.ts';
import { wholeness } from './bash/language.ts';
import { runExitTrap } from './bash/traps.ts';
import { closeShell, foreground, openShell, type ShellOptions } from './run.ts';

export interface Prompt {
  /** What to write before the next line; `text` is what was typed of an unfinished command. */
  prompt(text: string): string;
  /** Whether `text` is whole commands, or more lines have to follow. */
  isWhole(text: string): boolean;
  /** Runs commands; true if the shell was left (`exit`). */
  run(text: string): Promise<boolean>;
  /** Ctrl-C. */
  interrupt(): void;
  /** Ends the shell; its exit status. */
  close(): Promise<number>;
}

export async function openPrompt(options: ShellOptions): Promise<Prompt> {
  const open = await openShell({ isTerminal: true, ...options }, 'bash', true);
  const { session, shell } = open;
  return {
    prompt: (text) => (text === '' ? `vrouter:${shell.cwd}# ` : '> '),
    isWhole: (text) => wholeness(session.language, text),
    interrupt: () => session.interrupt(),
    async run(text) {
      session.resume();
      if (text.trim() !== '') shell.history.push(text);
      await foreground(session, () => session.evaluator.script(shell, `${text}\n`));
      for (const line of jobReports(shell)) shell.write(2, line);
      return shell.unwind?.kind === 'exit' || shell.task.done;
    },
    async close() {
      await foreground(session, async () => {
        await runExitTrap(shell);
        await closeShell(open);
      });
      return shell.status;
    },
  };
}
