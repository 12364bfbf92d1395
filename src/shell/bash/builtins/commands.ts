// `:`, `eval`, `.` and `source`, and `exec` where it is not written as a command's first word.
import { absolute } from '../../files/paths.ts';
import { failed } from '../../files/tree.ts';
import { runProgram, searchPath } from '../program.ts';
import type { Shell } from '../shell.ts';

const decoder = new TextDecoder();
const DEPTH_LIMIT = 500;

export const colon = (): number => 0;

export async function evalBuiltin(shell: Shell, args: readonly string[]): Promise<number> {
  const words = args[0] === '--' ? args.slice(1) : args;
  const { line } = shell;
  shell.traceDepth++;
  await shell.session.evaluator.text(shell, words.join(' '), line);
  shell.traceDepth--;
  return shell.status;
}

export async function exec(shell: Shell, args: readonly string[]): Promise<number> {
  if (args.length === 0) return 0;
  shell.replaceable = true;
  await runProgram(shell, args);
  shell.traps.delete('EXIT');
  if (shell.unwind === null) shell.unwind = { kind: 'exit' };
  return shell.status;
}

export async function source(shell: Shell, args: readonly string[], name: string): Promise<number> {
  const [path, ...rest] = args[0] === '--' ? args.slice(1) : args;
  if (path === undefined) {
    shell.complain(`${name}: filename argument required`);
    shell.write(2, `${name}: usage: ${name} filename [arguments]\n`);
    return 2;
  }
  if (shell.frames.length > DEPTH_LIMIT) {
    shell.complain(`${name}: files source each other too deeply`);
    return 1;
  }
  const found = path.includes('/') ? path : (searched(shell, path) ?? path);
  const bytes = shell.session.files.read(shell.namespace, absolute(shell.cwd, found));
  if (failed(bytes)) {
    shell.complain(
      bytes === 'EISDIR' ? `${name}: ${path}: is a directory` : `${path}: No such file or directory`,
    );
    return 1;
  }
  await runSourced(shell, found, decoder.decode(bytes), rest);
  return shell.status;
}

function searched(shell: Shell, name: string): string | null {
  for (const directory of searchPath(shell).split(':')) {
    const path = `${directory}/${name}`;
    const node = shell.session.files.find(shell.namespace, absolute(shell.cwd, path));
    if (!failed(node) && node.kind === 'file') return path;
  }
  return null;
}

async function runSourced(shell: Shell, path: string, text: string, args: readonly string[]): Promise<void> {
  const { source: outer, line, lineOffset, positional } = shell;
  shell.frames.push({ name: '', source: path, line });
  shell.source = path;
  if (args.length > 0) shell.positional = [...args];
  await shell.session.evaluator.text(shell, text);
  if (args.length > 0) shell.positional = positional;
  Object.assign(shell, { source: outer, line, lineOffset });
  shell.frames.pop();
  if (shell.unwind?.kind === 'return') shell.unwind = null;
}
