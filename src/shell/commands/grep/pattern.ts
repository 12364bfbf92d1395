// What grep looks for: POSIX basic and extended expressions, Perl's, fixed strings.
import { compileExpression, type Expression, KEPT } from '../../expression/expression.ts';
import { bracket, escaped, translatePosix } from '../../expression/posix.ts';

export type Syntax = 'basic' | 'extended' | 'perl' | 'fixed';

export interface PatternOptions {
  readonly syntax: Syntax;
  readonly ignoreCase: boolean;
  /** Only whole words, only whole lines. */
  readonly words: boolean;
  readonly lines: boolean;
}

/** One match in a line: where it starts and ends. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const PERL_ESCAPES: Readonly<Record<string, string>> = { h: '[ \\t]', A: '^', z: '$', Z: '$', R: '\\n' };

/** Perl's expressions are JavaScript's but for a few words; `\K` becomes the group KEPT. */
function perl(text: string): { source: string; ignoreCase: boolean } {
  let source = '';
  let ignoreCase = false;
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const set = text[at] === '[' ? bracket(text, at, true) : null;
    const quoted = /^\\Q(.*?)(\\E|$)/s.exec(rest);
    const flags = /^\(\?i\)/.exec(rest);
    if (set !== null) {
      source += set.source;
      at = set.end;
    } else if (quoted !== null) {
      source += escaped(quoted[1]);
      at += quoted[0].length;
    } else if (flags !== null) {
      ignoreCase = true;
      at += flags[0].length;
    } else if (rest.startsWith('(?P<')) {
      source += '(?<';
      at += 4;
    } else if (text[at] === '\\' && at + 1 < text.length) {
      source += PERL_ESCAPES[text[at + 1]] ?? text.slice(at, at + 2);
      at += 2;
    } else source += text[at++];
  }
  return { source, ignoreCase };
}

/** `a\Kb` as `a(?<KEPT>b)`. */
const withKept = (source: string): string => {
  const at = source.indexOf('\\K');
  return at < 0 ? source : `${source.slice(0, at)}(?<${KEPT}>${source.slice(at + 2)})`;
};

export class Matcher {
  private readonly expression: Expression;

  constructor(expression: Expression) {
    this.expression = expression;
  }

  /** A line was too much for it. */
  get gaveUp(): boolean {
    return this.expression.gaveUp;
  }

  matches(line: string): boolean {
    return this.expression.test(line);
  }

  /** All matches that are not empty, from left to right. */
  spans(line: string): Span[] {
    const spans: Span[] = [];
    for (let from = 0; from <= line.length; ) {
      const found = this.expression.find(line, from);
      if (found === null) break;
      const [start, end] = found.kept ?? found.groups[0] ?? [from, from];
      if (end > start) spans.push({ start, end });
      from = Math.max(end, from + 1);
    }
    return spans;
  }
}

interface Compiled {
  readonly matcher: Matcher;
  readonly warnings: readonly string[];
}

/** A matcher for any of the patterns, or the text of grep's complaint. */
export function compile(patterns: readonly string[], options: PatternOptions): Compiled | string {
  const warnings: string[] = [];
  let { ignoreCase } = options;
  const sources: string[] = [];
  for (const pattern of patterns) {
    if (options.syntax === 'fixed') sources.push(escaped(pattern));
    else if (options.syntax === 'perl') {
      const translated = perl(pattern);
      ignoreCase ||= translated.ignoreCase;
      sources.push(withKept(translated.source));
    } else {
      const translated = translatePosix(pattern, options.syntax);
      if (translated.error !== null) return translated.error;
      sources.push(translated.source);
      warnings.push(...translated.warnings);
    }
  }
  let source = sources.length === 1 ? sources[0] : sources.map((one) => `(?:${one})`).join('|');
  if (options.lines) source = `^(?:${source})$`;
  const words = options.words && !options.lines;
  const compiled = compileExpression(source, { ignoreCase, words, longest: options.syntax !== 'perl' });
  if (typeof compiled === 'string') return compiled;
  return { matcher: new Matcher(compiled), warnings };
}
