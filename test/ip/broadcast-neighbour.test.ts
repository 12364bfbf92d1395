// An address that becomes a subnet's broadcast address loses its neighbour only if that is not resolved (arp_invalidate).
import { expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

const SET_UP = `
ip link add d0 type dummy; ip link set d0 up
ip neigh add 192.0.2.111 lladdr 02:00:00:00:00:01 nud permanent dev d0
ip neigh add 192.0.2.255 nud failed dev d0
`;

const shown = async (script: string): Promise<string> =>
  (await runScript({ script: `${SET_UP + script}; ip neigh | cut -d" " -f1` })).stdout;

test.each([
  ['resolved ones stay', 'ip addr add 192.0.2.1/24 broadcast 192.0.2.111 dev d0', '192.0.2.111\n'],
  ['others go', 'ip addr add 192.0.2.1/25 broadcast 192.0.2.255 dev d0', '192.0.2.111\n'],
  ['those of other addresses stay', 'ip addr add 192.0.2.1/25 dev d0', '192.0.2.111\n192.0.2.255\n'],
])('%s', async (_, script, expected) => {
  expect((await shown(script)).split('\n').sort()).toEqual(expected.split('\n').sort());
});
