// cat: files and standard input, piece by piece as it comes.
import type { Command, Context } from '../command.ts';

async function copyInput(context: Context): Promise<void> {
  for (let chunk = await context.readChunk(); chunk !== null; chunk = await context.readChunk()) {
    context.outBytes(chunk);
    if (!(await context.drain())) return;
  }
}

interface Style {
  number: boolean;
  nonBlank: boolean;
  ends: boolean;
  tabs: boolean;
  squeeze: boolean;
}

const LETTERS: Readonly<Record<string, readonly (keyof Style)[]>> = {
  n: ['number'],
  b: ['nonBlank'],
  E: ['ends'],
  e: ['ends'],
  T: ['tabs'],
  t: ['tabs'],
  s: ['squeeze'],
  A: ['ends', 'tabs'],
  u: [],
  v: [],
};

async function run(context: Context, args: readonly string[]): Promise<number> {
  const style: Style = { number: false, nonBlank: false, ends: false, tabs: false, squeeze: false };
  const paths: string[] = [];
  for (const arg of args) {
    if (!/^-./.test(arg)) paths.push(arg);
    else if (arg !== '--')
      for (const letter of arg.slice(1)) {
        const set = LETTERS[letter];
        if (set === undefined) {
          context.err(`cat: invalid option -- '${letter}'\nTry 'cat --help' for more information.\n`);
          return 1;
        }
        for (const name of set) style[name] = true;
      }
  }
  const plain = !Object.values(style).some(Boolean);
  const writer = new LineWriter(context, style);
  let status = 0;
  for (const path of paths.length === 0 ? ['-'] : paths) {
    if (path === '-' && plain) await copyInput(context);
    else {
      const content = path === '-' ? await context.readStdin() : await context.open(path);
      if (typeof content === 'string') {
        context.err(`cat: ${path}: ${content}\n`);
        status = 1;
      } else if (plain) context.outBytes(content);
      else writer.write(content);
    }
  }
  return context.process.killed ? 128 + context.process.signal : status;
}

class LineWriter {
  private readonly context: Context;
  private readonly style: Style;
  private line = 0;
  private blank = false;

  constructor(context: Context, style: Style) {
    this.context = context;
    this.style = style;
  }

  write(content: Uint8Array): void {
    const lines = new TextDecoder().decode(content).split('\n');
    const rest = lines.pop() as string;
    let text = lines.map((line) => this.decorate(line, true)).join('');
    if (rest !== '') text += this.decorate(rest, false);
    this.context.out(text);
  }

  private decorate(line: string, whole: boolean): string {
    const { style } = this;
    if (style.squeeze && line === '' && this.blank) return '';
    this.blank = line === '';
    const numbered = style.nonBlank ? line !== '' : style.number;
    const start = numbered ? `${String(++this.line).padStart(6)}\t` : '';
    const text = style.tabs ? line.replace(/\t/g, '^I') : line;
    return `${start}${text}${whole ? `${style.ends ? '$' : ''}\n` : ''}`;
  }
}

export const cat: Command = { name: 'cat', run };
