// Reading as a stream: gzip, back-pressure, leaving early, errors of the source, bounded memory.

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { captureBatches, readCapture } from '../../src/capture/read.ts';
import { chunks, classicFile, concat, packet, patched, pcapngFile, readChunked } from './build.ts';

/** Bytes that do not compress, so that the gzip file is larger than what is unpacked in one go. */
function noise(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

const many = Array.from({ length: 900 }, (_, i) => ({
  seconds: 1_700_000_000 + i,
  nanos: (i * 7_919_000) % 1e9,
  data: noise(100, Math.imul(i, 0x9e37_79b1)),
}));
const file = classicFile(many);

function gzip(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(bytes));
}

describe('gzip', () => {
  const packed = gzip(file);
  const plain = readCapture(file);

  test('is seen by its magic, whole and as a stream', async () => {
    expect(packed.length).toBeGreaterThan(65_536);
    expect(readCapture(packed).records).toEqual(plain.records);
    const streamed = await readChunked(packed, [10_000]);
    expect(streamed.records).toEqual(plain.records);
    expect(streamed.info).toMatchObject({ format: 'pcap', gzip: true });
    expect(streamed.findings).toEqual([]);
  });

  test('several members in a row are one file', async () => {
    const members = concat(gzip(file.subarray(0, 50_000)), gzip(file.subarray(50_000)));
    expect(readCapture(members).records).toEqual(plain.records);
    expect((await readChunked(members, [999])).records).toEqual(plain.records);
  });

  test('a small file in single bytes', async () => {
    const small = pcapngFile(many.slice(0, 3));
    expect(await readChunked(gzip(small), [1])).toEqual({
      ...readCapture(small),
      info: { ...readCapture(small).info, gzip: true },
    });
  });

  test('cut off: what came before is read, whole and as a stream', async () => {
    const cut = packed.subarray(0, packed.length - 10_000);
    for (const { records, findings } of [readCapture(cut), await readChunked(cut, [5_000])]) {
      expect(records.length).toBeGreaterThan(750);
      expect(records).toEqual(plain.records.slice(0, records.length));
      expect(findings.map(({ what }) => what)).toEqual(['gzip-damage', 'truncated-record']);
    }
  });

  test('a wrong checksum at the end costs a small file nothing', async () => {
    const small = gzip(classicFile(many.slice(0, 20)));
    const wrong = patched(small, small.length - 8, 0x1234);
    for (const { records, findings } of [readCapture(wrong), await readChunked(wrong, [7])]) {
      expect(records).toHaveLength(20);
      expect(findings).toMatchObject([{ what: 'gzip-damage', value: 'incorrect data check' }]);
    }
  });

  test('damage in the middle of a large file', async () => {
    const bad = packed.slice();
    bad.fill(0xff, 80_000, 81_000);
    for (const { records, findings } of [readCapture(bad), await readChunked(bad, [5_000])]) {
      expect(records.length).toBeGreaterThan(500);
      expect(findings).toContainEqual(expect.objectContaining({ what: 'gzip-damage', number: 0 }));
    }
  });
});

describe('the stream', () => {
  test('gives one batch for a capture without records', async () => {
    const { records, info } = await readChunked(file.subarray(0, 24), [24]);
    expect(records).toEqual([]);
    expect(info.interfaces).toMatchObject([{ linkType: 1, snapLength: 262_144 }]);
  });

  test('asks for bytes only when the batch before was taken', async () => {
    let given = 0;
    async function* source(): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks(file, [1_000])) {
        given++;
        yield chunk;
      }
    }
    const batches = captureBatches(source());
    await batches.next();
    expect(given).toBe(1);
    await batches.next();
    expect(given).toBe(2);
    await batches.return(undefined);
  });

  test.each([
    ['plain', file],
    ['gzip', gzip(file)],
  ])('closes a %s source when the loop is left', async (_, bytes) => {
    let closed = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* chunks(bytes, [1_000]);
      } finally {
        closed = true;
      }
    }
    for await (const batch of captureBatches(source())) if (batch.records.length > 0) break;
    expect(closed).toBe(true);
  });

  test.each([
    ['plain', file],
    ['gzip', gzip(file)],
  ])('passes on what a %s source throws', async (_, bytes) => {
    async function* source(): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 80_000);
      throw new Error('EIO');
    }
    const read = async () => {
      for await (const _batch of captureBatches(source()));
    };
    await expect(read()).rejects.toThrow('EIO');
  });

  test('copies what it is given: the caller may use its buffer again', async () => {
    async function* source(): AsyncGenerator<Uint8Array> {
      const buffer = new Uint8Array(1_000);
      for await (const chunk of chunks(file, [1_000])) {
        buffer.set(chunk);
        yield buffer.subarray(0, chunk.length);
      }
    }
    const records = [];
    for await (const batch of captureBatches(source())) records.push(...batch.records);
    expect(records).toEqual(readCapture(file).records);
  });
});

describe('memory', () => {
  /** 18 MiB in 1 MiB chunks: `head` and then zeros, or whatever `fill` is. */
  async function* endless(head: Uint8Array, fill: number): AsyncGenerator<Uint8Array> {
    yield head;
    const chunk = new Uint8Array(1_048_576).fill(fill);
    for (let i = 0; i < 18; i++) yield chunk;
  }

  const cases: [string, Uint8Array, number][] = [
    ['records without bytes', file.subarray(0, 24), 0],
    ['an absurd length, then rubbish', patched(file.subarray(0, 140), 32, 0xffff_fff0), 0xff],
    ['a block of 16 MiB that never ends', concat(pcapngFile([]), Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 1)), 1],
    ['no capture at all', packet(100), 9],
  ];

  test.each(cases)('stays bounded: %s', async (_, head, fill) => {
    let most = 0;
    const before = process.memoryUsage().arrayBuffers;
    for await (const batch of captureBatches(endless(head, fill))) {
      most = Math.max(most, batch.records.length, batch.findings.length);
    }
    expect(most).toBeLessThanOrEqual(65_536 / 16 + 1);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 1_048_576);
  });

  test('a gzip bomb is unpacked as it is read', async () => {
    const bomb = gzip(concat(file.subarray(0, 24), new Uint8Array(4 * 1_048_576)));
    let records = 0;
    let most = 0;
    for await (const batch of captureBatches(chunks(bomb, [bomb.length]))) {
      records += batch.records.length;
      most = Math.max(most, batch.records.length);
    }
    expect(records).toBe((4 * 1_048_576) / 16);
    expect(most).toBeLessThanOrEqual(65_536 / 16 + 1);
  });

  test('single bytes cost no more than linear time', async () => {
    const large = classicFile([{ seconds: 1, nanos: 0, data: new Uint8Array(262_144) }]);
    expect((await readChunked(large, [1])).records).toHaveLength(1);
  });
});
