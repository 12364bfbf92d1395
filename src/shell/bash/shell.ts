// The state of one shell: a script, a subshell, a job, `bash -c`. What all shells of one run share is the Session.
import type { Namespace } from '../../netns/namespace.ts';
import { Signal, signalName } from '../process/signals.ts';
import type { Stream, WriteError } from '../process/stream.ts';
import type { Task } from '../process/task.ts';
import type { Session } from '../session.ts';
import type { CommandNode, FunctionNode, SimpleCommandNode, WordNode } from './ast.ts';
import { Descriptors } from './descriptors.ts';
import type { JobTable } from './jobs.ts';
import { Jobs } from './jobs.ts';
import { Variables } from './variables.ts';

/** Why the commands that follow are not run. */
export type Unwind =
  | { readonly kind: 'break' | 'continue'; readonly levels: number }
  | { readonly kind: 'return' | 'exit' }
  /** An expansion failed: the whole command line is given up, the script goes on. */
  | { readonly kind: 'discard' };

export interface Options {
  allexport: boolean;
  errexit: boolean;
  noclobber: boolean;
  noexec: boolean;
  noglob: boolean;
  nounset: boolean;
  pipefail: boolean;
  verbose: boolean;
  xtrace: boolean;
}

const OPTIONS: Options = {
  allexport: false,
  errexit: false,
  noclobber: false,
  noexec: false,
  noglob: false,
  nounset: false,
  pipefail: false,
  verbose: false,
  xtrace: false,
};

/** Letters of `$-` and `set`. */
export const OPTION_LETTERS: readonly (readonly [letter: string, name: keyof Options])[] = [
  ['a', 'allexport'],
  ['e', 'errexit'],
  ['f', 'noglob'],
  ['n', 'noexec'],
  ['u', 'nounset'],
  ['v', 'verbose'],
  ['x', 'xtrace'],
  ['C', 'noclobber'],
];

/** A function or a sourced file that runs: for messages, FUNCNAME and BASH_SOURCE. */
export interface Frame {
  /** '' for a sourced file. */
  readonly name: string;
  /** The file that the text is in. */
  readonly source: string;
  /** Where it was called. */
  readonly line: number;
}

/** A function and the file that it was defined in. */
export interface Definition {
  readonly node: FunctionNode;
  readonly source: string;
  /** What its lines are counted from. */
  readonly lineOffset: number;
}

const encoder = new TextEncoder();

/** Subshells, substitutions and parts of pipelines within each other. */
const DEPTH_LIMIT = 100;

export interface ShellStart {
  readonly session: Session;
  readonly task: Task;
  readonly namespace: Namespace;
  readonly name: string;
  readonly cwd: string;
}

export class Shell {
  readonly session: Session;
  readonly task: Task;
  readonly namespace: Namespace;
  /** `$0`. */
  readonly name: string;
  /** What messages begin with: `$0`, or the file that is being sourced. */
  source: string;
  cwd: string;
  variables = new Variables();
  functions = new Map<string, Definition>();
  positional: string[] = [];
  options: Options = { ...OPTIONS };
  shopt = new Set<string>(['sourcepath', 'globskipdots', 'patsub_replacement']);
  aliases = new Map<string, string>();
  descriptors = new Descriptors();
  /** Action by signal name (EXIT, ERR, INT …); '' ignores the signal. */
  traps = new Map<string, string>();
  jobs: JobTable = new Jobs();
  frames: Frame[] = [];
  directories: string[] = [];
  /** What was typed at the prompt. */
  history: string[] = [];
  /** `$?`. */
  status = 0;
  /** `$!`, 0 for none. */
  lastJob = 0;
  line = 0;
  /** Added to the lines of a piece of script that was parsed by itself. */
  lineOffset = 0;
  unwind: Unwind | null = null;
  /** While positive, a failing command ends nothing: conditions, `!`, all but the last of `&&` and `||`. */
  guarded = 0;
  loops = 0;
  /** Texts that are evaluated now: `eval` in `eval`. */
  textDepth = 0;
  /** How many shells are around this one. */
  depth = 0;
  readonly interactive: boolean;
  /** Where the commands come from if not from a file: what bash calls the file of their functions. */
  origin: 'file' | 'environment' | 'main' = 'file';
  /** A command was substituted while the words of this command were expanded: its status counts. */
  substituted = false;
  /** Descriptors of process substitutions, closed behind the command that uses them. */
  borrowed: number[] = [];
  /** The process that runs in the foreground, and whether Ctrl-C came meanwhile. */
  waitingFor: Task | null = null;
  interrupted = false;
  /** Signals that wait for their trap. */
  readonly pending: number[] = [];
  /** The simple command that was begun last, but for those of traps. */
  command: SimpleCommandNode | null = null;
  /** A trap's action is being run. */
  trapping = false;
  /** The shell is ending and only its EXIT trap still runs. */
  leaving = false;
  /** Levels of `$(…)`, `eval`, `.` and traps' actions, as many `+` as `set -x` writes. */
  traceDepth = 1;
  lastArgument = '';
  /** The arrays among the arguments of a declaration, by `name=`. */
  declared: ReadonlyMap<string, WordNode[]> | null = null;
  /** PIPESTATUS. */
  pipeStatus: readonly number[] = [0];
  /** Standard input is the pipe of the pipeline that this shell is one part of. */
  directPipe = false;
  /** Made for one simple command: a program that it runs takes its process over, as exec(2) does. */
  replaceable = false;
  /** The one command of a job: its redirections are the job's, which keeps nothing else open. */
  sole: CommandNode | null = null;
  /** `< FILE` as the whole of a substituted command: its output is the file. */
  fileRead: CommandNode | null = null;
  /** Within the word that `getopts` is at, and the OPTIND that it left. */
  getoptsOffset = 0;
  getoptsIndex = '1';

  constructor(start: ShellStart, interactive = false) {
    this.session = start.session;
    this.task = start.task;
    this.namespace = start.namespace;
    this.name = start.name;
    this.source = start.name;
    this.cwd = start.cwd;
    this.interactive = interactive;
    this.listen();
  }

  /** Takes signals as a shell does: traps, or the end. */
  listen(): void {
    this.task.shell = true;
    this.task.handler = (signal) => this.trapped(signal);
  }

  private trapped(signal: number): boolean {
    if (signal === Signal.INT && this.waitingFor !== null && !this.waitingFor.done) {
      this.interrupted = true;
      return true;
    }
    const action = this.traps.get(signalName(signal));
    if (action === undefined) return this.interactive && this.survive(signal);
    if (action === '') return true;
    this.pending.push(signal);
    this.task.interrupt();
    return true;
  }

  /** A prompt lives on: Ctrl-C gives up the line, TERM is nothing. */
  private survive(signal: number): boolean {
    if (signal !== Signal.INT && signal !== Signal.TERM) return false;
    if (signal === Signal.INT) {
      this.status = 130;
      this.unwind ??= { kind: 'discard' };
      this.task.interrupt();
    }
    return true;
  }

  /** No further command may run. */
  get stopped(): boolean {
    return this.unwind !== null || (this.task.done && !this.leaving) || this.session.overrun;
  }

  get ifs(): string {
    return this.variables.text('IFS') ?? ' \t\n';
  }

  /** A copy that shares nothing but what is open: `( … )`, a job, a part of a pipeline. */
  subshell(background = this.task.background): Shell {
    if (this.depth >= DEPTH_LIMIT) this.abort(`subshells nested more than ${DEPTH_LIMIT} deep`);
    const task = this.session.createTask(this.task.name, this.task, background);
    const child = new Shell({
      session: this.session,
      task,
      namespace: this.namespace,
      name: this.name,
      cwd: this.cwd,
    });
    child.source = this.source;
    child.origin = this.origin;
    child.variables = this.variables.clone();
    child.functions = new Map(this.functions);
    child.positional = [...this.positional];
    child.options = { ...this.options };
    child.shopt = new Set(this.shopt);
    child.descriptors = this.descriptors.clone();
    for (const [name, action] of this.traps) if (action === '') child.traps.set(name, action);
    child.jobs = this.jobs.snapshot();
    child.frames = [...this.frames];
    child.history = this.history;
    child.status = this.status;
    child.lastJob = this.lastJob;
    child.line = this.line;
    child.lineOffset = this.lineOffset;
    child.guarded = this.guarded;
    child.loops = this.loops;
    child.depth = this.depth + 1;
    child.textDepth = this.textDepth;
    child.traceDepth = this.traceDepth;
    return child;
  }

  /** A parameter's text by name, special ones included; undefined if it is not set. */
  parameter(name: string): string | undefined {
    if (/^\d+$/.test(name)) return name === '0' ? this.name : this.positional[Number(name) - 1];
    const special = this.special(name);
    return special === undefined ? this.variables.text(name) : special;
  }

  private special(name: string): string | undefined {
    switch (name) {
      case '?':
        return String(this.status);
      case '$':
        return String(this.session.mainPid(this.task));
      case '!':
        return this.lastJob === 0 ? '' : String(this.lastJob);
      case '#':
        return String(this.positional.length);
      case '-':
        return this.flags();
      case '_':
        return this.lastArgument;
      case 'LINENO':
        return String(this.line);
      case 'BASH_COMMAND':
        return this.command === null ? '' : this.session.language.commandText(this.command);
      case 'BASHPID':
        return String(this.task.pid);
      case 'RANDOM':
        return String(this.session.random.u32() & 0x7fff);
      case 'SRANDOM':
        return String(this.session.random.u32());
      case 'SECONDS':
        return String(Math.floor((this.session.scheduler.now - this.session.startedAt) / 1e6));
      case 'EPOCHSECONDS':
        return String(Math.floor(this.session.scheduler.now / 1e6));
      case 'EPOCHREALTIME':
        return (this.session.scheduler.now / 1e6).toFixed(6);
      case 'FUNCNAME':
        return this.frames.findLast((frame) => frame.name !== '')?.name;
      case 'BASH_SOURCE':
        return this.source;
      default:
        return undefined;
    }
  }

  private flags(): string {
    const letters = OPTION_LETTERS.filter(([, name]) => this.options[name]).map(([letter]) => letter);
    return `${letters.filter((letter) => letter !== 'C').join('')}hB${this.options.noclobber ? 'C' : ''}`;
  }

  /** The elements of an array, a scalar as its only one; undefined if unset. */
  arrayOf(name: string): ReadonlyMap<string, string> | undefined {
    const dynamic = this.dynamicArray(name);
    if (dynamic !== null) return new Map(dynamic.map((value, index) => [String(index), value]));
    const value = this.variables.get(name)?.value ?? this.special(name);
    if (value === undefined || value === null) return undefined;
    return typeof value === 'string' ? new Map([['0', value]]) : value;
  }

  private dynamicArray(name: string): string[] | null {
    if (name === 'PIPESTATUS') return this.pipeStatus.map(String);
    if (name === 'FUNCNAME') {
      const names = this.frames.map((frame) => frame.name || 'source').reverse();
      return names.length === 0 ? names : [...names, 'main'];
    }
    if (name === 'BASH_SOURCE') return [...this.frames.map((frame) => frame.source).reverse(), this.name];
    if (name === 'BASH_LINENO') return [...this.frames.map((frame) => String(frame.line)).reverse(), '0'];
    return null;
  }

  attributesOf(name: string): string {
    const variable = this.variables.get(name);
    if (variable === undefined) return '';
    const array = variable.associative ? 'A' : variable.value instanceof Map ? 'a' : '';
    return `${array}${variable.integer ? 'i' : ''}${variable.lower ? 'l' : ''}${variable.readonly ? 'r' : ''}${
      variable.upper ? 'u' : ''
    }${variable.exported ? 'x' : ''}`;
  }

  // ---- output

  write(fd: number, text: string): WriteError {
    return this.writeBytes(fd, encoder.encode(text));
  }

  writeBytes(fd: number, bytes: Uint8Array): WriteError {
    const stream: Stream | undefined = this.descriptors.get(fd);
    return stream === undefined ? 'Bad file descriptor' : stream.write(bytes);
  }

  /** `script.sh: line 3: message` on standard error. */
  complain(message: string): void {
    this.write(2, `${this.prefix()}${message}\n`);
  }

  prefix(): string {
    return this.interactive ? `${this.source}: ` : `${this.source}: line ${this.line}: `;
  }

  /** `set -u` met an unset parameter: a script ends. */
  unbound(name: string): void {
    this.complain(`${/^\d+$/.test(name) ? `$${name}` : name}: unbound variable`);
    this.status = this.fatalStatus;
    this.unwind = { kind: this.interactive ? 'discard' : 'exit' };
  }

  /** Of a shell that an expansion ends. */
  get fatalStatus(): number {
    return this.origin === 'environment' ? 127 : 1;
  }

  /** True, with a message, if the variable may not be changed. */
  refuseReadonly(name: string): boolean {
    if (!this.variables.isReadonly(name)) return false;
    this.complain(`${name}: readonly variable`);
    this.status = 1;
    this.unwind = { kind: 'discard' };
    return true;
  }

  /** Ends the whole run because a bound was met. */
  abort(why: string): void {
    this.session.exceed(why);
    this.unwind = { kind: 'exit' };
  }
}
