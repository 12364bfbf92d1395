// xargs: words of standard input as arguments of a command.
import type { Command, Context } from '../command.ts';

interface Options {
  perLine: number | null;
  perCall: number | null;
  replace: string | null;
  delimiter: string | null;
  runEmpty: boolean;
  trace: boolean;
  words: readonly string[];
}

function parse(args: readonly string[]): Options {
  const options: Options = {
    perLine: null,
    perCall: null,
    replace: null,
    delimiter: null,
    runEmpty: true,
    trace: false,
    words: [],
  };
  let at = 0;
  for (; at < args.length && /^-./.test(args[at]); at++) {
    const arg = args[at];
    const value = (): string => arg.slice(2) || (args[++at] ?? '');
    if (arg === '--') {
      at++;
      break;
    }
    if (arg === '-0' || arg === '--null') options.delimiter = '\0';
    else if (arg === '-r' || arg === '--no-run-if-empty') options.runEmpty = false;
    else if (arg === '-t') options.trace = true;
    else if (arg.startsWith('-n')) options.perCall = Number(value());
    else if (arg.startsWith('-L')) options.perLine = Number(value());
    else if (arg.startsWith('-I')) options.replace = value();
    else if (arg === '-i') options.replace = '{}';
    else if (arg.startsWith('-d'))
      options.delimiter = value().replace('\\n', '\n').replace('\\t', '\t').replace('\\0', '\0');
    else if (/^-[PsEa]/.test(arg)) value();
  }
  return { ...options, words: args.slice(at) };
}

/** Words with quotes and backslashes taken as xargs does. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const found of text.matchAll(/(?:[^\s'"\\]|'[^'\n]*'|"[^"\n]*"|\\.)+/gs))
    words.push(
      found[0].replace(
        /'([^']*)'|"([^"]*)"|\\(.)/gs,
        (_all, a?: string, b?: string, c?: string) => a ?? b ?? c ?? '',
      ),
    );
  return words;
}

function batches(options: Options, text: string): string[][] {
  if (options.delimiter !== null) {
    const items = text.split(options.delimiter);
    if (items.at(-1) === '') items.pop();
    return chunks(items, options.replace !== null ? 1 : options.perCall);
  }
  if (options.replace !== null) {
    const lines = text.split('\n').map((line) => line.trimStart());
    return lines.filter((line) => line !== '').map((line) => [line]);
  }
  if (options.perLine !== null) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    return chunks(lines, options.perLine).map((group) => group.flatMap(splitWords));
  }
  return chunks(splitWords(text), options.perCall);
}

function chunks(items: readonly string[], size: number | null): string[][] {
  if (size === null) return items.length === 0 ? [] : [[...items]];
  const groups: string[][] = [];
  for (let i = 0; i < items.length; i += size) groups.push(items.slice(i, i + size));
  return groups;
}

async function run(context: Context, args: readonly string[]): Promise<number> {
  const options = parse(args);
  const text = new TextDecoder().decode(await context.readStdin());
  const calls = batches(options, text);
  if (calls.length === 0 && options.runEmpty && options.replace === null) calls.push([]);
  const command = options.words.length === 0 ? ['echo'] : options.words;
  let status = 0;
  for (const words of calls) {
    const { replace } = options;
    const line =
      replace === null ? [...command, ...words] : command.map((word) => word.replaceAll(replace, words[0]));
    if (options.trace) context.err(`${line.join(' ')}\n`);
    const result = await context.run(line);
    if (result < 0) {
      context.err(`xargs: ${line[0]}: No such file or directory\n`);
      return 127;
    }
    if (result === 255) {
      context.err(`xargs: ${line[0]}: exited with status 255; aborting\n`);
      return 124;
    }
    if (result !== 0) status = 123;
    if (context.process.killed) return 128 + context.process.signal;
  }
  return status;
}

export const xargs: Command = { name: 'xargs', run };
