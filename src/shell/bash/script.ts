// Text as commands: a script, `eval`, a sourced file, an action of `trap`.

import { executeList } from './execute.ts';
import { readScript } from './language.ts';
import type { Shell } from './shell.ts';

/** Runs `text` in `shell`; its lines are counted from `firstLine`. Status 0 if there is no command in it. */
export async function evaluateText(shell: Shell, text: string, firstLine = 1): Promise<void> {
  const outer = shell.lineOffset;
  let empty = true;
  for (const read of readScript(shell.session.language, text, firstLine)) {
    if (shell.stopped) break;
    if ('fault' in read) {
      reportFault(shell, read.fault);
      empty = false;
      break;
    }
    empty = false;
    shell.lineOffset = read.firstLine - 1;
    await executeList(shell, read.statements);
  }
  shell.lineOffset = outer;
  if (empty && !shell.stopped) shell.status = 0;
}

/** Runs the text of a script: a line that is given up because an expansion failed does not end it. */
export async function runScriptText(shell: Shell, text: string): Promise<void> {
  for (const read of readScript(shell.session.language, text)) {
    if (shell.stopped) return;
    if ('fault' in read) {
      reportFault(shell, read.fault);
      return;
    }
    shell.lineOffset = read.firstLine - 1;
    for (const statement of read.statements) {
      await executeList(shell, [statement]);
      if (shell.unwind?.kind === 'discard') shell.unwind = null;
      if (shell.frames.length === 0 && shell.unwind?.kind === 'return') shell.unwind = null;
      if (shell.depth === 0) shell.session.files.flush();
      if (shell.stopped) return;
    }
  }
}

function reportFault(
  shell: Shell,
  fault: { readonly line: number; readonly message: string; readonly text: string | null },
): void {
  shell.line = fault.line;
  shell.complain(fault.message);
  if (fault.text !== null) shell.complain(`\`${fault.text}'`);
  shell.status = 2;
}
