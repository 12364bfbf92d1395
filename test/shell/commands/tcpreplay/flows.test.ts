// Flow statistics and rates against what tcpreplay 4.4.3 printed.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readCapture } from '../../../../src/capture/read.ts';
import { Flows } from '../../../../src/shell/commands/tcpreplay/flows.ts';
import { flowText, packetText } from '../../../../src/shell/commands/tcpreplay/report.ts';

const captures = new URL('../../../../captures/router-routes/in/', import.meta.url);

test.each([
  ['in0.pcap', { count: 665, packets: 665, others: 0 }],
  ['in1.pcap', { count: 275, packets: 275, others: 0 }],
  ['lost.pcap', { count: 2, packets: 3, others: 0 }],
])('%s has as many flows as tcpreplay counted', (name, counts) => {
  const flows = new Flows();
  for (const { data, linkType } of readCapture(new Uint8Array(readFileSync(new URL(name, captures)))).records)
    flows.add(data, linkType);
  expect({ count: flows.count, packets: flows.packets, others: flows.others }).toEqual(counts);
});

test.each([
  [
    'less than a second',
    { sent: 700, bytes: 56152, failed: 0, start: 0, end: 699_500 },
    'Actual: 700 packets (56152 bytes) sent in 0.699500 seconds\nRated: 80274.4 Bps, 0.642 Mbps, 1000.71 pps\n',
  ],
  [
    'more than a megabit a second',
    { sent: 8, bytes: 672, failed: 0, start: 0, end: 713 },
    'Actual: 8 packets (672 bytes) sent in 0.000713 seconds\nRated: 942496.4 Bps, 7.53 Mbps, 11220.19 pps\n',
  ],
  [
    'seconds have two decimals',
    { sent: 8, bytes: 672, failed: 0, start: 0, end: 3_500_186 },
    'Actual: 8 packets (672 bytes) sent in 3.50 seconds\nRated: 191.9 Bps, 0.001 Mbps, 2.28 pps\n',
  ],
  [
    'no time at all',
    { sent: 1, bytes: 60, failed: 0, start: 5, end: 5 },
    'Actual: 1 packets (60 bytes) sent in 0.000000 seconds\nRated: 0.0 Bps, 0.000 Mbps, 0.00 pps\n',
  ],
])('the report, %s', (_what, statistics, text) => {
  expect(packetText(statistics)).toBe(text);
});

test('flows per second', () => {
  expect(flowText({ count: 665, packets: 665, others: 0 }, 699_500)).toBe(
    'Flows: 665 flows, 950.67 fps, 665 unique flow packets, 0 unique non-flow packets\n',
  );
  expect(flowText({ count: 0, packets: 0, others: 2 }, 100)).toBe('');
});
