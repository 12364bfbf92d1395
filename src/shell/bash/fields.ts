// Where expanded text goes: fields of a command line (split and matched against file names), plain text, or a pattern
// in which quoted characters stand for themselves.

/** What expansion tells about each piece of a word. */
export interface Output {
  /** Text that was written as it is. */
  literal(text: string): void;
  /** Text from within quotes, or behind a backslash. */
  quoted(text: string): void;
  /** `*`, `?`, `[…]` as they were written. */
  glob(text: string): void;
  /** The result of an unquoted expansion. */
  result(text: string): void;
  /** `$@`, `$*`, `${a[@]}`: several values. */
  list(values: readonly string[], star: boolean, quoted: boolean): void;
}

/** `*?[\` and the parentheses of extended patterns, escaped. */
export const escapePattern = (text: string): string => text.replace(/[\\*?[\]()|!@+]/g, '\\$&');

/** One field: its text, and as a pattern where it has unquoted pattern characters. */
export interface Field {
  readonly text: string;
  readonly pattern: string | null;
}

const ACTIVE = /[*?[]/;

/** Splits by IFS and keeps apart what may match file names. */
export class FieldOutput implements Output {
  readonly fields: Field[] = [];
  private readonly ifs: string;
  private readonly extended: boolean;
  private text = '';
  private pattern = '';
  private active = false;
  private open = false;

  constructor(ifs: string, extended: boolean) {
    this.ifs = ifs;
    this.extended = extended;
  }

  literal(text: string): void {
    this.add(text, escapePattern(text));
  }

  quoted(text: string): void {
    this.add(text, escapePattern(text));
  }

  glob(text: string): void {
    this.add(text, text);
    this.active = true;
  }

  result(text: string): void {
    if (this.ifs === '') {
      if (text !== '') this.addActive(text);
      return;
    }
    let at = 0;
    while (at < text.length) {
      const stop = this.delimiterFrom(text, at);
      if (stop > at) this.addActive(text.slice(at, stop));
      if (stop === text.length) return;
      at = this.skipDelimiter(text, stop);
    }
  }

  list(values: readonly string[], star: boolean, quoted: boolean): void {
    if (star && quoted) {
      this.quoted(values.join(this.ifs.slice(0, 1)));
      return;
    }
    values.forEach((value, index) => {
      if (index > 0) this.end();
      if (quoted) this.quoted(value);
      else this.result(value);
    });
  }

  /** Ends the last field and gives all. */
  finish(): Field[] {
    this.end();
    return this.fields;
  }

  private add(text: string, pattern: string): void {
    this.text += text;
    this.pattern += pattern;
    this.open = true;
  }

  private addActive(text: string): void {
    this.add(text, text);
    if (ACTIVE.test(text) || (this.extended && /[@+!]\(/.test(text))) this.active = true;
  }

  private end(): void {
    if (!this.open) return;
    this.fields.push({ text: this.text, pattern: this.active ? this.pattern : null });
    this.text = '';
    this.pattern = '';
    this.active = false;
    this.open = false;
  }

  private delimiterFrom(text: string, start: number): number {
    let at = start;
    while (at < text.length && !this.ifs.includes(text[at])) at++;
    return at;
  }

  /** White space, at most one other delimiter, white space; the other one makes a field even of nothing. */
  private skipDelimiter(text: string, start: number): number {
    let at = this.skipBlanks(text, start);
    if (at < text.length && this.ifs.includes(text[at])) {
      this.open = true;
      at = this.skipBlanks(text, at + 1);
    }
    this.end();
    return at;
  }

  private skipBlanks(text: string, start: number): number {
    let at = start;
    while (at < text.length && ' \t\n'.includes(text[at]) && this.ifs.includes(text[at])) at++;
    return at;
  }
}

/** No splitting, no matching: assignments, here-documents, redirections, the word of a case. */
export class TextOutput implements Output {
  text = '';
  private readonly ifs: string;

  constructor(ifs: string) {
    this.ifs = ifs;
  }

  literal(text: string): void {
    this.text += text;
  }

  quoted(text: string): void {
    this.text += text;
  }

  glob(text: string): void {
    this.text += text;
  }

  result(text: string): void {
    this.text += text;
  }

  list(values: readonly string[], star: boolean): void {
    this.text += values.join(star ? this.ifs.slice(0, 1) : ' ');
  }
}

/** A pattern for `case`, `[[ == ]]`, `${x#…}`; `protect` takes the power from quoted text. */
export class PatternOutput implements Output {
  text = '';
  private readonly protect: (text: string) => string;

  constructor(protect: (text: string) => string) {
    this.protect = protect;
  }

  literal(text: string): void {
    this.text += text;
  }

  quoted(text: string): void {
    this.text += this.protect(text);
  }

  glob(text: string): void {
    this.text += text;
  }

  result(text: string): void {
    this.text += text;
  }

  list(values: readonly string[], _star: boolean, quoted: boolean): void {
    const text = values.join(' ');
    this.text += quoted ? this.protect(text) : text;
  }
}
