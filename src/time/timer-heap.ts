// Timers in a binary heap: the earliest first, equal times in order of their sequence numbers.

/** A pending call; `at` is its time in microseconds, -1 once it has run or was cancelled. */
export interface Timer {
  at: number;
  readonly sequence: number;
  readonly run: () => void;
  /** It waits for time to pass, and nobody waits for it (see Clock.scheduleBackground). */
  readonly background: boolean;
  heapIndex: number;
}

export const before = (a: Timer, b: Timer): boolean =>
  a.at < b.at || (a.at === b.at && a.sequence < b.sequence);

export class TimerHeap {
  private readonly timers: Timer[] = [];

  get size(): number {
    return this.timers.length;
  }

  /** The earliest; undefined if there is none. */
  get first(): Timer | undefined {
    return this.timers[0];
  }

  add(timer: Timer): void {
    timer.heapIndex = this.timers.length;
    this.timers.push(timer);
    this.up(timer);
  }

  remove(timer: Timer): void {
    const index = timer.heapIndex;
    const last = this.timers.pop() as Timer;
    if (index === this.timers.length) return;
    this.timers[index] = last;
    last.heapIndex = index;
    this.up(last);
    this.down(last);
  }

  private up(timer: Timer): void {
    let index = timer.heapIndex;
    while (index > 0) {
      const parent = this.timers[(index - 1) >> 1];
      if (!before(timer, parent)) break;
      this.timers[index] = parent;
      parent.heapIndex = index;
      index = (index - 1) >> 1;
    }
    this.timers[index] = timer;
    timer.heapIndex = index;
  }

  private down(timer: Timer): void {
    let index = timer.heapIndex;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.timers.length) break;
      if (child + 1 < this.timers.length && before(this.timers[child + 1], this.timers[child])) child++;
      const smaller = this.timers[child];
      if (!before(smaller, timer)) break;
      this.timers[index] = smaller;
      smaller.heapIndex = index;
      index = child;
    }
    this.timers[index] = timer;
    timer.heapIndex = index;
  }
}
