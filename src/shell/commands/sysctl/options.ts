// sysctl's command line, as getopt_long reads it.
import type { Context } from '../../command.ts';
import { compileExtended, type Expression } from '../../expression/expression.ts';
import { USAGE } from './usage.ts';

export interface Options {
  all: boolean;
  printName: boolean;
  newline: boolean;
  namesOnly: boolean;
  ignore: boolean;
  quiet: boolean;
  write: boolean;
  dryRun: boolean;
  deprecated: boolean;
  load: boolean;
  /** The file given with -pFILE, null for none. */
  file: string | null;
  pattern: Pick<Expression, 'test'> | null;
  readonly operands: string[];
}

const LONG: Readonly<Record<string, string>> = {
  all: 'a',
  deprecated: 'D',
  'dry-run': 'R',
  binary: 'b',
  ignore: 'e',
  names: 'N',
  values: 'n',
  load: 'p',
  quiet: 'q',
  write: 'w',
  system: 'S',
  pattern: 'r',
  help: 'h',
  version: 'V',
};

/** The options, or the exit status of a command line that ends here. */
export function parse(context: Context, args: readonly string[]): Options | number {
  const options: Options = {
    all: false,
    printName: true,
    newline: true,
    namesOnly: false,
    ignore: false,
    quiet: false,
    write: false,
    dryRun: false,
    deprecated: false,
    load: false,
    file: null,
    pattern: null,
    operands: [],
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === '--') {
      options.operands.push(...args.slice(i + 1));
      break;
    }
    if (!/^-./.test(arg)) {
      options.operands.push(arg);
      continue;
    }
    const letters = arg.startsWith('--') ? longLetter(context, arg) : shortLetters(arg);
    if (letters === null) return help(context);
    for (const { letter, value } of letters) {
      let given = value;
      if (letter === 'r' && given === null) {
        given = args[++i] ?? null;
        if (given === null) {
          context.err(`sysctl: option requires an argument -- 'r'\n`);
          return help(context);
        }
      }
      const ended = apply(context, options, letter, given);
      if (ended !== null) return ended;
    }
  }
  return options;
}

interface Letter {
  readonly letter: string;
  readonly value: string | null;
}

function help(context: Context): number {
  context.out(USAGE);
  return 0;
}

/** Null, with a message, for an unknown or ambiguous one. */
function longLetter(context: Context, arg: string): Letter[] | null {
  const [name, ...rest] = arg.slice(2).split('=');
  const value = rest.length === 0 ? null : rest.join('=');
  const names = Object.keys(LONG).filter((known) => known.startsWith(name));
  const found = LONG[name] ?? (names.length === 1 ? LONG[names[0]] : undefined);
  if (found !== undefined) return [{ letter: found, value }];
  if (names.length > 1) {
    const choices = names.map((known) => `'--${known}'`).join(' ');
    context.err(`sysctl: option '--${name}' is ambiguous; possibilities: ${choices}\n`);
  } else context.err(`sysctl: unrecognized option '--${name}'\n`);
  return null;
}

/** `-p` and `-f` … of one word; -p takes the rest of the word, -r the rest or the next. */
function shortLetters(arg: string): Letter[] {
  const letters: Letter[] = [];
  for (let at = 1; at < arg.length; at++) {
    const rest = arg.slice(at + 1);
    if (arg[at] === 'p' || arg[at] === 'r') {
      letters.push({ letter: arg[at], value: rest === '' ? null : rest });
      break;
    }
    letters.push({ letter: arg[at], value: null });
  }
  return letters;
}

/** Null to go on, else the exit status. */
function apply(context: Context, options: Options, letter: string, value: string | null): number | null {
  switch (letter) {
    case 'b':
      options.newline = false;
      options.printName = false;
      return null;
    case 'n':
      options.printName = false;
      return null;
    case 'e':
      options.ignore = true;
      return null;
    case 'N':
      options.namesOnly = true;
      return null;
    case 'w':
      options.write = true;
      return null;
    case 'f':
    case 'p':
      options.load = true;
      options.file = value ?? options.file;
      return null;
    case 'q':
      options.quiet = true;
      return null;
    case 'a':
    case 'A':
    case 'X':
      options.all = true;
      return null;
    case 'D':
      options.deprecated = true;
      return null;
    case 'R':
      options.dryRun = true;
      return null;
    case 'r':
      options.pattern = expression(value ?? '');
      return null;
    case 'o':
    case 'x':
      return null;
    case 'S':
      return 0;
    case 'V':
      context.out('sysctl from procps-ng 4.0.2\n');
      return 0;
    case 'd':
    case 'h':
      return help(context);
    default:
      context.err(`sysctl: invalid option -- '${letter}'\n`);
      return help(context);
  }
}

/** A pattern that is no regular expression matches nothing. */
function expression(text: string): Pick<Expression, 'test'> {
  const compiled = compileExtended(text, {});
  return typeof compiled === 'string' ? { test: () => false } : compiled;
}
