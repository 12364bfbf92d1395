// One description of a field for both outputs, as iproute2's lib/json_print.c has it: `field` writes `"key":value`
// in JSON and the given text otherwise; what exists in one output only says so.
import { type JsonValue, JsonWriter } from './json-writer.ts';

/** Attributes that `-color` tells apart (lib/color.c). */
export const Color = {
  NONE: -1,
  INTERFACE: 0,
  MAC: 1,
  INET: 2,
  INET6: 3,
  STATE_UP: 4,
  STATE_DOWN: 5,
} as const;

const LIGHT = ['36', '33', '35', '34', '32', '31'];

/** What an output needs to know of the options. */
export interface PrintOptions {
  readonly json: boolean;
  readonly pretty: boolean;
  readonly oneline: boolean;
  /** 0 none, 1 for a light background, 2 for a dark one. */
  readonly palette: number;
}

export class Printer {
  private readonly options: PrintOptions;
  private readonly writer: JsonWriter | null;
  private plain = '';

  /** With `json` on, the output is one array (new_json_obj). */
  constructor(options: PrintOptions) {
    this.options = options;
    this.writer = options.json ? new JsonWriter(options.pretty) : null;
    this.writer?.openArray();
  }

  get json(): boolean {
    return this.writer !== null;
  }

  /** `"key":value`, or `text`. */
  field(key: string, value: JsonValue, text: string, color: number = Color.NONE): void {
    if (this.writer === null) {
      this.text(text, color);
      return;
    }
    this.writer.name(key);
    this.writer.value(value);
  }

  /** An item of an array. */
  item(value: JsonValue, text: string): void {
    if (this.writer === null) this.text(text);
    else this.writer.value(value);
  }

  /** In text only. */
  text(text: string, color: number = Color.NONE): void {
    if (this.writer === null) this.plain += this.colored(text, color);
  }

  /** In both outputs as it is, between what the JSON writer puts down. */
  always(text: string): void {
    if (this.writer === null) this.plain += text;
    else this.writer.text += text;
  }

  /** In JSON only. */
  only(key: string, value: JsonValue): void {
    if (this.writer === null) return;
    this.writer.name(key);
    this.writer.value(value);
  }

  /** A field whose JSON value is printed as it is, such as 0.00. */
  raw(key: string, value: string, text: string): void {
    if (this.writer === null) {
      this.text(text);
      return;
    }
    this.writer.name(key);
    this.writer.raw(value);
  }

  /** The end of a line of text: a backslash with `-oneline`. */
  newline(): void {
    this.text(this.options.oneline ? '\\' : '\n');
  }

  openObject(key?: string): void {
    if (key !== undefined) this.writer?.name(key);
    this.writer?.openObject();
  }

  closeObject(): void {
    this.writer?.closeObject();
  }

  /** An array, or `text` in front of what it holds. */
  openArray(key: string, text = ''): void {
    if (this.writer === null) {
      this.text(text);
      return;
    }
    this.writer.name(key);
    this.writer.openArray();
  }

  closeArray(text = ''): void {
    if (this.writer === null) this.text(text);
    else this.writer.closeArray();
  }

  /** Everything that was printed; the end of the JSON array included. */
  finish(): string {
    if (this.writer === null) return this.plain;
    this.writer.closeArray();
    return `${this.writer.text}\n`;
  }

  private colored(text: string, color: number): string {
    if (color === Color.NONE || this.options.palette === 0) return text;
    const bold = this.options.palette === 2 ? '1;' : '';
    return `\x1b[${bold}${LIGHT[color]}m${text}\x1b[0m`;
  }
}
