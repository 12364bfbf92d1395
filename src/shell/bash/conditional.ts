// `[[ … ]]`.

import { compileExtended } from '../expression/expression.ts';
import { arithmeticValue } from './arithmetic-scope.ts';
import type { Condition } from './ast.ts';
import { expandPattern, expandRegex, expandText } from './expand.ts';
import { matches } from './pattern.ts';
import type { Shell } from './shell.ts';
import { compareStrings, unaryTest } from './tests.ts';
import { traceText } from './trace.ts';

/** Sets the status: 0 true, 1 false, 2 for an expression that cannot be. */
export async function evaluateCondition(shell: Shell, condition: Condition): Promise<void> {
  const holds = await evaluate(shell, condition);
  if (shell.stopped) return;
  shell.status = holds === null ? 2 : holds ? 0 : 1;
}

/** Null for an expression that cannot be; bash has complained. */
async function evaluate(shell: Shell, node: Condition): Promise<boolean | null> {
  switch (node.type) {
    case 'CondGroup':
      return evaluate(shell, node.expression);
    case 'CondNot': {
      const holds = await evaluate(shell, node.operand);
      return holds === null ? null : !holds;
    }
    case 'CondAnd': {
      const left = await evaluate(shell, node.left);
      return left === true ? evaluate(shell, node.right) : left;
    }
    case 'CondOr': {
      const left = await evaluate(shell, node.left);
      return left === false ? evaluate(shell, node.right) : left;
    }
    case 'CondWord': {
      const text = await expandText(shell, node.word);
      await trace(shell, `-n ${shown(text)}`);
      return text !== '';
    }
    case 'CondUnary': {
      const text = await expandText(shell, node.operand);
      await trace(shell, `${node.operator} ${shown(text)}`);
      return shell.stopped ? null : unaryTest(shell, node.operator, text);
    }
    case 'CondBinary':
      return binary(shell, node);
  }
}

/** As `set -x` shows it: without quotes. */
const shown = (text: string): string => (text === '' ? "''" : text);

async function trace(shell: Shell, text: string): Promise<void> {
  if (shell.options.xtrace) await traceText(shell, `[[ ${text} ]]`);
}

async function binary(
  shell: Shell,
  node: Extract<Condition, { type: 'CondBinary' }>,
): Promise<boolean | null> {
  const { operator } = node;
  const left = await expandText(shell, node.left);
  if (shell.stopped) return null;
  const ignoreCase = shell.shopt.has('nocasematch');
  if (operator === '=' || operator === '==' || operator === '!=') {
    const pattern = await expandPattern(shell, node.right);
    await trace(shell, `${shown(left)} ${operator} ${shown(pattern)}`);
    return matches(pattern, left, { extended: true, ignoreCase }) === (operator !== '!=');
  }
  if (operator === '=~') {
    const source = await expandRegex(shell, node.right);
    await trace(shell, `${shown(left)} =~ ${shown(source)}`);
    return matchRegex(shell, left, source, ignoreCase);
  }
  const right = await expandText(shell, node.right);
  await trace(shell, `${shown(left)} ${operator} ${shown(right)}`);
  if (shell.stopped) return null;
  if (!/^-(eq|ne|lt|le|gt|ge)$/.test(operator)) return compareStrings(shell, left, operator, right);
  const a = await arithmeticValue(shell, left, '[[: ');
  const b = a === null ? null : await arithmeticValue(shell, right, '[[: ');
  return a === null || b === null ? false : compareNumbers(a, operator, b);
}

export function compareNumbers(a: bigint, operator: string, b: bigint): boolean {
  switch (operator) {
    case '-eq':
      return a === b;
    case '-ne':
      return a !== b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    default:
      return a >= b;
  }
}

/** Null for what is no expression, and for a match that was given up. */
function matchRegex(shell: Shell, text: string, source: string, ignoreCase: boolean): boolean | null {
  const expression = compileExtended(source, { ignoreCase });
  if (typeof expression === 'string') return null;
  const found = expression.find(text, 0);
  if (expression.gaveUp) return null;
  const groups = (found?.groups ?? []).map((span) => (span === null ? '' : text.slice(...span)));
  shell.variables.setArray('BASH_REMATCH', new Map(groups.map((group, i) => [String(i), group])), false);
  return found !== null;
}
