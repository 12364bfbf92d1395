// head: the first lines or bytes; it ends as soon as it has them, so that `tcpdump -l | head` does.
import type { Command, Context } from '../command.ts';

interface Wanted {
  readonly bytes: boolean;
  /** Negative: all but that many at the end. */
  readonly count: number;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 512,
  k: 1024,
  K: 1024,
  M: 1048576,
  kB: 1000,
  MB: 1000000,
};

function countOf(text: string): number | null {
  const found = /^(-?\d+)(b|k|K|M|kB|MB)?$/.exec(text);
  return found === null ? null : Number(found[1]) * UNITS[found[2] ?? ''];
}

/** How many bytes of `content` are wanted, given what was taken before; `left` counts down. */
class Counter {
  private readonly wanted: Wanted;
  private left: number;

  constructor(wanted: Wanted) {
    this.wanted = wanted;
    this.left = wanted.count;
  }

  get done(): boolean {
    return this.left <= 0;
  }

  take(chunk: Uint8Array): Uint8Array {
    if (this.wanted.bytes) {
      const taken = chunk.subarray(0, this.left);
      this.left -= taken.length;
      return taken;
    }
    let end = 0;
    while (this.left > 0 && end < chunk.length) {
      const newline = chunk.indexOf(10, end);
      if (newline < 0) return chunk;
      end = newline + 1;
      this.left--;
    }
    return chunk.subarray(0, end);
  }
}

async function headOfInput(context: Context, wanted: Wanted): Promise<void> {
  if (wanted.count < 0) {
    context.outBytes(allBut(await context.readStdin(), wanted));
    return;
  }
  const counter = new Counter(wanted);
  while (!counter.done) {
    const chunk = await context.readChunk();
    if (chunk === null) return;
    context.outBytes(counter.take(chunk));
  }
}

/** Without its last lines or bytes. */
function allBut(content: Uint8Array, wanted: Wanted): Uint8Array {
  if (wanted.bytes) return content.subarray(0, Math.max(0, content.length + wanted.count));
  let end = content.length;
  let left = -wanted.count;
  while (left > 0 && end > 0) {
    end = content.lastIndexOf(10, end - 2) + 1;
    left--;
  }
  return content.subarray(0, end);
}

const headOf = (content: Uint8Array, wanted: Wanted): Uint8Array =>
  wanted.count < 0 ? allBut(content, wanted) : new Counter(wanted).take(content);

interface Options {
  wanted: Wanted;
  headers: boolean | null;
  readonly paths: string[];
}

/** Null with a message for wrong use. */
function parse(context: Context, args: readonly string[]): Options | null {
  const options: Options = { wanted: { bytes: false, count: 10 }, headers: null, paths: [] };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    const counted = /^(?:-(n|c)|--(lines|bytes)=?)(.*)$/.exec(arg);
    const old = /^-(\d+)$/.exec(arg);
    if (counted !== null || old !== null) {
      const bytes = counted !== null && (counted[1] === 'c' || counted[2] === 'bytes');
      const text = old?.[1] ?? (counted?.[3] || args[++i] || '');
      const count = countOf(text);
      if (count === null) {
        context.err(`head: invalid number of ${bytes ? 'bytes' : 'lines'}: ‘${text}’\n`);
        return null;
      }
      options.wanted = { bytes, count };
    } else if (arg === '-q' || arg === '--quiet') options.headers = false;
    else if (arg === '-v' || arg === '--verbose') options.headers = true;
    else if (/^-./.test(arg) && arg !== '--') {
      context.err(
        `head: invalid option -- '${arg.replace(/^-+/, '')[0]}'\nTry 'head --help' for more information.\n`,
      );
      return null;
    } else if (arg !== '--') options.paths.push(arg);
  }
  return options;
}

async function run(context: Context, args: readonly string[]): Promise<number> {
  const options = parse(context, args);
  if (options === null) return 1;
  const paths = options.paths.length === 0 ? ['-'] : options.paths;
  let status = 0;
  let first = true;
  for (const path of paths) {
    const content = path === '-' ? null : await context.open(path);
    if (typeof content === 'string') {
      context.err(`head: cannot open '${path}' for reading: ${content}\n`);
      status = 1;
      continue;
    }
    if (options.headers ?? paths.length > 1)
      context.out(`${first ? '' : '\n'}==> ${path === '-' ? 'standard input' : path} <==\n`);
    first = false;
    if (content === null) await headOfInput(context, options.wanted);
    else context.outBytes(headOf(content, options.wanted));
  }
  return context.process.killed ? 128 + context.process.signal : status;
}

export const head: Command = { name: 'head', run };
