// calico#3145, calico#9433: checksums after VXLAN offload. What a replay says of the inner one and of the outer one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCapture } from '../../../src/capture/read.ts';
import { ETHERNET_HEADER } from '../../../src/wire/ethernet.ts';
import { IPV4_HEADER, IpProtocol } from '../../../src/wire/ipv4.ts';
import { UDP_CHECKSUM_OFFSET, UDP_HEADER } from '../../../src/wire/udp.ts';
import { VXLAN_HEADER } from '../../../src/wire/vxlan.ts';
import { CAPTURES } from '../../kernel/scenarios.ts';
import { replayRecords } from '../../replay/labs.ts';
import { world } from './cluster.ts';

const SCENARIO = join(CAPTURES, 'cluster-vxlan');
const AT = 'node1:eth0';
const POD = [192, 168, 166, 130].join();

const OUTER_UDP = ETHERNET_HEADER + IPV4_HEADER;
const INNER = OUTER_UDP + UDP_HEADER + VXLAN_HEADER + ETHERNET_HEADER;
const OUTER_CHECKSUM = OUTER_UDP + UDP_CHECKSUM_OFFSET;
const INNER_CHECKSUM = INNER + IPV4_HEADER + UDP_CHECKSUM_OFFSET;

const records = [...readCapture(readFileSync(join(SCENARIO, 'golden/node1-eth0.pcap'))).records];

function lab() {
  const files = ['nodes', 'ippools', 'pods', 'felix'].map((name) =>
    readFileSync(join(SCENARIO, `in/${name}.yaml`), 'utf8'),
  );
  return world(files.join('\n---\n')).cluster.lab;
}

/** The first probe of a pod's traceroute: UDP, in VXLAN. */
const probe = records.findIndex(
  ({ data }) => data[INNER + 9] === IpProtocol.UDP && data.slice(INNER + 12, INNER + 16).join() === POD,
);

/** What is said of the probe when a byte of it was changed on the way. */
function verdictWith(at: number | null) {
  const data = (records[probe] as { data: Uint8Array }).data.slice();
  if (at !== null) data[at] = (data[at] as number) ^ 0x55;
  const changed = records.map((record, i) => (i === probe ? { ...record, data } : record));
  const verdicts = replayRecords(lab(), AT, changed);
  return verdicts.find(({ number }) => number === probe + 1);
}

test('an inner checksum that is left to the card, and an outer one that counts on it, are no fault', () => {
  expect(verdictWith(null)).toMatchObject({ kind: 'as-programmed' });
});

test('an outer checksum that is wrong is told, and that the inner one is only incomplete here', () => {
  const verdict = verdictWith(OUTER_CHECKSUM);
  expect(verdict).toMatchObject({ kind: 'differs', differences: [{ field: 'outer UDP checksum' }] });
  expect(verdict?.notes).toContain(
    'inner UDP checksum: left to the card, so incomplete at this point of capture only',
  );
});

test('an inner checksum that is wrong is told to be so on the wire', () => {
  const verdict = verdictWith(INNER_CHECKSUM);
  expect(verdict?.kind).toBe('differs');
  expect(verdict?.notes).toContain('inner UDP checksum: wrong already here, and so on the wire');
});
