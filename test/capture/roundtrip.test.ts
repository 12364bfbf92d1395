// What the writers write, the reader reads, in every format, byte order and chunking.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PcapWriter } from '../../src/capture/pcap-writer.ts';
import { PcapngWriter } from '../../src/capture/pcapng-writer.ts';
import { readCapture } from '../../src/capture/read.ts';
import type { CaptureRecord, RecordToWrite } from '../../src/capture/record.ts';
import {
  anyFile,
  classicFile,
  classicVariant,
  concat,
  packet,
  patched,
  pcapngFile,
  readChunked,
  readInPlace,
  record,
  richRecord,
} from './build.ts';

/** The record as it must come back. */
function expected(written: RecordToWrite, number: number, linkType: number, unit: number): object {
  const { seconds, data, originalLength, comment, direction, interface: index = 0 } = written;
  const nanos = Math.floor(written.nanos / unit) * unit;
  return { number, seconds, nanos, data, originalLength, linkType, interface: index, comment, direction };
}

describe('write and read', () => {
  test('classic pcap, both resolutions and byte orders', () => {
    fc.assert(
      fc.property(fc.array(record), classicVariant, (records, variant) => {
        const { records: read, findings, info } = readCapture(classicFile(records, variant));
        const unit = variant.nanos ? 1 : 1_000;
        expect(read).toEqual(records.map((one, i) => expected(one, i + 1, 1, unit)));
        expect(findings).toEqual([]);
        expect(info).toMatchObject({ format: 'pcap', bigEndian: variant.bigEndian, gzip: false });
      }),
    );
  });

  test('pcapng with three interfaces, comments and directions, both byte orders', () => {
    fc.assert(
      fc.property(fc.array(richRecord(3)), fc.boolean(), (records, bigEndian) => {
        const file = pcapngFile(records, { bigEndian, interfaces: 3 });
        const { records: read, findings, info } = readCapture(file);
        expect(read).toEqual(records.map((one, i) => expected(one, i + 1, one.interface ?? 0, 1)));
        expect(findings).toEqual([]);
        expect(info.bigEndian).toBe(bigEndian);
        expect(info.interfaces.map(({ name }) => name)).toEqual(['eth0', 'eth1', 'eth2']);
      }),
    );
  });

  test('reading what was read and written again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(richRecord(2)), (records) => {
        const file = pcapngFile(records, { interfaces: 2 });
        expect(pcapngFile(readCapture(file).records, { interfaces: 2 })).toEqual(file);
      }),
    );
  });

  test('the chunks do not matter', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 97 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(anyFile, sizes, async (file, cuts) => {
        expect(await readChunked(file, cuts)).toEqual(readCapture(file));
        expect(readInPlace(file, cuts)).toEqual(readCapture(file));
      }),
    );
  });

  test('the chunks do not matter for damaged files either', async () => {
    const damage = fc.record({ at: fc.nat(2_000), value: fc.nat(0xffff_ffff), cut: fc.nat(60) });
    const sizes = fc.array(fc.integer({ min: 1, max: 97 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(anyFile, damage, sizes, async (file, { at, value, cut }, cuts) => {
        const place = at % (file.length - 3);
        const bad = patched(file, place, value).subarray(0, file.length - cut);
        expect(await readChunked(bad, cuts)).toEqual(readCapture(bad));
        expect(readInPlace(bad, cuts)).toEqual(readCapture(bad));
      }),
    );
  });
});

test('a file many times as large as the memory that it is read into, from damage on', () => {
  const records = Array.from({ length: 3_000 }, (_, i) => ({
    seconds: i,
    nanos: 0,
    data: packet(i % 1_500),
  }));
  const file = patched(classicFile(records), 1_000_000, 0xffff_ffff);
  const { records: read, findings, info } = readCapture(file);
  const placed = readInPlace(file, [1 << 20, 70_000]);
  expect(placed.findings).toEqual(findings);
  expect(placed.info).toEqual(info);
  expect(placed.records).toHaveLength(read.length);
  const text = ({ data, ...rest }: CaptureRecord): string =>
    `${JSON.stringify(rest)} ${Buffer.from(data).toString('latin1')}`;
  expect(placed.records.filter((record, i) => text(record) !== text(read[i]!))).toEqual([]);
});

describe('the writers', () => {
  test('a classic file is what tcpdump -w writes', () => {
    const writer = new PcapWriter({ linkType: 276 });
    expect(Buffer.from(writer.header()).toString('hex')).toBe(
      'd4c3b2a102000400000000000000000000000400' + '14010000',
    );
    const bytes = writer.record({ seconds: 1, nanos: 2_999, data: packet(2), originalLength: 60 });
    expect(Buffer.from(bytes).toString('hex')).toBe('01000000020000000200000' + '03c0000000102');
  });

  test('packets are cut to the snapshot length and keep their length on the wire', () => {
    const writer = new PcapWriter({ linkType: 1, snapLength: 10 });
    const file = concat(writer.header(), writer.record({ seconds: 0, nanos: 0, data: packet(20) }));
    expect(readCapture(file).records[0]).toMatchObject({ data: packet(10), originalLength: 20 });
    const ng = new PcapngWriter();
    const [head, described] = [ng.header(), ng.interface({ linkType: 1, snapLength: 10 })];
    const ngFile = concat(head, described, ng.record({ seconds: 0, nanos: 0, data: packet(20) }));
    expect(readCapture(ngFile).records[0]).toMatchObject({ data: packet(10), originalLength: 20 });
  });

  test('a time that does not fit is refused, not changed', () => {
    const classic = new PcapWriter({ linkType: 1 });
    const ng = new PcapngWriter();
    ng.interface({ linkType: 1 });
    for (const writer of [classic, ng]) {
      expect(() => writer.record({ seconds: -1, nanos: 0, data: packet(1) })).toThrow(RangeError);
    }
    expect(() => classic.record({ seconds: 2 ** 32, nanos: 0, data: packet(1) })).toThrow(RangeError);
    expect(() => ng.record({ seconds: 2 ** 35, nanos: 0, data: packet(1) })).toThrow(RangeError);
  });

  test('a packet on an interface that was not written is refused', () => {
    expect(() => new PcapngWriter().record({ seconds: 0, nanos: 0, data: packet(1) })).toThrow(/interface 0/);
  });

  test('a comment longer than an option is cut between characters', () => {
    const record = { seconds: 0, nanos: 0, data: packet(1), comment: '€'.repeat(30_000) };
    const { records, findings } = readCapture(pcapngFile([record]));
    expect(records[0]!.comment).toBe('€'.repeat(21_845));
    expect(findings).toEqual([]);
  });
});
