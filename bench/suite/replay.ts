// A big capture, end to end: read, judged and counted. One call is 100,000 packets of IPIP at a node's eth0.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Benchmark from 'benchmark';
import { type CaptureBatch, captureBatches } from '../../src/capture/read.ts';
import { Replay } from '../../src/replay/replay.ts';
import { Summary } from '../../src/replay/summary.ts';
import { runScript } from '../../src/shell/run.ts';
import { ipipCapture } from '../ipip-capture.ts';

const PACKETS = 100_000;
const LAB = join(import.meta.dirname, '../../captures/calico-ipip/in/lab.sh');

async function* capture(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

async function eachBatch(pieces: readonly Uint8Array[], take: (batch: CaptureBatch) => void): Promise<void> {
  for await (const batch of captureBatches(capture(pieces))) take(batch);
}

async function judge(pieces: readonly Uint8Array[], script: string, remembers: boolean): Promise<void> {
  const { lab } = await runScript({ script, seed: 1 });
  const node = lab.names.get('node1')!;
  const summary = new Summary();
  const replay = new Replay(lab, node, node.names.get('eth0')!, (verdict) => summary.add(verdict), {
    remembers,
  });
  const source = { fcsLength: 0 };
  await eachBatch(pieces, ({ records }) => {
    for (const record of records) replay.push(record, source);
  });
  replay.end();
  if (summary.counts['as-programmed'] !== PACKETS) throw new Error('not all is as programmed');
}

export function fill(suite: Benchmark.Suite): void {
  const pieces = [...ipipCapture({ packets: PACKETS })];
  const script = readFileSync(LAB, 'utf8');
  const add = (name: string, work: () => Promise<void>): void => {
    const run = (deferred: Benchmark.Deferred): void => void work().then(() => deferred.resolve());
    suite.add(name, run, { defer: true });
  };
  add(`${PACKETS} packets read`, () => eachBatch(pieces, () => {}));
  add(`${PACKETS} packets read and judged, a lab built`, () => judge(pieces, script, true));
  add(`${PACKETS} packets read and judged, each anew`, () => judge(pieces, script, false));
}
