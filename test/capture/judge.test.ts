// The package pcap-parser as the judge: what it reads of a file is what we read, record by record.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openPcapParser } from '../../src/capture/pcap-parser.ts';
import { readCapture } from '../../src/capture/read.ts';

interface Given {
  readonly seconds: number;
  readonly micros: number;
  readonly extra: number;
  readonly data: Uint8Array;
}

const record = fc.record({
  seconds: fc.nat(0xffffffff),
  micros: fc.nat(999_999),
  extra: fc.nat(5000),
  data: fc.uint8Array({ maxLength: 300 }),
});

function fileOf(records: readonly Given[], littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(24 + records.reduce((sum, { data }) => sum + 16 + data.length, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xa1b2c3d4, littleEndian);
  view.setUint16(4, 2, littleEndian);
  view.setUint16(6, 4, littleEndian);
  view.setUint32(16, 65_535, littleEndian);
  view.setUint32(20, 1, littleEndian);
  let at = 24;
  for (const { seconds, micros, extra, data } of records) {
    const fields = [seconds, micros, data.length, data.length + extra];
    for (const [i, field] of fields.entries()) view.setUint32(at + 4 * i, field, littleEndian);
    bytes.set(data, at + 16);
    at += 16 + data.length;
  }
  return bytes;
}

function judged(bytes: Uint8Array) {
  const records: { seconds: number; nanos: number; originalLength: number; data: number[] }[] = [];
  const feed = openPcapParser({
    header: () => {},
    packet: (seconds, micros, originalLength, data) =>
      records.push({ seconds, nanos: micros * 1000, originalLength, data: [...data] }),
  });
  feed(bytes);
  return records;
}

test('any classic capture of either byte order is read as pcap-parser reads it', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 40 }), fc.boolean(), (records, littleEndian) => {
      const bytes = fileOf(records, littleEndian);
      const ours = readCapture(bytes).records.map(({ seconds, nanos, originalLength, data }) => ({
        seconds,
        nanos,
        originalLength,
        data: [...data],
      }));
      expect(ours).toEqual(judged(bytes));
    }),
  );
});
