// Text as commands: a script, `eval`, a sourced file, an action of `trap`.

import { type StatementNode, startLine } from './ast.ts';
import { executeList } from './execute.ts';
import { readScript, type SyntaxFault } from './language.ts';
import type { Shell } from './shell.ts';

/** `eval`, `.` and actions of traps within each other. */
const DEPTH_LIMIT = 500;

/** Runs `text` in `shell`; its lines are counted from `firstLine`. Status 0 if there is no command in it. */
export async function evaluateText(shell: Shell, text: string, firstLine = 1, what = ''): Promise<void> {
  if (shell.textDepth >= DEPTH_LIMIT) {
    shell.abort(`commands evaluated within each other more than ${DEPTH_LIMIT} deep`);
    return;
  }
  shell.textDepth++;
  shell.traceDepth++;
  const outer = shell.lineOffset;
  let empty = true;
  for (const read of readScript(shell.session.language, text, firstLine)) {
    if (shell.stopped) break;
    empty = false;
    if ('fault' in read) {
      reportFault(shell, read.fault, what);
      break;
    }
    if ('refused' in read) {
      refuse(shell, read.refused, read.line);
      continue;
    }
    shell.lineOffset = read.firstLine - 1;
    await executeList(shell, read.statements);
  }
  shell.lineOffset = outer;
  shell.traceDepth--;
  shell.textDepth--;
  if (empty && !shell.stopped) shell.status = 0;
}

/** Runs the text of a script: a line that is given up because an expansion failed does not end it. */
export async function runScriptText(shell: Shell, text: string): Promise<void> {
  for (const read of readScript(shell.session.language, text)) {
    if (shell.stopped) return;
    if ('fault' in read) {
      reportFault(shell, read.fault, shell.origin === 'environment' ? '-c' : '');
      return;
    }
    if ('refused' in read) {
      refuse(shell, read.refused, read.line);
      continue;
    }
    shell.lineOffset = read.firstLine - 1;
    let givenUp = 0;
    for (const statement of read.statements) {
      if (startLine(statement) <= givenUp && givenUp > 0) continue;
      await executeList(shell, [statement]);
      if (shell.unwind?.kind === 'discard') {
        shell.unwind = null;
        givenUp = endLine(statement);
      }
      if (shell.frames.length === 0 && shell.unwind?.kind === 'return') shell.unwind = null;
      if (shell.depth === 0) shell.session.files.flush();
      if (shell.stopped) return;
    }
  }
}

function refuse(shell: Shell, message: string, line: number): void {
  shell.line = line;
  shell.complain(message);
  shell.status = 1;
}

/** The last line of a statement, as far as its text is known. */
const endLine = (statement: StatementNode): number =>
  startLine(statement) + (statement.sourceText ?? '').split('\n').length - 1;

function reportFault(shell: Shell, fault: SyntaxFault, what: string): void {
  const start = `${shell.source}: ${what === '' ? '' : `${what}: `}line ${fault.line}: `;
  shell.write(2, `${start}${fault.message}\n`);
  if (fault.text !== null) shell.write(2, `${start}\`${fault.text}'\n`);
  shell.status = 2;
}
