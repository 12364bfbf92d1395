// Generates captures/malformed-martian/in: frames that a host should distrust, grouped by kind.
//
//   npx tsx test/kernel/frames/malformed-martian.ts
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CAPTURES } from '../scenarios.ts';
import {
  arp,
  bytes,
  echo,
  ethernet,
  type Ipv4Fields,
  icmp,
  ipv4,
  pattern,
  tcp,
  u16,
  udp,
  writeCapture,
} from './build.ts';

// The host under test is 10.9.0.1 on eth0 and 10.9.1.1 on eth1; the frames come from 10.9.0.2.
const HOST = '02:09:00:00:00:01';
const PEER = '02:09:00:00:00:02';
const BROADCAST = 'ff:ff:ff:ff:ff:ff';

let nextId = 1;
function packet(fields: Partial<Ipv4Fields>): Uint8Array {
  nextId += 1;
  const data = echo(0x5151, nextId);
  return ipv4({ src: '10.9.0.2', dst: '10.9.0.1', protocol: 1, payload: data, id: nextId, ...fields });
}
const toHost = (payload: Uint8Array, dst = HOST): Uint8Array => ethernet(dst, PEER, 0x0800, payload);
const sent = (fields: Partial<Ipv4Fields>, dst = HOST): Uint8Array => toHost(packet(fields), dst);

/** Every frame twice: to the host itself, and through it to 10.9.1.2. */
const both = (fields: Partial<Ipv4Fields>): Uint8Array[] => [
  sent(fields),
  sent({ dst: '10.9.1.2', ...fields }),
];

function headers(): Uint8Array[] {
  return [
    ...both({}),
    ...both({ version: 5 }),
    ...both({ version: 6 }),
    ...both({ ihl: 4 }),
    ...both({ ihl: 0 }),
    ...both({ ihl: 15 }),
    ...both({ totalLength: 19 }),
    ...both({ totalLength: 20 }),
    ...both({ totalLength: 27 }),
    ...both({ totalLength: 40 }),
    ...both({ totalLength: 53 }),
    ...both({ totalLength: 1500 }),
    ...both({ checksum: 0 }),
    ...both({ checksum: 0xffff }),
    ...both({ checksum: 0xbad0 }),
    ...both({ ttl: 0 }),
    ...both({ ttl: 1 }),
    ...both({ ttl: 2 }),
    ...both({ fragment: 0x8000 }),
    // Trailing padding after the packet, as a short frame of a real wire has.
    ethernet(HOST, PEER, 0x0800, bytes(packet({ payload: echo(0x5151, 9001, 0) }), new Uint8Array(18))),
    ethernet(
      HOST,
      PEER,
      0x0800,
      bytes(packet({ dst: '10.9.1.2', payload: echo(0x5151, 9002, 0) }), new Uint8Array(18)),
    ),
    // Cut off within the header, and within the message.
    toHost(packet({}).subarray(0, 12)),
    toHost(packet({}).subarray(0, 20)),
    toHost(packet({}).subarray(0, 30)),
  ];
}

const SOURCES = ['127.0.0.1', '0.0.0.0', '0.1.2.3', '224.0.0.5', '239.1.1.1', '240.0.0.1', '255.255.255.255'];
const OWN_SOURCES = [
  '10.9.0.1',
  '10.9.1.1',
  '10.9.0.255',
  '10.9.1.255',
  '10.9.1.77',
  '169.254.3.4',
  '203.0.113.5',
];
const DESTINATIONS = [
  '0.0.0.0',
  '0.1.2.3',
  '127.0.0.1',
  '127.9.9.9',
  '169.254.7.7',
  '224.0.0.1',
  '224.0.0.251',
  '239.1.1.1',
  '240.0.0.1',
  '255.255.255.254',
  '255.255.255.255',
  '10.9.0.0',
  '10.9.0.255',
  '10.9.1.0',
  '10.9.1.1',
  '10.9.1.255',
  '10.9.0.2',
  '10.9.0.77',
  '203.0.113.1',
];

function martians(): Uint8Array[] {
  return [
    ...[...SOURCES, ...OWN_SOURCES].flatMap((src) => both({ src })),
    ...DESTINATIONS.map((dst) => sent({ dst })),
    ...DESTINATIONS.map((dst) => sent({ src: '203.0.113.5', dst })),
  ];
}

function links(): Uint8Array[] {
  const llc = bytes(u16(38), 0x42, 0x42, 0x03, new Uint8Array(35));
  return [
    sent({}, '02:09:00:00:00:99'),
    sent({}, BROADCAST),
    sent({ dst: '10.9.1.2' }, BROADCAST),
    sent({}, '01:00:5e:00:00:01'),
    sent({ dst: '255.255.255.255' }, BROADCAST),
    sent({ dst: '10.9.0.255' }, BROADCAST),
    ethernet(HOST, PEER, 0x88b5, pattern(46)),
    ethernet(HOST, PEER, 0x86dd, pattern(60)),
    ethernet(HOST, PEER, 0x8100, bytes(u16(0x0005), u16(0x0800), packet({}))),
    ethernet(HOST, PEER, 0x8100, bytes(u16(0x0000), u16(0x0800), packet({}))),
    bytes('020900000001', '020900000002', llc),
    ethernet(HOST, PEER, 0x0800, bytes()),
    ethernet(HOST, HOST, 0x0800, packet({})),
    ethernet(HOST, '00:00:00:00:00:00', 0x0800, packet({})),
    ethernet(HOST, BROADCAST, 0x0800, packet({})),
  ];
}

const asked = (fields: Partial<Parameters<typeof arp>[0]>): Uint8Array =>
  arp({ operation: 1, senderMac: PEER, senderIp: '10.9.0.2', targetIp: '10.9.0.1', ...fields });
const arpFrame = (payload: Uint8Array, dst = BROADCAST): Uint8Array => ethernet(dst, PEER, 0x0806, payload);

function spoiled(offset: number, value: number): Uint8Array {
  const message = asked({});
  message[offset] = value;
  return message;
}

function arps(): Uint8Array[] {
  const third = '02:09:00:00:00:33';
  return [
    arpFrame(asked({})),
    arpFrame(asked({}), HOST),
    arpFrame(asked({}), '02:09:00:00:00:99'),
    arpFrame(asked({ targetIp: '10.9.0.77' })),
    arpFrame(asked({ targetIp: '10.9.1.1' })),
    arpFrame(asked({ targetIp: '10.9.1.2' })),
    arpFrame(asked({ targetIp: '10.9.0.2' })),
    arpFrame(asked({ targetIp: '127.0.0.1' })),
    arpFrame(asked({ targetIp: '224.0.0.1' })),
    arpFrame(asked({ targetIp: '0.0.0.0' })),
    arpFrame(asked({ targetIp: '10.9.0.255' })),
    // A probe for an address, and probes for others.
    arpFrame(asked({ senderIp: '0.0.0.0' })),
    arpFrame(asked({ senderIp: '0.0.0.0', targetIp: '10.9.0.77' })),
    // Senders that are odd: the host's own address, another subnet, loopback, multicast.
    arpFrame(asked({ senderIp: '10.9.0.1' })),
    arpFrame(asked({ senderIp: '203.0.113.5' })),
    arpFrame(asked({ senderIp: '10.9.1.50' })),
    arpFrame(asked({ senderIp: '127.0.0.1' })),
    arpFrame(asked({ senderIp: '224.0.0.9' })),
    arpFrame(asked({ senderMac: third, senderIp: '10.9.0.33' })),
    // Gratuitous request and reply, of somebody unknown and of somebody known who moved.
    arpFrame(asked({ senderMac: third, senderIp: '10.9.0.44', targetIp: '10.9.0.44' })),
    arpFrame(asked({ operation: 2, senderMac: third, senderIp: '10.9.0.45', targetIp: '10.9.0.45' })),
    arpFrame(asked({ senderMac: HOST, senderIp: '10.9.0.33', targetIp: '10.9.0.33' })),
    arpFrame(asked({ operation: 2, targetMac: HOST, senderIp: '10.9.0.46' }), HOST),
    arpFrame(asked({ operation: 2, senderMac: third, targetMac: HOST, senderIp: '10.9.0.1' }), HOST),
    // Fields that are not those of IPv4 over Ethernet.
    arpFrame(spoiled(1, 6)),
    arpFrame(spoiled(1, 7)),
    arpFrame(spoiled(2, 0x86)),
    arpFrame(spoiled(4, 8)),
    arpFrame(spoiled(5, 16)),
    arpFrame(spoiled(7, 3)),
    arpFrame(spoiled(7, 0)),
    arpFrame(spoiled(7, 8)),
    arpFrame(asked({}).subarray(0, 20)),
    arpFrame(asked({}).subarray(0, 27)),
    arpFrame(bytes(asked({}), new Uint8Array(18))),
  ];
}

function messages(): Uint8Array[] {
  const flow = { src: '10.9.0.2', dst: '10.9.0.1', sport: 4000, dport: 9 };
  const forwarded = { ...flow, dst: '10.9.1.2' };
  const quoted = ipv4({
    src: '10.9.0.1',
    dst: '10.9.0.2',
    protocol: 17,
    payload: udp(flow, pattern(8)),
    id: 77,
  });
  const error = (type: number, code: number, rest = [0, 0, 0, 0]) =>
    sent({ payload: icmp(type, code, rest, quoted) });
  return [
    sent({ payload: icmp(8, 0, [1, 1, 0, 1], pattern(24), 0x0101) }),
    sent({ payload: icmp(8, 5, [1, 1, 0, 2], pattern(24)) }),
    sent({ payload: icmp(0, 0, [1, 1, 0, 3], pattern(24)) }),
    sent({ payload: bytes(8, 0, 0, 0) }),
    sent({ payload: bytes() }),
    // Messages about nothing.
    error(3, 0),
    error(3, 3),
    error(3, 4, [0, 0, 2, 0x40]),
    error(3, 4, [0, 0, 0, 0]),
    error(4, 0),
    error(5, 1, [10, 9, 0, 9]),
    error(11, 0),
    error(12, 0),
    error(42, 0),
    sent({ payload: icmp(13, 0, [1, 1, 0, 4], new Uint8Array(12)) }),
    sent({ payload: icmp(15, 0, [1, 1, 0, 5], bytes()) }),
    sent({ payload: icmp(17, 0, [1, 1, 0, 6], new Uint8Array(4)) }),
    sent({ payload: icmp(10, 0, [0, 0, 0, 0], bytes()) }),
    // No error answers an error, whatever is wrong with it.
    sent({ dst: '203.0.113.1', payload: icmp(3, 1, [0, 0, 0, 0], quoted) }),
    sent({ dst: '10.9.1.2', ttl: 1, payload: icmp(11, 0, [0, 0, 0, 0], quoted) }),
    sent({ dst: '10.9.1.2', ttl: 1, payload: icmp(0, 0, [0, 0, 0, 0], pattern(8)) }),
    // UDP: a closed port, a wrong checksum, no checksum, lengths.
    sent({ protocol: 17, payload: udp(flow, pattern(20)) }),
    sent({ protocol: 17, payload: udp(flow, pattern(1000)) }),
    sent({ protocol: 17, payload: udp(flow, pattern(20), 0x0101) }),
    sent({ protocol: 17, payload: bytes(udp(flow, pattern(20)).subarray(0, 6), 0, 0, pattern(20)) }),
    sent({ protocol: 17, payload: bytes(u16(4000), u16(9), u16(7), 0, 0, pattern(20)) }),
    sent({ protocol: 17, payload: bytes(u16(4000), u16(9), u16(200), 0, 0, pattern(20)) }),
    sent({ protocol: 17, payload: bytes(u16(4000), u16(9), u16(12), 0, 0, pattern(20)) }),
    sent({ protocol: 17, payload: pattern(5) }),
    sent(
      { protocol: 17, dst: '10.9.0.255', payload: udp({ ...flow, dst: '10.9.0.255' }, pattern(4)) },
      BROADCAST,
    ),
    sent({ protocol: 17, dst: '10.9.1.2', payload: udp(forwarded, pattern(20), 0x0101) }),
    // TCP: SYN, SYN with a wrong checksum, ACK, RST, and short.
    sent({ protocol: 6, payload: tcp(flow, 0x02, 0x01020304, 0) }),
    sent({ protocol: 6, payload: tcp(flow, 0x10, 0x01020304, 0x0a0b0c0d) }),
    sent({ protocol: 6, payload: tcp(flow, 0x04, 0x01020304, 0) }),
    sent({ protocol: 6, payload: tcp(flow, 0x11, 0x01020304, 0x0a0b0c0d) }),
    sent({ protocol: 6, payload: tcp(flow, 0x02, 1, 0).subarray(0, 12) }),
    // Protocols that nobody registered, and a tunnel that is not there.
    sent({ protocol: 253, payload: pattern(32) }),
    sent({ protocol: 253, dst: '10.9.1.2', payload: pattern(32) }),
    sent({ protocol: 0, payload: pattern(32) }),
    sent({ protocol: 41, payload: pattern(40) }),
    sent({ protocol: 4, payload: packet({ src: '10.8.0.1', dst: '10.9.0.1' }) }),
    sent({ protocol: 47, payload: bytes(0, 0, 8, 0, packet({})) }),
    sent({ protocol: 132, payload: pattern(32) }),
  ];
}

function options(): Uint8Array[] {
  const recordRoute = bytes(7, 15, 4, new Uint8Array(12), 0);
  const fullRecordRoute = bytes(7, 7, 8, 1, 2, 3, 4, 0);
  const timestamps = bytes(0x44, 12, 5, 0, new Uint8Array(8));
  const timestampsOfHosts = bytes(0x44, 20, 5, 1, new Uint8Array(16));
  const loose = bytes(0x83, 7, 4, 10, 9, 1, 2, 0);
  const strict = bytes(0x89, 7, 4, 10, 9, 1, 2, 0);
  const used = bytes(0x83, 7, 8, 10, 9, 1, 2, 0);
  return [
    ...both({ options: bytes(1, 1, 1, 0) }),
    ...both({ options: recordRoute }),
    ...both({ options: fullRecordRoute }),
    ...both({ options: bytes(0x94, 4, 0, 0) }),
    ...both({ options: loose }),
    ...both({ options: strict }),
    ...both({ options: used }),
    ...both({ options: bytes(0x44, 8, 9, 0x10, 0, 0, 0, 0) }),
    ...both({ options: bytes(0x88, 4, 0, 7) }),
    ...both({ options: bytes(0x1e, 4, 0, 0) }),
    // Lengths that cannot be.
    ...both({ options: bytes(7, 0, 4, 0) }),
    ...both({ options: bytes(7, 1, 4, 0) }),
    ...both({ options: bytes(7, 40, 4, 0) }),
    ...both({ options: bytes(7, 3, 2, 0) }),
    ...both({ options: bytes(1, 1, 1, 7) }),
    ...both({ options: bytes(0x44, 4, 1, 0) }),
    // Time exceeded and unreachable quote the options too.
    ...both({ options: recordRoute, ttl: 1 }),
    sent({ options: recordRoute, dst: '203.0.113.1' }),
    // The times themselves depend on the clock: only that they pass is asked, through eth1.
    ...[timestamps, timestampsOfHosts].map((option) => sent({ options: option, dst: '203.0.113.1' })),
  ];
}

interface Piece {
  from: number;
  to: number;
  last?: boolean;
}

/** One piece of `datagram`, sent as a fragment. */
const datagram = echo(0x6161, 1, 72);
const cut = (id: number, pieces: Piece[], dst = '10.9.0.1'): Uint8Array[] =>
  pieces.map(({ from, to, last }) =>
    toHost(
      ipv4({
        src: '10.9.0.2',
        dst,
        protocol: 1,
        id,
        payload: datagram.subarray(from, to),
        fragment: (from >>> 3) | (last ? 0 : 0x2000),
      }),
    ),
  );
const FIRST = { from: 0, to: 32 };
const MIDDLE = { from: 32, to: 56 };
const LAST = { from: 56, to: 80, last: true };

/** A fragment of something else: its flags and offset as in the header. */
const strange = (id: number, protocol: number, fragment: number): Uint8Array =>
  toHost(ipv4({ src: '10.9.0.2', dst: '10.9.0.1', protocol, id, payload: pattern(32), fragment }));

function fragments(): Uint8Array[] {
  return [
    ...cut(101, [FIRST, MIDDLE, LAST]),
    ...cut(102, [LAST, MIDDLE, FIRST]),
    ...cut(103, [MIDDLE, LAST, FIRST]),
    // A repeated piece, one within another, overlaps to the left and right: the datagram is lost.
    ...cut(104, [FIRST, FIRST, MIDDLE, LAST]),
    ...cut(105, [FIRST, { from: 8, to: 24 }, MIDDLE, LAST]),
    ...cut(106, [FIRST, { from: 24, to: 56 }, LAST]),
    ...cut(107, [{ from: 0, to: 40 }, MIDDLE, LAST]),
    ...cut(108, [FIRST, MIDDLE, MIDDLE, LAST, LAST]),
    // Two ends, and a whole that calls itself a fragment.
    ...cut(109, [FIRST, { from: 32, to: 56, last: true }, LAST]),
    ...cut(112, [{ from: 0, to: 80, last: true }]),
    // Forwarded pieces are not put together.
    ...cut(113, [LAST, FIRST, MIDDLE], '10.9.1.2'),
    // A datagram that would be longer than 65535, and two with the same identification.
    strange(114, 1, 0x1fff),
    ...cut(115, [FIRST]),
    strange(115, 17, 4),
    ...cut(115, [MIDDLE, LAST]),
  ];
}

/** These never become whole: where the first piece is there, it is answered when the time is up. */
function unfinished(): Uint8Array[][] {
  return [
    cut(110, [LAST, { from: 80, to: 80 }, FIRST, MIDDLE]),
    cut(111, [FIRST, { from: 32, to: 53 }, LAST]),
    [strange(116, 1, 0x6000)],
    cut(117, [FIRST, MIDDLE]),
    cut(118, [MIDDLE, LAST]),
  ];
}

/** Far enough apart for their timers to end one after another, whatever the timers' grain. */
function writeUnfinished(path: string): void {
  const groups = unfinished();
  const lasts = groups.flatMap((group) => group.map((_, i) => i === group.length - 1));
  writeCapture(path, groups.flat(), (index) => (lasts[index] ? 300 : 1));
}

const into = join(CAPTURES, 'malformed-martian', 'in');
mkdirSync(into, { recursive: true });
writeCapture(join(into, 'headers.pcap'), headers());
writeCapture(join(into, 'martians.pcap'), martians());
writeCapture(join(into, 'links.pcap'), links());
writeCapture(join(into, 'arps.pcap'), arps());
writeCapture(join(into, 'messages.pcap'), messages());
writeCapture(join(into, 'options.pcap'), options());
writeCapture(join(into, 'fragments.pcap'), fragments());
writeUnfinished(join(into, 'unfinished.pcap'));
