// tcpreplay against what user-mode Linux 6.1 printed for the same commands (kernel.txt), with the same capture.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { differences } from '../transcript.ts';

test('tcpreplay prints and exits as on the kernel', async () => {
  const transcript = readFileSync(new URL('kernel.txt', import.meta.url), 'utf8');
  const capture = new Uint8Array(readFileSync(new URL('echoes.pcap', import.meta.url)));
  const files = {
    'echoes.pcap': capture,
    'empty.pcap': capture.slice(0, 24),
    'cut.pcap': capture.slice(0, 60),
    'cut2.pcap': capture.slice(0, 300),
    'bad.pcap': new TextEncoder().encode('garbagegarbage\n'),
    '/dev/null': new Uint8Array(0),
  };
  expect(await differences(transcript, { files })).toEqual([]);
});
