// Work that a daemon does again and again: Felix's refresh of routes and neighbours, BIRD's scan of the kernel's table.
import type { Timer } from '../time/clock.ts';
import type { Lab } from './lab.ts';

/**
 * Calls `work` every `period` microseconds, for the first time one period from now, until what is returned is called.
 * It runs only while somebody else waits for a later time (`sleep`, `runUntil`): a shell with nothing but daemons is
 * idle and ends.
 */
export function every({ kernel: { clock } }: Lab, period: number, work: () => void): () => void {
  if (!(period > 0)) throw new RangeError(`a period of ${period} us`);
  let timer: Timer = clock.scheduleBackground(period, again);
  function again(): void {
    timer = clock.scheduleBackground(period, again);
    work();
  }
  return () => clock.cancel(timer);
}
