// Packets followed from one capture to the next: recordings of a real kernel, with packets taken out.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergedBatches } from '../../src/capture/merge.ts';
import { readCapture } from '../../src/capture/read.ts';
import type { CaptureRecord } from '../../src/capture/record.ts';
import { CaptureSpan, clockOffsets, timeOf } from '../../src/replay/clock-offset.ts';
import { type Followed, isCleanFollowed, lossTexts } from '../../src/replay/followed.ts';
import { Follower } from '../../src/replay/follower.ts';
import { frameOf } from '../../src/replay/frame.ts';
import { Itineraries, vxlanPortsOf } from '../../src/replay/itinerary.ts';
import { directionByMac } from '../../src/replay/vantage.ts';
import { buildLab, captureFile, changed, interfaceOf, scriptText } from './labs.ts';

const IPIP = scriptText('calico-ipip/in/lab.sh');
const VXLAN = scriptText('calico-vxlan/in/lab.sh');
const records = (name: string): CaptureRecord[] => readCapture(captureFile(name)).records;
const NODE1 = records('calico-ipip/golden/node1-eth0.pcap');
const NODE2 = records('calico-ipip/golden/node2-eth0.pcap');
const POD73 = records('calico-ipip/golden/node1-calic2730abf871.pcap');

type Captures = Readonly<Record<string, readonly CaptureRecord[]>>;

async function* batchesOf(given: readonly CaptureRecord[]) {
  const info = { format: 'pcap' as const, bigEndian: false, gzip: false, interfaces: [] };
  yield { records: [...given], findings: [], info };
}

async function follow(script: string, captures: Captures, examples = 100): Promise<Followed> {
  const lab = await buildLab(script);
  const names = Object.keys(captures);
  const devices = names.map((at) => interfaceOf(lab, at)[1]);
  const frames = (record: CaptureRecord, place: number) => {
    const framed = frameOf(record, devices[place]!.headerLength, 0);
    return 'why' in framed ? null : framed.frame;
  };
  const spans = names.map((at, place) => {
    const span = new CaptureSpan();
    for (const record of captures[at]!) span.add(record, frames(record, place), vxlanPortsOf(lab));
    return span;
  });
  const clocks = clockOffsets(names, spans);
  const ahead = clocks.map((clock) => clock.ahead);
  const places = names.map((at, i) => {
    const span = { begin: spans[i]!.begin - ahead[i]!, end: spans[i]!.end - ahead[i]! };
    return { at, device: devices[i]!, span };
  });
  const depth = Math.min(...spans.map((span) => span.depth));
  const itineraries = new Itineraries(lab, devices);
  const follower = new Follower({ places, itineraries, clocks, depth, examples });
  const sources = names.map((at) => batchesOf(captures[at]!));
  for await (const { file, records: some } of mergedBatches(sources, ahead))
    for (const record of some) {
      const frame = frames(record, file);
      if (frame === null) continue;
      const direction = directionByMac(frame, devices[file]!.address);
      const outgoing = direction === null ? null : direction === 'out';
      follower.add(file, record.number, timeOf(record) - ahead[file]!, frame, outgoing);
    }
  return follower.end();
}

const ways = ({ ways: all }: Followed): string[] => all.map(({ from, to }) => `${from} to ${to}`).sort();

/** Numbers of packets that were lost between two vantage points, or never seen to leave. */
const numbers = (followed: Followed, kind: 'lost' | 'unsent'): number[] =>
  followed.ways
    .flatMap(({ crossings }) => crossings.flatMap(({ losses }) => losses[kind].examples))
    .map(({ number }) => number)
    .sort((a, b) => a - b);

const later = (given: readonly CaptureRecord[], seconds: number): CaptureRecord[] =>
  given.map((record) => ({ ...record, seconds: record.seconds + seconds }));

const isIpip = ({ data }: CaptureRecord): boolean => data[12] === 8 && data[13] === 0 && data[23] === 4;
/** By the last byte of its source's MAC address. */
const isFrom =
  (last: number) =>
  ({ data }: CaptureRecord) =>
    data[11] === last;

describe('what the kernel carried from interface to interface is found again', () => {
  test.each([
    ['IPIP', IPIP, 'calico-ipip', 'tunl0'],
    ['VXLAN', VXLAN, 'calico-vxlan', 'vxlan.calico'],
  ])(
    '%s, from a pod’s cable through tunnel and underlay to the other node',
    async (_, script, scenario, tunnel) => {
      const places = ['node1:calic2730abf871', `node1:${tunnel}`, 'node1:eth0', 'node2:eth0', 'pod5:eth0'];
      const captures = Object.fromEntries(
        places.map((at) => [at, records(`${scenario}/golden/${at.replace(':', '-')}.pcap`)]),
      );
      const followed = await follow(script, captures);
      expect(lossTexts(followed)).toEqual([]);
      for (const [i, from] of places.slice(0, -1).entries())
        expect(ways(followed)).toEqual(
          expect.arrayContaining([`${from} to ${places[i + 1]}`, `${places[i + 1]} to ${from}`]),
        );
      for (const { crossings } of followed.ways)
        for (const way of ['left', 'came'] as const)
          expect(crossings.reduce((sum, each) => sum + each[way], 0)).toBeGreaterThan(0);
    },
  );

  const cutTo = (length: number) =>
    NODE2.map((record) => ({ ...record, data: record.data.subarray(0, length) }));

  test.each([54, 60, 96])('by captures of which one is cut to %i bytes', async (length) => {
    const followed = await follow(IPIP, { 'node1:eth0': NODE1, 'node2:eth0': cutTo(length) });
    expect(lossTexts(followed)).toEqual([]);
    expect(followed.ways[0]?.crossings[0]?.left).toBeGreaterThan(20);
  });

  test('but not if one is cut within the inner header: that is said', async () => {
    const followed = await follow(IPIP, { 'node1:eth0': NODE1, 'node2:eth0': cutTo(48) });
    expect(followed.ways).toEqual([]);
    expect(followed.notes.join()).toContain('cut too short');
  });
});

describe('clocks', () => {
  test.each([0, 3, -3600, 86_400 * 365])('one that is %i s ahead', async (seconds) => {
    const followed = await follow(IPIP, { 'node1:eth0': NODE1, 'node2:eth0': later(NODE2, seconds) });
    expect(lossTexts(followed)).toEqual([]);
    const [clock] = followed.clocks;
    expect(Math.abs(clock!.ahead / 1e6 - seconds)).toBeLessThan(0.001);
    expect(clock!.packets).toBeGreaterThan(20);
  });

  test('by way of a third capture, where two have nothing in common', async () => {
    const followed = await follow(IPIP, {
      'node1:calic2730abf871': POD73,
      'pod4:eth0': later(records('calico-ipip/golden/pod4-eth0.pcap'), 50),
      'pod5:eth0': later(records('calico-ipip/golden/pod5-eth0.pcap'), -7),
      'node2:eth0': later(NODE2, 20),
    });
    expect(followed.clocks.map(({ ahead }) => Math.round(ahead / 1e6))).toEqual([50, -7, 20]);
    expect(lossTexts(followed)).toEqual([]);
  });

  test('no packet in common: they are taken to agree', async () => {
    const noIpip = NODE2.filter((record) => !(record.data[12] === 8));
    const { clocks } = await follow(IPIP, { 'node1:eth0': NODE1, 'node2:eth0': noIpip });
    expect(clocks).toEqual([{ at: 'node2:eth0', than: 'node1:eth0', ahead: 0, packets: 0 }]);
  });
});

describe('what is lost between', () => {
  test('calicoctl#949: the cloud drops protocol 4, seen at A’s eth0, never at B’s eth0', async () => {
    const given = NODE2.filter((record) => !(isIpip(record) && isFrom(8)(record)));
    const followed = await follow(IPIP, { 'node1:eth0': NODE1, 'node2:eth0': given }, 1);
    const sent = NODE1.filter((record) => isIpip(record) && isFrom(8)(record));
    expect(lossTexts(followed).map(({ headline }) => headline)).toEqual([
      `all ${sent.length} packets of IPIP (protocol 4) from 10.211.55.8 to 10.211.55.9 were seen at node1:eth0 and ` +
        'never at node2:eth0, while 2 packets of ICMP came through: the network between drops IPIP (protocol 4)',
    ]);
    expect(lossTexts(followed)[0]?.lines).toEqual([
      expect.stringMatching(
        /^packet 3 of node1:eth0 left for node2 and was never seen at node2:eth0: 192\.168\.36\.73 > 192\.168\.202\.5 ICMP/,
      ),
      `and ${sent.length - 1} more`,
    ]);
  });

  test('the port of VXLAN', async () => {
    const [one, two] = ['node1', 'node2'].map((host) => records(`calico-vxlan/golden/${host}-eth0.pcap`));
    const isVxlan = ({ data }: CaptureRecord) => data[23] === 17 && data[36] === 0x12 && data[37] === 0xb5;
    const followed = await follow(VXLAN, {
      'node1:eth0': one!,
      'node2:eth0': two!.filter((r) => !isVxlan(r)),
    });
    expect(lossTexts(followed)[0]?.headline).toMatch(/VXLAN \(UDP port 4789\) from .* never at node2:eth0/);
  });

  test('any packets that are taken out of either capture are named, and no others', async () => {
    const lab = { from: 'node1:eth0', to: 'node2:eth0' };
    // The two interfaces share a segment: a frame is the same at both, to the bit.
    const text = ({ data }: CaptureRecord): string => data.join();
    const [texts1, texts2] = [NODE1.map(text), NODE2.map(text)];
    const inside = NODE1.filter(
      (record, i) =>
        texts1.indexOf(texts1[i]!) === i &&
        texts2.includes(texts1[i]!) &&
        i > 8 &&
        i < NODE1.length - 8 &&
        record.data[12] === 8 &&
        record.data[13] === 0,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(inside, { maxLength: 12 }),
        fc.boolean(),
        fc.integer({ min: -1000, max: 1000 }),
        async (taken, fromFirst, seconds) => {
          const gone = new Set(taken.map(text));
          const without = (given: CaptureRecord[]) => given.filter((record) => !gone.has(text(record)));
          const [one, two] = fromFirst ? [without(NODE1), NODE2] : [NODE1, without(NODE2)];
          const followed = await follow(IPIP, { [lab.from]: one, [lab.to]: later(two, seconds) });
          const left = (fromFirst ? NODE2 : NODE1).filter((record) => gone.has(text(record)));
          const sent = left.filter(isFrom(8)).map(({ number }) => number);
          const received = left.filter((record) => !isFrom(8)(record)).map(({ number }) => number);
          expect(numbers(followed, fromFirst ? 'unsent' : 'lost')).toEqual(sent);
          expect(numbers(followed, fromFirst ? 'lost' : 'unsent')).toEqual(received);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('packets that are alike to the bit are counted', async () => {
    const alike = NODE1.filter((record) => isIpip(record) && isFrom(8)(record)).slice(0, 1);
    const times = (count: number) =>
      Array.from({ length: count }, (_, i) => ({
        ...alike[0]!,
        number: 1000 + i,
        seconds: NODE1[0]!.seconds + 2 + i,
        nanos: 0,
      }));
    const inOrder = (given: CaptureRecord[]) => given.sort((a, b) => timeOf(a) - timeOf(b));
    const followed = await follow(IPIP, {
      'node1:eth0': inOrder([...NODE1, ...times(7)]),
      'node2:eth0': inOrder([...NODE2, ...times(7).filter(({ number }) => number !== 1002)]),
    });
    expect(numbers(followed, 'lost')).toEqual([1002]);
    expect(numbers(followed, 'unsent')).toEqual([]);
  });
});

describe('what is no finding', () => {
  test('packets at a time when the other capture had not begun or was over', async () => {
    const middle = NODE2.filter((_, i) => i > 30 && i < 60);
    const followed = await follow(IPIP, { 'node1:eth0': NODE1, 'node2:eth0': middle });
    expect(lossTexts(followed)).toEqual([]);
    const [way] = followed.ways;
    expect(way?.apart).toBeGreaterThan(10);
    expect(way!.common!.end - way!.common!.begin).toBeLessThan(12);
  });

  test('a capture without packets: it has no common time with any', async () => {
    const followed = await follow(IPIP, { 'node1:eth0': NODE1, 'node2:eth0': [] });
    expect(isCleanFollowed(followed)).toBe(true);
    for (const { common } of followed.ways) expect(common).toBeNull();
  });

  test('what the model itself does not lead to the other interface', async () => {
    const down = `${IPIP}\nip -n node2 link set eth0 down\n`;
    const given = NODE2.filter((record) => !(isIpip(record) && isFrom(8)(record)));
    const followed = await follow(down, { 'node1:eth0': NODE1, 'node2:eth0': given });
    expect(ways(followed)).not.toContain('node1:eth0 to node2:eth0');
    expect(numbers(followed, 'lost')).toEqual([]);
  });

  test('a packet whose time to live ends on the way', async () => {
    const followed = await follow(IPIP, {
      'node1:calic2730abf871': POD73,
      'node1:eth0': NODE1,
    });
    expect(POD73.some(({ data }) => data[22] === 1)).toBe(true);
    expect(lossTexts(followed)).toEqual([]);
  });

  test('a packet that is at a place where the model never leads it', async () => {
    const wrongHop = changed(IPIP, [[/(tunnel node1.*) 10\.211\.55\.9/, '$1 10.211.55.7']]);
    const followed = await follow(wrongHop, { 'node1:eth0': NODE1, 'node2:eth0': NODE2 });
    expect(numbers(followed, 'lost')).toEqual([]);
    expect(followed.notes.join()).toMatch(/packets are where the model never leads them/);
  });
});
