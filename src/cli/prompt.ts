// The prompt of `vrouter sh`: lines with history, commands over several lines, Ctrl-C and Ctrl-D.
import { createInterface } from 'node:readline';
import { openPrompt } from '../shell/prompt.ts';
import type { ShellOptions } from '../shell/run.ts';
import type { TerminalOutput } from './terminal-output.ts';

export async function runPrompt(options: ShellOptions, output: TerminalOutput): Promise<number> {
  const shell = await openPrompt(options);
  const lines = createInterface({ input: process.stdin, output: process.stdout, historySize: 1000 });
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
      process.stdout.write('^C\n');
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
