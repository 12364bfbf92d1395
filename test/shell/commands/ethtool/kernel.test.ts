// ethtool against what user-mode Linux 6.1 printed for the same commands (kernel.txt).
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { differences } from '../transcript.ts';

test('ethtool tells of every kind of device as on the kernel', async () => {
  const transcript = readFileSync(new URL('kernel.txt', import.meta.url), 'utf8');
  expect(await differences(transcript)).toEqual([]);
});
