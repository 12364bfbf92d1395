// A regular expression that no text makes run for ever. V8's matcher turns back to try another way, of which there may be
// exponentially many; where that can be, RE2's automaton takes time in proportion to the text. What only a matcher that
// turns back can do (back-references, looking round) is given up after a while, as PCRE does at its backtracking limit.
import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';
import { withinTime } from '../within-time.ts';
import { translatePosix } from './posix.ts';
import { type Trial, trialOf, triesIn } from './ways.ts';

/** The name of a group that stands for the whole match: what is before and behind it is only looked at. */
export const KEPT = 'KEPT';

export interface ExpressionOptions {
  readonly ignoreCase?: boolean;
  /** `.` is a newline too, and characters are code points. */
  readonly dotAll?: boolean;
  /** As POSIX wants it, the longest of the leftmost matches; else the first that is tried, as in Perl. */
  readonly longest?: boolean;
  /** Neither before nor behind the match may be a letter, digit or `_`. */
  readonly words?: boolean;
}

type Span = readonly [start: number, end: number];

export interface Found {
  /** The whole match, then each group; null for a group that has no part in it. */
  readonly groups: readonly (Span | null)[];
  readonly kept: Span | null;
}

/** Tries that take no time to speak of. */
const FEW = 1e6;

export class Expression {
  /** A match was given up, and counts as none. */
  gaveUp = false;
  private readonly expression: RegExp;
  private readonly source: string;
  private readonly options: ExpressionOptions;
  private readonly trial: Trial;
  /** Undefined until it is asked for, null if the expression is more than it can do. */
  private linear: RE2JS | null | undefined;

  constructor(source: string, options: ExpressionOptions) {
    this.source = source;
    this.options = options;
    this.trial = trialOf(source);
    const { ignoreCase, dotAll, words } = options;
    const flags = `gd${ignoreCase ? 'i' : ''}${dotAll ? 'su' : ''}`;
    this.expression = new RegExp(words ? `(?<!\\w)(?:${source})(?!\\w)` : source, flags);
  }

  test(text: string): boolean {
    if (!this.isQuick(text)) {
      const automaton = this.automaton();
      if (automaton !== null) return automaton.matcher(text).find();
    }
    return this.tried(text, 0) !== null;
  }

  /** The leftmost match that begins at `from` or behind it. */
  find(text: string, from: number): Found | null {
    if (!this.isQuick(text) || (this.options.longest && !this.hasOneWay())) {
      const automaton = this.automaton();
      if (automaton !== null) return foundBy(automaton, text, from, this.options.words === true);
    }
    const result = this.tried(text, from);
    if (result?.indices === undefined) return null;
    return { groups: result.indices.map(orNull), kept: result.indices.groups?.[KEPT] ?? null };
  }

  private isQuick(text: string): boolean {
    return triesIn(this.trial, text.length) <= FEW;
  }

  /** The first match that is tried is the longest. */
  private hasOneWay(): boolean {
    return this.trial.isOneWay && !this.options.words;
  }

  private tried(text: string, from: number): RegExpExecArray | null {
    this.expression.lastIndex = from;
    if (this.isQuick(text)) return this.expression.exec(text);
    const result = withinTime(() => this.expression.exec(text));
    this.gaveUp ||= result === undefined;
    return result ?? null;
  }

  private automaton(): RE2JS | null {
    if (this.linear === undefined) this.linear = automatonOf(this.source, this.options);
    return this.linear;
  }
}

const orNull = (span: Span | undefined): Span | null => span ?? null;

const require = createRequire(import.meta.url);

function automatonOf(source: string, options: ExpressionOptions): RE2JS | null {
  const { RE2JS: engine } = require('re2js') as typeof import('re2js');
  const flags =
    (options.ignoreCase ? engine.CASE_INSENSITIVE : 0) |
    (options.dotAll ? engine.DOTALL : 0) |
    (options.longest ? engine.LONGEST_MATCH : 0);
  const plain = withoutLookingRound(source);
  try {
    return engine.compile(options.words ? `(?:^|\\W)(?P<${KEPT}>${plain})(?:\\W|$)` : plain, flags);
  } catch {
    return null;
  }
}

/** `\<` before a word's character and `\>` behind one are `\b`. */
const withoutLookingRound = (source: string): string =>
  source
    .replace(/\\b\(\?=\\w\)(?=\w|\\w|\[\w)/g, '\\b')
    .replace(/(\w|\\w|\[[\w-]+\][*+]?)\\b\(\?<=\\w\)/g, '$1\\b');

function foundBy(automaton: RE2JS, text: string, from: number, words: boolean): Found | null {
  const matcher = automaton.matcher(text);
  if (!matcher.find(from)) return null;
  const span = (group: number | string): Span | null => {
    const start = matcher.start(group);
    return start < 0 ? null : [start, matcher.end(group)];
  };
  const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, group) => span(group));
  return { groups, kept: KEPT in automaton.namedGroups() || words ? span(KEPT) : null };
}

/** An expression that regcomp takes; else glibc's words for what it is not. */
export function compileExtended(text: string, options: ExpressionOptions): Expression | string {
  const { source, error } = translatePosix(text, 'strict');
  return error ?? compileExpression(source, { ...options, longest: true });
}

export function compileExpression(source: string, options: ExpressionOptions): Expression | string {
  try {
    return new Expression(source, options);
  } catch (error) {
    return complaint(error instanceof Error ? error.message : '');
  }
}

/** glibc's words for the mistakes that are made. */
function complaint(message: string): string {
  if (/Unmatched '\)'/.test(message)) return 'Unmatched ) or \\)';
  if (/Unterminated group/.test(message)) return 'Unmatched ( or \\(';
  if (/Range out of order/.test(message)) return 'Invalid range end';
  if (/quantifier|repeat/i.test(message)) return 'Invalid preceding regular expression';
  if (/group|reference/i.test(message)) return 'Invalid back reference';
  return 'Invalid regular expression';
}
