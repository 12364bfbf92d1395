// The flow cache is invisible: whatever is sent and whatever is changed, a lab that knows the ways of its packets and one
// that asks about each of them anew are the same, frame by frame and number by number.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Device } from '../../src/netns/device.ts';
import { FlowAction } from '../../src/netns/flow.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { Play } from './play.ts';
import { runs } from './runs.ts';

const TIMES = 4;

/** Everything of a device that packets change. */
function deviceState(device: Device): unknown {
  const { name, stats, bridge, vxlan, tunnelErrors, proxyWaiting } = device;
  const bridged = bridge === null ? [] : [...bridge.fdb.values()].flatMap((table) => [...table.values()]);
  return {
    name,
    stats: { ...stats },
    tunnelErrors,
    proxyWaiting,
    bridged: bridged.map((entry) => ({ ...entry, port: entry.port?.name })),
    remotes: vxlan === null ? [] : structuredClone([...vxlan.fdb.values()]),
    cleanupAt: vxlan?.cleanupAt,
  };
}

function namespaceState({ counters, drops, devices, neighbours, fib, peers, name }: Namespace): unknown {
  return {
    name,
    counters: { ...counters },
    drops: [...drops],
    devices: [...devices.values()].map(deviceState),
    neighbours: [...neighbours.entries()].map(
      ({ address, mac, state, used, confirmed, updated, probes, device, queue }) => ({
        ...{ address, mac, state, used, confirmed, updated, probes },
        device: device.name,
        waiting: queue?.length ?? 0,
      }),
    ),
    exceptions: fib
      .dumpAll()
      .flatMap((route) => route.nextHops.map(({ exceptions }) => [...(exceptions ?? [])])),
    peers: [...peers].map(([address, peer]) => ({ address, ...peer })),
  };
}

const machineState = ({ machine: { kernel } }: Play): unknown => ({
  now: kernel.clock.now,
  next: kernel.clock.nextAt(),
  timers: kernel.clock.pending,
  outstanding: kernel.pool.outstanding,
  namespaces: [...kernel.namespaces].map(namespaceState),
});

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
            expect(machineState(known)).toEqual(machineState(anew));
          }
          expect(known.printed).toBe(anew.printed);
          expect(known.machine.kernel.random.u32()).toBe(anew.machine.kernel.random.u32());
        },
      ),
      { numRuns: runs(20) },
    );
    expect([...used].sort((a, b) => a - b)).toEqual(Object.values(FlowAction).slice(1));
  });
});
