// Groups that a bridge belongs to: all snoopers, while it is up and snoops (br_multicast_join_snoopers).
import { expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

const groups = async (script: string): Promise<string[]> => {
  const { output } = await runScript({ script: `${script}\nip -4 maddr show dev br0 | grep inet` });
  return output
    .trim()
    .split(/\s*inet\s+/)
    .slice(1);
};

test.each([
  ['up', 'ip link add br0 up type bridge', ['224.0.0.1', '224.0.0.106']],
  ['made without snooping', 'ip link add br0 up type bridge mcast_snooping 0', ['224.0.0.1']],
  ['down', 'ip link add br0 up type bridge; ip link set br0 down', []],
  [
    'snooping switched off',
    'ip link add br0 up type bridge; ip link set br0 type bridge mcast_snooping 0',
    ['224.0.0.1'],
  ],
  [
    'snooping switched on',
    'ip link add br0 up type bridge mcast_snooping 0; ip link set br0 type bridge mcast_snooping 1',
    ['224.0.0.106', '224.0.0.1'],
  ],
])('%s', async (_, script, expected) => {
  expect(await groups(script)).toEqual(expected);
});
