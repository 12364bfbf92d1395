// The virtual clock: timers run in order of time and then of their making, whatever is cancelled on the way.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Clock, type Timer } from '../../src/time/clock.ts';
import { Random } from '../../src/time/random.ts';

describe('clock', () => {
  test('runs what was not cancelled in order of time, equal times in order of scheduling', () => {
    const plan = fc.array(fc.record({ delay: fc.nat(50), cancel: fc.boolean() }), { maxLength: 200 });
    fc.assert(
      fc.property(plan, (timers) => {
        const clock = new Clock(1000);
        const ran: number[] = [];
        const made: Timer[] = timers.map(({ delay }, index) => clock.schedule(delay, () => ran.push(index)));
        for (const [index, { cancel }] of timers.entries()) if (cancel) clock.cancel(made[index]);
        while (clock.step());
        const expected = timers
          .map((timer, index) => ({ ...timer, index }))
          .filter(({ cancel }) => !cancel)
          .sort((a, b) => a.delay - b.delay || a.index - b.index)
          .map(({ index }) => index);
        expect(ran).toEqual(expected);
        expect(clock.pending).toBe(0);
      }),
    );
  });

  test('a timer that schedules another sees its own time', () => {
    const clock = new Clock(0);
    const times: number[] = [];
    clock.schedule(5, () => {
      times.push(clock.now);
      clock.schedule(3, () => times.push(clock.now));
    });
    while (clock.step());
    expect(times).toEqual([5, 8]);
  });

  test('in the background runs in its turn what is due before the last that somebody waits for, and no more', () => {
    const plan = fc.array(fc.record({ delay: fc.nat(50), background: fc.boolean() }), { maxLength: 100 });
    fc.assert(
      fc.property(plan, fc.nat(60), (timers, until) => {
        const clock = new Clock(0);
        const ran: number[] = [];
        for (const [index, { delay, background }] of timers.entries()) {
          if (background) clock.scheduleBackground(delay, () => ran.push(index));
          else clock.schedule(delay, () => ran.push(index));
        }
        const order = timers.map((timer, index) => ({ ...timer, index })).sort((a, b) => a.delay - b.delay);
        const last = order.findLastIndex(({ background }) => !background);
        while (clock.step());
        expect(ran).toEqual(order.slice(0, last + 1).map(({ index }) => index));
        expect(clock.nextAt()).toBe(Number.POSITIVE_INFINITY);
        while (clock.stepBy(until));
        const due = order.filter(({ delay }, place) => place <= last || delay <= until);
        expect(ran).toEqual(due.map(({ index }) => index));
      }),
    );
  });

  test('a timer that has run is cancelled without effect on others', () => {
    const clock = new Clock(0);
    let ran = 0;
    const first = clock.schedule(1, () => ran++);
    clock.schedule(2, () => ran++);
    clock.step();
    clock.cancel(first);
    expect(clock.nextAt()).toBe(2);
    clock.step();
    expect([ran, clock.nextAt()]).toEqual([2, Number.POSITIVE_INFINITY]);
  });
});

describe('random', () => {
  test('the same seed gives the same numbers, another seed others', () => {
    const draw = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 8 }, () => random.u32());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });
  test('below stays below', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 0xffffffff }), (seed, limit) => {
        const value = new Random(seed).below(limit);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(limit);
      }),
    );
  });
});
