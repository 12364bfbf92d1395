// Compound commands: groups, subshells, loops, conditions, functions.
import { arithmeticValue } from './arithmetic-scope.ts';
import type {
  ArithmeticNode,
  CaseNode,
  CommandNode,
  CStyleForNode,
  ForNode,
  FunctionNode,
  IfNode,
  SimpleCommandNode,
  StatementNode,
  SubshellNode,
  UntilNode,
  WhileNode,
} from './ast.ts';
import { lineOf } from './ast.ts';
import { evaluateCondition } from './conditional.ts';
import { expandPattern, expandText, expandWords } from './expand.ts';
import { joinForeground } from './foreground.ts';
import { matches } from './pattern.ts';
import { withRedirections } from './redirect.ts';
import type { Shell } from './shell.ts';
import { traceArithmetic, traceText } from './trace.ts';
import { runExitTrap } from './traps.ts';

type CompoundNode = Exclude<CommandNode, SimpleCommandNode>;

export async function executeCompound(shell: Shell, node: CompoundNode): Promise<void> {
  const line = lineOf(node);
  if (line > 0) shell.line = line + shell.lineOffset;
  if (node.type === 'FunctionDef') defineFunction(shell, node);
  else if (node.type === 'Subshell') await executeSubshell(shell, node);
  else if (node.redirections.length === 0) await executeBody(shell, node);
  else await withRedirections(shell, node.redirections, () => executeBody(shell, node));
}

function executeBody(shell: Shell, node: Exclude<CompoundNode, FunctionNode | SubshellNode>): Promise<void> {
  switch (node.type) {
    case 'Group':
      return shell.session.evaluator.list(shell, node.body);
    case 'If':
      return executeIf(shell, node);
    case 'For':
      return executeFor(shell, node);
    case 'CStyleFor':
      return executeCStyleFor(shell, node);
    case 'While':
    case 'Until':
      return executeWhile(shell, node);
    case 'Case':
      return executeCase(shell, node);
    case 'ArithmeticCommand':
      return executeArithmetic(shell, node);
    case 'ConditionalCommand':
      return evaluateCondition(shell, node.expression);
  }
}

function defineFunction(shell: Shell, node: FunctionNode): void {
  const source = shell.origin === 'file' || shell.source !== shell.name ? shell.source : shell.origin;
  shell.functions.set(node.name, { node, source, lineOffset: shell.lineOffset });
  shell.status = 0;
}

/** As bash writes it: blanks inside the parentheses. */
const subshellText = (shell: Shell, node: SubshellNode): string =>
  shell.session.language.commandText(node).replace(/^\((.*)\)$/s, '( $1 )');

async function executeSubshell(shell: Shell, node: SubshellNode): Promise<void> {
  const child = shell.subshell();
  await shell.session.start(child, async () => {
    await withRedirections(child, node.redirections, () => shell.session.evaluator.list(child, node.body));
    await runExitTrap(child);
  });
  await joinForeground(shell, child.task, () => subshellText(shell, node));
}

/** A list whose failing commands end nothing. */
async function executeGuarded(shell: Shell, statements: readonly StatementNode[]): Promise<boolean> {
  shell.guarded++;
  await shell.session.evaluator.list(shell, statements);
  shell.guarded--;
  return shell.status === 0;
}

async function executeIf(shell: Shell, node: IfNode): Promise<void> {
  for (const clause of node.clauses) {
    const holds = await executeGuarded(shell, clause.condition);
    if (shell.stopped) return;
    if (holds) return shell.session.evaluator.list(shell, clause.body);
  }
  if (node.elseBody !== null) await shell.session.evaluator.list(shell, node.elseBody);
  else shell.status = 0;
}

/** Runs the body once; false if the loop is over. */
async function iterate(shell: Shell, body: readonly StatementNode[]): Promise<boolean> {
  shell.loops++;
  await shell.session.evaluator.list(shell, body);
  shell.loops--;
  const { unwind } = shell;
  if (unwind === null) return !shell.stopped;
  if (unwind.kind !== 'break' && unwind.kind !== 'continue') return false;
  if (unwind.levels > 1) {
    shell.unwind = { kind: unwind.kind, levels: unwind.levels - 1 };
    return false;
  }
  shell.unwind = null;
  return unwind.kind === 'continue' && !shell.stopped;
}

async function executeFor(shell: Shell, node: ForNode): Promise<void> {
  const line = shell.line;
  const words = node.words === null ? [...shell.positional] : await expandWords(shell, node.words);
  if (shell.stopped) return;
  shell.status = 0;
  for (const word of words) {
    shell.line = line;
    if (shell.options.xtrace) await traceText(shell, `for ${node.variable} in ${forWords(shell, node)}`);
    if (shell.refuseReadonly(node.variable) || !shell.session.countCommand()) return;
    shell.variables.set(node.variable, word);
    if (!(await iterate(shell, node.body))) return;
  }
}

/** The words as they were written, for `set -x`. */
function forWords(shell: Shell, node: ForNode): string {
  if (node.words === null) return '"$@"';
  return node.words.map((word) => shell.session.language.wordText(word)).join(' ');
}

async function executeCStyleFor(shell: Shell, node: CStyleForNode): Promise<void> {
  const line = shell.line;
  const run = async (expression: { originalText?: string } | null): Promise<bigint | null> => {
    if (expression === null) return 1n;
    shell.line = line;
    const text = expression.originalText ?? '';
    if (shell.options.xtrace) await traceText(shell, `(( ${text.trim()} ))`);
    return arithmeticValue(shell, text, '((: ');
  };
  shell.status = 0;
  if ((await run(node.init)) === null) return fail(shell);
  for (;;) {
    const holds = await run(node.condition);
    if (holds === null) return fail(shell);
    if (holds === 0n || shell.stopped || !shell.session.countCommand()) return;
    if (!(await iterate(shell, node.body))) return;
    if ((await run(node.update)) === null) return fail(shell);
  }
}

function fail(shell: Shell): void {
  if (!shell.stopped) shell.status = 1;
}

async function executeWhile(shell: Shell, node: WhileNode | UntilNode): Promise<void> {
  let status = 0;
  shell.status = 0;
  for (;;) {
    shell.loops++;
    const holds = await executeGuarded(shell, node.condition);
    shell.loops--;
    if (shell.stopped) {
      if (!leaveCondition(shell)) return;
      break;
    }
    if (holds !== (node.type === 'While') || !shell.session.countCommand()) break;
    const more = await iterate(shell, node.body);
    status = shell.status;
    if (!more) break;
  }
  if (shell.unwind?.kind !== 'exit') shell.status = status;
}

/** `break` in the condition of a loop ends the loop: true. */
function leaveCondition(shell: Shell): boolean {
  const { unwind } = shell;
  if (unwind?.kind !== 'break' && unwind?.kind !== 'continue') return false;
  shell.unwind = unwind.levels > 1 ? { kind: unwind.kind, levels: unwind.levels - 1 } : null;
  return shell.unwind === null;
}

async function executeCase(shell: Shell, node: CaseNode): Promise<void> {
  if (shell.options.xtrace) await traceText(shell, `case ${shell.session.language.wordText(node.word)} in`);
  const text = await expandText(shell, node.word);
  shell.status = 0;
  let falling = false;
  for (const item of node.items) {
    if (!falling && !(await matchesAny(shell, item.patterns, text))) continue;
    if (shell.stopped) return;
    await shell.session.evaluator.list(shell, item.body);
    if (item.terminator === ';;' || shell.stopped) return;
    falling = item.terminator === ';&';
  }
}

async function matchesAny(shell: Shell, patterns: CaseNode['items'][number]['patterns'], text: string) {
  for (const pattern of patterns) {
    const source = await expandPattern(shell, pattern);
    if (shell.stopped) return true;
    if (
      matches(source, text, {
        extended: shell.shopt.has('extglob'),
        ignoreCase: shell.shopt.has('nocasematch'),
      })
    )
      return true;
  }
  return false;
}

async function executeArithmetic(shell: Shell, node: ArithmeticNode): Promise<void> {
  const text = node.expression.originalText ?? '';
  if (shell.options.xtrace) await traceArithmetic(shell, text);
  const value = await arithmeticValue(shell, text, '((: ');
  if (shell.stopped) return;
  shell.status = value === null || value === 0n ? 1 : 0;
}
