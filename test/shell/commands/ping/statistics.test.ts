// ping's numbers: how times are rounded, what the last lines say.
import { describe, expect, test } from 'vitest';
import {
  finishText,
  percentText,
  rootOf,
  Statistics,
  timeText,
} from '../../../../src/shell/commands/ping/statistics.ts';

test.each([
  ['below a millisecond: three decimals', 45, '0.045 ms'],
  ['nothing at all', 0, '0.000 ms'],
  ['from a millisecond on: two decimals, rounded', 1234, '1.23 ms'],
  ['rounded up', 1235, '1.24 ms'],
  ['hundredths below ten keep their zero', 3045, '3.05 ms'],
  ['just below 10 ms it is rounded to one decimal', 9995, '10.0 ms'],
  ['one decimal', 12_340, '12.3 ms'],
  ['just below 100 ms it is rounded to none', 99_950, '100 ms'],
  ['no decimals', 123_456, '123 ms'],
])('time of a reply, %s', (_what, time, text) => {
  expect(timeText(time)).toBe(text);
});

test.each([
  ['half', 50, '50'],
  ['a third: six digits of a float', 100 / 3, '33.3333'],
  ['two thirds', 200 / 3, '66.6667'],
  ['none', 0, '0'],
  ['one of seven', 100 / 7, '14.2857'],
  ['hardly any', 0.00005, '5e-05'],
])('percentage lost, %s', (_what, value, text) => {
  expect(percentText(value)).toBe(text);
});

test.each([
  [0, 0],
  [1, 1],
  // Newton's steps swing between 1 and 2, and ping stops at the wrong one.
  [3, 2],
  [8, 3],
  [144, 12],
  [1_000_000, 1000],
])('the root of %i is %i', (value, root) => {
  expect(rootOf(value)).toBe(root);
});

const finished = (fill: (statistics: Statistics) => void, gap = false): string => {
  const statistics = new Statistics();
  fill(statistics);
  return finishText(statistics, { hostname: '10.0.0.2', timing: true, gap, elapsed: 2_003_400 });
};

const reply = (statistics: Statistics, sequence: number, time: number): void => {
  statistics.acknowledge(sequence);
  statistics.addTime(time);
  statistics.countReply(sequence);
};

describe('the last lines', () => {
  test('three replies to three requests', () => {
    const text = finished((statistics) => {
      for (const [i, time] of [45, 50, 61].entries()) {
        statistics.advance();
        reply(statistics, i + 1, time);
      }
    });
    expect(text).toBe(
      '\n--- 10.0.0.2 ping statistics ---\n' +
        '3 packets transmitted, 3 received, 0% packet loss, time 2003ms\n' +
        'rtt min/avg/max/mdev = 0.045/0.052/0.061/0.006 ms\n',
    );
  });

  test('only errors: no times, the pipe alone on its line', () => {
    const text = finished((statistics) => {
      for (let i = 0; i < 3; i++) statistics.advance();
      for (let i = 1; i <= 3; i++) {
        statistics.acknowledge(i);
        statistics.errors++;
      }
    });
    expect(text).toBe(
      '\n--- 10.0.0.2 ping statistics ---\n' +
        '3 packets transmitted, 0 received, +3 errors, 100% packet loss, time 2003ms\npipe 3\n',
    );
  });

  test('a duplicate counts apart, and a flood tells the gap', () => {
    const text = finished((statistics) => {
      statistics.advance();
      statistics.advance();
      reply(statistics, 2, 40);
      reply(statistics, 2, 60);
    }, true);
    expect(text).toBe(
      '\n--- 10.0.0.2 ping statistics ---\n' +
        '2 packets transmitted, 1 received, +1 duplicates, 50% packet loss, time 2003ms\n' +
        'rtt min/avg/max/mdev = 0.040/0.050/0.060/0.010 ms, ipg/ewma 2003.400/0.042 ms\n',
    );
  });

  test('nothing was sent', () => {
    expect(finished(() => {})).toBe(
      '\n--- 10.0.0.2 ping statistics ---\n0 packets transmitted, 0 received\n\n',
    );
  });
});

test('sequence numbers wrap at 16 bits without losing count of what is under way', () => {
  const statistics = new Statistics();
  for (let i = 1; i <= 70_000; i++) {
    statistics.clearAnswered(i);
    statistics.advance();
    expect(statistics.inFlight).toBe(1);
    statistics.acknowledge(i & 0xffff);
    expect(statistics.countReply(i & 0xffff)).toBe(false);
    expect(statistics.inFlight).toBe(0);
  }
  expect(statistics.received).toBe(70_000);
});
