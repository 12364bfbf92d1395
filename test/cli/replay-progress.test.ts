// The progress line of a replay: what it says, how often, and that it goes away.
import { expect, test } from 'vitest';
import { Progress } from '../../src/cli/replay-progress.ts';

function begin(total: number) {
  const written: string[] = [];
  const clock = { now: 0 };
  const progress = new Progress({ write: (text) => written.push(text), now: () => clock.now, total });
  const pass = (milliseconds: number, bytes: number, packets: number): void => {
    clock.now += milliseconds;
    progress.read(bytes);
    progress.advance(packets);
  };
  return { written, progress, pass };
}

test('packets, the part of the files, and the speed', () => {
  const { written, pass } = begin(4_000_000);
  pass(500, 1_000_000, 1500);
  expect(written).toHaveLength(1);
  expect(written[0]).toContain(' 25 %');
  expect(written[0]).toContain('1500 packets  1.0 MB of 4.0 MB  3000 packets/s');
});

test('no part where nobody knows how much there is', () => {
  const { written, pass } = begin(0);
  pass(1000, 2_000_000, 10);
  expect(written[0]).toContain('10 packets  2.0 MB  10 packets/s');
  expect(written[0]).not.toContain('%');
});

test('it is drawn a few times a second, however small the pieces are', () => {
  const { written, pass } = begin(100);
  for (let i = 0; i < 1000; i++) pass(1, 0, 1);
  expect(written.length).toBeGreaterThan(2);
  expect(written.length).toBeLessThan(10);
});

test('what was never drawn is not taken away; what was is, once', () => {
  const { written, progress, pass } = begin(100);
  progress.clear();
  expect(written).toEqual([]);
  pass(300, 1, 1);
  progress.clear();
  progress.clear();
  expect(written.slice(1)).toEqual(['\r\x1b[K']);
});
