// Copies of a flooded frame hold the same bytes in the kernel, and what comes out of a tunnel in such a frame does not
// wait in the tunnel's queue (skb_cloned in gro_cells_receive). Recorded: parity seed 2032, case 19.
import { expect, test } from 'vitest';
import { enqueueCell } from '../../src/link/transmit.ts';
import { World } from '../ip/world.ts';

function setUp() {
  const world = new World().cable('A:eth0', 'B:eth0');
  const { kernel } = world.lab;
  const packet = kernel.pool.from(new Uint8Array(60));
  return { kernel, device: world.device('A:eth0'), packet, copy: kernel.pool.clone(packet) };
}

test.each([
  ['while the other copy is under way, it goes to the backlog', () => {}, { backlog: 1, cells: 0 }],
  [
    'once the other copy has ended, it waits',
    ({ kernel, copy }: ReturnType<typeof setUp>) => kernel.pool.free(copy),
    { backlog: 0, cells: 1 },
  ],
  [
    'once the other copy got bytes of its own, it waits',
    ({ copy }: ReturnType<typeof setUp>) => copy.unshare(),
    { backlog: 0, cells: 1 },
  ],
  [
    'once it got bytes of its own, it waits',
    ({ packet }: ReturnType<typeof setUp>) => packet.unshare(),
    { backlog: 0, cells: 1 },
  ],
])('%s', (_, act, expected) => {
  const scene = setUp();
  act(scene);
  const { kernel, device, packet } = scene;
  enqueueCell(kernel, device, packet);
  expect({ backlog: kernel.backlog.length, cells: kernel.cells.length }).toEqual(expected);
});

test('a packet that is given out again shares nothing', () => {
  const { kernel, packet, copy } = setUp();
  kernel.pool.free(packet);
  kernel.pool.free(copy);
  expect(kernel.pool.alloc(60).shared).toBe(null);
});
