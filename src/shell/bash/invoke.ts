// `bash` and `sh` as programs: `-c TEXT`, a script and its arguments, or commands from standard input.
import { absolute, baseName } from '../files/paths.ts';
import { failed } from '../files/tree.ts';
import { readAll } from '../process/stream.ts';
import { setOwnVariables, VERSION_TEXT } from './own-variables.ts';
import { OPTION_LETTERS, type Shell } from './shell.ts';
import { freshShell, type Start } from './start.ts';
import { runExitTrap } from './traps.ts';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** What stands before the operands. */
interface Invocation {
  readonly command: boolean;
  readonly version: boolean;
  readonly letters: string;
  readonly long: readonly string[];
  readonly operands: readonly string[];
}

export async function runShellProgram(start: Start, argv: readonly string[]): Promise<number> {
  const invocation = parse(argv.slice(1));
  if (invocation.version) {
    start.descriptors.get(1)?.write(encoder.encode(VERSION_TEXT));
    return 0;
  }
  const [first, ...rest] = invocation.operands;
  if (invocation.command && first === undefined) {
    start.shell.write(2, `${argv[0]}: -c: option requires an argument\n`);
    return 2;
  }
  const name = invocation.command ? (rest[0] ?? argv[0]) : (first ?? argv[0]);
  const shell = freshShell(start, name);
  setOwnVariables(shell, baseName(argv[0]) !== 'sh');
  setOptions(shell, invocation);
  if (invocation.command) shell.origin = 'environment';
  else if (first === undefined) shell.origin = 'main';
  const text = invocation.command ? first : await scriptText(shell, argv[0], first);
  if (text !== null) {
    shell.positional = invocation.command ? rest.slice(1) : rest;
    await runWhole(shell, text);
  } else shell.status = first === undefined ? 0 : shell.status;
  shell.descriptors.closeAll();
  start.task.handler = null;
  start.task.shell = false;
  return shell.status;
}

/** The script, then the EXIT trap. */
export async function runWhole(shell: Shell, text: string): Promise<void> {
  await shell.session.evaluator.script(shell, text);
  await runExitTrap(shell);
  if (shell.task.done) shell.status = shell.task.status;
}

function parse(args: readonly string[]): Invocation {
  let letters = '';
  let command = false;
  let version = false;
  const long: string[] = [];
  let at = 0;
  for (; at < args.length && /^[-+]./.test(args[at]); at++) {
    const option = args[at];
    if (option === '--' || option === '-') {
      at++;
      break;
    }
    if (option.startsWith('--')) {
      if (option === '--version') version = true;
      if (option === '--rcfile' || option === '--init-file') at++;
      continue;
    }
    if (option.includes('c') && option.startsWith('-')) command = true;
    if (/^[-+]\w*[oO]$/.test(option)) long.push(option[0] + args[++at]);
    if (option.startsWith('-')) letters += option.slice(1);
  }
  return { command, version, letters, long, operands: args.slice(at) };
}

function setOptions(shell: Shell, invocation: Invocation): void {
  for (const [letter, name] of OPTION_LETTERS)
    if (letter !== 'C' && invocation.letters.includes(letter)) shell.options[name] = true;
  for (const option of invocation.long) {
    const name = option.slice(1) as keyof Shell['options'];
    if (name in shell.options) shell.options[name] = option.startsWith('-');
  }
}

/** The file's text, or standard input's; null with a message and the status if it cannot be read. */
async function scriptText(shell: Shell, program: string, path: string | undefined): Promise<string | null> {
  if (path === undefined) {
    const input = shell.descriptors.get(0);
    return input === undefined ? '' : decoder.decode(await readAll(input, shell.task, shell.session));
  }
  const { files } = shell.session;
  const bytes = files.read(shell.namespace, absolute(shell.cwd, path));
  if (!failed(bytes)) return decoder.decode(bytes);
  const why = bytes === 'EISDIR' ? 'Is a directory' : 'No such file or directory';
  shell.write(
    2,
    bytes === 'EISDIR' ? `${path}: ${path}: ${why}\n` : `${baseName(program)}: ${path}: ${why}\n`,
  );
  shell.status = bytes === 'EISDIR' ? 126 : 127;
  return null;
}
