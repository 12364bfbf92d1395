// A JSON document that comes line by line, until its last bracket is closed.

export class JsonText {
  /** Where it began. */
  readonly line: number;
  private text = '';
  private depth = 0;
  private isQuoted = false;

  constructor(line: number) {
    this.line = line;
  }

  get isEmpty(): boolean {
    return this.text === '';
  }

  get isComplete(): boolean {
    return this.depth <= 0 && !this.isEmpty;
  }

  /** The beginning, to show to people. */
  get start(): string {
    return this.text.slice(0, 60).trim();
  }

  add(line: string): void {
    this.text += `${line}\n`;
    for (let i = 0; i < line.length; i++) {
      const letter = line[i] as string;
      if (this.isQuoted && letter === '\\') i++;
      else if (letter === '"') this.isQuoted = !this.isQuoted;
      else if (!this.isQuoted) this.depth += DEPTHS[letter] ?? 0;
    }
    // A string does not go on in the next line.
    this.isQuoted = false;
  }

  /** Undefined if it is no JSON after all. */
  value(): unknown {
    try {
      return JSON.parse(this.text);
    } catch {
      return undefined;
    }
  }
}

const DEPTHS: Readonly<Record<string, number>> = { '[': 1, '{': 1, ']': -1, '}': -1 };
