// The virtual clock: integer microseconds and heaps of timers. Nothing here or below looks at a wall clock.
import { wheelTime } from './jiffies.ts';
import { before, type Timer, TimerHeap } from './timer-heap.ts';

export type { Timer } from './timer-heap.ts';

export const SECOND = 1_000_000;
export const MILLISECOND = 1_000;
/** The kernel's clock_t (USER_HZ), in which times go to it and come from it. */
export const CLOCK_TICK = 10_000;

/** Time in microseconds since the epoch, and what is to happen at which time; equal times run in order of `schedule`. */
export class Clock {
  /** Microseconds since 1970-01-01 00:00 UTC. */
  now: number;
  readonly bootedAt: number;
  private readonly heap = new TimerHeap();
  private readonly background = new TimerHeap();
  private sequence = 1;
  /** Timers that ran. */
  ran = 0;

  constructor(startMicroseconds: number) {
    this.now = startMicroseconds;
    this.bootedAt = startMicroseconds;
  }

  /** Does what could have been done at an earlier time; it may schedule nothing. */
  asOf(time: number, work: () => void): void {
    const { now } = this;
    this.now = time;
    try {
      work();
    } finally {
      this.now = now;
    }
  }

  /** Runs `run` after `delay` microseconds (negative counts as 0). */
  schedule(delay: number, run: () => void): Timer {
    return this.add(this.heap, this.now + Math.max(0, Math.round(delay)), this.sequence++, run);
  }

  /**
   * As `schedule`, for what is done again and again for ever: it runs when its time comes because others wait for a
   * later time, but it keeps nobody waiting. A machine that has only such timers is idle.
   */
  scheduleBackground(delay: number, run: () => void): Timer {
    return this.add(this.background, this.now + Math.max(0, Math.round(delay)), this.sequence++, run);
  }

  /**
   * As `schedule`, on the kernel's timer wheel: `run` is called with the tick behind `delay`, before all others of that
   * time; of several the latest first, as from the wheel's lists (enqueue_timer, expire_timers).
   */
  scheduleTick(delay: number, run: () => void): Timer {
    const now = this.now - this.bootedAt;
    const at = this.bootedAt + wheelTime(now, now + Math.max(0, delay));
    return this.add(this.heap, at, -this.sequence++, run);
  }

  private add(heap: TimerHeap, at: number, sequence: number, run: () => void): Timer {
    const timer: Timer = { at, sequence, run, background: heap === this.background, heapIndex: 0 };
    heap.add(timer);
    return timer;
  }

  cancel(timer: Timer | null): void {
    if (timer === null || timer.at < 0) return;
    timer.at = -1;
    this.heapOf(timer).remove(timer);
  }

  private heapOf(timer: Timer): TimerHeap {
    return timer.background ? this.background : this.heap;
  }

  /** The time of the earliest timer, or Infinity if nobody waits for any. */
  nextAt(): number {
    return this.heap.size === 0 ? Number.POSITIVE_INFINITY : this.earliest().at;
  }

  /** Moves to the earliest timer and runs it, with all others of one tick of the wheel; false if nobody waits for any. */
  step(): boolean {
    if (this.heap.size === 0) return false;
    this.runFrom(this.earliest());
    return true;
  }

  /** As `step`, for a timer of any kind that is due by `until`; false if there is none. */
  stepBy(until: number): boolean {
    if (this.heap.size + this.background.size === 0) return false;
    const first = this.earliest();
    if (first.at > until) return false;
    this.runFrom(first);
    return true;
  }

  /** Of both heaps, one of which has a timer. */
  private earliest(): Timer {
    const mine = this.heap.first;
    const other = this.background.first;
    if (other === undefined) return mine as Timer;
    return mine === undefined || before(other, mine) ? other : mine;
  }

  private runFrom(first: Timer): void {
    const { at } = first;
    if (at > this.now) this.now = at;
    this.take(first);
    if (first.sequence > 0) return;
    for (let next = this.heap.first; next !== undefined && next.at === at && next.sequence < 0; ) {
      this.take(next);
      next = this.heap.first;
    }
  }

  private take(timer: Timer): void {
    this.heapOf(timer).remove(timer);
    timer.at = -1;
    this.ran++;
    timer.run();
  }

  /** Timers that somebody waits for. */
  get pending(): number {
    return this.heap.size;
  }
}
