// Which error comes back for what nobody takes.
import { expect, test } from 'vitest';
import { sendDatagram } from '../../src/admin/socket.ts';
import { address, twoHosts } from './world.ts';

const IPV6_IN_IPV4 = 41;

test.each([
  ['without the module nobody knows the protocol', [], 40, 'unreachable 2'],
  ['IPIP brings a door for IPv6 in IPv4 without a device behind it', ['ipip'], 40, 'unreachable 3'],
  ['and what is shorter than an IPv6 header ends in silence', ['ipip'], 39, undefined],
])('IPv6 in IPv4: %s', (_, modules, size, expected) => {
  const world = twoHosts();
  for (const name of modules) world.module(name);
  world.ping('A', '10.0.2.2');
  world.take('A:eth0');
  sendDatagram(world.namespace('A'), {
    destination: address('10.0.2.2'),
    protocol: IPV6_IN_IPV4,
    payload: new Uint8Array(size),
  });
  world.lab.settle();
  const answer = world.take('A:eth0').find((line) => line.startsWith('in '));
  if (expected === undefined) expect(answer).toBeUndefined();
  else expect(answer).toContain(expected);
});
