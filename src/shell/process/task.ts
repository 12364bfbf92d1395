// A process of the lab: a process id, whether it was asked to end, how it ended, and who waits for that.
import type { Namespace } from '../../netns/namespace.ts';
import type { Process } from '../command.ts';
import type { Scheduler } from './scheduler.ts';
import { Signal } from './signals.ts';

/** Ignored, or left to the default, unless a shell has a trap for it. */
const HARMLESS = new Set([17, Signal.CONT, 19, 20, 21, 22, 23, 28]);

export class Task implements Process {
  readonly pid: number;
  /** What `pgrep` and `killall` know it by. */
  name: string;
  /** With its arguments. */
  command: string;
  readonly parent: Task | null;
  /** The network namespace that it runs in. */
  namespace: Namespace;
  vrf: string;
  /** Belongs to a `&` job: Ctrl-C does not reach it, and it ignores SIGINT unless it has its own handler. */
  readonly background: boolean;
  /** The signal that asked it to end, or 0. */
  signal = 0;
  done = false;
  status = 0;
  /** A shell's answer to a signal; true if it is dealt with (trapped or ignored). */
  handler: ((signal: number) => boolean) | null = null;
  /** A shell dies at once, whatever its coroutine waits for; a command is told and ends in its own way. */
  shell = false;
  /** A shell that was started as a program, not forked: `$$` is its id. */
  leader = false;
  private readonly scheduler: Scheduler;
  private readonly killers: (() => void)[] = [];
  private readonly watchers: (() => void)[] = [];
  private wakeUp: (() => void) | null = null;

  constructor(
    scheduler: Scheduler,
    pid: number,
    name: string,
    parent: Task | null,
    background: boolean,
    namespace: Namespace,
  ) {
    this.scheduler = scheduler;
    this.pid = pid;
    this.name = name;
    this.command = name;
    this.parent = parent;
    this.background = background;
    this.namespace = namespace;
    this.vrf = parent?.vrf ?? '';
  }

  get killed(): boolean {
    return this.signal !== 0;
  }

  onKill(run: () => void): void {
    if (this.killed) run();
    else this.killers.push(run);
  }

  async sleep(microseconds: number): Promise<void> {
    await this.wait(microseconds, () => {});
  }

  async wait(microseconds: number, start: (wake: () => void) => void): Promise<boolean> {
    let woken = false;
    if (this.killed) return false;
    await this.scheduler.pauseFor(microseconds, (resume) => {
      this.wakeUp = resume;
      start(() => {
        woken = true;
        resume();
      });
    });
    this.wakeUp = null;
    return woken;
  }

  /** Ends a wait of this process early, with nothing else changed. */
  interrupt(): void {
    this.wakeUp?.();
  }

  /** Delivers a signal. */
  kill(signal: number): void {
    if (this.done || signal === 0) return;
    if (signal !== Signal.KILL && this.handler?.(signal)) return;
    if (HARMLESS.has(signal) || this.killed) return;
    if (signal === Signal.INT && this.background && this.killers.length === 0) return;
    this.signal = signal;
    for (const run of this.killers) run();
    if (this.shell) this.finish(128 + signal);
    this.interrupt();
  }

  /** Runs when the process has ended; at once if it has. */
  whenDone(run: () => void): void {
    if (this.done) run();
    else this.watchers.push(run);
  }

  /** It has ended with `status`; only the first call counts. */
  finish(status: number): void {
    if (this.done) return;
    this.done = true;
    this.status = status;
    for (const run of this.watchers) run();
  }

  /** Ended by a signal, as waitpid(2) tells it. */
  get signaled(): boolean {
    return this.done && this.killed && this.status === 128 + this.signal;
  }
}
