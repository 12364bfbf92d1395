// The virtual clock: integer microseconds and a heap of timers. Nothing here or below looks at a wall clock.
import { wheelTime } from './jiffies.ts';

/** A pending call; `at` is its time in microseconds, -1 once it has run or was cancelled. */
export interface Timer {
  at: number;
  readonly sequence: number;
  readonly run: () => void;
  heapIndex: number;
}

export const SECOND = 1_000_000;
export const MILLISECOND = 1_000;

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.sequence < b.sequence);

/** Time in microseconds since the epoch, and what is to happen at which time; equal times run in order of `schedule`. */
export class Clock {
  /** Microseconds since 1970-01-01 00:00 UTC. */
  now: number;
  readonly bootedAt: number;
  private readonly heap: Timer[] = [];
  private sequence = 1;

  constructor(startMicroseconds: number) {
    this.now = startMicroseconds;
    this.bootedAt = startMicroseconds;
  }

  /** Runs `run` after `delay` microseconds (negative counts as 0). */
  schedule(delay: number, run: () => void): Timer {
    return this.add(this.now + Math.max(0, Math.round(delay)), this.sequence++, run);
  }

  /**
   * As `schedule`, on the kernel's timer wheel: `run` is called with the tick behind `delay`, before all others of that
   * time; of several the latest first, as from the wheel's lists (enqueue_timer, expire_timers).
   */
  scheduleTick(delay: number, run: () => void): Timer {
    const now = this.now - this.bootedAt;
    return this.add(this.bootedAt + wheelTime(now, now + Math.max(0, delay)), -this.sequence++, run);
  }

  private add(at: number, sequence: number, run: () => void): Timer {
    const timer: Timer = { at, sequence, run, heapIndex: this.heap.length };
    this.heap.push(timer);
    this.up(timer);
    return timer;
  }

  cancel(timer: Timer | null): void {
    if (timer === null || timer.at < 0) return;
    timer.at = -1;
    this.removeAt(timer.heapIndex);
  }

  /** The time of the earliest timer, or Infinity. */
  nextAt(): number {
    return this.heap.length === 0 ? Number.POSITIVE_INFINITY : this.heap[0].at;
  }

  /** Moves to the earliest timer and runs it, with all others of one tick of the wheel; false if there is none. */
  step(): boolean {
    if (this.heap.length === 0) return false;
    const first = this.heap[0];
    const { at } = first;
    if (at > this.now) this.now = at;
    this.runFirst();
    if (first.sequence < 0) while (this.heap.length > 0 && this.isTick(this.heap[0], at)) this.runFirst();
    return true;
  }

  private isTick(timer: Timer, at: number): boolean {
    return timer.at === at && timer.sequence < 0;
  }

  private runFirst(): void {
    const timer = this.heap[0];
    this.removeAt(0);
    timer.at = -1;
    timer.run();
  }

  get pending(): number {
    return this.heap.length;
  }

  private removeAt(index: number): void {
    const last = this.heap.pop() as Timer;
    if (index === this.heap.length) return;
    this.heap[index] = last;
    last.heapIndex = index;
    this.up(last);
    this.down(last);
  }

  private up(timer: Timer): void {
    let index = timer.heapIndex;
    while (index > 0) {
      const parent = this.heap[(index - 1) >> 1];
      if (!before(timer, parent)) break;
      this.heap[index] = parent;
      parent.heapIndex = index;
      index = (index - 1) >> 1;
    }
    this.heap[index] = timer;
    timer.heapIndex = index;
  }

  private down(timer: Timer): void {
    let index = timer.heapIndex;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.heap.length) break;
      if (child + 1 < this.heap.length && before(this.heap[child + 1], this.heap[child])) child++;
      const smaller = this.heap[child];
      if (!before(smaller, timer)) break;
      this.heap[index] = smaller;
      smaller.heapIndex = index;
      index = child;
    }
    this.heap[index] = timer;
    timer.heapIndex = index;
  }
}
