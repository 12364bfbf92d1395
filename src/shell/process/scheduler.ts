// Who runs now: activities (shells, jobs, commands) take turns as coroutines do, one at a time, and the virtual clock
// moves only when every one of them waits. So the order of everything follows from the script alone.
import type { Lab } from '../../lab/lab.ts';

/** What happens when nothing can run any more, or the time that a script may take is over. */
export type Stalled = 'idle' | 'deadline';

export interface SchedulerOptions {
  readonly lab: Lab;
  /** Virtual time, microseconds since the epoch, after which nothing waits any longer. */
  readonly deadline: number;
  /** Called when nothing can run; it has to make something runnable (or nothing will ever happen again). */
  onStall(why: Stalled): void;
  /** Lets the host do its own work now and then (signals, timers of the wall clock). */
  readonly breathe?: () => Promise<void>;
}

const TURNS_PER_BREATH = 512;

export class Scheduler {
  private readonly lab: Lab;
  private readonly options: SchedulerOptions;
  private ready: (() => void)[] = [];
  private next = 0;
  private turns = 0;
  /** Ends the whole run: a programmer's mistake inside an activity. */
  private fail: (error: unknown) => void = () => {};
  readonly failure: Promise<never>;

  constructor(options: SchedulerOptions) {
    this.lab = options.lab;
    this.options = options;
    this.failure = new Promise<never>((_, reject) => {
      this.fail = reject;
    });
    this.failure.catch(() => {});
  }

  get now(): number {
    return this.lab.kernel.clock.now;
  }

  /** The running activity stops until `resume`, which `arrange` is given at once, has been called and it is its turn. */
  pause(arrange: (resume: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      let waiting = true;
      arrange(() => {
        if (!waiting) return;
        waiting = false;
        this.ready.push(resolve);
      });
      this.dispatch();
    });
  }

  /** As `pause`, and also ends at `microseconds` from now (Infinity: never). */
  async pauseFor(microseconds: number, arrange: (resume: () => void) => void): Promise<void> {
    const clock = this.lab.kernel.clock;
    if (microseconds === Number.POSITIVE_INFINITY) return this.pause(arrange);
    let resumeNow = (): void => {};
    const timer = clock.schedule(microseconds, () => resumeNow());
    await this.pause((resume) => {
      resumeNow = resume;
      arrange(resume);
    });
    clock.cancel(timer);
  }

  /** Runs `activity` at once until it first pauses or ends; then the caller goes on. */
  start(activity: () => Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      if (this.next > 0) this.ready[--this.next] = resolve;
      else this.ready.unshift(resolve);
      activity().then(
        () => this.dispatch(),
        (error) => this.fail(error),
      );
    });
  }

  /** Lets the host breathe now and then, from a place that never pauses. */
  breathe(): Promise<void> | null {
    if (++this.turns % TURNS_PER_BREATH !== 0 || this.options.breathe === undefined) return null;
    return this.options.breathe();
  }

  /** The running activity has stopped: whose turn is it? */
  private dispatch(): void {
    try {
      this.lab.settle();
      while (this.next === this.ready.length) this.advance();
    } catch (error) {
      this.fail(error);
      return;
    }
    const resume = this.take();
    const breath = this.breathe();
    if (breath === null) resume();
    else breath.then(resume, (error) => this.fail(error));
  }

  private take(): () => void {
    const resume = this.ready[this.next++];
    if (this.next === this.ready.length) {
      this.ready = [];
      this.next = 0;
    }
    return resume;
  }

  /** One timer, or the end of waiting. */
  private advance(): void {
    const { clock } = this.lab.kernel;
    const at = clock.nextAt();
    if (at <= this.options.deadline && at !== Number.POSITIVE_INFINITY) {
      clock.step();
      this.lab.settle();
      return;
    }
    this.options.onStall(at === Number.POSITIVE_INFINITY ? 'idle' : 'deadline');
    if (this.next === this.ready.length) throw new Error('every process waits and none can be woken');
  }
}
