// What all shells of one run share: the lab, whose turn it is, the files, the programs, and the bounds.
import type { Lab } from '../lab/lab.ts';
import { Random } from '../time/random.ts';
import type { Evaluator } from './bash/evaluator.ts';
import type { Language } from './bash/language.ts';
import type { Shell } from './bash/shell.ts';
import type { Bundled } from './bundled.ts';
import type { FileTree } from './files/tree.ts';
import { Scheduler, type Stalled } from './process/scheduler.ts';
import { Signal } from './process/signals.ts';
import { Task } from './process/task.ts';
import type { Programs } from './programs.ts';

/** What a script may use up before it is ended. Generous: a runaway script meets them, a large lab does not. */
export interface Limits {
  /** Simple commands run, in all shells together. */
  readonly commands: number;
  /** Programs started; those of just-bash, which take longer, count as ten. */
  readonly programs: number;
  /** Bytes printed or substituted. */
  readonly outputBytes: number;
  /** Bytes of all files in memory. */
  readonly fileBytes: number;
  /** Processes alive at one time. */
  readonly processes: number;
  /** Virtual seconds. */
  readonly seconds: number;
}

export const LIMITS: Limits = {
  commands: 20_000_000,
  programs: 2_000_000,
  outputBytes: 512 * 1024 * 1024,
  fileBytes: 1024 * 1024 * 1024,
  processes: 20_000,
  seconds: 7 * 24 * 3600,
};

export interface SessionParts {
  readonly lab: Lab;
  readonly files: FileTree;
  readonly language: Language;
  readonly programs: Programs;
  readonly bundled: Bundled;
  readonly evaluator: Evaluator;
  readonly limits: Limits;
  readonly seed: number;
  /** Where the messages of the run itself go (not those of a command). */
  readonly report: (text: string) => void;
  readonly breathe?: () => Promise<void>;
  readonly isMemoryShort?: () => boolean;
}

/** Ctrl-C again and again does not help against a script that waits for ever in its traps. */
const INTERRUPT_LIMIT = 1000;

export class Session {
  readonly lab: Lab;
  readonly files: FileTree;
  readonly language: Language;
  readonly programs: Programs;
  readonly bundled: Bundled;
  readonly evaluator: Evaluator;
  readonly limits: Limits;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly startedAt: number;
  /** Processes that have not ended, by process id. */
  readonly tasks = new Map<number, Task>();
  private readonly report: (text: string) => void;
  private nextPid = 1000;
  private commandCount = 0;
  private programCount = 0;
  private outputCount = 0;
  private interrupts = 0;
  private exceeded = false;

  constructor(parts: SessionParts) {
    this.lab = parts.lab;
    this.files = parts.files;
    this.language = parts.language;
    this.programs = parts.programs;
    this.bundled = parts.bundled;
    this.evaluator = parts.evaluator;
    this.limits = parts.limits;
    this.random = new Random(parts.seed ^ 0x5e551014);
    this.report = parts.report;
    this.startedAt = parts.lab.kernel.clock.now;
    parts.lab.isInhabited = (namespace) =>
      [...this.tasks.values()].some((task) => task.namespace === namespace);
    this.scheduler = new Scheduler({
      lab: parts.lab,
      deadline: this.startedAt + parts.limits.seconds * 1e6,
      onStall: (why) => this.stalled(why),
      ...(parts.breathe === undefined && parts.isMemoryShort === undefined
        ? {}
        : { breathe: () => this.breathe(parts) }),
    });
  }

  private async breathe({ breathe, isMemoryShort }: SessionParts): Promise<void> {
    if (isMemoryShort?.() === true) this.exceed('no memory is left');
    await breathe?.();
  }

  createTask(name: string, parent: Task | null, background: boolean): Task {
    const namespace = parent?.namespace ?? this.lab.kernel.initial;
    const task = new Task(this.scheduler, this.nextPid++, name, parent, background, namespace);
    this.tasks.set(task.pid, task);
    task.whenDone(() => {
      this.tasks.delete(task.pid);
      this.lab.vacate(task.namespace);
    });
    if (this.tasks.size > this.limits.processes) this.exceed(`more than ${this.limits.processes} processes`);
    return task;
  }

  /** The process id that `$$` is in a shell and its subshells. */
  mainPid(task: Task): number {
    let at = task;
    while (at.parent !== null && !at.leader) at = at.parent;
    return at.pid;
  }

  /** Starts a shell's work; the caller goes on when it first waits or has ended. */
  async start(shell: Shell, run: () => Promise<void>): Promise<void> {
    await this.scheduler.start(async () => {
      if (!shell.task.done) await run();
      shell.descriptors.closeAll();
      shell.task.finish(shell.status);
    });
  }

  /** `shell` waits for the end of a process. */
  async join(shell: Shell, task: Task): Promise<void> {
    while (!task.done && !shell.task.done)
      await shell.task.wait(Number.POSITIVE_INFINITY, (wake) => task.whenDone(wake));
  }

  /** Counts a command; false if there were too many. */
  countCommand(): boolean {
    if (++this.commandCount <= this.limits.commands) return true;
    this.exceed(`more than ${this.limits.commands} commands`);
    return false;
  }

  /** Counts a program that starts; false if there were too many. */
  countProgram(weight: number): boolean {
    this.programCount += weight;
    if (this.programCount <= this.limits.programs) return true;
    this.exceed(`more than ${this.limits.programs} programs`);
    return false;
  }

  /** Counts printed bytes; false if there were too many. */
  count(bytes: number): boolean {
    this.outputCount += bytes;
    if (this.outputCount <= this.limits.outputBytes) return true;
    this.exceed(`more than ${this.limits.outputBytes} bytes of output`);
    return false;
  }

  /** What a program or a substitution reads before it goes on: no more than may be printed in all. */
  mayHold(bytes: number): boolean {
    if (bytes <= this.limits.outputBytes) return true;
    this.exceed(`more than ${this.limits.outputBytes} bytes read by one program`);
    return false;
  }

  /** A bound was met: everything ends. */
  exceed(why: string): void {
    if (this.exceeded) return;
    this.exceeded = true;
    this.report(`vrouter: ${why}: ended\n`);
    for (const task of [...this.tasks.values()]) task.kill(Signal.KILL);
  }

  /** A prompt's next command: stalls are told of again. */
  resume(): void {
    this.interrupts = 0;
  }

  get overrun(): boolean {
    return this.exceeded;
  }

  /** Ctrl-C: all that runs in the foreground is interrupted. */
  interrupt(): void {
    for (const task of [...this.tasks.values()]) if (!task.background) task.kill(Signal.INT);
  }

  /** Nothing will ever happen again, or the script's time is over: as if the user had pressed Ctrl-C. */
  private stalled(why: Stalled): void {
    if (++this.interrupts > INTERRUPT_LIMIT) this.exceed('interrupted again and again');
    else if (this.interrupts === 1)
      this.report(
        why === 'idle'
          ? 'vrouter: every process waits and nothing is left to happen: interrupted\n'
          : `vrouter: ${this.limits.seconds} s of virtual time are over: interrupted\n`,
      );
    this.interrupt();
    for (const task of [...this.tasks.values()]) if (!task.background) task.interrupt();
  }
}
