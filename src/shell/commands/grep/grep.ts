// grep, egrep and fgrep as GNU grep 3.8. It reads a pipe line by line and ends as soon as it knows enough, so that
// `tcpdump -l | grep -m 1` does.
import { matches } from '../../bash/pattern.ts';
import type { Command, Context } from '../../command.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { compile, type Matcher } from './pattern.ts';

const FOUND = 0;
const NOT_FOUND = 1;
const TROUBLE = 2;
/** Bytes that are kept before they are written. */
const BUFFER = 32768;
const STDIN = '(standard input)';
const MATCH_COLOR = ['\x1b[01;31m\x1b[K', '\x1b[m\x1b[K'] as const;

/** Standard output with stdio's buffer. */
class Output {
  private readonly context: Context;
  private readonly prompt: boolean;
  private pending = '';

  constructor(context: Context, prompt: boolean) {
    this.context = context;
    this.prompt = prompt;
  }

  line(text: string): void {
    this.pending += `${text}\n`;
    if (this.prompt || this.pending.length >= BUFFER) this.flush();
  }

  flush(): void {
    if (this.pending !== '') this.context.out(this.pending);
    this.pending = '';
  }
}

/** The search in one file. */
class Search {
  count = 0;
  private readonly options: Options;
  private readonly matcher: Matcher;
  private readonly output: Output;
  private readonly name: string;
  private readonly prefixed: boolean;
  private number = 0;
  private lastPrinted = 0;
  private after = 0;
  private before: string[] = [];

  constructor(options: Options, matcher: Matcher, output: Output, name: string, prefixed: boolean) {
    this.options = options;
    this.matcher = matcher;
    this.output = output;
    this.name = name;
    this.prefixed = prefixed;
  }

  /** No more lines are wanted. */
  get done(): boolean {
    if (this.matcher.gaveUp) return true;
    const { output, limit } = this.options;
    if (this.count >= limit) return this.after === 0;
    return this.count > 0 && (output === 'nothing' || output === 'files' || output === 'files-without');
  }

  line(text: string): void {
    this.number++;
    if (this.count < this.options.limit && this.matcher.matches(text) !== this.options.invert) {
      this.count++;
      this.selected(text);
    } else if (this.after > 0) {
      this.after--;
      this.print(text, '-');
    } else if (this.options.before > 0) {
      this.before.push(text);
      if (this.before.length > this.options.before) this.before.shift();
    }
  }

  private selected(text: string): void {
    const { output, after } = this.options;
    if (output === 'lines') {
      this.printBefore();
      this.print(this.colored(text), ':');
      this.after = after;
    } else if (output === 'matches' && !this.options.invert) {
      for (const { start, end } of this.matcher.spans(text)) this.print(text.slice(start, end), ':');
    }
  }

  private colored(text: string): string {
    if (!this.options.color || this.options.invert) return text;
    let result = '';
    let at = 0;
    for (const { start, end } of this.matcher.spans(text)) {
      result += text.slice(at, start) + MATCH_COLOR[0] + text.slice(start, end) + MATCH_COLOR[1];
      at = end;
    }
    return result + text.slice(at);
  }

  private printBefore(): void {
    const { before, after } = this.options;
    const first = this.number - this.before.length;
    const gap = this.lastPrinted > 0 && first > this.lastPrinted + 1;
    if (gap && before + after > 0) this.output.line('--');
    const { number } = this;
    for (const [i, text] of this.before.entries()) {
      this.number = first + i;
      this.print(text, '-');
    }
    this.number = number;
    this.before = [];
  }

  private print(text: string, separator: string): void {
    const name = this.prefixed ? this.name + separator : '';
    const number = this.options.numbers ? this.number + separator : '';
    this.output.line(name + number + text);
    this.lastPrinted = this.number;
  }

  /** What is said of the file as a whole. */
  finish(): void {
    const { output } = this.options;
    if (output === 'count') this.output.line((this.prefixed ? `${this.name}:` : '') + this.count);
    else if (output === 'files' && this.count > 0) this.output.line(this.name);
    else if (output === 'files-without' && this.count === 0) this.output.line(this.name);
  }
}

class Run {
  private readonly context: Context;
  private readonly options: Options;
  private readonly matcher: Matcher;
  private readonly output: Output;
  private readonly prefixed: boolean;
  private found = false;
  private trouble = false;

  constructor(context: Context, options: Options, matcher: Matcher) {
    this.context = context;
    this.options = options;
    this.matcher = matcher;
    this.output = new Output(context, options.lineBuffered || context.isTerminal);
    this.prefixed = options.names ?? (options.files.length > 1 || options.recursive);
  }

  async run(): Promise<number> {
    const { options } = this;
    const none = options.recursive ? ['.'] : ['-'];
    for (const path of options.files.length === 0 ? none : options.files) {
      await this.operand(path, options.files.length === 0);
      if (this.context.process.killed || (this.found && options.output === 'nothing')) break;
    }
    this.output.flush();
    if (this.trouble && !(this.found && options.output === 'nothing')) return TROUBLE;
    return this.found ? FOUND : NOT_FOUND;
  }

  private async operand(path: string, implied: boolean): Promise<void> {
    if (path === '-') await this.input();
    else if (this.options.recursive) await this.tree(path, implied);
    else await this.file(path);
  }

  private giveUp(): void {
    this.trouble = true;
    this.output.flush();
    this.context.err("grep: exceeded PCRE's backtracking limit\n");
  }

  /** Directories by name; the order of readdir(3) is nobody's to know. */
  private async tree(path: string, implied: boolean): Promise<void> {
    const stat = this.context.stat(path);
    if (typeof stat === 'string' || stat.kind !== 'directory') {
      await this.file(path);
      return;
    }
    for (const name of [...stat.names].sort()) {
      const below = implied ? name : `${path.replace(/\/$/, '')}/${name}`;
      const found = this.context.stat(below);
      const isFile = typeof found !== 'string' && found.kind !== 'directory';
      if (!isFile || this.wanted(name)) await this.tree(below, false);
    }
  }

  private wanted(name: string): boolean {
    const { include, exclude } = this.options;
    const fits = (glob: string): boolean => matches(glob, name);
    return (include.length === 0 || include.some(fits)) && !exclude.some(fits);
  }

  private async file(path: string): Promise<void> {
    const stat = this.context.stat(path);
    if (typeof stat !== 'string' && stat.kind === 'directory') {
      this.complain(path, 'Is a directory');
      return;
    }
    const bytes = await this.context.open(path);
    if (typeof bytes === 'string') this.complain(path, bytes);
    else this.whole(path, bytes);
  }

  private complain(path: string, why: string): void {
    this.trouble = true;
    this.output.flush();
    if (!this.options.silent) this.context.err(`grep: ${path}: ${why}\n`);
  }

  private whole(path: string, bytes: Uint8Array): void {
    if (!this.options.text && bytes.includes(0)) {
      this.binary(path, bytes);
      return;
    }
    const search = new Search(this.options, this.matcher, this.output, path, this.prefixed);
    const lines = new TextDecoder().decode(bytes).split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const line of lines) {
      if (search.done) break;
      search.line(line);
    }
    this.end(search);
  }

  /** Of a file with other things than text it is only said that it matches. */
  private binary(path: string, bytes: Uint8Array): void {
    const quiet = this.options.output === 'lines' || this.options.output === 'matches';
    const options: Options = quiet ? { ...this.options, output: 'nothing' } : this.options;
    const search = new Search(options, this.matcher, this.output, path, this.prefixed);
    for (const line of new TextDecoder('latin1').decode(bytes).split('\n')) search.line(line);
    this.end(search);
    if (!quiet || search.count === 0) return;
    this.output.flush();
    this.context.err(`grep: ${path}: binary file matches\n`);
  }

  private async input(): Promise<void> {
    const search = new Search(this.options, this.matcher, this.output, STDIN, this.prefixed);
    const decoder = new TextDecoder();
    let rest = '';
    while (!search.done && !this.context.process.killed) {
      const chunk = await this.context.readChunk();
      if (chunk === null) break;
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() as string;
      for (const line of lines) if (!search.done) search.line(line);
    }
    if (rest !== '' && !search.done) search.line(rest);
    this.end(search);
  }

  private end(search: Search): void {
    search.finish();
    if (this.matcher.gaveUp) this.giveUp();
    if (search.count > 0) this.found = true;
  }
}

async function patternsOf(context: Context, options: Options): Promise<string[] | string> {
  const patterns = [...(options.patterns ?? [])];
  for (const path of options.patternFiles) {
    const bytes = path === '-' ? await context.readStdin() : await context.open(path);
    if (typeof bytes === 'string') return `${path}: ${bytes}`;
    const lines = new TextDecoder().decode(bytes).split('\n');
    if (lines.at(-1) === '') lines.pop();
    patterns.push(...lines);
  }
  return patterns;
}

async function run(context: Context, name: string, args: readonly string[]): Promise<number> {
  const options = parseOptions(name, args);
  if (typeof options === 'string') {
    const usage = options === '' || /option/.test(options) ? USAGE : '';
    context.err(`${options === '' ? '' : `grep: ${options}\n`}${usage}`);
    return TROUBLE;
  }
  const patterns = await patternsOf(context, options);
  const compiled = typeof patterns === 'string' ? patterns : compile(patterns, options);
  if (typeof compiled === 'string') {
    context.err(`grep: ${compiled}\n`);
    return TROUBLE;
  }
  for (const warning of compiled.warnings) context.err(`grep: warning: ${warning}\n`);
  // Nothing matches no pattern at all (an empty file of -f).
  if ((patterns as string[]).length === 0 && !options.invert) return NOT_FOUND;
  return new Run(context, options, compiled.matcher).run();
}

const command = (name: string): Command => ({ name, run: (context, args) => run(context, name, args) });

export const grep = command('grep');
export const egrep = command('egrep');
export const fgrep = command('fgrep');
