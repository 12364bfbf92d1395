// A capture that another thread reads gives the batches that it gives without: records, findings, keys and errors.
import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import { ipipCapture } from '../../bench/ipip-capture.ts';
import type { Finding } from '../../src/capture/finding.ts';
import { type CaptureBatch, captureBatches } from '../../src/capture/read.ts';
import type { CaptureRecord } from '../../src/capture/record.ts';
import type { ReaderTask } from '../../src/cli/replay-reader.ts';
import { batchesByThread } from '../../src/cli/replay-thread.ts';
import { FrameKey } from '../../src/replay/frame-key.ts';
import { BlockRecord } from '../../src/replay/record-block.ts';

const ROOT = join(import.meta.dirname, '../..');
const FIXTURES = join(ROOT, 'test/capture/fixtures');
const directory = mkdtempSync(join(tmpdir(), 'reader-'));
afterAll(() => rmSync(directory, { recursive: true }));

const PORTS = new Set([4789, 8472]);
const PIECE = 1 << 16;
/** A thread that was taught TypeScript. */
const START = `import('tsx/esm/api').then(({ register }) => {
  register();
  return import(${JSON.stringify(new URL('../../src/cli/replay-reader.ts', import.meta.url).href)});
});`;
const start = (task: ReaderTask): Worker => new Worker(START, { eval: true, workerData: task });

interface Reading {
  readonly records: CaptureRecord[];
  readonly findings: Finding[];
  readonly format: string;
}

async function collect(batches: AsyncIterable<CaptureBatch>): Promise<Reading> {
  const records: CaptureRecord[] = [];
  const findings: Finding[] = [];
  let format = '';
  for await (const batch of batches) {
    records.push(...batch.records);
    findings.push(...batch.findings);
    format = `${batch.info.format} ${batch.info.interfaces.length}`;
  }
  return { records, findings, format };
}

const plain = (record: CaptureRecord) => ({
  number: record.number,
  seconds: record.seconds,
  nanos: record.nanos,
  data: Buffer.from(record.data).toString('hex'),
  originalLength: record.originalLength,
  linkType: record.linkType,
  interface: record.interface,
  comment: record.comment,
  direction: record.direction,
});

const keyText = (key: FrameKey, record: CaptureRecord): string => {
  const isKeyed = record instanceof BlockRecord ? record.readKey(key) : key.read(record, 14);
  if (!isKeyed) return 'none';
  const { hash, length, start, network, end, words, count } = key;
  return [hash, length, network - start, end - start, ...words.slice(0, count)].join();
};

/** Damaged in the middle, so that findings and a gap come between records. */
function damaged(): string {
  const bytes = readFileSync(join(ROOT, 'captures/ipip.cap'));
  bytes.fill(0xff, 300, 400);
  const path = join(directory, 'damaged.pcap');
  writeFileSync(path, bytes);
  return path;
}

function large(): string {
  const path = join(directory, 'large.pcap');
  writeFileSync(path, Buffer.concat([...ipipCapture({ packets: 6000 })]));
  return path;
}

function unknown(): string {
  const path = join(directory, 'unknown');
  writeFileSync(path, 'no capture at all, whatever it is called');
  return path;
}

const files: [string, string][] = [
  ...readdirSync(FIXTURES).map((name): [string, string] => [name, join(FIXTURES, name)]),
  ['ipip.cap', join(ROOT, 'captures/ipip.cap')],
  ['a damaged capture', damaged()],
  ['a capture of several blocks', large()],
  ['what is no capture', unknown()],
];

describe('a capture read by another thread', () => {
  test.each(files)('%s', async (_, path) => {
    let bytes = 0;
    const keys = { linkLength: 14, vxlanPorts: PORTS };
    const there = await collect(
      batchesByThread(
        { path, piece: PIECE },
        keys,
        (count) => {
          bytes += count;
        },
        start,
      ),
    );
    const here = await collect(captureBatches(createReadStream(path)));
    expect(there.records.map(plain)).toEqual(here.records.map(plain));
    expect({ ...there, records: [] }).toEqual({ ...here, records: [] });
    const key = new FrameKey((port) => PORTS.has(port));
    expect(there.records.map((each) => keyText(key, each))).toEqual(
      here.records.map((each) => keyText(key, each)),
    );
    expect(bytes).toBe(readFileSync(path).length);
  });

  test('its error comes to who reads', async () => {
    const keys = { linkLength: 14, vxlanPorts: PORTS };
    const path = join(directory, 'not there');
    const reading = collect(batchesByThread({ path, piece: PIECE }, keys, () => {}, start));
    await expect(reading).rejects.toThrow('ENOENT');
  });

  test('leaving early ends it', async () => {
    const keys = { linkLength: 14, vxlanPorts: PORTS };
    const worker: Worker[] = [];
    for await (const { records } of batchesByThread(
      { path: large(), piece: PIECE },
      keys,
      () => {},
      (task) => {
        worker.push(start(task));
        return worker[0]!;
      },
    ))
      if (records.length > 0) break;
    expect(worker[0]!.threadId).toBe(-1);
  });
});
