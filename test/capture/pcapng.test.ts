// pcapng beyond what the writer writes: resolutions, offsets, sections, obsolete and unknown blocks.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCapture } from '../../src/capture/read.ts';
import { InterfaceClock, resolutionSeconds } from '../../src/capture/timestamp.ts';
import {
  block,
  concat,
  interfaceBlock,
  packet,
  packetBlock,
  pcapngFile,
  sectionBlock,
  words,
} from './build.ts';

/** if_tsresol, padded, and the end of options. */
function resolution(tsresol: number): Uint8Array {
  return Uint8Array.of(9, 0, 1, 0, tsresol, 0, 0, 0, 0, 0, 0, 0);
}

function timeOffset(seconds: bigint): Uint8Array {
  const option = new Uint8Array(16);
  const view = new DataView(option.buffer);
  view.setUint16(0, 14, true);
  view.setUint16(2, 8, true);
  view.setBigInt64(4, seconds, true);
  return option;
}

function only(options: Uint8Array, time: bigint): { seconds: number; nanos: number } {
  const file = concat(sectionBlock(), interfaceBlock(1, 0, options), packetBlock(0, time, packet(4)));
  const { records, findings } = readCapture(file);
  expect(findings).toEqual([]);
  return { seconds: records[0]!.seconds, nanos: records[0]!.nanos };
}

describe('time', () => {
  test('is in microseconds unless the interface says otherwise', () => {
    expect(only(words(), 1_700_000_000_123_456n)).toEqual({ seconds: 1_700_000_000, nanos: 123_456_000 });
  });

  test('in seconds, nanoseconds, picoseconds', () => {
    expect(only(resolution(0), 1_700_000_000n)).toEqual({ seconds: 1_700_000_000, nanos: 0 });
    expect(only(resolution(9), 1_700_000_000_123_456_789n)).toEqual({
      seconds: 1_700_000_000,
      nanos: 123_456_789,
    });
    expect(only(resolution(12), 1_000_000_123_456_789_999n)).toEqual({
      seconds: 1_000_000,
      nanos: 123_456_789,
    });
  });

  test('in powers of two', () => {
    expect(only(resolution(0x80 | 10), 5n * 1_024n + 512n)).toEqual({ seconds: 5, nanos: 500_000_000 });
    expect(only(resolution(0x80 | 32), (7n << 32n) + (1n << 30n))).toEqual({
      seconds: 7,
      nanos: 250_000_000,
    });
    expect(only(resolution(0xff), 0xffff_ffff_ffff_ffffn)).toEqual({ seconds: 0, nanos: 0 });
  });

  test('is moved by if_tsoffset, back as well', () => {
    expect(only(timeOffset(1_000n), 5_000_000n)).toEqual({ seconds: 1_005, nanos: 0 });
    expect(only(timeOffset(-6n), 5_000_001n)).toEqual({ seconds: -1, nanos: 1_000 });
  });

  test('an offset no number holds is a finding', () => {
    const options = timeOffset(1n << 60n);
    const file = concat(sectionBlock(), interfaceBlock(1, 0, options), packetBlock(0, 5_000_000n, packet(4)));
    const { records, findings } = readCapture(file);
    expect(findings).toEqual([{ number: 0, offset: 28, what: 'bad-option', value: 14 }]);
    expect(records[0]!.seconds).toBe(5);
  });

  test('agrees with big integers at every resolution', () => {
    const half = fc.nat(0xffff_ffff);
    fc.assert(
      fc.property(fc.nat(255), half, half, (tsresol, high, low) => {
        const clock = new InterfaceClock(tsresol, 0);
        clock.read(high, low);
        const count = (BigInt(high) << 32n) | BigInt(low);
        const units = (tsresol & 0x80 ? 2n : 10n) ** BigInt(tsresol & 0x7f);
        expect(clock.seconds).toBe(Number(count / units));
        expect(clock.nanos).toBe(Number(((count % units) * 1_000_000_000n) / units));
      }),
    );
  });

  test('the resolution is told in seconds', () => {
    expect([6, 9, 0, 0x80 | 20].map(resolutionSeconds)).toEqual([1e-6, 1e-9, 1, 2 ** -20]);
  });
});

describe('sections', () => {
  test('have their own byte order and interfaces; numbers and interfaces count on', () => {
    const one = { seconds: 1, nanos: 2, data: packet(5) };
    const first = pcapngFile([{ ...one, interface: 1 }], { interfaces: 2 });
    const second = pcapngFile([one], { bigEndian: true, interfaces: 1 });
    const { records, findings, info } = readCapture(concat(first, second, first));
    expect(findings).toEqual([]);
    expect(records.map(({ number, interface: index }) => [number, index])).toEqual([
      [1, 1],
      [2, 2],
      [3, 4],
    ]);
    expect(info.interfaces).toHaveLength(5);
    expect(records.every(({ seconds, nanos }) => seconds === 1 && nanos === 2)).toBe(true);
  });

  test('an interface of the section before is not there any more', () => {
    const file = concat(sectionBlock(), interfaceBlock(1), sectionBlock(), packetBlock(0, 0n, packet(4)));
    expect(readCapture(file).findings).toMatchObject([{ what: 'unknown-interface', value: 0, number: 1 }]);
  });
});

describe('blocks', () => {
  test('the simple packet block has no time and is cut by the snapshot length', () => {
    const simple = block(3, concat(words(10), packet(10), new Uint8Array(2)));
    const cut = block(3, concat(words(10), packet(6), new Uint8Array(2)));
    const { records } = readCapture(
      concat(sectionBlock(), interfaceBlock(101), simple, sectionBlock(), interfaceBlock(1, 6), cut),
    );
    expect(records).toMatchObject([
      { seconds: 0, nanos: 0, data: packet(10), originalLength: 10, linkType: 101 },
      { data: packet(6), originalLength: 10, linkType: 1 },
    ]);
  });

  test('a simple packet block shorter than its packet is a finding', () => {
    const simple = block(3, concat(words(10), packet(8)));
    const { findings } = readCapture(concat(sectionBlock(), interfaceBlock(1), simple));
    expect(findings).toMatchObject([{ what: 'captured-exceeds-block', value: 10 }]);
  });

  test('the obsolete packet block has a 16-bit interface and a drop count', () => {
    const body = concat(words(0x0009_0001, 0, 1_500_000, 3, 3), packet(3), new Uint8Array(1));
    const { records } = readCapture(
      concat(sectionBlock(), interfaceBlock(1), interfaceBlock(101), block(2, body)),
    );
    expect(records).toMatchObject([
      { linkType: 101, interface: 1, seconds: 1, nanos: 500_000_000, data: packet(3) },
    ]);
  });

  test('names, statistics, secrets, custom and unknown blocks are passed over', () => {
    const others = [4, 5, 10, 0xbad, 0x4000_0bad, 0x7777_7777].map((type) => block(type, words(1, 2, 3)));
    const file = concat(
      sectionBlock(),
      ...others,
      interfaceBlock(1),
      ...others,
      packetBlock(0, 0n, packet(4)),
    );
    expect(readCapture(file)).toMatchObject({ records: [{ number: 1 }], findings: [] });
  });

  test('several comments are joined by newlines', () => {
    const options = Uint8Array.of(1, 0, 1, 0, 0x61, 0, 0, 0, 1, 0, 2, 0, 0x62, 0x63, 0, 0, 0, 0, 0, 0);
    const body = concat(words(0, 0, 0, 4, 4), packet(4), options);
    const { records } = readCapture(concat(sectionBlock(), interfaceBlock(1), block(6, body)));
    expect(records[0]!.comment).toBe('a\nbc');
  });
});
