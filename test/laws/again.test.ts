// A request that is made again, and a link that goes down and up: what stays as it was.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sample } from '../parity/draw.ts';
import { drawReplacement } from './changes.ts';
import { Play } from './play.ts';
import { runs } from './runs.ts';

const seeds = fc.integer({ min: 1 });
const steps = fc.array(seeds, { maxLength: 25, size: 'max' });

/** What a namespace is set to, without what only counts or ages. */
const LISTS = [
  'ip -d address',
  'ip route show table all',
  'ip rule',
  'ip neigh show nud permanent',
  'ip neigh show proxy',
  'bridge fdb show',
];

/** The lists of every namespace, by its name. */
async function settings(play: Play): Promise<Map<string, string[]>> {
  const all = new Map<string, string[]>();
  for (const name of play.machine.names.keys()) {
    const lists: string[] = [];
    for (const list of LISTS) lists.push(await play.output(`ip netns exec ${name} ${list}`));
    all.set(
      name,
      lists.map((text) => text.replace(/(valid|preferred)_lft \d+sec/g, '$1_lft Nsec')),
    );
  }
  return all;
}

describe('ip … replace and ip link set', () => {
  test('what succeeded once succeeds again, and nothing comes of it', async () => {
    let succeeded = 0;
    await fc.assert(
      fc.asyncProperty(
        seeds,
        steps,
        fc.array(seeds, { minLength: 6, maxLength: 6 }),
        async (seed, all, again) => {
          const play = await Play.open(seed);
          for (const step of all) await play.step(step);
          for (const one of again) {
            const line = sample(one, 1, (draw) => drawReplacement(draw, play.lab))[0]!;
            const outcome = `${line}; echo "status $?"`;
            if (!(await play.output(outcome)).endsWith('status 0\n')) continue;
            succeeded++;
            play.wait(3);
            const once = await settings(play);
            expect(await play.output(outcome)).toBe('status 0\n');
            play.wait(3);
            expect([line, await settings(play)]).toEqual([line, once]);
          }
        },
      ),
      { numRuns: runs(7) },
    );
    expect(succeeded).toBeGreaterThan(5);
  });
});

/** Devices that are up, as `-n HOST` and a name. */
const upDevices = (play: Play): [host: string, device: string][] =>
  [...play.machine.names].flatMap(([host, { names }]) =>
    [...names.values()].filter(({ up }) => up).map(({ name }): [string, string] => [host, name]),
  );

/** STP's forward delay twice and addresses that end: whatever was under way has come to its end. */
const CALM = 45;

/** Takes the device down and up again, and lets everything follow. */
async function downAndUp(play: Play, host: string, device: string): Promise<void> {
  await play.run(`ip -n ${host} link set ${device} down`);
  play.wait(2);
  await play.run(`ip -n ${host} link set ${device} up`);
  play.wait(CALM);
}

async function sortedLines(play: Play, list: string): Promise<Map<string, string[]>> {
  const all = new Map<string, string[]>();
  for (const name of play.machine.names.keys())
    all.set(name, (await play.output(`ip -o -n ${name} ${list}`)).split('\n').sort());
  return all;
}

const all = (lines: Map<string, string[]>): string[] =>
  [...lines].flatMap(([host, each]) => each.map((line) => `${host} ${line}`));

describe('a link that goes down and up again (captures/down-up)', () => {
  test('keeps its addresses and has the routes they bring; only other routes through it are gone', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, steps, fc.nat(), async (seed, before, which) => {
        const play = await Play.open(seed);
        for (const step of before) await play.step(step);
        play.wait(CALM);
        const up = upDevices(play);
        if (up.length === 0) return;
        const [host, device] = up[which % up.length]!;
        const addresses = await sortedLines(play, 'address');
        const routes = all(await sortedLines(play, 'route show table all'));
        await downAndUp(play, host, device);
        expect(await sortedLines(play, 'address')).toEqual(addresses);
        const left = all(await sortedLines(play, 'route show table all'));
        const lost = routes.filter((line) => !left.includes(line));
        expect(lost.filter((line) => !line.startsWith(host) || !line.includes(` dev ${device} `))).toEqual(
          [],
        );
        expect(lost.filter((line) => line.includes('proto kernel'))).toEqual([]);
        const gained = left.filter((line) => !routes.includes(line));
        expect(gained.filter((line) => !line.includes(` dev ${device} `))).toEqual([]);
        expect(gained.filter((line) => !line.includes(' proto kernel '))).toEqual([]);
        await downAndUp(play, host, device);
        expect(all(await sortedLines(play, 'route show table all'))).toEqual(left);
      }),
      { numRuns: runs(15) },
    );
  });
});
