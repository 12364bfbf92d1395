// What a bridge floods of group frames, and what it drops because multicast snooping looked into it.
import { expect, test } from 'vitest';
import { World } from '../ip/world.ts';
import { bytes, ethernet, ipv4, pattern, u16 } from '../kernel/frames/build.ts';

const SENDER = '02:00:00:00:00:99';
const GROUP = '01:00:5e:00:00:05';
const good = ipv4({ src: '10.0.0.1', dst: '224.0.0.5', protocol: 17, payload: pattern(16) });
const igmp = (payload: Uint8Array) => ipv4({ src: '10.0.0.1', dst: '224.0.0.5', protocol: 2, payload });

const bad = bytes(good.subarray(0, 10), u16(0x1234), good.subarray(12));

/** The frame that a snooping bridge with two ports gets from A, and whether B sees it. */
function floods(frame: Uint8Array): boolean {
  const world = new World().cable('A:eth0', 'S:p1').cable('B:eth0', 'S:p2').link('S:br0', { kind: 'bridge' });
  world.set('S:p1', { master: 'br0' }).set('S:p2', { master: 'br0' }).watch('B:eth0');
  world.wait(10).take('B:eth0');
  world.lab.transmit(world.namespace('A'), 'eth0', frame);
  world.lab.settle();
  return world.take('B:eth0').length === 1;
}

test.each([
  ['a sound packet', GROUP, good, true],
  ['a checksum that is wrong', GROUP, bad, false],
  ['the same to everybody', 'ff:ff:ff:ff:ff:ff', bad, true],
  ['the same to an address that nobody knows', '02:00:00:00:00:77', bad, true],
  ['less than it says', GROUP, good.subarray(0, 30), false],
  ['less than a header', GROUP, good.subarray(0, 12), false],
  ['a report of IGMP', GROUP, igmp(bytes(0x16, 0, u16(0x09fa), 224, 0, 0, 5)), true],
  ['IGMP with a wrong checksum', GROUP, igmp(bytes(0x16, 0, u16(0x09f8), 224, 0, 0, 5)), false],
  ['IGMP that is too short', GROUP, igmp(bytes(0x16, 0, u16(0xe9ff))), false],
])('a snooping bridge and %s', (_, to, packet, expected) => {
  expect(floods(ethernet(to, SENDER, 0x0800, packet))).toBe(expected);
});

const ALL_NODES = '33:33:00:00:00:01';
const ipv6 = (version: number, length: number, payload: Uint8Array): Uint8Array =>
  bytes(version << 4, 0, 0, 0, u16(length), 59, 64, new Uint8Array(32), payload);

test.each([
  ['a sound packet', ipv6(6, 8, pattern(8)), true],
  ['another version', ipv6(4, 8, pattern(8)), false],
  ['less than it says', ipv6(6, 9, pattern(8)), false],
  ['nothing in it', ipv6(6, 0, pattern(8)), false],
  ['less than a header', ipv6(6, 8, pattern(8)).subarray(0, 39), false],
])('a snooping bridge and IPv6 with %s (ipv6_mc_check_ip6hdr)', (_, packet, expected) => {
  expect(floods(ethernet(ALL_NODES, SENDER, 0x86dd, packet))).toBe(expected);
});

test.each([
  ['a sound packet', good, true],
  ['a checksum that is wrong', bad, false],
])('a snooping bridge and, behind a VLAN tag, %s', (_, packet, expected) => {
  expect(floods(ethernet(GROUP, SENDER, 0x8100, bytes(u16(5), u16(0x0800), packet)))).toBe(expected);
});
