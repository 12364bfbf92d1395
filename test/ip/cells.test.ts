// The order of work: what came out of a tunnel waits until the backlog is empty (gro_cells, net_rx_action). Recorded:
// on a link of two VXLAN hosts that probe each other, ARP answers come before those inside of the tunnel.
import { expect, test } from 'vitest';
import { sendDatagram } from '../../src/ip/socket.ts';
import { runQueues } from '../../src/ip/stack.ts';
import { address, twoHosts } from './world.ts';

const echo = Uint8Array.from([8, 0, 0xf7, 0xff, 0, 0, 0, 0]);

test('a packet out of a tunnel is looked at after all that it arrived with, and their consequences', () => {
  const world = twoHosts()
    .module('ipip')
    .up('A:tunl0')
    .up('B:tunl0')
    .addr('A:tunl0', '192.168.1.1/32')
    .addr('B:tunl0', '192.168.2.1/32')
    .route('A', '192.168.2.0/24', { via: '10.0.2.2', dev: 'tunl0', onlink: true })
    .route('B', '192.168.1.0/24', { via: '10.0.1.2', dev: 'tunl0', onlink: true });
  world.ping('A', '10.0.2.2');
  for (const to of ['192.168.2.1', '10.0.2.2'])
    sendDatagram(world.namespace('A'), { destination: address(to), protocol: 1, payload: echo.slice() });
  const order: string[] = [];
  const { kernel } = world.lab;
  runQueues(kernel, (device) => {
    order.push(`${device.namespace === world.namespace('A') ? 'A' : device.namespace.name}:${device.name}`);
    return false;
  });
  const plainAnswer = order.indexOf('A:eth0');
  expect(order.indexOf('B:tunl0')).toBeGreaterThan(plainAnswer);
  expect(order.at(-1)).toBe('A:tunl0');
});
