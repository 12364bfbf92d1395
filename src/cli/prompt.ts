// The prompt of `vrouter sh`: lines with history, commands over several lines, Ctrl-C and Ctrl-D.
import { createInterface, type Interface } from 'node:readline';
import { openPrompt } from '../shell/prompt.ts';
import type { ShellOptions } from '../shell/run.ts';
import type { TerminalOutput } from './terminal-output.ts';

/** Where lines are typed and echoed; the process's own unless a test types them. */
export interface Keyboard {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly terminal?: boolean;
}

export async function runPrompt(
  options: ShellOptions,
  output: TerminalOutput,
  keyboard: Keyboard = { input: process.stdin, output: process.stdout },
): Promise<number> {
  const shell = await openPrompt(options);
  const lines = createInterface({ ...keyboard, historySize: 1000 });
  let typed = '';
  let busy = false;
  const ask = (): void => {
    output.flush();
    lines.setPrompt(shell.prompt(typed));
    lines.prompt();
  };
  lines.on('SIGINT', () => {
    if (busy) shell.interrupt();
    else {
      abandon(lines, keyboard.output);
      typed = '';
      ask();
    }
  });
  ask();
  for await (const line of lines) {
    typed = typed === '' ? line : `${typed}\n${line}`;
    if (shell.isWhole(typed)) {
      const text = typed;
      typed = '';
      busy = true;
      const left = await shell.run(text);
      busy = false;
      if (left) break;
    }
    ask();
  }
  lines.close();
  const status = await shell.close();
  output.flush();
  return status;
}

/** Ctrl-C at the prompt: what was typed stays on the screen, as in bash, and is forgotten. */
function abandon(lines: Interface, output: NodeJS.WritableStream): void {
  lines.write(null, { ctrl: true, name: 'e' });
  // Deleting redraws where the line began: as many rows up as it is long.
  output.write(`^C${'\n'.repeat(1 + lines.getCursorPos().rows)}`);
  lines.write(null, { ctrl: true, name: 'u' });
}
