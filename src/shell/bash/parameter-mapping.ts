// The operations of parameter expansion that map values: `#`, `%`, `/`, `^`, `,` and `@Q`.
import { Expression } from '../expression/expression.ts';
import type { OperationOf, WordNode } from './ast.ts';
import type { Output } from './fields.ts';
import { patternSource } from './pattern.ts';
import { ansiQuote, quoteForReuse } from './quote.ts';
import type { Shell } from './shell.ts';

/** What maps each value to another. */
type Mapping = OperationOf<'PatternRemoval' | 'PatternReplacement' | 'CaseModification' | 'Transform'>;

export async function mapped(
  shell: Shell,
  parameter: string,
  operation: Mapping,
  values: readonly string[],
): Promise<string[]> {
  switch (operation.type) {
    case 'PatternRemoval': {
      const remove = removal(
        await shell.session.evaluator.expandPattern(shell, operation.pattern),
        operation,
        shell.shopt.has('extglob'),
      );
      return values.map(remove);
    }
    case 'PatternReplacement':
      return replaced(shell, operation, values);
    case 'CaseModification': {
      const pattern =
        operation.pattern === null
          ? '?'
          : await shell.session.evaluator.expandPattern(shell, operation.pattern);
      return values.map((value) => changeCase(value, pattern, operation));
    }
    case 'Transform':
      return values.map((value) => transform(shell, parameter, operation.operator, value));
  }
}

/** `#`, `##`, `%`, `%%`: the shortest or longest end that matches goes. */
function removal(
  pattern: string,
  operation: OperationOf<'PatternRemoval'>,
  extended: boolean,
): (value: string) => string {
  if (operation.side === 'prefix') {
    const source = patternSource(pattern, { lazy: !operation.greedy, extended });
    const choices = hasChoices(pattern, extended);
    if (choices && !operation.greedy) return withoutShortest(source);
    const expression = new Expression(`^(?:${source})`, { dotAll: true, longest: choices });
    return (value) => value.slice(expression.find(value, 0)?.groups[0]?.[1] ?? 0);
  }
  const whole = new Expression(`^(?:${patternSource(pattern, { extended })})$`, { dotAll: true });
  return (value) => {
    const starts = [...Array(value.length + 1).keys()];
    if (!operation.greedy) starts.reverse();
    const start = starts.find((at) => !whole.gaveUp && whole.test(value.slice(at)));
    return start === undefined ? value : value.slice(0, start);
  };
}

function withoutShortest(source: string): (value: string) => string {
  const whole = new Expression(`^(?:${source})$`, { dotAll: true });
  return (value) => {
    const ends = [...Array(value.length + 1).keys()];
    return value.slice(ends.find((end) => !whole.gaveUp && whole.test(value.slice(0, end))) ?? 0);
  };
}

/** Of the ways to match, the first that is tried need not be the longest. */
const hasChoices = (pattern: string, extended: boolean): boolean => extended && /[@?*+]\(/.test(pattern);

async function replaced(
  shell: Shell,
  operation: OperationOf<'PatternReplacement'>,
  values: readonly string[],
): Promise<string[]> {
  const given = await shell.session.evaluator.expandPattern(shell, operation.pattern);
  const anchor = operation.all ? null : operation.anchor;
  const pattern = anchor === operation.anchor ? given : `${operation.anchor === 'start' ? '#' : '%'}${given}`;
  const extended = shell.shopt.has('extglob');
  const source = patternSource(pattern, { extended });
  const replacement =
    operation.replacement === null ? '' : await replacementText(shell, operation.replacement);
  if (source === '' && anchor === null) return [...values];
  const anchored = anchor === 'start' ? `^(?:${source})` : anchor === 'end' ? `(?:${source})$` : source;
  const expression = new Expression(anchored, { dotAll: true, longest: hasChoices(pattern, extended) });
  const parts = replacement.split(MATCH);
  let length = 0;
  const replace = (found: string): string => {
    if (length > LENGTH_LIMIT) return '';
    const text = parts.join(found);
    length += text.length;
    return text;
  };
  const changed = values.map((value) => {
    if (operation.all && value === '') return /^\*+$/.test(pattern) ? replace('') : '';
    return replacedIn(value, expression, operation.all, replace);
  });
  if (length > LENGTH_LIMIT) shell.abort(`a replacement of more than ${LENGTH_LIMIT} characters`);
  return changed;
}

/** What is found behind the last character, which can only be nothing, does not count (pat_subst). */
function replacedIn(
  value: string,
  expression: Expression,
  all: boolean,
  replace: (found: string) => string,
): string {
  let result = '';
  let done = 0;
  for (let from = 0; from < value.length || from === 0; ) {
    const [start, end] = expression.find(value, from)?.groups[0] ?? [-1, -1];
    if (start < 0) break;
    result += value.slice(done, start) + replace(value.slice(start, end));
    done = end;
    if (!all) break;
    const isWide = (value.codePointAt(end) ?? 0) > 0xffff;
    from = end > start ? end : end + (isWide ? 2 : 1);
  }
  return result + value.slice(done);
}

/** `${x//0/$x}` of a long text has to end. */
const LENGTH_LIMIT = 1 << 26;

/** Stands for an unquoted `&` of a replacement: what was matched (patsub_replacement of bash 5.2). */
const MATCH = '\u0000&';

async function replacementText(shell: Shell, word: WordNode): Promise<string> {
  let text = '';
  const active = (piece: string): void => {
    text += piece.replace(/\\(.)|&/g, (all, escaped?: string) =>
      escaped === undefined ? MATCH : all === '\\&' ? '&' : all,
    );
  };
  const plain = (piece: string): void => {
    text += piece;
  };
  const output: Output = {
    literal: active,
    glob: active,
    result: active,
    quoted: plain,
    list: (values) => plain(values.join(' ')),
  };
  await shell.session.evaluator.expandParts(shell, word.parts, output, false);
  return text;
}

function changeCase(value: string, pattern: string, operation: OperationOf<'CaseModification'>): string {
  const expression = new RegExp(`^(?:${patternSource(pattern)})$`, 'su');
  return [...value]
    .map((char, index) => {
      if ((index > 0 && !operation.all) || !expression.test(char)) return char;
      return operation.direction === 'upper' ? char.toUpperCase() : char.toLowerCase();
    })
    .join('');
}

function transform(shell: Shell, parameter: string, operator: string, value: string): string {
  switch (operator) {
    case 'Q':
      return quoteForReuse(value);
    case 'U':
      return value.toUpperCase();
    case 'u':
      return value.slice(0, 1).toUpperCase() + value.slice(1);
    case 'L':
      return value.toLowerCase();
    case 'A':
      return `${parameter}=${quoteForReuse(value)}`;
    case 'a':
      return shell.attributesOf(parameter.replace(/\[.*/s, ''));
    case 'E':
      return ansiQuote(value);
    default:
      return value;
  }
}
