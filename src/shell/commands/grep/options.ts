// The command line of GNU grep 3.8.
import type { Syntax } from './pattern.ts';

export interface Options {
  syntax: Syntax;
  ignoreCase: boolean;
  words: boolean;
  lines: boolean;
  invert: boolean;
  /** What is printed of a file: lines, only the matches, a count, its name if there is a match, or if there is none. */
  output: 'lines' | 'matches' | 'count' | 'files' | 'files-without' | 'nothing';
  numbers: boolean;
  /** Names in front of lines; null: if there are several files. */
  names: boolean | null;
  silent: boolean;
  limit: number;
  before: number;
  after: number;
  recursive: boolean;
  text: boolean;
  color: boolean;
  lineBuffered: boolean;
  include: string[];
  exclude: string[];
  patterns: string[] | null;
  patternFiles: string[];
  files: string[];
}

const initial = (): Options => ({
  syntax: 'basic',
  ignoreCase: false,
  words: false,
  lines: false,
  invert: false,
  output: 'lines',
  numbers: false,
  names: null,
  silent: false,
  limit: Number.POSITIVE_INFINITY,
  before: 0,
  after: 0,
  recursive: false,
  text: false,
  color: false,
  lineBuffered: false,
  include: [],
  exclude: [],
  patterns: null,
  patternFiles: [],
  files: [],
});

type Take = (options: Options, value: string) => string | undefined;

const count =
  (complaint: (value: string) => string, set: (options: Options, value: number) => void): Take =>
  (options, value) => {
    if (!/^-?\d+$/.test(value)) return complaint(value);
    set(options, Number(value));
    return undefined;
  };

const contextLength = (set: (options: Options, value: number) => void): Take =>
  count((value) => `${value}: invalid context length argument`, set);

/** Options without a value, by letter and long name. */
const FLAGS: readonly (readonly [letter: string, name: string, change: Partial<Options>])[] = [
  ['E', 'extended-regexp', { syntax: 'extended' }],
  ['F', 'fixed-strings', { syntax: 'fixed' }],
  ['G', 'basic-regexp', { syntax: 'basic' }],
  ['P', 'perl-regexp', { syntax: 'perl' }],
  ['i', 'ignore-case', { ignoreCase: true }],
  ['y', '', { ignoreCase: true }],
  ['', 'no-ignore-case', { ignoreCase: false }],
  ['v', 'invert-match', { invert: true }],
  ['w', 'word-regexp', { words: true }],
  ['x', 'line-regexp', { lines: true }],
  ['c', 'count', { output: 'count' }],
  ['l', 'files-with-matches', { output: 'files' }],
  ['L', 'files-without-match', { output: 'files-without' }],
  ['o', 'only-matching', { output: 'matches' }],
  ['q', 'quiet', { output: 'nothing' }],
  ['', 'silent', { output: 'nothing' }],
  ['s', 'no-messages', { silent: true }],
  ['n', 'line-number', { numbers: true }],
  ['H', 'with-filename', { names: true }],
  ['h', 'no-filename', { names: false }],
  ['r', 'recursive', { recursive: true }],
  ['R', 'dereference-recursive', { recursive: true }],
  ['a', 'text', { text: true }],
  ['I', '', {}],
  ['U', 'binary', {}],
  ['T', 'initial-tab', {}],
  ['', 'line-buffered', { lineBuffered: true }],
];

/** Options with a value. */
const VALUED: readonly (readonly [letter: string, name: string, take: Take])[] = [
  [
    'e',
    'regexp',
    (options, value) => {
      options.patterns = [...(options.patterns ?? []), ...value.split('\n')];
      return undefined;
    },
  ],
  [
    'f',
    'file',
    (options, value) => {
      options.patternFiles.push(value);
      return undefined;
    },
  ],
  [
    'm',
    'max-count',
    count(
      () => 'invalid max count',
      (options, value) => {
        options.limit = value < 0 ? Number.POSITIVE_INFINITY : value;
      },
    ),
  ],
  [
    'A',
    'after-context',
    contextLength((options, value) => {
      options.after = value;
    }),
  ],
  [
    'B',
    'before-context',
    contextLength((options, value) => {
      options.before = value;
    }),
  ],
  [
    'C',
    'context',
    contextLength((options, value) => {
      options.before = value;
      options.after = value;
    }),
  ],
  [
    '',
    'include',
    (options, value) => {
      options.include.push(value);
      return undefined;
    },
  ],
  [
    '',
    'exclude',
    (options, value) => {
      options.exclude.push(value);
      return undefined;
    },
  ],
  ['', 'exclude-dir', () => undefined],
  ['', 'label', () => undefined],
  ['d', 'directories', () => undefined],
];

export const USAGE = `Usage: grep [OPTION]... PATTERNS [FILE]...
Try 'grep --help' for more information.
`;

/** What the command line asks for, or what is wrong with it ('' for nothing but the usage). */
export function parseOptions(name: string, args: readonly string[]): Options | string {
  const options = initial();
  if (name === 'egrep') options.syntax = 'extended';
  if (name === 'fgrep') options.syntax = 'fixed';
  const operands: string[] = [];
  let error: string | undefined;
  for (let at = 0; at < args.length && error === undefined; at++) {
    const arg = args[at];
    if (arg === '--') {
      operands.push(...args.slice(at + 1));
      break;
    }
    if (!arg.startsWith('-') || arg === '-') operands.push(arg);
    else {
      const taken = arg.startsWith('--')
        ? takeLong(options, arg.slice(2), args[at + 1])
        : takeShort(options, arg.slice(1), args[at + 1]);
      error = taken.error;
      if (taken.usedNext) at++;
    }
  }
  if (error !== undefined) return error;
  if (options.patterns === null && options.patternFiles.length === 0) {
    const first = operands.shift();
    if (first === undefined) return '';
    options.patterns = first.split('\n');
  }
  options.files = operands;
  return options;
}

interface Taken {
  readonly error?: string;
  readonly usedNext: boolean;
}

function takeLong(options: Options, text: string, next: string | undefined): Taken {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  if (name === 'color' || name === 'colour') {
    options.color = text.slice(equals + 1) === 'always';
    return { usedNext: false };
  }
  const flag = FLAGS.find(([, long]) => long !== '' && long === name);
  if (flag !== undefined) {
    Object.assign(options, flag[2]);
    return { usedNext: false };
  }
  const valued = VALUED.find(([, long]) => long === name);
  if (valued === undefined) return { error: `unrecognized option '--${text}'`, usedNext: false };
  const value = equals < 0 ? next : text.slice(equals + 1);
  if (value === undefined) return { error: `option '--${name}' requires an argument`, usedNext: false };
  return { error: valued[2](options, value), usedNext: equals < 0 };
}

function takeShort(options: Options, letters: string, next: string | undefined): Taken {
  const context = /^\d+$/.exec(letters);
  if (context !== null) {
    options.before = Number(letters);
    options.after = Number(letters);
    return { usedNext: false };
  }
  for (let i = 0; i < letters.length; i++) {
    const flag = FLAGS.find(([letter]) => letter === letters[i]);
    const valued = VALUED.find(([letter]) => letter === letters[i]);
    if (flag !== undefined) Object.assign(options, flag[2]);
    else if (valued !== undefined) {
      const inside = letters.slice(i + 1);
      const value = inside === '' ? next : inside;
      if (value === undefined)
        return { error: `option requires an argument -- '${letters[i]}'`, usedNext: false };
      return { error: valued[2](options, value), usedNext: inside === '' };
    } else return { error: `invalid option -- '${letters[i]}'`, usedNext: false };
  }
  return { usedNext: false };
}
