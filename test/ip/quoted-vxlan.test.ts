// Whether an ICMP error about a UDP packet is for a VXLAN device: the quoted packet has to be one of a VNI that is
// spoken here (vxlan_err_lookup, __udp4_lib_err_encap).
import { expect, test } from 'vitest';
import { VXLAN_PORT_IANA } from '../../src/wire/vxlan.ts';
import { bytes, icmp, ipv4, u16, udp } from '../kernel/frames/build.ts';
import { address, World } from './world.ts';

const OWN = '10.0.0.1';
const FAR = '10.9.0.9';
const VNI = 7;

const vxlanHeader = (flags: number, vni: number): Uint8Array => bytes(flags, 0, 0, 0, 0, ...u16(vni), 0);

/** What is learnt of the way to FAR after somebody says that it takes 1300 bytes. */
function learnt(ports: { from: number; to: number }, payload: Uint8Array): number {
  const world = new World().cable('A:eth0', 'B:eth0').addr('A:eth0', `${OWN}/24`);
  world.route('A', '10.9.0.0/16', { via: '10.0.0.2' });
  world.link('A:vx', { kind: 'vxlan', vxlan: { vni: VNI, local: address(OWN), port: VXLAN_PORT_IANA } });
  const quoted = ipv4({
    src: OWN,
    dst: FAR,
    protocol: 17,
    fragment: 0x4000,
    payload: udp({ src: OWN, dst: FAR, sport: ports.from, dport: ports.to }, payload),
  });
  const error = ipv4({
    src: '10.0.0.2',
    dst: OWN,
    protocol: 1,
    payload: icmp(3, 4, [0, 0, ...u16(1300)], quoted),
  });
  const frame = bytes(
    world.device('A:eth0').address.toString(16).padStart(12, '0'),
    '020000000002',
    '0800',
    error,
  );
  world.lab.receive(world.namespace('A'), 'eth0', frame);
  world.lab.settle();
  const route = world
    .namespace('A')
    .fib.dumpAll()
    .find(({ length }) => length === 16);
  return route?.nextHops[0]?.exceptions?.get(address(FAR))?.mtu ?? 0;
}

const TO_IANA = { from: 40000, to: VXLAN_PORT_IANA };

test.each([
  ['to the port, of the VNI', TO_IANA, vxlanHeader(8, VNI), 1300],
  ['from the port, of the VNI', { from: VXLAN_PORT_IANA, to: 9 }, vxlanHeader(8, VNI), 1300],
  ['with flags besides, which no received packet may have', TO_IANA, vxlanHeader(0x88, VNI), 1300],
  ['of another VNI', TO_IANA, vxlanHeader(8, VNI + 1), 0],
  ['that says of no VNI that it is valid', TO_IANA, vxlanHeader(0, VNI), 0],
  ['of which less is quoted than the header', TO_IANA, vxlanHeader(8, VNI).subarray(0, 7), 0],
  ['of ports where nobody listens', { from: 40000, to: 9 }, vxlanHeader(8, VNI), 0],
])('an error about a packet %s', (_, ports, payload, mtu) => {
  expect(learnt(ports, payload)).toBe(mtu);
});
