// Regular expressions of grep as JavaScript's: POSIX basic and extended with GNU's extensions, Perl's, fixed strings.

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

const CLASSES: Readonly<Record<string, string>> = {
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

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** The bracket expression that begins at `at`, and where it ends; null if it does not. */
function bracket(text: string, at: number, perl: boolean): { source: string; end: number } | null {
  let source = '[';
  let end = at + 1;
  if (text[end] === '^') {
    source += '^';
    end++;
  }
  for (let first = true; end < text.length; first = false) {
    const named = /^\[:(\w+):\]/.exec(text.slice(end));
    if (text[end] === ']' && !first) return { source: `${source}]`, end: end + 1 };
    if (named !== null) {
      source += CLASSES[named[1]] ?? '';
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

/** Translates one POSIX expression; the text of an error instead of an expression in `error`. */
class PosixTranslator {
  readonly warnings: string[] = [];
  error: string | null = null;
  private readonly text: string;
  private readonly extended: boolean;
  private at = 0;
  private source = '';

  constructor(text: string, extended: boolean) {
    this.text = text;
    this.extended = extended;
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
    else if (char === '.') this.put('[^\\n]');
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
    else if ('^$()|'.includes(char)) this.put(char);
    else if ('*+?'.includes(char)) this.repeat(char);
    else this.put(escaped(char));
  }

  /** With nothing to repeat it is nothing. */
  private repeat(char: string): void {
    if (this.begins) this.warnings.push(`${char} at start of expression`);
    this.put(this.begins ? '' : char);
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

const KEPT = 'KEPT';

/** `a\Kb` as `a(?<KEPT>b)`. */
const withKept = (source: string): string => {
  const at = source.indexOf('\\K');
  return at < 0 ? source : `${source.slice(0, at)}(?<${KEPT}>${source.slice(at + 2)})`;
};

export class Matcher {
  private readonly expression: RegExp;

  constructor(expression: RegExp) {
    this.expression = expression;
  }

  matches(line: string): boolean {
    this.expression.lastIndex = 0;
    return this.expression.test(line);
  }

  /** All matches that are not empty, from left to right. */
  spans(line: string): Span[] {
    const spans: Span[] = [];
    this.expression.lastIndex = 0;
    for (const { indices } of line.matchAll(this.expression)) {
      const [start, end] = indices?.groups?.[KEPT] ?? indices?.[0] ?? [0, 0];
      if (end > start) spans.push({ start, end });
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
      const translator = new PosixTranslator(pattern, options.syntax === 'extended');
      sources.push(translator.translate());
      if (translator.error !== null) return translator.error;
      warnings.push(...translator.warnings);
    }
  }
  let source = sources.length === 1 ? sources[0] : sources.map((one) => `(?:${one})`).join('|');
  if (options.words) source = `(?<!\\w)(?:${source})(?!\\w)`;
  if (options.lines) source = `^(?:${source})$`;
  try {
    return { matcher: new Matcher(new RegExp(source, `gd${ignoreCase ? 'i' : ''}`)), warnings };
  } catch (error) {
    return complaint(error instanceof Error ? error.message : '');
  }
}

/** glibc's words for the mistakes that are made. */
function complaint(message: string): string {
  if (/Unmatched '\)'/.test(message)) return 'Unmatched ) or \\)';
  if (/Unterminated group/.test(message)) return 'Unmatched ( or \\(';
  if (/quantifier|repeat/i.test(message)) return 'Invalid preceding regular expression';
  if (/group|reference/i.test(message)) return 'Invalid back reference';
  return 'Invalid regular expression';
}
