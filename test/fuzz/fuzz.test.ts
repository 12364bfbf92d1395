// What `npm run fuzz` does for hours, for a few seconds: every target takes inputs that were changed at random.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../laws/runs.ts';
import { Chance, mutate } from './mutate.ts';
import { bytesOf, textOf } from './target.ts';
import { TARGETS } from './targets.ts';

/** The same inputs each time: new ones are for `npm run fuzz`, which keeps what it finds. */
const SEED = 20261120;
/** Milliseconds for one target: no test asks whether that was enough for a certain number of inputs. */
const TIME = 1500;

test.each(TARGETS)('$name: nothing is thrown for any input', async (target) => {
  const corpus = target.seeds();
  expect(corpus).not.toEqual([]);
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      await target.run(mutate(corpus, new Chance(seed), target.words));
    }),
    { seed: SEED, numRuns: runs(300), interruptAfterTimeLimit: runs(TIME) },
  );
});

test('a change of a text is the same for the same seed, and most changes change something', () => {
  const corpus = [bytesOf('ip link add v0 type veth peer name v1'), bytesOf('ip route')];
  const changed = (seed: number) => textOf(mutate(corpus, new Chance(seed), ['link']));
  const all = Array.from({ length: 200 }, (_, seed) => changed(seed));
  expect(Array.from({ length: 200 }, (_, seed) => changed(seed))).toEqual(all);
  expect(new Set(all).size).toBeGreaterThan(150);
});
