// What a bridge floods of group frames, and what it drops because multicast snooping looked into it.
import { expect, test } from 'vitest';
import { World } from '../ip/world.ts';
import { bytes, ethernet, ipv4, pattern, u16 } from '../kernel/frames/build.ts';

const SENDER = '02:00:00:00:00:99';
const GROUP = '01:00:5e:00:00:05';
const good = ipv4({ src: '10.0.0.1', dst: '224.0.0.5', protocol: 17, payload: pattern(16) });
const igmp = (payload: Uint8Array) => ipv4({ src: '10.0.0.1', dst: '224.0.0.5', protocol: 2, payload });

test.each([
  ['a sound packet', GROUP, good, true],
  ['a checksum that is wrong', GROUP, bytes(good.subarray(0, 10), u16(0x1234), good.subarray(12)), false],
  [
    'the same to everybody',
    'ff:ff:ff:ff:ff:ff',
    bytes(good.subarray(0, 10), u16(0x1234), good.subarray(12)),
    true,
  ],
  [
    'the same to an address that nobody knows',
    '02:00:00:00:00:77',
    bytes(good.subarray(0, 10), u16(0x1234), good.subarray(12)),
    true,
  ],
  ['less than it says', GROUP, good.subarray(0, 30), false],
  ['less than a header', GROUP, good.subarray(0, 12), false],
  ['a report of IGMP', GROUP, igmp(bytes(0x16, 0, u16(0x09fa), 224, 0, 0, 5)), true],
  ['IGMP with a wrong checksum', GROUP, igmp(bytes(0x16, 0, u16(0x09f8), 224, 0, 0, 5)), false],
  ['IGMP that is too short', GROUP, igmp(bytes(0x16, 0, u16(0xe9ff))), false],
])('a snooping bridge and %s', (_, to, packet, floods) => {
  const world = new World().cable('A:eth0', 'S:p1').cable('B:eth0', 'S:p2').link('S:br0', { kind: 'bridge' });
  world.set('S:p1', { master: 'br0' }).set('S:p2', { master: 'br0' }).watch('B:eth0');
  world.wait(10).take('B:eth0');
  world.lab.transmit(world.namespace('A'), 'eth0', ethernet(to, SENDER, 0x0800, packet));
  world.lab.settle();
  expect(world.take('B:eth0')).toHaveLength(floods ? 1 : 0);
});
