// diff of GNU diffutils 3.8 on two files: normal, unified (-u, -U N) and brief (-q); and cmp.
import type { Command, Context } from '../command.ts';

const TROUBLE = 2;
const CONTEXT = 3;

/** A run of lines: `fromA` up to `toA` of the first file became `fromB` up to `toB` of the second, from 0. */
interface Change {
  readonly fromA: number;
  readonly toA: number;
  readonly fromB: number;
  readonly toB: number;
}

interface Options {
  style: 'normal' | 'unified' | 'brief';
  context: number;
  sameToo: boolean;
  normalize: (line: string) => string;
  readonly labels: string[];
  readonly files: string[];
}

interface Text {
  readonly lines: string[];
  /** The last line has no newline. */
  readonly cut: boolean;
}

function textOf(bytes: Uint8Array): Text {
  const lines = new TextDecoder().decode(bytes).split('\n');
  const cut = lines.at(-1) !== '';
  if (!cut) lines.pop();
  return { lines, cut };
}

/** The changes between two lists by their longest common subsequence, deletions before insertions. */
function changesOf(a: readonly string[], b: readonly string[]): Change[] {
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j]
          ? common[(i + 1) * width + j + 1] + 1
          : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
  const changes: Change[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const [fromA, fromB] = [i, j];
    while ((i < a.length || j < b.length) && !(i < a.length && j < b.length && a[i] === b[j])) {
      if (j === b.length || (i < a.length && common[(i + 1) * width + j] >= common[i * width + j + 1])) i++;
      else j++;
    }
    if (i > fromA || j > fromB) changes.push({ fromA, toA: i, fromB, toB: j });
    while (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
    }
  }
  return changes;
}

/** `3`, `3,5`, or the line before where nothing is. */
const range = (from: number, to: number): string =>
  to - from > 1 ? `${from + 1},${to}` : String(to > from ? from + 1 : from);

const NO_NEWLINE = '\\ No newline at end of file';

function marked(mark: string, text: Text, from: number, to: number): string[] {
  const lines = text.lines.slice(from, to).map((line) => mark + line);
  if (text.cut && to === text.lines.length && to > from) lines.push(NO_NEWLINE);
  return lines;
}

function normal(a: Text, b: Text, changes: readonly Change[]): string[] {
  return changes.flatMap(({ fromA, toA, fromB, toB }) => {
    const letter = fromA === toA ? 'a' : fromB === toB ? 'd' : 'c';
    const between = letter === 'c' ? ['---'] : [];
    return [
      `${range(fromA, toA)}${letter}${range(fromB, toB)}`,
      ...marked('< ', a, fromA, toA),
      ...between,
      ...marked('> ', b, fromB, toB),
    ];
  });
}

/** `-4,3`, `-4` for one line, `-3,0` for none. */
const span = (from: number, to: number): string =>
  to - from === 1 ? String(from + 1) : `${to === from ? from : from + 1},${to - from}`;

function unified(a: Text, b: Text, changes: readonly Change[], context: number): string[] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const hunk = hunks.at(-1);
    const last = hunk?.at(-1);
    if (hunk !== undefined && last !== undefined && change.fromA - last.toA <= 2 * context) hunk.push(change);
    else hunks.push([change]);
  }
  return hunks.flatMap((hunk) => {
    const [first, last] = [hunk[0], hunk[hunk.length - 1]];
    const before = Math.min(context, first.fromA);
    const after = Math.min(context, a.lines.length - last.toA);
    const spanA = span(first.fromA - before, last.toA + after);
    const lines = [`@@ -${spanA} +${span(first.fromB - before, last.toB + after)} @@`];
    let at = first.fromA - before;
    for (const { fromA, toA, fromB, toB } of hunk) {
      lines.push(...marked(' ', a, at, fromA), ...marked('-', a, fromA, toA), ...marked('+', b, fromB, toB));
      at = toA;
    }
    return [...lines, ...marked(' ', a, at, last.toA + after)];
  });
}

const NORMALIZE: Readonly<Record<string, (line: string) => string>> = {
  i: (line) => line.toLowerCase(),
  w: (line) => line.replace(/\s+/g, ''),
  b: (line) => line.replace(/\s+/g, ' ').trimEnd(),
};

function parseOptions(args: readonly string[]): Options | string {
  const options: Options = {
    style: 'normal',
    context: CONTEXT,
    sameToo: false,
    normalize: (line) => line,
    labels: [],
    files: [],
  };
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (!/^-./.test(arg)) options.files.push(arg);
    else if (arg === '--label') options.labels.push(args[++at] ?? '');
    else if (arg.startsWith('--label=')) options.labels.push(arg.slice(8));
    else if (/^-[uU]\d*$|^--unified(=\d+)?$/.test(arg)) {
      options.style = 'unified';
      options.context = Number(/\d+/.exec(arg)?.[0] ?? (arg === '-U' ? args[++at] : CONTEXT));
    } else if (arg === '--brief') options.style = 'brief';
    else if (!/^--(color|normal|minimal|text)(=|$)/.test(arg)) {
      const error = letters(options, arg);
      if (error !== null) return error;
    }
  }
  if (options.files.length < 2) return `missing operand after '${options.files[0] ?? 'diff'}'`;
  return options.files.length > 2 ? `extra operand '${options.files[2]}'` : options;
}

function letters(options: Options, arg: string): string | null {
  if (arg.startsWith('--')) return `unrecognized option '${arg}'`;
  for (const letter of arg.slice(1)) {
    const inner = options.normalize;
    const outer = NORMALIZE[letter];
    if (outer !== undefined) options.normalize = (line) => outer(inner(line));
    else if (letter === 'u') options.style = 'unified';
    else if (letter === 'q') options.style = 'brief';
    else if (letter === 's') options.sameToo = true;
    else if (!'Nard'.includes(letter)) return `invalid option -- '${letter}'`;
  }
  return null;
}

const bytesOf = async (context: Context, path: string): Promise<Uint8Array | string> =>
  path === '-' ? context.readStdin() : context.open(path);

async function runDiff(context: Context, args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (typeof options === 'string') {
    context.err(`diff: ${options}\ndiff: Try 'diff --help' for more information.\n`);
    return TROUBLE;
  }
  const [nameA, nameB] = options.files;
  const first = await bytesOf(context, nameA);
  const second = await bytesOf(context, nameB);
  for (const [name, bytes] of [
    [nameA, first],
    [nameB, second],
  ] as const)
    if (typeof bytes === 'string') context.err(`diff: ${name}: ${bytes}\n`);
  if (typeof first === 'string' || typeof second === 'string') return TROUBLE;
  return compare(context, options, textOf(first), textOf(second));
}

function compare(context: Context, options: Options, a: Text, b: Text): number {
  const [nameA, nameB] = options.files;
  // The newline at the end is part of the last line.
  const keys = ({ lines, cut }: Text): string[] =>
    lines.map((line, i) => options.normalize(line) + (cut && i === lines.length - 1 ? '\n' : ''));
  const changes = changesOf(keys(a), keys(b));
  if (changes.length === 0) {
    if (options.sameToo) context.out(`Files ${nameA} and ${nameB} are identical\n`);
    return 0;
  }
  if (options.style === 'brief') context.out(`Files ${nameA} and ${nameB} differ\n`);
  else if (options.style === 'normal') context.out(`${normal(a, b, changes).join('\n')}\n`);
  else {
    const [labelA = `${nameA}\t${stamp(context, nameA)}`, labelB = `${nameB}\t${stamp(context, nameB)}`] =
      options.labels;
    context.out(`--- ${labelA}\n+++ ${labelB}\n${unified(a, b, changes, options.context).join('\n')}\n`);
  }
  return 1;
}

/** When a file was changed, as ls --full-time has it. */
function stamp(context: Context, path: string): string {
  const stat = context.stat(path);
  const microseconds = typeof stat === 'string' ? context.lab.kernel.clock.now : stat.modified;
  const text = new Date(Math.floor(microseconds / 1000)).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)}.${String(microseconds % 1e6).padStart(6, '0')}000 +0000`;
}

async function runCmp(context: Context, args: readonly string[]): Promise<number> {
  const silent = args.some((arg) => /^-(s|-silent|-quiet)$/.test(arg));
  const [nameA, nameB = '-'] = args.filter((arg) => arg === '-' || !arg.startsWith('-'));
  const a = await bytesOf(context, nameA ?? '-');
  const b = await bytesOf(context, nameB);
  for (const [name, bytes] of [
    [nameA, a],
    [nameB, b],
  ] as const)
    if (typeof bytes === 'string' && !silent) context.err(`cmp: ${name}: ${bytes}\n`);
  if (typeof a === 'string' || typeof b === 'string') return TROUBLE;
  const at = a.findIndex((byte, i) => byte !== b[i]);
  if (at < 0 && a.length === b.length) return 0;
  if (silent) return 1;
  const lines = (end: number): number => a.subarray(0, end).filter((byte) => byte === 10).length;
  if (at < 0 || at >= b.length) {
    const [short, size] = at < 0 ? [nameA, a.length] : [nameB, b.length];
    const whole = a[size - 1] === 10;
    const line = `${whole ? '' : 'in '}line ${lines(size) + (whole ? 0 : 1)}`;
    const place = size === 0 ? 'which is empty' : `after byte ${size}, ${line}`;
    context.err(`cmp: EOF on ${short} ${place}\n`);
  } else context.out(`${nameA} ${nameB} differ: byte ${at + 1}, line ${lines(at) + 1}\n`);
  return 1;
}

export const diff: Command = { name: 'diff', run: runDiff };
export const cmp: Command = { name: 'cmp', run: runCmp };
