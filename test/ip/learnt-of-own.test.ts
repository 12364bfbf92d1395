// An ICMP error about a packet to an address of ours: the kernel looks for the route to it by the loopback, where only
// the loopback's own addresses are (flowi4_oif in ip_route_output_key_hash_rcu, __ip_rt_update_pmtu).
import { expect, test } from 'vitest';
import { bytes, echo, icmp, ipv4, u16 } from '../kernel/frames/build.ts';
import { World } from './world.ts';

test.each([
  ['another device', 'eth0', []],
  ['the loopback', 'lo', [1300]],
])('what is learnt of the way to an address of %s', (_, device, expected) => {
  const world = new World().cable('A:eth0', 'B:eth0').up('A:lo');
  world.addr('A:eth0', '10.0.0.1/24').addr(`A:${device}`, '10.6.0.1/32');
  const quoted = ipv4({
    src: '10.0.0.1',
    dst: '10.6.0.1',
    protocol: 1,
    payload: bytes(0, echo(1, 1).subarray(1)),
  });
  const error = icmp(3, 4, [0, 0, ...u16(1300)], quoted);
  const packet = ipv4({ src: '10.0.0.2', dst: '10.0.0.1', protocol: 1, payload: error });
  const to = world.device('A:eth0').address.toString(16).padStart(12, '0');
  world.lab.receive(world.namespace('A'), 'eth0', bytes(to, '020000000002', '0800', packet));
  world.lab.settle();
  const hops = [...world.namespace('A').fib.dumpAll()].flatMap(({ nextHops }) => nextHops);
  expect(hops.flatMap((hop) => [...(hop.exceptions?.values() ?? [])].map(({ mtu }) => mtu))).toEqual(
    expected,
  );
});
