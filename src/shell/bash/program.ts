// Runs a program: one of ours in a process of its own, one of just-bash's, another shell, or a script by its path.
import { ProgramContext } from '../context.ts';
import { absolute } from '../files/paths.ts';
import { failed } from '../files/tree.ts';
import { Signal } from '../process/signals.ts';
import type { Resolved } from '../programs.ts';
import { asForeground, reportProgram } from './foreground.ts';
import { runShellProgram } from './invoke.ts';
import type { Shell } from './shell.ts';
import { freshShell, type Start } from './start.ts';

const decoder = new TextDecoder();
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export const searchPath = (shell: Shell): string => shell.variables.text('PATH') ?? DEFAULT_PATH;

/** Runs `argv` as a child and leaves its status; not found is 127, with bash's words. */
export async function runProgram(shell: Shell, argv: readonly string[]): Promise<void> {
  const resolved = shell.session.programs.resolve(shell.namespace, shell.cwd, searchPath(shell), argv[0]);
  if (resolved.kind === 'missing') {
    shell.complain(`${argv[0]}: ${resolved.why}`);
    shell.status = resolved.status;
    return;
  }
  const own = !shell.replaceable;
  const task = own ? shell.session.createTask(argv[0], shell.task, shell.task.background) : shell.task;
  if (!own) becomeProgram(shell, argv[0]);
  task.command = argv.join(' ');
  const start = {
    shell,
    task,
    namespace: shell.namespace,
    environment: shell.variables.environment(),
    descriptors: shell.descriptors,
    cwd: shell.cwd,
  };
  const run = async (): Promise<void> => {
    shell.status = await startProgram(start, resolved, argv);
    if (own) task.finish(shell.status);
  };
  if (!own) return run();
  await asForeground(shell, task, run);
  reportProgram(shell, task, argv);
}

/** exec(2): the process is the program's now, traps and all. */
function becomeProgram(shell: Shell, name: string): void {
  shell.task.name = name;
  shell.task.shell = false;
  shell.task.handler = (signal) => shell.traps.get('EXIT') === undefined && ignored(shell, signal);
}

const ignored = (shell: Shell, signal: number): boolean =>
  [...shell.traps].some(([name, action]) => action === '' && name === SIGNAL_NAMES.get(signal));
const SIGNAL_NAMES = new Map([
  [Signal.INT as number, 'INT'],
  [Signal.TERM, 'TERM'],
  [1, 'HUP'],
]);

/**
 * Virtual microseconds from the start of a program until it does something (fork, exec, dynamic linking). Without them
 * all commands between two `sleep`s would happen at one time, and what is long over when a real `tcpdump` starts (the
 * IGMP reports of a bridge that came up) would still be to come. A fast machine takes 3 ms, the user-mode Linux that
 * judges us about 30. Builtins take none.
 */
export const PROGRAM_START = 30_000;

/** Runs what a name was resolved to, when it has started; resolves with the exit status. */
export async function startProgram(
  start: Start,
  resolved: Resolved,
  argv: readonly string[],
): Promise<number> {
  if (resolved.kind !== 'missing') await start.task.sleep(PROGRAM_START);
  if (start.task.killed) return 128 + start.task.signal;
  start.task.namespace = start.namespace;
  return runStarted(start, resolved, argv);
}

/** How much more than one of ours a text program takes, which reads and answers as a whole. */
const BUNDLED_WEIGHT = 10;

async function runStarted(start: Start, resolved: Resolved, argv: readonly string[]): Promise<number> {
  const { session } = start.shell;
  if (!session.countProgram(resolved.kind === 'bundled' ? BUNDLED_WEIGHT : 1)) return 1;
  switch (resolved.kind) {
    case 'command': {
      const context = new ProgramContext(start, resolved.name);
      const status = await resolved.command.run(context, argv.slice(1));
      session.lab.settle();
      return status === 0 && context.failed ? 1 : status & 0xff;
    }
    case 'bundled':
      return session.bundled.run(start, resolved.name, argv.slice(1));
    case 'builtin':
      return runBuiltin(start, resolved.name, argv.slice(1));
    case 'shell':
      return runShellProgram(start, argv);
    case 'script':
      return runScriptFile(start, resolved.path, argv);
    case 'missing':
      return resolved.status;
  }
}

/** A builtin that is a program as well: `ip netns exec ns1 echo`. */
async function runBuiltin(start: Start, name: string, args: readonly string[]): Promise<number> {
  const builtin = start.shell.session.evaluator.builtins.get(name);
  const shell = freshShell(start, name);
  const status = builtin === undefined ? 127 : await builtin(shell, args, name);
  shell.descriptors.closeAll();
  return status;
}

/** A file that is run by its path: by the program that its first line names, else by a shell. */
async function runScriptFile(start: Start, path: string, argv: readonly string[]): Promise<number> {
  const { session } = start.shell;
  const bytes = session.files.read(start.namespace, absolute(start.cwd, path));
  if (failed(bytes)) return 126;
  const first = /^#!\s*(\S+)[ \t]*(.*)$/m.exec(decoder.decode(bytes.subarray(0, 256)).split('\n')[0]);
  const interpreter =
    first === null ? ['bash'] : [first[1], ...(first[2].trim() === '' ? [] : [first[2].trim()])];
  const resolved = session.programs.resolve(start.namespace, start.cwd, DEFAULT_PATH, interpreter[0]);
  if (resolved.kind === 'missing' || resolved.kind === 'script') {
    start.shell.complain(`${argv[0]}: ${interpreter[0]}: bad interpreter: No such file or directory`);
    return 126;
  }
  const name = argv[0].includes('/') ? argv[0] : path;
  return runStarted(start, resolved, [...interpreter, name, ...argv.slice(1)]);
}
