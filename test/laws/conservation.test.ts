// Nothing is lost and nothing kept: in random labs, under any traffic, whatever is changed in the middle of it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Play } from './play.ts';
import { runs } from './runs.ts';

/** A lab, and steps that can be left out one by one. */
const lab = fc.integer({ min: 1 });
const steps = fc.array(fc.integer({ min: 1 }), { minLength: 5, maxLength: 40, size: 'max' });

describe('whatever comes and whatever is changed', () => {
  test('what was made has ended or waits in a queue that is known, after every step; time never goes back', async () => {
    await fc.assert(
      fc.asyncProperty(lab, steps, async (seed, all) => {
        const play = await Play.open(seed);
        const { clock } = play.machine.kernel;
        for (const step of all) {
          const before = clock.now;
          await play.step(step);
          expect(play.ledger.faults()).toEqual([]);
          expect(clock.now).toBeGreaterThanOrEqual(before);
        }
      }),
      { numRuns: runs(25) },
    );
  });

  test('no packet is left when every namespace is gone', async () => {
    await fc.assert(
      fc.asyncProperty(lab, steps, async (seed, all) => {
        const play = await Play.open(seed);
        for (const step of all) await play.step(step);
        await play.end();
        expect(play.ledger.faults()).toEqual([]);
        expect(play.machine.kernel.pool.outstanding).toBe(0);
      }),
      { numRuns: runs(15) },
    );
  });

  test('no packet is left when all has had its time', async () => {
    await fc.assert(
      fc.asyncProperty(lab, steps, async (seed, all) => {
        const play = await Play.open(seed);
        for (const step of all) await play.step(step);
        play.wait(600);
        expect(play.ledger.faults()).toEqual([]);
        expect(play.machine.kernel.pool.outstanding).toBe(0);
      }),
      { numRuns: runs(15) },
    );
  });
});

/** All that can be told of a play. */
const shown = ({ frames, printed, ledger, machine: { kernel } }: Play) => ({
  frames,
  printed,
  drops: ledger.drops(),
  made: ledger.made,
  now: kernel.clock.now,
});

describe('the same seed and the same steps', () => {
  test('give the same bytes at the same times, the same drops, the same words', async () => {
    await fc.assert(
      fc.asyncProperty(lab, steps, async (seed, all) => {
        const played = async () => {
          const play = await Play.open(seed);
          for (const step of all) await play.step(step);
          return shown(play);
        };
        expect(await played()).toEqual(await played());
      }),
      { numRuns: runs(12) },
    );
  });

  test('give them too where every packet is followed by a trace', async () => {
    await fc.assert(
      fc.asyncProperty(lab, steps, async (seed, all) => {
        const played = async (isFollowed: boolean) => {
          const play = await Play.open(seed);
          if (isFollowed) play.follow();
          for (const step of all) await play.step(step);
          return shown(play);
        };
        expect(await played(true)).toEqual(await played(false));
      }),
      { numRuns: runs(12) },
    );
  });
});
