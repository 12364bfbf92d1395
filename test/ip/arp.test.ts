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

test.each([
  ['no setting', {}, false],
  ["the device's", { device: 1 }, true],
  ["everybody's", { all: 1 }, true],
])(
  'proxy_arp_pvlan answers for what is behind the same device: %s',
  (_, { device = 0, all = 0 }: { device?: number; all?: number }, answers) => {
    const world = twoHosts();
    const left = world.device('R:left');
    left.conf.proxy_arp_pvlan = device;
    left.namespace.confAll.proxy_arp_pvlan = all;
    left.neighConf.proxyDelay = 0;
    const question = arp({ operation: 1, senderMac: ASKER, senderIp: '10.0.1.2', targetIp: '10.0.1.50' });
    world.lab.transmit(world.namespace('A'), 'eth0', ethernet('ff:ff:ff:ff:ff:ff', ASKER, 0x0806, question));
    world.lab.settle();
    expect(world.take('A:eth0').some((line) => line.includes('10.0.1.50 is-at'))).toBe(answers);
  },
);
