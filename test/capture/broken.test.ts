// Broken files: what is said of each, and what can still be read.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeFinding } from '../../src/capture/finding.ts';
import { readCapture } from '../../src/capture/read.ts';
import {
  anyFile,
  block,
  classicFile,
  concat,
  interfaceBlock,
  outline,
  packet,
  packetBlock,
  patched,
  pcapngFile,
  sectionBlock,
  words,
} from './build.ts';

function numbered(count: number, length = 60): { seconds: number; nanos: number; data: Uint8Array }[] {
  return Array.from({ length: count }, (_, i) => ({
    seconds: 1_700_000_000 + i,
    nanos: 0,
    data: packet(length, i),
  }));
}

const classic = classicFile(numbered(4));
const RECORD = 16 + 60;
/** Where record `n` (from 1) of the classic file starts. */
const at = (n: number) => 24 + (n - 1) * RECORD;

const ng = concat(
  sectionBlock(),
  interfaceBlock(1),
  packetBlock(0, 5n, packet(8)),
  packetBlock(0, 6n, packet(8)),
  packetBlock(0, 7n, packet(8)),
);
const EPB = 32 + 8;
const ngAt = (n: number) => 28 + 20 + (n - 1) * EPB;

interface Case {
  readonly what: string;
  readonly file: Uint8Array;
  readonly lengths: number[];
  readonly findings: string[];
}

const unreadable: Case[] = [
  { what: 'an empty file', file: packet(0), lengths: [], findings: ['0@0 empty-file 0'] },
  { what: 'three bytes', file: packet(3), lengths: [], findings: ['0@0 unknown-magic 01 02 03'] },
  {
    what: 'a text',
    file: new TextEncoder().encode('12:00 IP a > b'),
    lengths: [],
    findings: ['0@0 unknown-magic 31 32 3a 30'],
  },
  {
    what: 'half a header',
    file: classic.subarray(0, 20),
    lengths: [],
    findings: ['0@0 truncated-header 20'],
  },
];

const classicCases: Case[] = [
  {
    what: 'no records at all are no problem',
    file: classic.subarray(0, 24),
    lengths: [],
    findings: [],
  },
  {
    what: 'version 2.3 is read as 2.4 is',
    file: patched(classic, 4, 0x0003_0002),
    lengths: [60, 60, 60, 60],
    findings: ['0@0 unsupported-version 2.3'],
  },
  {
    what: 'the file ends inside a packet',
    file: classic.subarray(0, at(4) + 40),
    lengths: [60, 60, 60],
    findings: [`4@${at(4)} truncated-record 40`],
  },
  {
    what: 'the file ends inside a record header',
    file: classic.subarray(0, at(4) + 5),
    lengths: [60, 60, 60],
    findings: [`4@${at(4)} truncated-record 5`],
  },
  {
    what: 'a captured length of four billion: the record is lost, the next ones are not',
    file: patched(classic, at(2) + 8, 0xffff_ffff),
    lengths: [60, 60, 60],
    findings: [`2@${at(2)} captured-length-too-large 4294967295`, `2@${at(2)} skipped-bytes ${RECORD}`],
  },
  {
    what: 'the same for the last record',
    file: patched(classic, at(4) + 8, 0xffff_ffff),
    lengths: [60, 60, 60],
    findings: [`4@${at(4)} captured-length-too-large 4294967295`, `4@${at(4)} skipped-bytes ${RECORD}`],
  },
  {
    what: 'seven bytes too many between two records',
    file: concat(classic.subarray(0, at(2)), new Uint8Array(7).fill(0xee), classic.subarray(at(2))),
    lengths: [60, 60, 60, 60],
    findings: [`2@${at(2)} captured-length-too-large ${0x6553f1}`, `2@${at(2)} skipped-bytes 7`],
  },
  {
    what: 'a believable but wrong length that runs over the end: it contradicts the length on the wire',
    file: patched(classic, at(2) + 8, 100_000),
    lengths: [60, 60, 60],
    findings: [`2@${at(2)} captured-exceeds-original 100000`, `2@${at(2)} skipped-bytes ${RECORD}`],
  },
  {
    what: 'more captured than there was on the wire is delivered as it is',
    file: patched(classic, at(3) + 12, 10),
    lengths: [60, 60, 60, 60],
    findings: [`3@${at(3)} captured-exceeds-original 60`],
  },
  {
    what: 'two and a half million microseconds are carried into the seconds',
    file: patched(classic, at(1) + 4, 2_500_000),
    lengths: [60, 60, 60, 60],
    findings: [`1@${at(1)} bad-subseconds 2500000`],
  },
];

const pcapngCases: Case[] = [
  {
    what: 'the file ends inside a packet block',
    file: ng.subarray(0, ngAt(3) + 30),
    lengths: [8, 8],
    findings: [`3@${ngAt(3)} truncated-block 30`],
  },
  {
    what: 'the file ends inside a block header',
    file: ng.subarray(0, ngAt(3) + 6),
    lengths: [8, 8],
    findings: [`3@${ngAt(3)} truncated-block 6`],
  },
  {
    what: 'a block length of four billion: the packet is lost, the next one is not',
    file: patched(ng, ngAt(2) + 4, 0xffff_ffff),
    lengths: [8, 8],
    findings: [`2@${ngAt(2)} bad-block-length 4294967295`, `2@${ngAt(2)} skipped-bytes ${EPB}`],
  },
  {
    what: 'a block length that is no multiple of four',
    file: patched(ng, ngAt(2) + 4, EPB + 1),
    lengths: [8, 8],
    findings: [`2@${ngAt(2)} bad-block-length ${EPB + 1}`, `2@${ngAt(2)} skipped-bytes ${EPB}`],
  },
  {
    what: 'a block length of a megabyte in a short file: the rest is searched at the end',
    file: patched(ng, ngAt(1) + 4, 1_048_576),
    lengths: [8, 8],
    findings: [`1@${ngAt(1)} truncated-block ${3 * EPB}`, `1@${ngAt(1)} skipped-bytes ${EPB}`],
  },
  {
    what: 'the length behind the block differs',
    file: patched(ng, ngAt(2) - 4, 44),
    lengths: [8, 8],
    findings: [`1@${ngAt(1)} trailing-length-mismatch 44`, `1@${ngAt(1)} skipped-bytes ${EPB}`],
  },
  {
    what: 'the captured length does not fit into the block',
    file: patched(ng, ngAt(2) + 20, 9),
    lengths: [8, 8],
    findings: [`2@${ngAt(2)} captured-exceeds-block 9`],
  },
  {
    what: 'an interface nobody described',
    file: patched(ng, ngAt(2) + 8, 7),
    lengths: [8, 8],
    findings: [`2@${ngAt(2)} unknown-interface 7`],
  },
  {
    what: 'a packet block too short for its fields',
    file: concat(ng, block(6, words(0, 0))),
    lengths: [8, 8, 8],
    findings: [`4@${ngAt(4)} block-too-short 20`],
  },
  {
    what: 'a section of version 2 is passed over, the next one is read',
    file: concat(sectionBlock(2), ng.subarray(28), ng),
    lengths: [8, 8, 8],
    findings: ['0@0 unsupported-version 2.0'],
  },
  {
    what: 'a byte order magic that is none',
    file: concat(patched(sectionBlock(), 8, 0x1234), ng),
    lengths: [8, 8, 8],
    findings: ['0@0 bad-byte-order-magic 0x34120000', '0@0 skipped-bytes 28'],
  },
  {
    what: 'an option that runs over its block is ignored, the packet is delivered',
    file: concat(
      ng,
      block(6, concat(words(0, 0, 0, 4, 4), packet(4), Uint8Array.of(1, 0, 200, 0, 0x68, 0x69, 0, 0))),
    ),
    lengths: [8, 8, 8, 4],
    findings: [`4@${ngAt(4)} bad-option 1`],
  },
  {
    what: 'a lost packet that carries a pcapng file: its blocks are not taken for ours',
    file: patched(
      concat(ng, packetBlock(0, 8n, concat(ng, packet(0))), packetBlock(0, 9n, packet(4))),
      ngAt(4) + 4,
      0xffff_ffff,
    ),
    lengths: [8, 8, 8, 4],
    findings: [`4@${ngAt(4)} bad-block-length 4294967295`, `4@${ngAt(4)} skipped-bytes ${32 + ng.length}`],
  },
];

describe.each([
  ['unreadable', unreadable],
  ['classic', classicCases],
  ['pcapng', pcapngCases],
])('%s', (_, cases) => {
  test.each(cases)('$what', ({ file, lengths, findings }) => {
    expect(outline(file)).toEqual({ lengths, findings });
  });
});

describe('findings', () => {
  test('say number, place, what and value', () => {
    const [finding] = readCapture(patched(classic, at(2) + 8, 0xffff_ffff)).findings;
    expect(describeFinding(finding!)).toBe(
      'record 2 at byte 100: captured length 4294967295 is more than any capture holds',
    );
    const [empty] = readCapture(packet(0)).findings;
    expect(describeFinding(empty!)).toBe('byte 0: the file is empty');
  });

  test('a lost record keeps its number', () => {
    const { records } = readCapture(patched(classic, at(2) + 8, 0xffff_ffff));
    expect(records.map(({ number }) => number)).toEqual([1, 3, 4]);
  });

  test('a carried second is carried', () => {
    const { records } = readCapture(patched(classic, at(1) + 4, 2_500_000));
    expect(records[0]).toMatchObject({ seconds: 1_700_000_002, nanos: 500_000_000 });
  });
});

describe('no file makes it throw or hang', () => {
  const magics = ['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d', '34cdb2a1', '0a0d0d0a', '1f8b08'];
  const magic = fc.constantFrom(...magics).map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));

  test('arbitrary bytes', () => {
    fc.assert(
      fc.property(magic, fc.uint8Array({ maxLength: 600 }), (start, rest) => {
        readCapture(concat(start, rest));
        readCapture(rest);
      }),
      { numRuns: 500 },
    );
  });

  test('files with any word overwritten say so or read all the same', () => {
    fc.assert(
      fc.property(anyFile, fc.nat(), fc.nat(0xffff_ffff), (file, place, value) => {
        const { records } = readCapture(patched(file, place % (file.length - 3), value));
        for (const { nanos, number } of records) {
          expect(nanos).toBeGreaterThanOrEqual(0);
          expect(nanos).toBeLessThan(1e9);
          expect(number).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('numbers rise, and none is used twice', () => {
    fc.assert(
      fc.property(anyFile, fc.nat(), fc.nat(0xffff_ffff), (file, place, value) => {
        const { records } = readCapture(patched(file, place % (file.length - 3), value));
        const numbers = records.map(({ number }) => number);
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      }),
    );
  });

  test('zeros, ones and repeated magics, a megabyte of each', () => {
    const big = 1_048_576;
    for (const fill of [0, 0xff, 0x0a]) {
      for (const head of [classic.subarray(0, 24), ng.subarray(0, 48)]) {
        readCapture(concat(head, new Uint8Array(big).fill(fill)));
      }
    }
    expect(readCapture(pcapngFile([])).records).toEqual([]);
  });
});
