// Shell patterns as regular expressions: `*`, `?`, `[…]` with classes, and the extended ones.

const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'a-zA-Z0-9',
  alpha: 'a-zA-Z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  word: 'a-zA-Z0-9_',
  xdigit: '0-9a-fA-F',
};

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
  return new RegExp(`^(?:${patternSource(pattern, options)})$`, options.ignoreCase ? 'isu' : 'su').test(text);
}

class Translator {
  private readonly pattern: string;
  private readonly any: string;
  private readonly one: string;
  private readonly extended: boolean;
  private at = 0;

  constructor(pattern: string, options: PatternOptions) {
    this.pattern = pattern;
    this.one = options.path ? '[^/]' : '.';
    this.any = `${this.one}*${options.lazy ? '?' : ''}`;
    this.extended = options.extended ?? false;
  }

  run(stop = ''): string {
    let source = '';
    while (this.at < this.pattern.length && !stop.includes(this.pattern[this.at])) source += this.next();
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
    this.at += 2;
    const choices: string[] = [this.run('|)')];
    while (this.pattern[this.at] === '|') {
      this.at++;
      choices.push(this.run('|)'));
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

function bracketBody(body: string): string {
  return body.replace(/\[:(\w+):\]|\\(.)|(.)/gs, (_all, name?: string, escaped?: string, char?: string) => {
    if (name !== undefined) return CLASSES[name] ?? '';
    if (escaped !== undefined) return member(escaped);
    return char === '-' ? '-' : member(char as string);
  });
}
