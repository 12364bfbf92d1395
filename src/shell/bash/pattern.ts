// Shell patterns as regular expressions: `*`, `?`, `[…]` with classes, and the extended ones.

import { Expression } from '../expression/expression.ts';
import { CHARACTER_CLASSES } from '../expression/posix.ts';

const CLASSES: Readonly<Record<string, string>> = { ...CHARACTER_CLASSES, word: 'a-zA-Z0-9_' };

const literal = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
const member = (char: string): string => char.replace(/[\\^\]-]/g, '\\$&');

export interface PatternOptions {
  /** A `*` or `?` does not match a slash (file names). */
  readonly path?: boolean;
  readonly ignoreCase?: boolean;
  /** `${x#*b}`: as little as possible. */
  readonly lazy?: boolean;
  readonly extended?: boolean;
}

const known = new Map<string, string>();
const KNOWN_LIMIT = 1000;

/** The source of the regular expression, without anchors. */
export function patternSource(pattern: string, options: PatternOptions = {}): string {
  const key = `${options.path ? 'p' : ''}${options.lazy ? 'l' : ''}${options.extended ? 'x' : ''} ${pattern}`;
  const old = known.get(key);
  if (old !== undefined) return old;
  if (known.size >= KNOWN_LIMIT) known.clear();
  const source = new Translator(pattern, options).run();
  known.set(key, source);
  return source;
}

/** Whether all of `text` matches. */
export function matches(pattern: string, text: string, options: PatternOptions = {}): boolean {
  const source = `^(?:${patternSource(pattern, options)})$`;
  return new Expression(source, { dotAll: true, ignoreCase: options.ignoreCase === true }).test(text);
}

class Translator {
  private readonly pattern: string;
  private readonly any: string;
  private readonly one: string;
  private readonly extended: boolean;
  private hasGroups = false;
  private at = 0;

  constructor(pattern: string, options: PatternOptions) {
    this.pattern = pattern;
    this.one = options.path ? '[^/]' : '.';
    this.any = `${this.one}*${options.lazy ? '?' : ''}`;
    this.extended = options.extended ?? false;
  }

  /**
   * Between two stars a part may be taken where it is first found, for good: else a text that does not match
   * `*a*a*a*a*b` would be tried in every way there is.
   */
  run(): string {
    const parts: string[] = [''];
    while (this.at < this.pattern.length) {
      if (!this.isStar()) parts[parts.length - 1] += this.next();
      else {
        this.at++;
        if (parts.length === 1 || parts.at(-1) !== '') parts.push('');
      }
    }
    const [first, ...rest] = parts;
    const last = rest.pop();
    if (last === undefined) return first;
    if (this.hasGroups) return [first, ...rest, last].join(this.any);
    const middle = rest.map((part, i) => `(?=(?<part${i}>${this.one}*?${part}))\\k<part${i}>`);
    return `${first}${middle.join('')}${this.any}${last}`;
  }

  private isStar(): boolean {
    return this.pattern[this.at] === '*' && !(this.extended && this.pattern[this.at + 1] === '(');
  }

  /** What stands in a group, up to one of the signs that end it. */
  private choice(): string {
    let source = '';
    while (this.at < this.pattern.length && !'|)'.includes(this.pattern[this.at])) source += this.next();
    return source;
  }

  private next(): string {
    const char = String.fromCodePoint(this.pattern.codePointAt(this.at) as number);
    const group = this.group(char);
    if (group !== null) return group;
    this.at += char.length;
    if (char === '*') return this.any;
    if (char === '?') return this.one;
    if (char === '[') return this.bracket();
    if (char !== '\\' || this.at === this.pattern.length) return literal(char);
    return literal(this.pattern[this.at++]);
  }

  /** `@(a|b)` and its kin. */
  private group(char: string): string | null {
    if (!this.extended || !'@?*+!'.includes(char) || this.pattern[this.at + 1] !== '(') return null;
    this.hasGroups = true;
    this.at += 2;
    const choices: string[] = [this.choice()];
    while (this.pattern[this.at] === '|') {
      this.at++;
      choices.push(this.choice());
    }
    this.at++;
    const body = choices.join('|');
    if (char === '!') return `(?!(?:${body})$).*`;
    return `(?:${body})${char === '@' ? '' : char}`;
  }

  private bracket(): string {
    const end = this.bracketEnd();
    if (end < 0) return '\\[';
    const body = this.pattern.slice(this.at, end);
    this.at = end + 1;
    const negated = /^[!^]/.test(body);
    return `[${negated ? '^' : ''}${bracketBody(negated ? body.slice(1) : body)}]`;
  }

  /** The index of the closing `]`, or -1. */
  private bracketEnd(): number {
    let at = this.at;
    if (/[!^]/.test(this.pattern[at] ?? '')) at++;
    if (this.pattern[at] === ']') at++;
    while (at < this.pattern.length && this.pattern[at] !== ']') {
      if (this.pattern.startsWith('[:', at)) {
        const close = this.pattern.indexOf(':]', at + 2);
        if (close > 0) at = close + 1;
      } else if (this.pattern[at] === '\\') at++;
      at++;
    }
    return at < this.pattern.length ? at : -1;
  }
}

/** One thing of a bracket: a class, or a character that may begin or end a range. */
interface Member {
  readonly source: string;
  readonly char: string;
  /** A `-` that is not quoted. */
  readonly isDash: boolean;
}

function membersOf(body: string): Member[] {
  return [...body.matchAll(/\[:(\w+):\]|\\(.)|(.)/gsu)].map(([, name, escaped, char]) => {
    if (name !== undefined) return { source: CLASSES[name] ?? '', char: '', isDash: false };
    const one = escaped ?? (char as string);
    return { source: member(one), char: one, isDash: char === '-' };
  });
}

/** A range that ends before it begins has nothing in it (BRACKMATCH of bash's sm_loop.c). */
function bracketBody(body: string): string {
  const members = membersOf(body);
  let source = '';
  for (let i = 0; i < members.length; i++) {
    const [from, dash, to] = members.slice(i, i + 3);
    const isRange = from.char !== '' && dash?.isDash === true && to !== undefined && to.char !== '';
    if (!isRange) source += from.source;
    else {
      if ((from.char.codePointAt(0) as number) <= (to.char.codePointAt(0) as number))
        source += `${from.source}-${to.source}`;
      i += 2;
    }
  }
  return source;
}
