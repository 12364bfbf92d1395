// just-bash's own commands (awk, sed, grep, jq, sort …) as programs of the lab. They take their input and give their
// output whole; a pipe's writer has to end before they begin.
import type { Bash } from 'just-bash';
import { openDevice } from './bash/redirect.ts';
import type { Start } from './bash/start.ts';
import { adaptArguments } from './bundled-arguments.ts';
import { inByteOrder } from './byte-order.ts';
import { FileAdapter, fromLatin1, toLatin1 } from './files/adapter.ts';
import { absolute } from './files/paths.ts';
import { type FileTree, failed } from './files/tree.ts';
import { Signal } from './process/signals.ts';
import { readAll } from './process/stream.ts';
import type { Programs } from './programs.ts';

const encoder = new TextEncoder();

/** Replaced by ours, by builtins that are programs too, or without a place in a lab without hosts. */
const LEFT_OUT = new Set(
  `bash sh diff grep egrep fgrep alias unalias history help clear cat head tee echo printf true false pwd env printenv xargs timeout sleep
   date hostname whoami which ls time curl sqlite3 python python3 js-exec html-to-markdown uname`.split(
    /\s+/,
  ),
);

/** Commands that never look at their standard input. */
const NO_INPUT = new Set(
  'mkdir rm rmdir cp mv ln chmod touch stat du find tree file seq expr basename dirname readlink'.split(' '),
);

const SAFE_INTEGER = Number.MAX_SAFE_INTEGER;

/** just-bash counts for one call what `Limits` counts for the whole run: its own bounds are out of the way. */
const EXECUTION_LIMITS = {
  maxCommandCount: SAFE_INTEGER,
  maxLoopIterations: 100_000_000,
  maxAwkIterations: 5_000_000,
  maxSedIterations: 1_000_000,
  maxJqIterations: 20_000_000,
  maxWorkUnits: SAFE_INTEGER,
  maxGlobOperations: 100_000_000,
  maxArrayElements: 100_000_000,
};

export class Bundled {
  readonly names: readonly string[];
  private readonly adapter: FileAdapter;
  private readonly bash: Bash;
  /** Whose `find -exec` a command of the lab is run for. */
  private caller: Start | null = null;

  private constructor(bash: Bash, adapter: FileAdapter, names: readonly string[]) {
    this.bash = bash;
    this.adapter = adapter;
    this.names = names;
  }

  static async load(
    files: FileTree,
    namespace: ConstructorParameters<typeof FileAdapter>[1],
  ): Promise<Bundled> {
    const { Bash, getCommandNames } = await import('just-bash');
    const adapter = new FileAdapter(files, namespace);
    const names = (getCommandNames() as string[]).filter((name) => !LEFT_OUT.has(name));
    const bash = new Bash({
      fs: adapter,
      cwd: '/',
      commands: names as never,
      executionLimits: EXECUTION_LIMITS,
      processInfo: { pid: 1, ppid: 0, uid: 0, gid: 0 },
    });
    return new Bundled(bash, adapter, names);
  }

  /** Lets just-bash's commands start ours: `find -exec ip …`. */
  connect(programs: Programs): void {
    for (const name of programs.names()) {
      if (this.names.includes(name)) continue;
      this.bash.registerCommand({
        name,
        execute: async (args, context) => {
          if (this.caller === null) return { stdout: '', stderr: '', exitCode: 127 };
          const start = { ...this.caller, cwd: context.cwd };
          const resolved = programs.resolve(start.namespace, start.cwd, '/usr/sbin:/usr/bin', name);
          return {
            stdout: '',
            stderr: '',
            exitCode: await start.shell.session.evaluator.program(start, resolved, [name, ...args]),
          };
        },
      });
    }
  }

  async run(start: Start, name: string, args: readonly string[]): Promise<number> {
    const input = await this.input(start, name, args);
    if (start.task.killed) return 128 + start.task.signal;
    const outer = { caller: this.caller, namespace: this.adapter.namespace, special: this.adapter.special };
    this.caller = start;
    this.adapter.namespace = start.namespace;
    this.adapter.special = (path) => special(start, path);
    const result = await this.bash.exec(name, {
      args: adaptArguments(name, args, (path) => textOf(start, path)),
      stdin: toLatin1(input),
      stdinKind: 'bytes',
      cwd: start.cwd,
      env: Object.fromEntries(start.environment),
      replaceEnv: true,
      rawScript: true,
    });
    this.caller = outer.caller;
    this.adapter.namespace = outer.namespace;
    this.adapter.special = outer.special;
    return deliver(start, name, args, result);
  }

  /** Standard input, to its end; nothing for a command that reads the files that it names. */
  private async input(start: Start, name: string, args: readonly string[]): Promise<Uint8Array> {
    const stream = start.descriptors.get(0);
    const reads = start.shell.directPipe || !args.some((arg) => this.isFile(start, arg));
    if (stream === undefined || NO_INPUT.has(name) || !reads) return new Uint8Array(0);
    return readAll(stream, start.task, start.shell.session);
  }

  private isFile(start: Start, argument: string): boolean {
    if (argument === '' || argument === '-' || argument.startsWith('-')) return false;
    const node = start.shell.session.files.find(start.namespace, absolute(start.cwd, argument));
    return !failed(node) && node.kind === 'file';
  }
}

function textOf(start: Start, path: string): string | null {
  const bytes = start.shell.session.files.read(start.namespace, absolute(start.cwd, path));
  return failed(bytes) ? null : new TextDecoder().decode(bytes);
}

async function special(start: Start, path: string): Promise<Uint8Array | undefined> {
  if (!path.startsWith('/dev/')) return undefined;
  const stream = openDevice(start.shell, path);
  return stream === undefined || stream === null
    ? undefined
    : readAll(stream, start.task, start.shell.session);
}

/** Their output is bytes, each a character; that of all others is text. */
const BINARY = new Set(['gzip', 'gunzip', 'zcat', 'tar', 'base64', 'split']);

/** Where just-bash's words are not those of Debian's tools. */
const CORRECTIONS: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  sed: [[/^sed: ([^:\n]+): No such file/gm, "sed: can't read $1: No such file"]],
  mkdir: [[/directory '([^'\n]*)'/g, 'directory ‘$1’']],
};

/** `uniq -c` pads its counts to seven columns; `sort` goes by bytes. */
function corrected(name: string, args: readonly string[], output: string): string {
  if (name === 'sort') return inByteOrder(args, output);
  if (name !== 'uniq') return output;
  return output.replace(/^ +(\d+) /gm, (_all, count: string) => `${count.padStart(7)} `);
}

interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

function deliver(start: Start, name: string, args: readonly string[], result: Result): number {
  const output = BINARY.has(name)
    ? fromLatin1(result.stdout)
    : encoder.encode(corrected(name, args, result.stdout));
  const error = output.length === 0 ? '' : start.descriptors.get(1)?.write(output);
  let message = result.stderr;
  for (const [wrong, right] of CORRECTIONS[name] ?? []) message = message.replace(wrong, right);
  if (message !== '') start.descriptors.get(2)?.write(encoder.encode(message));
  return error === 'Broken pipe' ? 128 + Signal.PIPE : result.exitCode;
}
