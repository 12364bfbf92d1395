// Several captures as one: every record once, in order of time, whatever the files are cut into.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergedBatches } from '../../src/capture/merge.ts';
import type { CaptureBatch } from '../../src/capture/read.ts';
import type { CaptureRecord } from '../../src/capture/record.ts';

const INFO = { format: 'pcap' as const, bigEndian: false, gzip: false, interfaces: [] };

const record = (number: number, time: number): CaptureRecord => ({
  number,
  seconds: Math.floor(time / 1000),
  nanos: (time % 1000) * 1_000_000,
  data: new Uint8Array(0),
  originalLength: 0,
  linkType: 1,
  interface: 0,
});

async function* batches(given: readonly CaptureRecord[], size: number): AsyncGenerator<CaptureBatch> {
  for (let at = 0; at < given.length; at += size)
    yield { records: given.slice(at, at + size), findings: [], info: INFO };
  yield { records: [], findings: [{ what: 'empty-file', value: 0, number: 0, offset: 0 }], info: INFO };
}

async function merged(files: readonly (readonly CaptureRecord[])[], size: number, ahead: number[] = []) {
  const all: { file: number; number: number; time: number }[] = [];
  let findings = 0;
  const sources = files.map((file) => batches(file, size));
  for await (const batch of mergedBatches(sources, ahead)) {
    findings += batch.findings.length;
    for (const { number, seconds, nanos } of batch.records)
      all.push({ file: batch.file, number, time: seconds * 1000 + nanos / 1e6 });
  }
  return { all, findings };
}

const times = fc.array(fc.nat(5000), { maxLength: 30 }).map((list) => list.sort((a, b) => a - b));

test('every record comes once, in order of time, and each file’s own order is kept', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(times, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 7 }),
      async (files, size) => {
        const { all, findings } = await merged(
          files.map((list) => list.map((time, i) => record(i + 1, time))),
          size,
        );
        const expected = files
          .flatMap((list, file) => list.map((time, i) => ({ file, number: i + 1, time })))
          .sort((a, b) => a.time - b.time || a.file - b.file);
        expect(all).toEqual(expected);
        expect(findings).toBe(files.length);
      },
    ),
  );
});

test('the pieces of a rotation may be given in any order', async () => {
  const { all } = await merged(
    [
      [record(1, 2000), record(2, 2500)],
      [record(1, 10), record(2, 1999)],
    ],
    10,
  );
  expect(all.map(({ file, number }) => [file, number])).toEqual([
    [1, 1],
    [1, 2],
    [0, 1],
    [0, 2],
  ]);
});

test('a clock that is ahead is put back for the order, not for the record', async () => {
  const { all } = await merged(
    [[record(1, 1000), record(2, 3000)], [record(1, 61_500)]],
    10,
    [0, 60_000_000],
  );
  expect(all.map(({ time }) => time)).toEqual([1000, 61_500, 3000]);
});

test('leaving early closes every file', async () => {
  let closed = 0;
  async function* source(): AsyncGenerator<CaptureBatch> {
    try {
      for (;;) yield { records: [record(1, 1)], findings: [], info: INFO };
    } finally {
      closed++;
    }
  }
  for await (const batch of mergedBatches([source(), source()])) if (batch.records.length > 0) break;
  expect(closed).toBe(2);
});
