// The flow cache is invisible: whatever is sent and whatever is changed, a lab that knows the ways of its packets and one
// that asks about each of them anew are the same, frame by frame and number by number.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FlowAction } from '../../src/netns/flow.ts';
import { machineState, watchEnds } from './machine-state.ts';
import { Play } from './play.ts';
import { runs } from './runs.ts';

const TIMES = 4;

/** What is done with packets of the flows that are known at the moment. */
const actionsOf = ({ machine: { kernel } }: Play): number[] =>
  [...kernel.flows!.known()].filter(({ stamp }) => stamp === kernel.stamp).map(({ action }) => action);

describe('the flow cache', () => {
  test('changes no frame, no counter, no table and no clock', async () => {
    const used = new Set<number>();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1 }),
        fc.array(fc.integer({ min: 1 }), { minLength: 5, maxLength: 30, size: 'max' }),
        fc.constantFrom('by queue' as const, 'at all' as const),
        async (seed, steps, unwatched) => {
          const known = await Play.open(seed, {}, { unwatched, times: TIMES });
          const anew = await Play.open(seed, {}, { unwatched, times: TIMES, flowCache: false });
          for (const step of steps) {
            await known.step(step);
            for (const action of actionsOf(known)) used.add(action);
            await anew.step(step);
            expect(known.frames).toEqual(anew.frames);
            expect(machineState(known.machine.kernel)).toEqual(machineState(anew.machine.kernel));
          }
          expect(known.printed).toBe(anew.printed);
          expect(known.machine.kernel.random.u32()).toBe(anew.machine.kernel.random.u32());
        },
      ),
      { numRuns: runs(20) },
    );
    expect([...used].sort((a, b) => a - b)).toEqual(Object.values(FlowAction).slice(1));
  });

  test('changes no packet either that goes through several hops at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1 }),
        fc.array(fc.integer({ min: 1 }), { minLength: 5, maxLength: 20, size: 'max' }),
        fc.constantFrom(1, 4, 21, 40),
        async (seed, steps, times) => {
          const manner = { unwatched: 'at all', times, bursts: 4 } as const;
          const known = await Play.open(seed, {}, manner);
          const anew = await Play.open(seed, {}, { ...manner, flowCache: false });
          const ends = watchEnds(known.machine.kernel);
          const endsAnew = watchEnds(anew.machine.kernel);
          for (const step of steps) {
            await known.step(step);
            await anew.step(step);
            expect(ends).toEqual(endsAnew);
            expect(machineState(known.machine.kernel)).toEqual(machineState(anew.machine.kernel));
          }
        },
      ),
      { numRuns: runs(10) },
    );
  });
});
