// What takes bytes: frames into labs and printers, captures in all their formats, and replays of them.
import { gzipSync } from 'node:zlib';
import { captureBatches, readCapture } from '../../src/capture/read.ts';
import type { CaptureRecord } from '../../src/capture/record.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { runScript } from '../../src/shell/run.ts';
import { Ledger } from '../laws/ledger.ts';
import { buildLab, replayRecords, scriptText } from '../replay/labs.ts';
import { captures, frames } from './corpus.ts';
import { mustEqual, type Target } from './target.ts';

/** Inputs that a lab takes before it is built anew, so that a mistake can be found by few of them. */
const LAB_LIFE = 500;

/** A lab of a scenario, and where its frames come in. */
class FrameLab {
  private readonly script: string;
  private lab: Promise<Lab> | null = null;
  private ledger: Ledger | null = null;
  private left = 0;

  constructor(scenario: string) {
    this.script = scriptText(`${scenario}/in/lab.sh`);
  }

  async take(place: number, frame: Uint8Array, seconds: number): Promise<void> {
    if (--this.left <= 0) {
      this.lab = buildLab(this.script);
      this.ledger = null;
      this.left = LAB_LIFE;
    }
    const lab = (await this.lab)!;
    this.ledger ??= new Ledger(lab);
    const devices = [...lab.kernel.namespaces].flatMap((namespace) => [...namespace.devices.values()]);
    const device = devices[place % devices.length]!;
    lab.receive(device.namespace, device.name, frame);
    lab.runUntil(lab.kernel.clock.now + seconds * 1_000_000);
    const faults = this.ledger.faults();
    if (faults.length > 0) throw new Error(faults.join('; '));
  }
}

function frameTarget(scenario: string): Target {
  const lab = new FrameLab(scenario);
  return {
    name: `frames-${scenario.replace('calico-', '')}`,
    words: null,
    // A byte for the device, one for the time that passes.
    seeds: () => frames(150).flatMap((frame, i) => [Uint8Array.of(i % 24, i % 7, ...frame)]),
    run: (input) => (input.length < 2 ? null : lab.take(input[0]!, input.subarray(2), (input[1]! % 8) * 0.5)),
  };
}

const withoutDamage = ({ records, findings }: { records: readonly CaptureRecord[]; findings: unknown }) => [
  records.map(({ data, ...rest }) => ({ ...rest, data: Buffer.from(data).toString('hex') })),
  findings,
];

/** The bytes in pieces whose sizes they say themselves. */
async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + (bytes[at]! % 61);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function readBothWays(input: Uint8Array): Promise<void> {
  const whole = readCapture(input);
  const records: CaptureRecord[] = [];
  const findings: unknown[] = [];
  for await (const batch of captureBatches(inPieces(input))) {
    records.push(...batch.records);
    findings.push(...batch.findings);
  }
  if (!whole.info.gzip)
    mustEqual(withoutDamage({ records, findings }), withoutDamage(whole), 'whole and in pieces');
}

const captureTarget: Target = {
  name: 'capture',
  words: null,
  seeds: () => captures(60),
  run: readBothWays,
};

const gzipTarget: Target = {
  name: 'gzip',
  words: null,
  seeds: () => captures(20).map((bytes) => Uint8Array.from(gzipSync(bytes))),
  run: readBothWays,
};

/** tcpdump reads the capture and prints everything it knows. */
const printTarget: Target = {
  name: 'tcpdump-print',
  words: null,
  seeds: () => captures(60),
  run: async (input) => {
    const script = 'tcpdump -nn -e -vvv -XX -r in.pcap; tcpdump -tttt -q -r in.pcap ip or arp';
    await runScript({ script, files: { 'in.pcap': input }, limits: { outputBytes: 4_000_000 } });
  },
};

const REPLAY_PLACES = ['node1:eth0', 'node1:tunl0', 'node2:eth0', 'pod73:eth0'];

const replayTarget: Target = {
  name: 'replay',
  words: null,
  seeds: () => captures(60),
  run: async (input) => {
    const { records } = readCapture(input.subarray(1));
    const lab = await buildLab(scriptText('calico-ipip/in/lab.sh'));
    const at = REPLAY_PLACES[(input[0] ?? 0) % REPLAY_PLACES.length]!;
    const verdicts = replayRecords(lab, at, records);
    const judged = verdicts.filter(({ kind }) => kind !== 'missing');
    mustEqual(
      judged.map(({ number }) => number),
      records.map(({ number }) => number),
      'the numbers of verdicts and records',
    );
  },
};
replayTarget.seeds = () => captures(60).map((bytes, i) => Uint8Array.of(i, ...bytes));

export const BYTE_TARGETS: readonly Target[] = [
  frameTarget('calico-ipip'),
  frameTarget('calico-vxlan'),
  captureTarget,
  gzipTarget,
  printTarget,
  replayTarget,
];
