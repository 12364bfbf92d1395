// Classic pcap beyond what the writer writes: FCS bits, the modified format, borders of the search.

import { describe, expect, test } from 'vitest';
import { readCapture } from '../../src/capture/read.ts';
import { linkTypeName } from '../../src/capture/record.ts';
import { classicFile, concat, outline, packet, patched, words } from './build.ts';

const one = classicFile([{ seconds: 7, nanos: 0, data: packet(20) }]);

describe('the file header', () => {
  test('link type and FCS length share a field', () => {
    const { info, records } = readCapture(patched(one, 20, 0x2400_0001));
    expect(info.interfaces[0]).toMatchObject({ linkType: 1, fcsLength: 4 });
    expect(records[0]!.linkType).toBe(1);
  });

  test('the FCS bits count only when the flag says so', () => {
    expect(readCapture(patched(one, 20, 0x2000_0001)).info.interfaces[0]).toMatchObject({
      linkType: 1,
      fcsLength: 0,
    });
  });

  test('link types nobody knows are carried, and have no name but their number', () => {
    expect(readCapture(patched(one, 20, 195)).records[0]!.linkType).toBe(195);
    expect([1, 276, 195].map(linkTypeName)).toEqual(['EN10MB', 'LINUX_SLL2', '195']);
  });
});

describe('the modified format', () => {
  const header = concat(words(0xa1b2_cd34), one.subarray(4, 24));
  const record = (first: number) => concat(words(7, 8, 20, 60, 1, 2), packet(20, first));

  test('has eight bytes more before each packet', () => {
    const { records, findings } = readCapture(concat(header, record(1), record(2), record(3)));
    expect(findings).toEqual([]);
    expect(records.map(({ data }) => data)).toEqual([packet(20, 1), packet(20, 2), packet(20, 3)]);
    expect(records[2]).toMatchObject({ number: 3, seconds: 7, nanos: 8_000, originalLength: 60 });
  });

  test('finds its thread again as well', () => {
    const bad = patched(concat(header, record(1), record(2), record(3)), 24 + 44 + 8, 0x7fff_ffff);
    expect(outline(bad)).toEqual({
      lengths: [20, 20],
      findings: ['2@68 captured-length-too-large 2147483647', '2@68 skipped-bytes 44'],
    });
  });
});

describe('lengths', () => {
  test('262144 bytes are believed, one more is not', () => {
    const most = classicFile([{ seconds: 1, nanos: 0, data: new Uint8Array(262_144) }]);
    expect(outline(most)).toEqual({ lengths: [262_144], findings: [] });
    const more = concat(most, new Uint8Array(1));
    expect(outline(patched(more, 32, 262_145)).lengths).toEqual([]);
  });

  test('records without bytes are records', () => {
    const empty = { seconds: 1, nanos: 0, data: new Uint8Array(0), originalLength: 60 };
    expect(outline(classicFile([empty, empty]))).toEqual({ lengths: [0, 0], findings: [] });
  });

  test('searching, a record a day and more from the last good one is not believed', () => {
    const at = (seconds: number) => ({ seconds, nanos: 0, data: packet(20) });
    const file = (third: number) => classicFile([at(1_000_000), at(1_000_001), at(third), at(third)]);
    expect(outline(patched(file(1_000_002), 60 + 8, 0xffff_ffff)).lengths).toEqual([20, 20, 20]);
    expect(outline(patched(file(9_000_000), 60 + 8, 0xffff_ffff)).lengths).toEqual([20]);
  });
});
