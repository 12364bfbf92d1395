// When the kernel's timers run: not at their time but with a tick of the timer wheel, later by up to an eighth
// (kernel/time/timer.c). Timers of one slot run together, before any packet that they sent is received.

/** A jiffy of a kernel with HZ=100, microseconds. */
export const JIFFY = 10_000;

const LEVELS = 8;
/** Each level of the wheel has 64 slots of eight times the width of those below. */
const LEVEL_SHIFT = 3;
const LEVEL_SLOTS = 63;

/** Microseconds since boot at which a timer runs that is armed at `now` for `at` (calc_wheel_index, calc_index). */
export function wheelTime(now: number, at: number): number {
  const jiffies = Math.floor(now / JIFFY);
  const expires = jiffies + Math.max(0, Math.ceil((at - now) / JIFFY));
  let shift = 0;
  while (shift < LEVELS * LEVEL_SHIFT && expires - jiffies >= LEVEL_SLOTS * 2 ** shift) shift += LEVEL_SHIFT;
  return (Math.floor(expires / 2 ** shift) + 1) * 2 ** shift * JIFFY;
}
