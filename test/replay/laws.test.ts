// Laws of a replay: what the lab itself sent is as programmed, and no bytes whatever stop it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCapture } from '../../src/capture/read.ts';
import type { CaptureRecord } from '../../src/capture/record.ts';
import { runScript } from '../../src/shell/run.ts';
import { buildLab, captureFile, changed, faults, replayCapture, replayRecords, scriptText } from './labs.ts';

const LAB = scriptText('calico-ipip/in/lab.sh');
/** The same without any MAC address: those of the capture and those of the lab are then drawn apart. */
const NAMELESS = changed(LAB, [
  [/link set eth0 address "\$[34]" up/, 'link set eth0 up'],
  [/^.*link set "\$5" address ee:.*$/, ''],
  [/ip link add lan0 address \S+/, 'ip link add lan0'],
  [/^.*neigh replace.*$/, ''],
]);

const VXLAN = scriptText('calico-vxlan/in/lab.sh');

const ADDRESSES = ['192.168.36.73', '192.168.36.75', '192.168.36.80', '192.168.202.4', '192.168.202.5'];
const OTHERS = ['192.168.202.40', '10.211.55.9', '10.211.55.8', '10.211.55.1', '10.211.55.77', '10.99.0.1'];
const PLACES = ['node1:eth0', 'node1:tunl0', 'node1:calic2730abf871', 'node2:eth0', 'pod73:eth0'];
const VXLAN_PLACES = PLACES.map((at) => at.replace('tunl0', 'vxlan.calico'));

const ping = fc
  .record({
    from: fc.constantFrom('pod73', 'pod75', 'pod5', 'node1', 'node2'),
    to: fc.constantFrom(...ADDRESSES, ...OTHERS),
    size: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1400, max: 4000 })),
    discovery: fc.constantFrom('do', 'dont', 'want'),
    ttl: fc.constantFrom(1, 2, 3, 64),
    tos: fc.constantFrom(0, 1, 0x10, 0xb8),
  })
  .map(
    ({ from, to, size, discovery, ttl, tos }) =>
      `ip netns exec ${from} ping -c 1 -W 0.3 -M ${discovery} -s ${size} -t ${ttl} -Q ${tos} ${to}`,
  );

async function recorded(
  lab: string,
  at: string,
  commands: readonly string[],
  seed: number,
): Promise<Uint8Array> {
  const [host, device] = at.split(':');
  const capture = `ip netns exec ${host} tcpdump -U -i ${device} -w seen.pcap 2>/dev/null &`;
  const script = [lab, capture, 'sleep 1', ...commands, 'sleep 5', 'kill $!', 'wait'].join('\n');
  const { files } = await runScript({ script, seed });
  return files.get('seen.pcap') ?? new Uint8Array(0);
}

describe('what the lab itself sent is as programmed', () => {
  test.each([
    ['with MAC addresses of the script’s', LAB, PLACES],
    ['with random MAC addresses', NAMELESS, PLACES],
    ['in VXLAN', VXLAN, VXLAN_PLACES],
  ])(
    '%s',
    async (_, lab, places) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(ping, { minLength: 1, maxLength: 8 }),
          fc.constantFrom(...places),
          fc.integer({ min: 1, max: 1000 }),
          async (commands, at, seed) => {
            const capture = await recorded(lab, at, commands, seed);
            expect(faults(replayCapture(await buildLab(lab), at, capture))).toEqual([]);
          },
        ),
        { numRuns: 12 },
      );
    },
    120_000,
  );
});

const SAMPLES = [
  'ipip.cap',
  'calico-ipip/golden/node1-calic2730abf871.pcap',
  'calico-vxlan/golden/node1-eth0.pcap',
].flatMap((name) => readCapture(captureFile(name)).records.map(({ data }) => data));

/** A recorded frame with some bytes changed and its end cut off or drawn out. */
const damaged = fc
  .record({
    frame: fc.constantFrom(...SAMPLES),
    changes: fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 6 }),
    length: fc.option(fc.nat(1600), { nil: undefined }),
  })
  .map(({ frame, changes, length }) => {
    const bytes = new Uint8Array(length ?? frame.length);
    bytes.set(frame.subarray(0, bytes.length));
    for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
    return bytes;
  });

const frames = fc.array(
  fc.record({
    data: fc.oneof(damaged, fc.constantFrom(...SAMPLES), fc.uint8Array({ maxLength: 200 })),
    lost: fc.oneof(fc.constant(0), fc.nat(3000)),
    seconds: fc.oneof(fc.nat(20), fc.nat(0xffffffff)),
    nanos: fc.nat(999_999_999),
    linkType: fc.constantFrom(1, 1, 1, 1, 0, 101, 113, 228, 276, 147),
    direction: fc.constantFrom('in' as const, 'out' as const, undefined),
  }),
  { minLength: 1, maxLength: 60 },
);

test('no bytes whatever stop it, and every packet gets one verdict, in order', async () => {
  await fc.assert(
    fc.asyncProperty(frames, fc.constantFrom(...PLACES, ':lan0', ':node1', 'node1:lo'), async (given, at) => {
      const records = given.map(
        ({ lost, ...rest }, i): CaptureRecord => ({
          ...rest,
          number: i + 1,
          originalLength: rest.data.length + lost,
          interface: 0,
        }),
      );
      const verdicts = replayRecords(await buildLab(LAB), at, records);
      const numbers = verdicts.filter(({ kind }) => kind !== 'missing').map(({ number }) => number);
      expect(numbers).toEqual(records.map(({ number }) => number));
      for (const verdict of verdicts) expect(verdict.packet).not.toBe('');
    }),
    { numRuns: 60 },
  );
}, 120_000);
