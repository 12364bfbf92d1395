// Comparing frames: which fields are named, and which a kernel draws at random.
import { describe, expect, test } from 'vitest';
import { formatIpv4, type Ipv4 } from '../../src/addr/ipv4.ts';
import { readCapture } from '../../src/capture/read.ts';
import { type CompareContext, compareFrames } from '../../src/replay/compare.ts';
import { Frame } from '../../src/replay/frame.ts';
import { subjectOf } from '../../src/replay/subject.ts';
import { checksum } from '../../src/wire/checksum.ts';
import { captureFile } from './labs.ts';

const context: CompareContext = {
  isOurs: (address: Ipv4) => formatIpv4(address) === '10.211.55.8',
  isVxlanPort: (port) => port === 4789,
  isSameMac: (expected, seen) => expected === seen,
  isTunnelPort: (port) => port >= 32768 && port <= 60999,
};

const IPIP = readCapture(captureFile('ipip.cap')).records[2]!.data;
const VXLAN = readCapture(captureFile('calico-vxlan/golden/node1-eth0.pcap')).records.find(
  ({ data }) => data[23] === 17 && data[29] === 8,
)!.data;

/** The frame with bytes changed, and the IPv4 header checksums at `headers` made right again. */
function edited(frame: Uint8Array, changes: Record<number, number>, headers: readonly number[] = []): Frame {
  const bytes = frame.slice();
  for (const [at, value] of Object.entries(changes)) bytes[Number(at)] = value;
  const view = new DataView(bytes.buffer);
  for (const at of headers) {
    view.setUint16(at + 10, 0);
    view.setUint16(at + 10, checksum(view, at, 20));
  }
  return new Frame(bytes, 14);
}

const differences = (frame: Uint8Array, seen: Frame): string[] =>
  compareFrames(new Frame(frame, 14), seen, context).map(
    (each) => `${each.field}: ${each.expected} > ${each.seen}`,
  );

const OUTER = 14;
const INNER = 34;

describe('a packet in IPIP', () => {
  const cases: [string, Record<number, number>, readonly number[], string[]][] = [
    ['the same', {}, [], []],
    ['another outer identification', { 18: 0x12, 19: 0x34 }, [OUTER], []],
    ['another inner identification', { 38: 0x12, 39: 0x34 }, [INNER], ['inner identification: 54465 > 4660']],
    [
      'an outer header checksum that is wrong',
      { 24: 1, 25: 2 },
      [],
      ['outer header checksum: right > wrong'],
    ],
    ['another destination', { 33: 7 }, [OUTER], ['outer destination: 10.211.55.9 > 10.211.55.7']],
    ['another outer TTL', { 22: 9 }, [OUTER], ['outer TTL: 63 > 9']],
    ['another inner TTL', { 42: 9 }, [INNER], ['inner TTL: 63 > 9']],
    ['another outer TOS', { 15: 8 }, [OUTER], ['outer TOS: 0 > 8']],
    ['no DF outside', { 20: 0 }, [OUTER], ['outer fragment: DF > none']],
    ['another destination MAC', { 5: 7 }, [], ['destination MAC: 00:1c:42:1a:00:09 > 00:1c:42:1a:00:07']],
    ['another ICMP sequence', { 61: 9 }, [], ['inner ICMP byte 7: 0x01 > 0x09']],
    ['another protocol outside', { 23: 17 }, [OUTER], ['encapsulation: encapsulated to 10.211.55.9 > bare']],
  ];
  test.each(cases)('%s', (_, changes, headers, expected) => {
    const found = differences(IPIP, edited(IPIP, changes, headers));
    expect(found.toSorted()).toEqual(expected.map((text) => expect.stringMatching(pattern(text))).toSorted());
  });

  /** The inner identification is whatever the recording has. */
  const pattern = (text: string): RegExp =>
    new RegExp(`^${text.replace(/[.()|+*]/g, '\\$&').replace('54465', '\\d+')}$`);

  test('is about the same thing as the bare packet in it', () => {
    const bare = new Uint8Array([...IPIP.subarray(0, 14), ...IPIP.subarray(34)]);
    expect(subjectOf(new Frame(bare, 14), context)).toBe(subjectOf(new Frame(IPIP, 14), context));
    expect(differences(IPIP, new Frame(bare, 14))).toEqual([
      'encapsulation: encapsulated to 10.211.55.9 > bare',
    ]);
  });
});

describe('a packet in VXLAN', () => {
  const cases: [string, Record<number, number>, string[]][] = [
    ['another source port of the range', { 34: 0x90, 35: 1 }, []],
    [
      'a source port out of the range',
      { 34: 1, 35: 1 },
      ['outer UDP source port: one of the device’s range > 257'],
    ],
    ['another number', { 48: 1 }, ['VNI: 4096 > 4097']],
    [
      'another inner destination MAC',
      { 55: 0x8c },
      ['inner destination MAC: 66:2d:bf:44:a6:8b > 66:2d:bf:44:a6:8c'],
    ],
    ['an outer checksum that is wrong', { 40: 1, 41: 2 }, ['outer UDP checksum: right > wrong (0x102)']],
    ['no outer checksum', { 40: 0, 41: 0 }, ['outer UDP checksum: right > none']],
  ];
  test.each(cases)('%s', (_, changes, expected) => {
    expect(differences(VXLAN, edited(VXLAN, changes))).toEqual(expected);
  });
});

test('what the capture cut off cannot differ', () => {
  const seen = new Frame(
    IPIP.map((byte, i) => (i < 60 ? byte : 0)),
    14,
    true,
    60,
  );
  expect(compareFrames(new Frame(IPIP, 14), seen, context)).toEqual([]);
});

test('padding behind the packet is not compared', () => {
  const padded = new Uint8Array(IPIP.length + 10);
  padded.set(IPIP);
  expect(compareFrames(new Frame(IPIP, 14), new Frame(padded, 14), context)).toEqual([]);
});
