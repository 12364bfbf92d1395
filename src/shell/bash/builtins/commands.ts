// `:`, `eval`, `.` and `source`, and `exec` where it is not written as a command's first word.
import type { FileError } from '../../files/errors.ts';
import { absolute } from '../../files/paths.ts';
import { failed } from '../../files/tree.ts';
import { readAll } from '../../process/stream.ts';
import { runProgram, searchPath } from '../program.ts';
import { openDevice } from '../redirect.ts';
import type { Shell } from '../shell.ts';

const decoder = new TextDecoder();

export const colon = (): number => 0;

export async function evalBuiltin(shell: Shell, args: readonly string[]): Promise<number> {
  const words = args[0] === '--' ? args.slice(1) : args;
  const { line } = shell;
  await shell.session.evaluator.text(shell, words.join(' '), line, 'eval');
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
  const found = path.includes('/') ? path : (searched(shell, path) ?? path);
  const bytes = await contentOf(shell, found);
  if (failed(bytes)) {
    shell.complain(
      bytes === 'EISDIR' ? `${name}: ${path}: is a directory` : `${path}: No such file or directory`,
    );
    return 1;
  }
  await runSourced(shell, found, decoder.decode(bytes), rest);
  return shell.status;
}

async function contentOf(shell: Shell, path: string): Promise<Uint8Array | FileError> {
  const device = openDevice(shell, path);
  if (device === null) return 'ENOENT';
  if (device !== undefined) return readAll(device, shell.task, shell.session);
  return shell.session.files.read(shell.namespace, absolute(shell.cwd, path));
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
