// Files that other tools wrote, read here as tshark 4.0 reads them.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readCapture } from '../../src/capture/read.ts';

function lines(name: string): string[] {
  const { records, findings } = readCapture(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
  expect(findings).toEqual([]);
  return records.map(({ number, seconds, nanos, data, originalLength, interface: index, comment }) =>
    [
      number,
      `${seconds}.${String(nanos).padStart(9, '0')}`,
      data.length,
      originalLength,
      index,
      comment ?? '',
    ].join(' '),
  );
}

const micros = [
  '1 1700000000.123456000 42 42 0 ',
  '2 1700000001.123456000 42 42 0 ',
  '3 1700000002.123456000 42 42 0 ',
];

test('tcpdump -w', () => {
  expect(lines('tcpdump.pcap')).toEqual(micros);
});

test('editcap -F nsecpcap', () => {
  expect(lines('editcap-nanos.pcap')).toEqual(micros.map((line) => line.replace('456000', '456789')));
});

test('editcap -F modpcap, the modified format', () => {
  expect(lines('modified.pcap')).toEqual(micros);
});

// tshark -r mergecap.pcapng -T fields -e frame.number -e frame.time_epoch -e frame.cap_len -e frame.len
//   -e frame.interface_id -e frame.comment
const merged = [
  '1 1700000000.123456000 42 42 1 ',
  '2 1700000000.123456789 42 42 2 forwarded: 10.0.0.2 via eth0 – ok',
  '3 1700000000.123456789 42 42 0 ',
  '4 1700000000.123456799 42 42 2 ',
  '5 1700000001.000000005 48 48 3 x',
  '6 1700000001.123456000 42 42 1 ',
  '7 1700000001.123456789 42 42 0 ',
  '8 1700000002.123456000 42 42 1 ',
  '9 1700000002.123456789 42 42 0 ',
];

test('mergecap of three files: four interfaces of two resolutions and two link types', () => {
  expect(lines('mergecap.pcapng')).toEqual(merged);
});

test('the same through gzip', () => {
  expect(lines('mergecap.pcapng.gz')).toEqual(merged);
});
