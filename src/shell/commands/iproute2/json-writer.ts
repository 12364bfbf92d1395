// JSON as iproute2's own writer prints it (lib/json_writer.c): its blanks and line ends are part of the interface, so
// JSON.stringify will not do. `-pretty` ends lines before names only, never between the items of an array.

/** A value of a field. Raw text (numbers such as 0.00) goes through `raw`. */
export type JsonValue = string | number | boolean | null;

const ESCAPES: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\f': '\\f',
  '\b': '\\b',
  '\\': '\\\\',
  '"': '\\"',
};

const quote = (text: string): string =>
  `"${text.replace(/[\t\n\r\f\b\\"]/g, (char) => ESCAPES[char] as string)}"`;

export class JsonWriter {
  private readonly pretty: boolean;
  private depth = 0;
  private comma = false;
  /** What is written so far. */
  text = '';

  constructor(pretty: boolean) {
    this.pretty = pretty;
  }

  openObject(): void {
    this.begin('{');
  }

  closeObject(): void {
    this.end('}');
  }

  openArray(): void {
    this.begin('[');
    if (this.pretty) this.text += ' ';
  }

  closeArray(): void {
    if (this.pretty && this.comma) this.text += ' ';
    this.comma = false;
    this.end(']');
  }

  name(name: string): void {
    this.separate();
    this.endLine();
    this.comma = false;
    this.text += this.pretty ? `${quote(name)}: ` : `${quote(name)}:`;
  }

  value(value: JsonValue): void {
    this.raw(typeof value === 'string' ? quote(value) : String(value));
  }

  /** Text that stands for a value as it is. */
  raw(text: string): void {
    this.separate();
    this.text += text;
  }

  private begin(bracket: string): void {
    this.separate();
    this.text += bracket;
    this.depth++;
    this.comma = false;
  }

  private end(bracket: string): void {
    this.depth--;
    if (this.comma) this.endLine();
    this.text += bracket;
    this.comma = true;
  }

  private separate(): void {
    if (this.comma) this.text += ',';
    this.comma = true;
  }

  private endLine(): void {
    if (this.pretty) this.text += `\n${'    '.repeat(this.depth)}`;
  }
}
