// The forms that a capture can have: cut packets, other link types, stated directions, frames of other protocols,
// packets that are missing or come twice.
import { describe, expect, test } from 'vitest';
import { readCapture } from '../../src/capture/read.ts';
import type { CaptureRecord } from '../../src/capture/record.ts';
import { buildLab, captureFile, changed, faults, replayRecords, scriptText } from './labs.ts';

const IPIP = scriptText('calico-ipip/in/lab.sh');
const VXLAN = scriptText('calico-vxlan/in/lab.sh');
const records = (name: string): CaptureRecord[] => readCapture(captureFile(name)).records;
const NODE = records('calico-ipip/golden/node1-eth0.pcap');
const README = records('ipip.cap');

const cut = (all: readonly CaptureRecord[], length: number): CaptureRecord[] =>
  all.map((record) => ({ ...record, data: record.data.subarray(0, length) }));

const isIpv4 = ({ data }: CaptureRecord): boolean => data[12] === 8 && data[13] === 0;
const withoutHeader = (record: CaptureRecord, linkType: number): CaptureRecord => ({
  ...record,
  data: record.data.subarray(14),
  originalLength: record.originalLength - 14,
  linkType,
});

describe('all is as programmed', () => {
  test.each([
    ['cut to 54 bytes, in the middle of the inner header', IPIP, 'node1:eth0', cut(NODE, 54)],
    ['cut to 96 bytes', IPIP, 'node1:eth0', cut(NODE, 96)],
    [
      'cut to 96 bytes at the pod',
      IPIP,
      'node1:calic2730abf871',
      cut(records('calico-ipip/golden/node1-calic2730abf871.pcap'), 96),
    ],
    [
      'cut to 128 bytes, in VXLAN',
      VXLAN,
      'node1:eth0',
      cut(records('calico-vxlan/golden/node1-eth0.pcap'), 128),
    ],
    [
      'bare packets (RAW) of an Ethernet device',
      IPIP,
      'node1:eth0',
      NODE.filter(isIpv4).map((record) => withoutHeader(record, 101)),
    ],
    [
      'bare packets (IPV4) of an Ethernet device',
      IPIP,
      'node1:eth0',
      NODE.filter(isIpv4).map((record) => withoutHeader(record, 228)),
    ],
    [
      'a timestamp that goes back',
      IPIP,
      'node1:eth0',
      NODE.map((record, i) => (i === 40 ? { ...record, seconds: 0 } : record)),
    ],
    ['no timestamps at all', IPIP, 'node1:eth0', NODE.map((record) => ({ ...record, seconds: 0, nanos: 0 }))],
    [
      'a pause of a century',
      IPIP,
      'node1:eth0',
      README.map((record, i) => (i < 4 ? record : { ...record, seconds: record.seconds + 3_155_760_000 })),
    ],
  ])('%s', async (_, script, at, given) => {
    const verdicts = replayRecords(await buildLab(script), at, given);
    expect(verdicts).toHaveLength(given.length);
    expect(faults(verdicts)).toEqual([]);
  });

  test('with a frame check sequence behind each frame', async () => {
    const given = README.map((record) => {
      const data = new Uint8Array([...record.data, 1, 2, 3, 4]);
      return { ...record, data, originalLength: data.length };
    });
    expect(faults(replayRecords(await buildLab(IPIP), 'node1:eth0', given, 4))).toEqual([]);
  });

  test('padded to the length that a card asks for', async () => {
    const given = README.map((record) => {
      const data = new Uint8Array(Math.max(60, record.data.length));
      data.set(record.data);
      return { ...record, data, originalLength: data.length };
    });
    expect(faults(replayRecords(await buildLab(IPIP), 'node1:eth0', given))).toEqual([]);
  });
});

describe('whose frame it is', () => {
  test('is what the capture says, if it does', async () => {
    const given = README.map((record, i) => ({
      ...record,
      direction: [1, 3, 5, 7].includes(i) ? ('in' as const) : ('out' as const),
    }));
    const verdicts = replayRecords(await buildLab(IPIP), 'node1:eth0', given);
    expect(faults(verdicts)).toEqual([]);
  });

  test('is seen by the MAC address of the interface, whatever the script calls it', async () => {
    const nameless = changed(IPIP, [[/link set eth0 address "\$3" up/, 'link set eth0 up']]);
    const verdicts = replayRecords(await buildLab(nameless), 'node1:eth0', README);
    expect(verdicts.map(({ direction }) => direction)).toEqual([
      'out',
      'in',
      'out',
      'in',
      'out',
      'in',
      'out',
      'in',
    ]);
    expect(faults(verdicts)).toEqual([]);
  });

  test('a MAC address that the script sets has to be that of the capture', async () => {
    const other = changed(IPIP, [[/00:1c:42:1a:00:09/, '00:1c:42:1a:00:99']]);
    const withoutArp = README.slice(2);
    const verdicts = replayRecords(await buildLab(other), 'node1:eth0', withoutArp);
    expect(verdicts[0]?.differences).toEqual([
      {
        field: 'destination MAC',
        expected: '00:1c:42:1a:00:99 of 10.211.55.9',
        seen: '00:1c:42:1a:00:09',
      },
    ]);
  });
});

describe('what is not a matter of the model', () => {
  const header = (type: number, to = [0x33, 0x33, 0, 0, 0, 1]): number[] => [
    ...to,
    0,
    0x1c,
    0x42,
    0x1a,
    0,
    9,
    type >> 8,
    type & 255,
  ];
  const STP = [0x01, 0x80, 0xc2, 0, 0, 0];
  const tso = new Uint8Array(2948);
  tso.set(README[2]!.data.subarray(0, 14));
  tso.set([0x45, 0, 0x0b, 0x76, 0, 1, 0x40, 0, 63, 6, 0, 0, 10, 211, 55, 8, 10, 211, 55, 9], 14);
  test.each([
    ['IPv6', new Uint8Array([...header(0x86dd), 0x60, 0, 0, 0]), 1],
    ['LLDP', new Uint8Array([...header(0x88cc), 2, 7]), 1],
    ['STP', new Uint8Array([...header(38, STP), 0x42, 0x42, 3]), 1],
    ['VLAN', new Uint8Array([...header(0x8100), 0, 7, 8, 0]), 1],
    ['a frame of 9 bytes', new Uint8Array(9), 1],
    ['a segment of 2948 bytes for offload', tso, 1],
    ['link type 147 is not supported', new Uint8Array(20), 147],
  ])('%s is told, and is no error', async (why, data, linkType) => {
    const foreign = { ...README[0]!, data, linkType, originalLength: data.length };
    const short = why === 'a frame of 9 bytes' ? '9 bytes are too few for the link-layer header' : why;
    const verdicts = replayRecords(await buildLab(IPIP), 'node1:eth0', [
      ...README,
      { ...foreign, number: 9 },
    ]);
    expect(verdicts[8]).toMatchObject({ number: 9, kind: 'outside', notes: [short] });
    expect(faults(verdicts)).toEqual([]);
  });
});

describe('what the capture does not show', () => {
  const POD = records('calico-ipip/golden/node1-calic2730abf871.pcap');

  test('an answer of the node’s that never comes is missing', async () => {
    const given = POD.filter(({ number }) => number !== 2);
    const verdicts = replayRecords(await buildLab(IPIP), 'node1:calic2730abf871', given);
    expect(faults(verdicts)).toEqual(['1 missing: expected bare on calic2730abf871, seen nothing']);
    const missing = verdicts.find(({ kind }) => kind === 'missing');
    expect(missing).toMatchObject({
      packet: 'ARP 169.254.1.1 is-at ee:ee:ee:ee:ee:ee',
      notes: ['because of packet 1'],
    });
  });

  test('an answer that the end of the capture may have cut off is not', async () => {
    expect(faults(replayRecords(await buildLab(IPIP), 'node1:calic2730abf871', POD.slice(0, 1)))).toEqual([]);
  });

  test('a question before its beginning is made up', async () => {
    expect(faults(replayRecords(await buildLab(IPIP), 'node1:calic2730abf871', POD.slice(1)))).toEqual([]);
  });

  test('a fragment of a pod’s that is missing does not hold up the others', async () => {
    const given = NODE.filter(({ number }) => number !== 24);
    const verdicts = replayRecords(await buildLab(IPIP), 'node1:eth0', given);
    expect(faults(verdicts)).toEqual([]);
  });

  test('a packet that comes twice is sent twice', async () => {
    const given = README.flatMap((record) => [record, record]);
    expect(faults(replayRecords(await buildLab(IPIP), 'node1:eth0', given))).toEqual([]);
  });

  test('a request that the model drops, though its answer is there, should have been dropped', async () => {
    const noRoute = changed(IPIP, [[/^.*ip -n "\$1" route add "\$3" dev.*$/, '']]);
    const given = records('calico-ipip/golden/node2-eth0.pcap');
    const [first] = replayRecords(await buildLab(noRoute), 'node2:eth0', given).filter(
      ({ kind }) => kind === 'should-drop',
    );
    expect(first).toMatchObject({
      direction: 'out',
      reason: 'SKB_DROP_REASON_BLACKHOLE',
      notes: ['no ICMP is sent'],
    });
    expect(first?.expected).toMatch(/^packet \d+, which this answers, dropped$/);
  });
});
