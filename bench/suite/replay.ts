// A big capture, end to end: read, judged and counted. One call is 100,000 packets of IPIP at a node's eth0.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Benchmark from 'benchmark';
import { batchesInPlace, type CaptureBatch } from '../../src/capture/read.ts';
import { Replay } from '../../src/replay/replay.ts';
import { Summary } from '../../src/replay/summary.ts';
import type { Model } from '../../src/replay/verdict.ts';
import { runScript } from '../../src/shell/run.ts';
import { ipipCapture } from '../ipip-capture.ts';

const PACKETS = 100_000;
const LAB = join(import.meta.dirname, '../../captures/calico-ipip/in/lab.sh');

/** As `vrouter replay` reads a file. */
function eachBatch(bytes: Uint8Array, take: (batch: CaptureBatch) => void): void {
  let at = 0;
  const fill = (memory: Uint8Array): number => {
    const piece = bytes.subarray(at, at + memory.length);
    memory.set(piece);
    at += piece.length;
    return piece.length;
  };
  for (const batch of batchesInPlace(fill)) take(batch);
}

async function judge(bytes: Uint8Array, script: string, remembers: boolean): Promise<void> {
  const { lab } = await runScript({ script, seed: 1 });
  const node = lab.names.get('node1')!;
  const summary = new Summary();
  const add = (model: Model, packets: number): void => summary.add(model, packets);
  const replay = new Replay(lab, node, node.names.get('eth0')!, (verdict) => summary.add(verdict), {
    remembers,
    tally: { wantsEach: false, add },
  });
  const source = { fcsLength: 0 };
  eachBatch(bytes, ({ records }) => {
    for (const record of records) replay.push(record, source);
  });
  replay.end();
  if (summary.counts['as-programmed'] !== PACKETS) throw new Error('not all is as programmed');
}

export function fill(suite: Benchmark.Suite): void {
  const bytes = Buffer.concat([...ipipCapture({ packets: PACKETS })]);
  const script = readFileSync(LAB, 'utf8');
  const add = (name: string, work: () => Promise<void>): void => {
    const run = (deferred: Benchmark.Deferred): void => void work().then(() => deferred.resolve());
    suite.add(name, run, { defer: true });
  };
  add(`${PACKETS} packets read`, async () => eachBatch(bytes, () => {}));
  add(`${PACKETS} packets read and judged, a lab built`, () => judge(bytes, script, true));
  add(`${PACKETS} packets read and judged, each anew`, () => judge(bytes, script, false));
}
