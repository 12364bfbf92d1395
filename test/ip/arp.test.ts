// What a machine learns from ARP messages of others.
import { expect, test } from 'vitest';
import { NudState } from '../../src/neigh/neighbour.ts';
import { arp, ethernet } from '../kernel/frames/build.ts';
import { address, twoHosts } from './world.ts';

const ASKER = '02:00:00:00:00:99';

test.each([
  ['a neighbour is learnt', '10.0.1.77', NudState.STALE],
  [
    'an entry for the broadcast address of the link needs no question and is not changed',
    '10.0.1.255',
    NudState.NOARP,
  ],
])('who asks for our address: %s', (_, senderIp, state) => {
  const world = twoHosts();
  const question = arp({ operation: 1, senderMac: ASKER, senderIp, targetIp: '10.0.1.1' });
  world.lab.transmit(world.namespace('A'), 'eth0', ethernet('ff:ff:ff:ff:ff:ff', ASKER, 0x0806, question));
  world.lab.settle();
  expect(world.take('A:eth0').at(-1)).toContain(`in ARP 10.0.1.1 is-at`);
  const { neighbours } = world.namespace('R');
  expect(neighbours.lookup(world.device('R:left'), address(senderIp))?.state).toBe(state);
});
