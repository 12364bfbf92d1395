// Verdicts that are remembered are those that judging anew would find, whatever happens between: other packets, ARP,
// errors that teach path MTUs, redirects, time, neighbours that move, damaged headers.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipipCapture } from '../../bench/ipip-capture.ts';
import { readCapture } from '../../src/capture/read.ts';
import { type CaptureRecord, PlacedRecord } from '../../src/capture/record.ts';
import { FrameKey } from '../../src/replay/frame-key.ts';
import { BlockWriter, recordsOf as blockRecords } from '../../src/replay/record-block.ts';
import { Replay } from '../../src/replay/replay.ts';
import type { Setting } from '../../src/replay/setting.ts';
import { Summary } from '../../src/replay/summary.ts';
import type { Model, Verdict } from '../../src/replay/verdict.ts';
import { checksum } from '../../src/wire/checksum.ts';
import { beforeCapture, buildLab, captureFile, changed, interfaceOf, scriptText } from './labs.ts';

const IPIP = scriptText('calico-ipip/in/lab.sh');
const VXLAN = scriptText('calico-vxlan/in/lab.sh');
const bytesOf = (name: string): Uint8Array[] =>
  readCapture(captureFile(name)).records.map(({ data }) => data);

const NARROW = changed(IPIP, [[/link set tunl0 mtu 1480/, 'link set tunl0 mtu 700']]);
const NO_POD = changed(IPIP, [[/^.*ip -n "\$1" route add "\$3" dev.*$/, '']]);
const REDIRECTS = beforeCapture('redirects');
const RUNS = 25;
const POD = bytesOf('calico-ipip/golden/node1-calic2730abf871.pcap');
const TUNNEL = bytesOf('calico-ipip/golden/node1-tunl0.pcap');
const VXLAN_ETH0 = bytesOf('calico-vxlan/golden/node1-eth0.pcap');
const VXLAN_TUNNEL = bytesOf('calico-vxlan/golden/node1-vxlan.calico.pcap');
const AT_R1 = bytesOf('redirects/golden/r1.pcap');

const bytes = (text: string): number[] => text.split(' ').map((byte) => Number.parseInt(byte, 16));
const NODE1 = bytes('00 1c 42 1a 00 08');
const NODE2 = bytes('00 1c 42 1a 00 09');
const ROUTER = bytes('00 1c 42 00 00 18');

function withChecksum(packet: number[], from: number, to: number, at: number): void {
  packet[at] = 0;
  packet[at + 1] = 0;
  const sum = checksum(new DataView(Uint8Array.from(packet).buffer), from, to - from);
  packet[at] = sum >> 8;
  packet[at + 1] = sum & 255;
}

/** An ICMP error of the router's to node1 that quotes what node1 sent. */
function errorAbout(quoted: Uint8Array, type: number, code: number, rest: readonly number[]): Uint8Array {
  const body = [type, code, 0, 0, ...rest, ...quoted.subarray(14, 14 + 28)];
  const header = [0x45, 0, 0, 20 + body.length, 0, 7, 0, 0, 64, 1, 0, 0, 10, 211, 55, 1, 10, 211, 55, 8];
  const frame = [...NODE1, ...ROUTER, 8, 0, ...header, ...body];
  withChecksum(frame, 34, frame.length, 36);
  withChecksum(frame, 14, 34, 24);
  return Uint8Array.from(frame);
}

/** node2, or whoever says so, tells where it is. */
const announcement = (mac: readonly number[]): Uint8Array =>
  Uint8Array.from([
    ...NODE1,
    ...mac,
    ...bytes('08 06 00 01 08 00 06 04 00 02'),
    ...mac,
    ...[10, 211, 55, 9],
    ...NODE1,
    ...[10, 211, 55, 8],
  ]);

/** A segment for a port of node1 where nobody listens, and node1's refusal. */
function refused(): Uint8Array[] {
  const ends = { there: [10, 211, 55, 9], here: [10, 211, 55, 8] };
  const frame = (to: number[], from: number[], ttl: number, ip: number[], tcp: number[]): Uint8Array => {
    const header = [0x45, 0, 0, 40, 0, 0, 0x40, 0, ttl, 6, 0, 0, ...ip];
    const bytes = [...to, ...from, 8, 0, ...header, ...tcp];
    const pseudo = [...ip, 0, 6, 0, 20].reduce((sum, byte, i) => sum + (i % 2 === 0 ? byte << 8 : byte), 0);
    const sum = checksum(new DataView(Uint8Array.from(bytes).buffer), 34, 20, pseudo);
    bytes[50] = sum >> 8;
    bytes[51] = sum & 255;
    withChecksum(bytes, 14, 34, 24);
    return Uint8Array.from(bytes);
  };
  const syn = [0x80, 1, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 16, 0, 0, 0, 0, 0];
  const reset = [0, 80, 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0x50, 0x14, 0, 0, 0, 0, 0, 0];
  return [
    frame(NODE1, NODE2, 63, [...ends.there, ...ends.here], syn),
    frame(NODE2, NODE1, 64, [...ends.here, ...ends.there], reset),
  ];
}

const ETH0 = bytesOf('calico-ipip/golden/node1-eth0.pcap');
const sent = ETH0.filter((data) => data[11] === 8 && data[12] === 8 && data[13] === 0 && data[23] === 4);
const big = readCapture(
  Uint8Array.from([...ipipCapture({ packets: 150, conversations: 3 })].flatMap((piece) => [...piece])),
).records;

const events = [
  errorAbout(sent[0]!, 3, 4, [0, 0, 1400 >> 8, 1400 & 255]),
  errorAbout(sent[0]!, 3, 4, [0, 0, 0, 80]),
  errorAbout(sent[0]!, 3, 1, [0, 0, 0, 0]),
  errorAbout(sent[0]!, 5, 1, [10, 211, 55, 77]),
  announcement(NODE2),
  announcement([2, 0, 0, 0, 0, 7]),
];

/** One packet: which, how long after the one before (microseconds), and what is done to it. */
const step = (pool: readonly Uint8Array[]) =>
  fc.record({
    data: fc.constantFrom(...pool),
    again: fc.integer({ min: 1, max: 3 }),
    gap: fc.oneof(
      { weight: 6, arbitrary: fc.nat(2000) },
      { weight: 2, arbitrary: fc.nat(3_000_000) },
      { weight: 1, arbitrary: fc.nat(400_000_000) },
    ),
    change: fc.constantFrom('none', 'none', 'none', 'none', 'id', 'ttl', 'damage', 'cut'),
  });

/** Few packets, which come again and again with other ones between. */
const steps = (pool: readonly Uint8Array[], others: readonly Uint8Array[]) =>
  fc
    .tuple(
      fc.subarray([...pool], { minLength: 1, maxLength: Math.min(4, pool.length) }),
      fc.subarray([...others], { maxLength: 3 }),
    )
    .chain(([some, between]) => fc.array(step([...some, ...between]), { minLength: 4, maxLength: 40 }));

function changedBytes(data: Uint8Array, change: string, number: number): Uint8Array {
  const copy = data.slice();
  if (change === 'damage' && copy.length > 24) copy[24]! ^= 0x5a;
  if (change !== 'id' && change !== 'ttl') return copy;
  if (copy.length < 34 || copy[12] !== 8 || copy[13] !== 0) return copy;
  if (change === 'id') copy[19] = number & 255;
  else copy[22] = 1 + (number % 3);
  const view = new DataView(copy.buffer);
  view.setUint16(24, 0);
  view.setUint16(24, checksum(view, 14, 20));
  return copy;
}

type Step = { data: Uint8Array; again: number; gap: number; change: string };

function recordsOf(given: readonly Step[], linkType: number): CaptureRecord[] {
  const records: CaptureRecord[] = [];
  let time = 1_700_000_000_000_000;
  for (const { data: frame, again, gap, change } of given)
    for (let i = 0; i < again; i++) {
      time += i === 0 ? gap : 50;
      const number = records.length + 1;
      const whole = changedBytes(frame, change, number);
      const data = change === 'cut' ? whole.subarray(0, 90) : whole;
      const [seconds, nanos] = [Math.floor(time / 1e6), (time % 1_000_000) * 1000];
      records.push({ number, seconds, nanos, data, originalLength: whole.length, linkType, interface: 0 });
    }
  return records;
}

/** Everything that a verdict says. */
const told = (verdict: Verdict): string =>
  JSON.stringify([
    verdict.number,
    verdict.direction,
    verdict.kind,
    verdict.packet,
    verdict.flow,
    verdict.expected,
    verdict.seen,
    verdict.differences,
    verdict.reason,
    verdict.notes,
    verdict.route?.destination ?? null,
    verdict.destination,
  ]);

/** As another thread hands them over, in blocks of seven. */
function throughBlocks(records: readonly CaptureRecord[], { device, isVxlanPort }: Setting): CaptureRecord[] {
  const writer = new BlockWriter(new FrameKey(isVxlanPort), device.headerLength);
  return records.flatMap((record, i) => {
    if (!writer.add(record)) throw new Error('a plain record fits into a block');
    return writer.count === 7 || i === records.length - 1 ? blockRecords(writer.take()) : [];
  });
}

/** As they are read in place: each is written over by the next. */
function* throughMemory(records: readonly CaptureRecord[]): Generator<CaptureRecord> {
  const memory = new Uint8Array(1 << 16);
  const view = new DataView(memory.buffer);
  for (const { number, seconds, nanos, linkType, originalLength, data } of records) {
    const at = 100 + (number % 7);
    memory.fill(0xee).set(data, at);
    yield new PlacedRecord(number, seconds, nanos, linkType, originalLength, view, at, data.length);
  }
}

async function replayed(
  script: string,
  at: string,
  records: readonly CaptureRecord[],
  remembers: boolean,
  through: (records: readonly CaptureRecord[], setting: Setting) => Iterable<CaptureRecord> = () => records,
) {
  const lab = await buildLab(script);
  const verdicts: string[] = [];
  const run = new Replay(lab, ...interfaceOf(lab, at), (verdict) => verdicts.push(told(verdict)), {
    remembers,
  });
  const { setting } = run;
  for (const record of through(records, setting)) run.push(record, { fcsLength: 0 });
  run.end();
  return verdicts;
}

/** The sums of a replay that tells of the first few packets one by one. */
async function counted(script: string, at: string, records: readonly CaptureRecord[], told: number) {
  const lab = await buildLab(script);
  const summary = new Summary();
  let verdicts = 0;
  const tally = {
    get wantsEach() {
      return verdicts < told;
    },
    add: (model: Model, packets: number) => summary.add(model, packets),
  };
  const emit = (verdict: Verdict): void => {
    verdicts++;
    summary.add(verdict);
  };
  const run = new Replay(lab, ...interfaceOf(lab, at), emit, { tally });
  for (const record of records) run.push(record, { fcsLength: 0 });
  run.end();
  return summary;
}

test('packets that are only counted make the same sums', async () => {
  const records = recordsOf(
    [...big, ...big, ...big].map(({ data }) => ({ data, again: 2, gap: 50, change: 'none' })),
    1,
  );
  const all = await counted(IPIP, 'node1:eth0', records, Number.POSITIVE_INFINITY);
  expect(all.packets).toBe(records.length);
  expect(await counted(IPIP, 'node1:eth0', records, 0)).toEqual(all);
  expect(await counted(IPIP, 'node1:eth0', records, 500)).toEqual(all);
});

describe('with and without memory, from another thread and in place, the verdicts are the same', () => {
  const many = big.map(({ data }) => data);
  const isEcho = (data: Uint8Array) => data[12] === 8 && data[13] === 0;
  const cases: [string, string, string, Uint8Array[], Uint8Array[], number][] = [
    ['IPIP at eth0', IPIP, 'node1:eth0', [...many, ...refused()], [...events, ...ETH0], 1],
    ['a node that refuses segments', IPIP, 'node1:eth0', refused(), [...many, ...events], 1],
    ['a tunnel that is narrower than some packets', NARROW, 'node1:eth0', many, events, 1],
    ['a node that forwards nothing to its pods', NO_POD, 'node1:eth0', many, events, 1],
    ['IPIP at a pod’s cable', IPIP, 'node1:calic2730abf871', POD.filter(isEcho), POD, 1],
    ['IPIP at the tunnel, without MAC addresses', IPIP, 'node1:tunl0', TUNNEL, TUNNEL, 101],
    ['IPIP in the pod', IPIP, 'pod73:eth0', bytesOf('calico-ipip/golden/pod73-eth0.pcap'), POD, 1],
    ['VXLAN at eth0', VXLAN, 'node1:eth0', VXLAN_ETH0, events, 1],
    ['VXLAN at the tunnel', VXLAN, 'node1:vxlan.calico', VXLAN_TUNNEL, VXLAN_ETH0, 1],
    ['a router that sends packets back where they came from', REDIRECTS, 'r1:eth0', AT_R1, AT_R1, 1],
    ['a port of the bridge between the nodes', IPIP, ':node1', ETH0, ETH0, 1],
  ];
  test.each(cases)(
    '%s',
    async (_, script, at, pool, others, linkType) => {
      await fc.assert(
        fc.asyncProperty(steps(pool, others), async (given) => {
          const records = recordsOf(given, linkType);
          const anew = await replayed(script, at, records, false);
          expect(await replayed(script, at, records, true)).toEqual(anew);
          expect(await replayed(script, at, records, true, throughBlocks)).toEqual(anew);
          expect(await replayed(script, at, records, true, throughMemory)).toEqual(anew);
          expect(await replayed(script, at, records, false, throughMemory)).toEqual(anew);
        }),
        { numRuns: RUNS },
      );
    },
    600_000,
  );

  test('a path MTU that was learnt counts for packets that are remembered', async () => {
    const large = big.filter(({ data }) => data[11] === 8 && data.length > 1400 && data[43] !== 1);
    const teach = { ...large[0]!, data: events[0]!, originalLength: events[0]!.length };
    const some = [large[0]!, large[0]!, teach, large[0]!, large[0]!];
    const records = some.map((record, i) => ({
      ...record,
      number: i + 1,
      seconds: 1_700_000_000,
      nanos: i * 1e6,
    }));
    const verdicts = await replayed(IPIP, 'node1:eth0', records, true);
    expect(verdicts).toEqual(await replayed(IPIP, 'node1:eth0', records, false));
    expect(verdicts.map((text) => JSON.parse(text)[2])).toEqual([
      'as-programmed',
      'as-programmed',
      'as-programmed',
      'should-drop',
      'should-drop',
    ]);
  });
});

describe('a key', () => {
  const key = new FrameKey((port) => port === 4789);
  const record = (data: Uint8Array): CaptureRecord => ({ ...big[0]!, data, originalLength: data.length });
  const wordsOf = (data: Uint8Array): string | null =>
    key.read(record(data), 14) ? key.words.slice(0, key.count).join() : null;
  const first = big[0]!.data;

  test('does not know identification, checksums and payload', () => {
    const other = changedBytes(first, 'id', 77);
    other[first.length - 1]! ^= 255;
    expect(wordsOf(other)).toBe(wordsOf(first));
    expect(wordsOf(first)).not.toBeNull();
  });

  test.each([0, 5, 6, 11, 15, 22, 26, 33, 35, 42, 46, 53, 54])('knows byte %i', (at) => {
    const other = first.slice();
    other[at]! ^= 1;
    const view = new DataView(other.buffer);
    for (const header of [14, 34]) {
      view.setUint16(header + 10, 0);
      view.setUint16(header + 10, checksum(view, header, 20));
    }
    expect(wordsOf(other)).not.toBe(wordsOf(first));
  });

  test('nothing with a wrong header checksum, a fragment or options has one', () => {
    const fragment = changedBytes(first, 'none', 0);
    fragment[20] = 0x20;
    new DataView(fragment.buffer).setUint16(24, 0);
    new DataView(fragment.buffer).setUint16(24, checksum(new DataView(fragment.buffer), 14, 20));
    expect(wordsOf(fragment)).toBeNull();
    expect(wordsOf(changedBytes(first, 'damage', 0))).toBeNull();
  });

  test('any bytes are read without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(60), (data, keep) => {
        const mixed = first.slice(0, 120);
        mixed.set(data.subarray(0, mixed.length), Math.min(keep, mixed.length - data.length));
        wordsOf(mixed.subarray(0, 120 - (keep % 100)));
      }),
    );
  });
});
