// The kernel's timer wheel.
import { expect, test } from 'vitest';
import { Clock } from '../../src/time/clock.ts';
import { JIFFY, wheelTime } from '../../src/time/jiffies.ts';

test.each([
  ['a timer never runs in the jiffy that it was armed for', 0, 0, 1],
  ['one jiffy', 0, 1, 2],
  ['below 63 jiffies every jiffy has its slot', 5, 5 + 62, 5 + 63],
  ['from 63 on a slot is eight jiffies wide', 0, 63, 64],
  ['a second', 0, 100, 104],
  ['a second, armed within a slot', 104, 204, 208],
  ['five seconds', 3, 503, 504],
  ['from 504 on a slot is 64 jiffies wide', 0, 504, 512],
  ['half a minute', 0, 3000, 3008],
])('%s', (_, now, at, expected) => {
  expect(wheelTime(now * JIFFY, at * JIFFY)).toBe(expected * JIFFY);
});

test('never early, never more than a jiffy and an eighth late', () => {
  for (let now = 0; now < 200_000; now += 7_919) {
    for (let delay = 0; delay < 100_000_000; delay = delay * 1.7 + 1_003) {
      const late = wheelTime(now, now + delay) - (now + delay);
      expect(late).toBeGreaterThan(0);
      expect(late).toBeLessThanOrEqual(2 * JIFFY + delay / 7);
    }
  }
});

test('timers of one slot run in one step, the latest first; what they arm comes later', () => {
  const clock = new Clock(0);
  const seen: string[] = [];
  clock.scheduleTick(1_000_000, () => seen.push('first'));
  clock.schedule(1_040_000, () => seen.push('other'));
  clock.scheduleTick(1_010_000, () => {
    seen.push('second');
    clock.scheduleTick(0, () => seen.push('armed'));
  });
  clock.step();
  expect([clock.now, ...seen]).toEqual([1_040_000, 'second', 'first']);
  clock.step();
  clock.step();
  expect(seen.slice(2)).toEqual(['other', 'armed']);
});
