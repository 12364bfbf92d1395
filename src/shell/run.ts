// Runs a script, or the lines of a prompt, in a lab of its own or one that is given: the door to the shell for the
// command line, replays and tests.
import { createLab } from '../lab/create.ts';
import type { Lab } from '../lab/lab.ts';
import { runWhole } from './bash/invoke.ts';
import { loadLanguage } from './bash/language.ts';
import { setOwnVariables } from './bash/own-variables.ts';
import { Shell } from './bash/shell.ts';
import { EVALUATOR } from './bash/table.ts';
import { Bundled } from './bundled.ts';
import type { Command } from './command.ts';
import { RT_REALMS_TEXT, RT_TABLES_TEXT } from './commands/iproute2/table-names.ts';
import type { HostFiles } from './files/host.ts';
import { absolute, directoryName } from './files/paths.ts';
import { FileTree, failed } from './files/tree.ts';
import { graftVirtualFiles } from './files/virtual.ts';
import { Signal } from './process/signals.ts';
import { BytesStream, concatenate, SinkStream } from './process/stream.ts';
import { Programs } from './programs.ts';
import { COMMANDS } from './registry.ts';
import { LIMITS, type Limits, Session } from './session.ts';

export interface ShellOptions {
  /** Of every random field; also `$RANDOM`. */
  readonly seed?: number;
  /** A lab that is there already; else a new one is made. */
  readonly lab?: Lab;
  /** Of a new lab: as the kernel's boot parameter ipv6.disable=1. */
  readonly ipv6Disabled?: boolean;
  /** The directory that scripts start in; the host's files appear in it. */
  readonly cwd?: string;
  readonly host?: HostFiles;
  /** More files, by path (relative to `cwd`). */
  readonly files?: ReadonlyMap<string, Uint8Array | string> | Readonly<Record<string, Uint8Array | string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: Uint8Array;
  /** Output as it comes. */
  readonly sink?: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;
  /** Standard output is a terminal. */
  readonly isTerminal?: boolean;
  readonly limits?: Partial<Limits>;
  /** Instead of the registry's. */
  readonly commands?: readonly Command[];
  /** Lets the host do its own work now and then. */
  readonly breathe?: () => Promise<void>;
  /** Asked now and then: a script that fills the host's memory is ended while there is some left. */
  readonly isMemoryShort?: () => boolean;
}

export interface RunOptions extends ShellOptions {
  readonly script: string;
  /** `$0`. */
  readonly name?: string;
  readonly args?: readonly string[];
  /** A file, the text of `bash -c`, or standard input: bash words its errors differently. */
  readonly from?: 'file' | 'text' | 'input';
  /** Called when the script starts, with what Ctrl-C does. */
  readonly started?: (interrupt: () => void) => void;
}

export interface RunResult {
  /** Standard output and standard error as they came. */
  readonly output: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** What the script wrote: bytes by path, relative to the start directory if below it. */
  readonly files: Map<string, Uint8Array>;
  readonly lab: Lab;
}

const ENVIRONMENT: Readonly<Record<string, string>> = {
  HOME: '/root',
  LANG: 'C.UTF-8',
  LOGNAME: 'root',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  SHELL: '/bin/bash',
  TERM: 'dumb',
  USER: 'root',
};

const DIRECTORIES = [
  '/tmp',
  '/etc',
  '/root',
  '/home',
  '/var/tmp',
  '/var/log',
  '/usr/local/bin',
  '/usr/local/sbin',
];
const ETC = {
  '/etc/hostname': 'vrouter\n',
  '/etc/hosts': '127.0.0.1\tlocalhost\n127.0.1.1\tvrouter\n',
  '/etc/iproute2/rt_realms': RT_REALMS_TEXT,
  '/etc/iproute2/rt_tables': RT_TABLES_TEXT,
  '/etc/resolv.conf': '',
};

/** Output that is collected and handed on; nothing more once the script has ended. */
class Output {
  private readonly chunks: { readonly error: boolean; readonly bytes: Uint8Array }[] = [];
  private readonly sink: ShellOptions['sink'];
  private open = true;
  session: Session | null = null;

  constructor(sink: ShellOptions['sink']) {
    this.sink = sink;
  }

  stream(error: boolean, isTerminal: boolean): SinkStream {
    return new SinkStream((bytes) => {
      if (!this.open || (this.session !== null && !this.session.count(bytes.length))) return '';
      this.put(error, bytes);
      return '';
    }, isTerminal);
  }

  put(error: boolean, bytes: Uint8Array): void {
    if (this.sink !== undefined) this.sink(error ? 'stderr' : 'stdout', bytes);
    else this.chunks.push({ error, bytes: bytes.slice() });
  }

  close(): void {
    this.open = false;
  }

  text(wanted: (error: boolean) => boolean): string {
    const bytes = this.chunks.filter((chunk) => wanted(chunk.error)).map((chunk) => chunk.bytes);
    return new TextDecoder().decode(concatenate(bytes));
  }
}

/** A shell and what belongs to it, ready to run commands. */
export interface OpenShell {
  readonly session: Session;
  readonly shell: Shell;
  /** Everything that was printed since it was opened (nothing if there is a sink). */
  readonly output: Output;
}

export async function openShell(
  options: ShellOptions,
  name: string,
  interactive = false,
): Promise<OpenShell> {
  const { seed, ipv6Disabled = false } = options;
  const lab = options.lab ?? createLab({ ipv6Disabled, ...(seed === undefined ? {} : { seed }) });
  const limits = { ...LIMITS, ...options.limits };
  const cwd = options.cwd ?? '/tmp/lab';
  const { clock, initial } = lab.kernel;
  const files = new FileTree({
    cwd,
    host: options.host ?? null,
    limit: limits.fileBytes,
    now: () => Math.floor(clock.now / 1000),
  });
  const output = new Output(options.sink);
  const [language, bundled] = await Promise.all([loadLanguage(), Bundled.load(files, initial)]);
  const programs = new Programs(files, options.commands ?? COMMANDS, bundled.names);
  bundled.connect(programs);
  const session = new Session({
    lab,
    files,
    language,
    programs,
    bundled,
    evaluator: EVALUATOR,
    limits,
    seed: options.seed ?? 1,
    report: (text) => output.put(true, new TextEncoder().encode(text)),
    ...(options.breathe === undefined ? {} : { breathe: options.breathe }),
    ...(options.isMemoryShort === undefined ? {} : { isMemoryShort: options.isMemoryShort }),
  });
  output.session = session;
  layOut(session, options, cwd);
  const task = session.createTask(name, null, false);
  const shell = new Shell({ session, task, namespace: initial, name, cwd }, interactive);
  equip(shell, options, output);
  return { session, shell, output };
}

/** The directories and files that a machine has, and those that were given. */
function layOut(session: Session, options: ShellOptions, cwd: string): void {
  const { files, lab } = session;
  const { initial } = lab.kernel;
  for (const path of DIRECTORIES) makeDirectories(files, path, session);
  graftVirtualFiles(files, lab, session.random);
  const encoder = new TextEncoder();
  const put = (path: string, content: Uint8Array | string): void => {
    makeDirectories(files, directoryName(path) || '/', session);
    files.write(initial, path, typeof content === 'string' ? encoder.encode(content) : content);
    files.markGiven(initial, path);
  };
  for (const [path, content] of Object.entries(ETC)) put(path, content);
  const given = options.files instanceof Map ? options.files : Object.entries(options.files ?? {});
  for (const [path, content] of given) put(absolute(cwd, path), content);
}

function makeDirectories(files: FileTree, path: string, session: Session): void {
  let at = '';
  for (const name of path.split('/').slice(1)) {
    at += `/${name}`;
    if (failed(files.find(session.lab.kernel.initial, at)))
      files.makeDirectory(session.lab.kernel.initial, at);
  }
}

function equip(shell: Shell, options: ShellOptions, output: Output): void {
  shell.task.leader = true;
  const isTerminal = options.isTerminal ?? false;
  shell.descriptors.set(0, new BytesStream(options.stdin ?? new Uint8Array(0)));
  shell.descriptors.set(1, output.stream(false, isTerminal));
  shell.descriptors.set(2, output.stream(true, isTerminal));
  const environment = { ...ENVIRONMENT, ...options.env, PWD: shell.cwd, SHLVL: '1', _: '/usr/bin/bash' };
  for (const [key, value] of Object.entries(environment)) {
    shell.variables.set(key, value);
    shell.variables.mark(key, 'exported', true);
  }
  setOwnVariables(shell, true);
}

/** V8 holds no text of more than 536,870,888 characters: `printf %1000000000d` asks for one. */
const isTooLong = ({ message }: RangeError): boolean => /string length|count value/i.test(message);

/** just-bash's parsers, where they are asked while the script runs. */
const isSyntaxError = (error: unknown): error is Error =>
  error instanceof Error && /^(ParseException|LexerError|ArithmeticError)$/.test(error.name);

/** Runs `work` as the foreground of a session; a programmer's mistake in any of its processes ends it. */
export async function foreground(session: Session, work: () => Promise<void>): Promise<void> {
  try {
    await Promise.race([work(), session.scheduler.failure]);
  } catch (error) {
    // The evaluator recurses as the script does; bounds on functions and subshells catch what is not contrived.
    if (isSyntaxError(error)) session.exceed(error.message);
    else if (!(error instanceof RangeError)) throw error;
    else session.exceed(isTooLong(error) ? 'a text that is too long' : 'commands nested too deeply');
  }
}

/** The script has ended: jobs that still run are ended too, in silence, so that they close their files. */
export async function closeShell({ session, shell, output }: OpenShell): Promise<void> {
  output.close();
  for (const signal of [Signal.TERM, Signal.KILL])
    for (const task of [...session.tasks.values()]) {
      if (task === shell.task || task.done) continue;
      task.kill(signal);
    }
  await session.scheduler.pauseFor(0, () => {});
  shell.descriptors.closeAll();
  session.files.flush();
}

export async function runScript(options: RunOptions): Promise<RunResult> {
  const open = await openShell(options, options.name ?? 'bash');
  const { session, shell, output } = open;
  shell.positional = [...(options.args ?? [])];
  if (options.from === 'text') shell.origin = 'environment';
  if (options.from === 'input') shell.origin = 'main';
  options.started?.(() => session.interrupt());
  await foreground(session, async () => {
    await runWhole(shell, options.script);
    await closeShell(open);
  });
  return {
    output: output.text(() => true),
    stdout: output.text((error) => !error),
    stderr: output.text((error) => error),
    exitCode: session.overrun ? 1 : shell.status,
    files: session.files.written(session.lab.kernel.initial),
    lab: session.lab,
  };
}
