// A simple command: words expanded, variables assigned, redirections made, and then a function, a builtin or a program.
import { readAll } from '../process/stream.ts';
import { assign, assignAll } from './assignment.ts';
import type { SimpleCommandNode, WordNode } from './ast.ts';
import { linesOfFirstArgument, literalText } from './ast.ts';
import { expandDeclaration, isDeclaration } from './declaration.ts';
import type { Lookup } from './evaluator.ts';
import { expandWords } from './expand.ts';
import { callFunction } from './function.ts';
import { runProgram } from './program.ts';
import { redirect, withRedirections } from './redirect.ts';
import type { Shell } from './shell.ts';
import { traceWords } from './trace.ts';
import type { Variable } from './variables.ts';

const EVERYWHERE: Lookup = { functions: true, builtins: true, programs: true };

export async function executeSimple(shell: Shell, node: SimpleCommandNode): Promise<void> {
  if (node.line) shell.line = node.line + shell.lineOffset + linesOfFirstArgument(node);
  if (!shell.session.countCommand()) return;
  if (!shell.trapping) shell.command = node;
  shell.substituted = false;
  const { argv, declared } = await expandCommand(shell, node);
  if (!shell.stopped) {
    if (argv.length === 0) await executeAssignments(shell, node);
    else await executeWords(shell, node, argv, declared);
  }
  for (const fd of shell.borrowed.splice(0)) shell.descriptors.close(fd);
}

/** The fields of a command; for `export`, `local` and their kin the assignments among them as well. */
async function expandCommand(shell: Shell, node: SimpleCommandNode) {
  if (node.name === null) return { argv: [], declared: null };
  const first = literalText(node.name);
  if (first !== null && isDeclaration(first) && !shell.functions.has(first)) {
    const { words, declared } = await expandDeclaration(shell, node.args);
    return { argv: [first, ...words], declared };
  }
  return { argv: await expandWords(shell, [node.name, ...node.args]), declared: null };
}

/** No command: the assignments stay, the redirections only happen, the status is that of a substituted command. */
async function executeAssignments(shell: Shell, node: SimpleCommandNode): Promise<void> {
  await assignAll(shell, node.assignments);
  if (shell.stopped) return;
  shell.status = shell.substituted ? shell.status : 0;
  if (node.redirections.length > 0)
    await withRedirections(shell, node.redirections, async () => {
      if (shell.fileRead === node) await copyInput(shell);
    });
}

async function copyInput({ descriptors, task, session }: Shell): Promise<void> {
  const input = descriptors.get(0);
  if (input !== undefined) descriptors.get(1)?.write(await readAll(input, task, session));
}

async function executeWords(
  shell: Shell,
  node: SimpleCommandNode,
  argv: readonly string[],
  declared: ReadonlyMap<string, WordNode[]> | null,
): Promise<void> {
  const saved: [string, Variable | undefined][] = [];
  for (const assignment of node.assignments) {
    saved.push([assignment.name, shell.variables.raw(assignment.name)]);
    if (!(await assign(shell, assignment)) || shell.stopped) break;
    shell.variables.mark(assignment.name, 'exported', true);
  }
  if (!shell.stopped) {
    if (shell.options.xtrace) await traceWords(shell, argv, declared);
    shell.declared = declared;
    await redirectAndRun(shell, node, argv);
    shell.declared = null;
  }
  for (const [name, variable] of saved.reverse()) shell.variables.putBack(name, variable);
  shell.lastArgument = argv[argv.length - 1];
}

async function redirectAndRun(shell: Shell, node: SimpleCommandNode, argv: readonly string[]): Promise<void> {
  if (argv[0] === 'exec' && !shell.functions.has('exec')) return runExec(shell, node, argv);
  if (node.redirections.length === 0) return runWords(shell, argv);
  if (shell.sole === node) return runRedirected(shell, node, argv);
  await withRedirections(shell, node.redirections, () => runWords(shell, argv));
}

/** The command of a job, as after fork(2): what it was given is open no longer, so that a reader of that sees its end. */
async function runRedirected(shell: Shell, node: SimpleCommandNode, argv: readonly string[]): Promise<void> {
  const saved = await redirect(shell, node.redirections);
  if (saved !== null) {
    shell.descriptors.keep(saved);
    await runWords(shell, argv);
  } else if (shell.unwind === null) shell.status = 1;
}

/** `exec`: redirections stay; with a command, the shell ends with it. */
async function runExec(shell: Shell, node: SimpleCommandNode, argv: readonly string[]): Promise<void> {
  const saved = await redirect(shell, node.redirections);
  if (saved === null) {
    shell.status = 1;
    if (!shell.interactive) shell.unwind = { kind: 'exit' };
    return;
  }
  shell.descriptors.keep(saved);
  shell.status = 0;
  const words = argv
    .slice(1)
    .filter((word, index) => !(index === 0 && (word === '--' || word === '-l' || word === '-c')));
  if (words.length === 0) return;
  shell.replaceable = true;
  await runProgram(shell, words);
  shell.traps.delete('EXIT');
  if (shell.unwind === null) shell.unwind = { kind: 'exit' };
}

/** Runs a command whose words are expanded. */
export async function runWords(
  shell: Shell,
  argv: readonly string[],
  lookup: Lookup = EVERYWHERE,
): Promise<void> {
  const [name, ...args] = argv;
  const definition = lookup.functions ? shell.functions.get(name) : undefined;
  if (definition !== undefined) return callFunction(shell, name, definition, args);
  const builtin = lookup.builtins ? shell.session.evaluator.builtins.get(name) : undefined;
  if (builtin !== undefined) {
    shell.status = await builtin(shell, args, name);
    return;
  }
  if (lookup.programs) await runProgram(shell, argv);
}
