// Which error comes back for what nobody takes.
import { expect, test } from 'vitest';
import { sendDatagram } from '../../src/admin/socket.ts';
import { bytes, ethernet, ipv4, tcp } from '../kernel/frames/build.ts';
import { address, twoHosts } from './world.ts';

const MAC_R = '02:00:00:00:00:01';
const MAC_A = '02:00:00:00:00:02';

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

test('a reset has the options of its segment turned round, as every other answer', () => {
  const world = twoHosts();
  world.ping('A', '10.0.2.2');
  world.take('A:eth0');
  const flow = { src: '10.0.1.2', dst: '10.0.2.2', sport: 1000, dport: 80 };
  const recordRoute = bytes(7, 11, 4, new Uint8Array(8), 0);
  const segment = ipv4({ ...flow, protocol: 6, payload: tcp(flow, 0x02, 1, 0), options: recordRoute });
  world.lab.transmit(world.namespace('A'), 'eth0', ethernet(MAC_R, MAC_A, 0x0800, segment));
  world.lab.settle();
  const answer = world.frames.get('A:eth0')!.at(-1)!;
  // Both slots are full when the reset starts: the router's outgoing address and the host's.
  expect([...answer.subarray(34, 46)]).toEqual([7, 11, 12, 10, 0, 2, 1, 10, 0, 2, 2, 0]);
});
