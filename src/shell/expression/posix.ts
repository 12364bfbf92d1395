// Regular expressions of POSIX, basic and extended with GNU's extensions, as JavaScript's.

/** What `[:name:]` stands for within brackets. */
export const CHARACTER_CLASSES: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

export const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** The bracket expression that begins at `at`, and where it ends; null if it does not. */
export function bracket(text: string, at: number, perl: boolean): { source: string; end: number } | null {
  let source = '[';
  let end = at + 1;
  if (text[end] === '^') {
    source += '^';
    end++;
  }
  for (let first = true; end < text.length; first = false) {
    const named = /^\[:(\w+):\]/.exec(text.slice(end));
    const symbol = /^\[([=.])(.)\1\]/.exec(text.slice(end));
    if (text[end] === ']' && !first) return { source: `${source}]`, end: end + 1 };
    if (symbol !== null) {
      source += escaped(symbol[2]);
      end += symbol[0].length;
    } else if (named !== null) {
      source += CHARACTER_CLASSES[named[1]] ?? '';
      end += named[0].length;
    } else if (perl && text[end] === '\\') {
      source += text.slice(end, end + 2);
      end += 2;
    } else {
      source += /[\\[\]^]/.test(text[end]) ? `\\${text[end]}` : text[end];
      end++;
    }
  }
  return null;
}

/** What a backslash and a letter mean besides what JavaScript knows. */
const GNU_ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\b(?=\\w)',
  '>': '\\b(?<=\\w)',
  '`': '^',
  "'": '$',
};

/** GNU's basic and extended expressions as grep reads them, and the extended ones of regcomp, which forgives less. */
export type PosixSyntax = 'basic' | 'extended' | 'strict';

/** Translates one expression; the text of an error instead of an expression in `error`. */
class Translator {
  readonly warnings: string[] = [];
  error: string | null = null;
  private readonly text: string;
  private readonly extended: boolean;
  private readonly strict: boolean;
  private at = 0;
  private depth = 0;
  private source = '';

  constructor(text: string, syntax: PosixSyntax) {
    this.text = text;
    this.extended = syntax !== 'basic';
    this.strict = syntax === 'strict';
  }

  translate(): string {
    while (this.at < this.text.length && this.error === null) this.step();
    return this.source;
  }

  /** At the beginning of an expression, where a repetition or (in basic ones) an anchor has its place. */
  private get begins(): boolean {
    return this.source === '' || /(^|[^\\])(\(|\||\(\?:)$/.test(this.source);
  }

  private step(): void {
    const char = this.text[this.at];
    if (char === '[') this.set();
    else if (char === '\\') this.escape(this.text[this.at + 1]);
    else if (char === '.') this.put('[\\s\\S]');
    else if (this.extended) this.extendedChar(char);
    else if (char === '*') this.put(this.begins || this.source.endsWith('^') ? '\\*' : '*');
    else this.basicChar(char);
  }

  private put(source: string, length = 1): void {
    this.source += source;
    this.at += length;
  }

  private set(): void {
    const found = bracket(this.text, this.at, false);
    if (found === null) this.error = 'Invalid regular expression';
    else this.put(found.source, found.end - this.at);
  }

  private basicChar(char: string): void {
    const rest = this.text.slice(this.at + 1);
    if (char === '^') this.put(this.begins ? '^' : '\\^');
    else if (char === '$') this.put(rest === '' || /^\\[)|]/.test(rest) ? '$' : '\\$');
    else this.put(escaped(char));
  }

  private extendedChar(char: string): void {
    const interval = /^\{\d*,?\d*\}/.exec(this.text.slice(this.at));
    if (char === '{' && interval !== null && interval[0] !== '{}') this.interval(interval[0]);
    else if ('()'.includes(char)) this.parenthesis(char);
    else if ('^$|'.includes(char)) this.put(char);
    else if ('*+?'.includes(char)) this.repeat(char);
    else if (char === '{' && this.strict) this.error = 'Invalid preceding regular expression';
    else this.put(escaped(char));
  }

  /** To regcomp one that closes nothing is a character like any other (RE_UNMATCHED_RIGHT_PAREN_ORD). */
  private parenthesis(char: string): void {
    if (char === '(') this.depth++;
    else if (this.depth > 0) this.depth--;
    else if (this.strict) {
      this.put('\\)');
      return;
    }
    this.put(char);
  }

  /** With nothing to repeat it is nothing to grep, and an error to regcomp (RE_CONTEXT_INVALID_OPS). */
  private repeat(char: string): void {
    const nothing = this.begins || (this.strict && /(^|[^\\])\^$/.test(this.source));
    const before = /(?:^|[^\\])([*+?])$/.exec(this.source)?.[1];
    if (nothing && this.strict) this.error = 'Invalid preceding regular expression';
    else if (nothing) this.warnings.push(`${char} at start of expression`);
    if (nothing) this.put('');
    else if (before === undefined) this.put(char);
    else this.again(before, char);
  }

  /** A repetition of a repetition, which to JavaScript would be a lazy one or an error. */
  private again(before: string, char: string): void {
    this.source = this.source.slice(0, -1);
    this.put(before === char ? char : '*');
  }

  private interval(text: string): void {
    this.put(text.replace('{,', '{0,'), text.length);
  }

  private escape(char: string | undefined): void {
    if (char === undefined) {
      this.error = 'Trailing backslash';
      return;
    }
    const interval = /^\\\{(\d*,?\d*)\\\}/.exec(this.text.slice(this.at));
    if (!this.extended && interval !== null) {
      this.put(`{${interval[1].replace(/^,/, '0,')}}`, interval[0].length);
    } else if (!this.extended && '()|+?'.includes(char)) this.put(char, 2);
    else if (/[wWsSbB1-9]/.test(char)) this.put(`\\${char}`, 2);
    else if (char in GNU_ESCAPES) this.put(GNU_ESCAPES[char], 2);
    else this.put(escaped(char), 2);
  }
}

export interface Translated {
  readonly source: string;
  /** What GNU's tools say of it and go on. */
  readonly warnings: readonly string[];
  /** glibc's words for what it is not. */
  readonly error: string | null;
}

export function translatePosix(text: string, syntax: PosixSyntax): Translated {
  const translator = new Translator(text, syntax);
  const source = translator.translate();
  return { source, warnings: translator.warnings, error: translator.error };
}
