// Printed lines against those that the real tcpdump 4.99.3 printed (frames.txt), and laws that hold for any bytes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LOOPBACK_HOSTS, NUMERIC, namesFrom } from '../../../../src/shell/commands/tcpdump/names.ts';
import { type Options, parseOptions } from '../../../../src/shell/commands/tcpdump/options.ts';
import { PacketPrinter } from '../../../../src/shell/commands/tcpdump/packet-printer.ts';
import { recordedFrames } from './tables.ts';

const FRAMES = recordedFrames();
const LINK_TYPES = [0, 1, 101, 113, 276];

function optionsOf(words: readonly string[]): Options {
  const parsed = parseOptions(words);
  if (!('options' in parsed)) throw new Error(`bad options: ${words.join(' ')}`);
  return parsed.options;
}

/** What a printer of these options prints of one frame. */
function printed(words: readonly string[], linkType: number, data: Uint8Array, length = data.length): string {
  const options = optionsOf(words);
  const names = options.numeric ? NUMERIC : namesFrom(LOOPBACK_HOSTS);
  const printer = new PacketPrinter(options, names, linkType, () => '?');
  return printer.format({ seconds: 1, nanos: 0, data, originalLength: length }, 1);
}

describe('prints as tcpdump 4.99.3 does', () => {
  test.each(FRAMES.map((frame) => [frame.sentence, frame] as const))('%s', (_, frame) => {
    expect(frame.printed.size).toBeGreaterThan(0);
    for (const [option, text] of frame.printed) {
      const words = option === '' ? ['-t'] : ['-t', option];
      expect(`${option}: ${printed(words, frame.linkType, frame.data, frame.length)}`).toBe(
        `${option}: ${text}`,
      );
    }
  });

  test('has frames of all link types', () => {
    expect([...new Set(FRAMES.map(({ linkType }) => linkType))].sort((a, b) => a - b)).toEqual(LINK_TYPES);
  });
});

const frame = (): Uint8Array => FRAMES[10].data;

/** The first word of the line, or what stands before `IP`. */
function timestamps(words: readonly string[], times: readonly (readonly [number, number])[]): string[] {
  const printer = new PacketPrinter(optionsOf(words), NUMERIC, 1, () => '?');
  return times.map(([seconds, nanos], i) => {
    const line = printer.format({ seconds, nanos, data: frame(), originalLength: frame().length }, i + 1);
    return line.slice(0, line.indexOf('IP'));
  });
}

const TIMES = [
  [1700000000, 123456789],
  [1700000001, 0],
  [1700000000, 999999000],
] as const;

describe('the time in front of a line', () => {
  test.each([
    ['the time of day', [], ['22:13:20.123456 ', '22:13:21.000000 ', '22:13:20.999999 ']],
    ['-t leaves it out', ['-t'], ['', '', '']],
    ['-tt since 1970', ['-tt'], ['1700000000.123456 ', '1700000001.000000 ', '1700000000.999999 ']],
    [
      '-ttt since the packet before, which may be later',
      ['-ttt'],
      [' 00:00:00.000000 ', ' 00:00:00.876544 ', '-00:00:00.000001 '],
    ],
    [
      '-tttt with the date',
      ['-tttt'],
      ['2023-11-14 22:13:20.123456 ', '2023-11-14 22:13:21.000000 ', '2023-11-14 22:13:20.999999 '],
    ],
    [
      '-ttttt since the first packet',
      ['-ttttt'],
      [' 00:00:00.000000 ', ' 00:00:00.876544 ', ' 00:00:00.876543 '],
    ],
    [
      '--nano with nine digits',
      ['--nano', '-tt'],
      ['1700000000.123456789 ', '1700000001.000000000 ', '1700000000.999999000 '],
    ],
    ['-# with the number', ['-#', '-t'], ['    1  ', '    2  ', '    3  ']],
  ] as const)('%s', (_, words, wanted) => {
    expect(timestamps(words, TIMES)).toEqual(wanted);
  });

  test('a time since 2038 cannot be told', () => {
    expect(timestamps(['-tt'], [[2 ** 31, 0]])).toEqual(['[Error converting time] ']);
  });
});

test.each([
  ['nothing captured', 0, 60, '[Invalid header: caplen==0]\n'],
  ['more captured than there was', 10, 5, '[Invalid header: len(5) < caplen(10)]\n'],
  ['a length of 0', 10, 0, '[Invalid header: len==0]\n'],
])('a record with %s is not printed', (_, captured, length, wanted) => {
  expect(printed(['-n'], 1, new Uint8Array(captured), length)).toBe(wanted);
});

test('numbers of a TCP conversation are relative to its first segments, from both sides', () => {
  const segment = (hex: string) => new Uint8Array(Buffer.from(`0200000000020200000000010800${hex}`, 'hex'));
  const header = (from: string, to: string) => `45000028000040004006000${'0'}${from}${to}`;
  const [a, b] = ['0a000001', '0a000002'];
  const lines = [
    segment(`${header(a, b)}c3500050000003e8000000005002faf000000000`),
    segment(`${header(b, a)}0050c350000007d0000003e95012faf000000000`),
    segment(`${header(a, b)}c3500050000003e9000007d15010faf000000000`),
    segment(`${header(b, a)}0050c350000007d5000003f35010faf000000000`),
  ];
  const print = (words: readonly string[]): string[] => {
    const printer = new PacketPrinter(optionsOf(words), NUMERIC, 1, () => '?');
    return lines.map((data, i) => {
      const line = printer.format({ seconds: 1, nanos: 0, data, originalLength: data.length }, i);
      return line.slice(line.indexOf('Flags'), line.indexOf(', win'));
    });
  };
  expect(print(['-nt'])).toEqual([
    'Flags [S], seq 1000',
    'Flags [S.], seq 2000, ack 1001',
    'Flags [.], ack 1',
    'Flags [.], ack 11',
  ]);
  expect(print(['-ntS'])[3]).toBe('Flags [.], ack 1011');
});

const OPTION_SETS = [['-n'], ['-nevvv'], ['-nXX'], ['-A'], ['-vv'], ['-nqq']];

describe('never throws and always ends', () => {
  test('a frame cut at every length', () => {
    for (const { data, length, linkType } of FRAMES)
      for (let cut = 1; cut <= data.length; cut++)
        for (const words of OPTION_SETS)
          expect(printed(words, linkType, data.subarray(0, cut), length)).toMatch(/\n$/);
  });

  test('any bytes of any link type', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.constantFrom(...LINK_TYPES),
        fc.constantFrom(...OPTION_SETS),
        (data, linkType, words) => {
          expect(printed(words, linkType, data)).toMatch(/\n$/);
        },
      ),
    );
  });

  test('a recorded frame with bytes changed', () => {
    const change = fc.array(fc.tuple(fc.nat({ max: 127 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...FRAMES),
        change,
        fc.constantFrom(...OPTION_SETS),
        (sample, changes, words) => {
          const data = sample.data.slice();
          for (const [at, value] of changes) if (at < data.length) data[at] = value;
          expect(printed(words, sample.linkType, data, sample.length)).toMatch(/\n$/);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
