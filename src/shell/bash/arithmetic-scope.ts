// Arithmetic in a shell: its expansions first, then its value, with the shell's variables.
import { type Arithmetic, type ArithmeticScope, evaluate } from './arithmetic.ts';
import type { Shell } from './shell.ts';

/** As the parser leaves it. */
interface Expression {
  readonly originalText?: string;
}

/** The value of `text` after its expansions, or null: bash has complained and gives the command up. */
export async function arithmeticValue(shell: Shell, text: string, where = ''): Promise<bigint | null> {
  const plain = await expandedText(shell, text);
  if (shell.stopped) return null;
  const result = evaluate(plain, scopeOf(shell));
  if (!('error' in result)) return result.value;
  shell.complain(`${where}${result.error}`);
  return null;
}

/** `$((…))` as text. A fault ends the command that it stands in. */
export async function expandArithmetic(shell: Shell, expression: Expression): Promise<string> {
  const value = await arithmeticValue(shell, expression.originalText ?? '');
  if (value !== null) return String(value);
  if (!shell.stopped) {
    shell.status = 1;
    shell.unwind = { kind: 'discard' };
  }
  return '';
}

/** A value that cannot need expansion (an attribute's, a subscript that was expanded). */
export const plainValue = (shell: Shell, text: string): Arithmetic => evaluate(text, scopeOf(shell));

async function expandedText(shell: Shell, text: string): Promise<string> {
  if (!/[$`"'\\]/.test(text)) return text;
  const unquoted = text.replace(/"/g, '');
  return shell.session.evaluator.expandText(shell, shell.session.language.hereWord(unquoted));
}

function scopeOf(shell: Shell): ArithmeticScope {
  const keyOf = (name: string, subscript: string): string => {
    if (shell.variables.get(name)?.associative) return subscript;
    return elementKey(shell, name, subscript);
  };
  return {
    read: (name, subscript) => {
      const text = subscript === null ? shell.parameter(name) : element(shell, name, keyOf(name, subscript));
      if (text === undefined && shell.options.nounset) shell.unbound(name);
      return text ?? '';
    },
    assign: (name, subscript, value) => {
      if (shell.refuseReadonly(name)) return;
      if (subscript === null) shell.variables.set(name, value);
      else shell.variables.setElement(name, keyOf(name, subscript), value);
    },
  };
}

function element(shell: Shell, name: string, key: string): string | undefined {
  const value = shell.variables.get(name)?.value;
  if (value instanceof Map) return value.get(key);
  return key === '0' ? shell.variables.text(name) : undefined;
}

/** The key of an indexed array's element; a negative index counts from the end. */
export function elementKey(shell: Shell, name: string, subscript: string): string {
  const result = plainValue(shell, subscript);
  if ('error' in result) {
    shell.complain(result.error);
    shell.unwind = { kind: 'discard' };
    return '0';
  }
  if (result.value >= 0n) return String(result.value);
  const value = shell.variables.get(name)?.value;
  const last = value instanceof Map ? Math.max(-1, ...[...value.keys()].map(Number)) : 0;
  return String(BigInt(last) + 1n + result.value);
}
