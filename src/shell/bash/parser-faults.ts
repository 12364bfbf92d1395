// Where just-bash's parser is not bash's, mended around it.
import { withinTime } from '../within-time.ts';
import type { ScriptNode, StatementNode } from './ast.ts';

type Parse = (text: string) => ScriptNode;

/** The error that just-bash throws for a token that may not stand there. */
class ParseException extends Error {
  override readonly name = 'ParseException';
  readonly line: number;
  readonly token: { readonly type: string; readonly value: string };

  constructor(value: string, line: number) {
    super(`unexpected ${value}`);
    this.line = line;
    this.token = { type: 'WORD', value };
  }
}

/** A `$` that begins no expansion. */
const LONE_DOLLAR = /\$(?![\w({[!#?@*$'"-])/;
const ARITHMETIC = /\(\(|\$\[|\$\{/;

/** In arithmetic the parser waits for ever for what a lone `$` begins, which in bash is a mistake. */
export const withPatience =
  (parse: Parse): Parse =>
  (text) => {
    if (!LONE_DOLLAR.test(text) || !ARITHMETIC.test(text)) return parse(text);
    const script = withinTime(() => parse(text));
    if (script !== undefined) return script;
    throw new ParseException('$', text.slice(0, text.search(LONE_DOLLAR)).split('\n').length);
  };

const WORD_LIST = /\b(?:for|select)\s+\w+\s+in\s[^;\n&|]*/g;

/** In `for x in dont do; do` the first `do` is a word, which to the parser it is only if it is quoted. */
export const withListedDo =
  (parse: Parse): Parse =>
  (text) => {
    try {
      return parse(text);
    } catch (error) {
      const quoted = text.replace(WORD_LIST, (list) => list.replace(/(\s)(do|done)(?=\s|$)/g, '$1\\$2'));
      if (quoted === text) throw error;
      return parseOr(parse, quoted, error);
    }
  };

function parseOr(parse: Parse, text: string, error: unknown): ScriptNode {
  try {
    return parse(text);
  } catch {
    throw error;
  }
}

/** The parser takes `$((1 +` for whole, though its end is still to come. */
export function opensArithmetic(statement: StatementNode | undefined, text: string): boolean {
  const start = text.lastIndexOf('$((');
  if (start < 0 || text.lastIndexOf('))') > start) return false;
  let open = false;
  JSON.stringify(statement, (_key, value) => {
    open ||= value?.type === 'ArithmeticExpansion';
    return value;
  });
  return open;
}
