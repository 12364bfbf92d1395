// Which packets are of one flow, by what the kernel looks at (__skb_flow_dissect, __flow_hash_consistentify).
import { expect, test } from 'vitest';
import { FlowDissector, portsOf } from '../../src/ip/flow-dissector.ts';
import { flowPort } from '../../src/ip/flow-port.ts';
import type { VxlanState } from '../../src/netns/device.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { type Packet, PacketPool } from '../../src/packet/packet.ts';
import { bytes, type Ipv4Fields, ipv4, pattern, u16, udp } from '../kernel/frames/build.ts';

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const VLAN = 0x8100;
const pool = new PacketPool();
const namespace = { conf: { ip_local_port_range: [1, 65535] } } as unknown as Namespace;
const state = { sourcePortLow: 0, sourcePortHigh: 0 } as VxlanState;

function packetOf(content: Uint8Array, etherType = IPV4): Packet {
  const packet = pool.from(content);
  packet.network = packet.head;
  packet.protocol = etherType;
  return packet;
}

const hashed = (packet: Packet): number => flowPort(namespace, state, packet);

const A = { src: '10.0.0.1', dst: '10.0.0.2' };
const BACK = { src: A.dst, dst: A.src };
const C = { src: '10.0.0.3', dst: '10.0.0.4' };
const datagram = (
  hosts: typeof A,
  sport: number,
  dport: number,
  more: Partial<Ipv4Fields> = {},
): Uint8Array =>
  ipv4({ ...hosts, protocol: 17, payload: udp({ ...hosts, sport, dport }, pattern(8)), ...more });
const inside = (protocol: number, payload: Uint8Array, hosts = A): Uint8Array =>
  ipv4({ ...hosts, protocol, payload });
const ipv6 = (label: number, nextHeader: number, payload: Uint8Array): Uint8Array =>
  bytes(0x60, label >> 16, u16(label), u16(payload.length), nextHeader, 64, pattern(32), payload);
const gre = (flags: number, type: number, rest: Uint8Array): Uint8Array => bytes(u16(flags), u16(type), rest);
const good = datagram(A, 1000, 2000);
const cutShort = (content: Uint8Array): Uint8Array => bytes(0x44, content.subarray(1));

test.each([
  ['the two directions of a datagram', good, datagram(BACK, 2000, 1000)],
  [
    'pieces of a packet, the first one too',
    datagram(A, 1, 2, { fragment: 0x2000 }),
    datagram(A, 3, 4, { fragment: 9 }),
  ],
  ['echo messages of two programs', inside(1, pattern(16)), inside(1, pattern(9))],
  ['a packet, and the same within IPIP', good, inside(4, good, C)],
  ['within GRE', good, inside(47, gre(0, IPV4, good), C)],
  [
    'within GRE with a checksum and a number',
    good,
    inside(47, gre(0x9000, IPV4, bytes(pattern(8), good)), C),
  ],
  ['IPIP whose inner header is cut off', inside(4, good.subarray(0, 19)), inside(4, pattern(3))],
  ['IPIP whose inner header is too short', inside(4, cutShort(good)), inside(4, pattern(3))],
  ['packets whose header is too short', cutShort(good), cutShort(inside(1, pattern(8), C))],
  ['IPv6 of one flow label', bytes(ipv6(5, 17, pattern(8))), bytes(ipv6(5, 17, bytes(9, 9, pattern(6))))],
])('one flow: %s', (_, one, other) => {
  const type = one[0]! >> 4 === 6 ? IPV6 : IPV4;
  expect(hashed(packetOf(one, type))).toBe(hashed(packetOf(other, type)));
});

test.each([
  ['datagrams of other ports', good, datagram(A, 1001, 2000)],
  ['a datagram and a piece of one', good, datagram(A, 1000, 2000, { fragment: 0x2000 })],
  ['other hosts', good, datagram(C, 1000, 2000)],
  ['other protocols', inside(1, pattern(8)), inside(253, pattern(8))],
  ['ESP with another index', inside(50, pattern(8)), inside(50, bytes(9, pattern(7)))],
  ['AH with another index', inside(51, pattern(8)), inside(51, bytes(pattern(4), 9, pattern(3)))],
  [
    'GRE with another key',
    inside(47, gre(0x2000, 0x88b5, pattern(4))),
    inside(47, gre(0x2000, 0x88b5, bytes(9, 9, 9, 9))),
  ],
  [
    'IPIP whose inner header is cut off, and its hosts’ other packets',
    inside(4, pattern(3)),
    inside(1, pattern(3)),
  ],
  [
    'IPv6 within IPv4 by its inner hosts',
    inside(41, ipv6(0, 59, pattern(0))),
    inside(41, bytes(ipv6(0, 59, pattern(0)).fill(1, 8, 12))),
  ],
])('two flows: %s', (_, one, other) => {
  expect(hashed(packetOf(one))).not.toBe(hashed(packetOf(other)));
});

test('behind a VLAN tag a flow is one of its own, by the outermost tag', () => {
  const tagged = (id: number, type: number, rest: Uint8Array): number =>
    hashed(packetOf(bytes(u16(id), u16(type), rest), VLAN));
  expect(tagged(5, IPV4, good)).toBe(tagged(5, IPV4, datagram(BACK, 2000, 1000)));
  expect(tagged(5, IPV4, good)).not.toBe(hashed(packetOf(good)));
  expect(tagged(5, VLAN, bytes(u16(7), u16(IPV4), good))).toBe(
    tagged(5, VLAN, bytes(u16(8), u16(IPV4), good)),
  );
});

test('ports are told of whole packets only', () => {
  expect(portsOf(packetOf(good), packetOf(good).network)).toBe((1000 << 16) | 2000);
  const piece = packetOf(datagram(A, 1000, 2000, { fragment: 0x2000 }));
  expect(portsOf(piece, piece.network)).toBe(0);
});

test('a packet within itself ends after fifteen headers', () => {
  const flow = new FlowDissector();
  let content = inside(1, pattern(4), C);
  for (let i = 0; i < 20; i++) content = inside(4, content);
  flow.dissect(packetOf(content));
  expect(flow.protocol).toBe(4);
});
