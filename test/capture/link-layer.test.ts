// Link-layer views and re-framing: the six link types, cooked headers, tags, padding.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFinding } from '../../src/capture/finding.ts';
import { cookedHeader, encodeSll2, networkOffset } from '../../src/capture/link-layer.ts';
import * as record from '../../src/capture/record.ts';
import { toEthernet, toIpPacket } from '../../src/capture/reframe.ts';
import { concat } from './build.ts';

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

const {
  LINKTYPE_EN10MB,
  LINKTYPE_IPV4,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_NULL,
  LINKTYPE_RAW,
} = record;

/** ICMP echo 10.0.0.1 > 10.0.0.2, 28 bytes. */
const ipv4 = hex('4500001c0001000040 0166dd 0a000001 0a000002 0800f7fe 00000001');
/** An IPv6 header without payload but with the length 4 and four bytes. */
const ipv6 = concat(hex('60000000 0004 3b40'), new Uint8Array(32), hex('01020304'));

const MACS = 'aaaaaaaaaaaa bbbbbbbbbbbb';
const sll = hex('0000 0001 0006 bbbbbbbbbbbb0000 0800');
const sll2 = hex('0800 0000 00000003 0001 04 06 bbbbbbbbbbbb0000');

interface Framed {
  readonly name: string;
  readonly linkType: number;
  readonly header: Uint8Array;
  readonly packet: Uint8Array;
  readonly etherType: number;
}

const framed: Framed[] = [
  {
    name: 'Ethernet',
    linkType: LINKTYPE_EN10MB,
    header: hex(`${MACS} 0800`),
    packet: ipv4,
    etherType: 0x0800,
  },
  {
    name: 'Ethernet, IPv6',
    linkType: LINKTYPE_EN10MB,
    header: hex(`${MACS} 86dd`),
    packet: ipv6,
    etherType: 0x86dd,
  },
  {
    name: '802.1Q',
    linkType: LINKTYPE_EN10MB,
    header: hex(`${MACS} 8100 0064 0800`),
    packet: ipv4,
    etherType: 0x0800,
  },
  {
    name: 'QinQ',
    linkType: LINKTYPE_EN10MB,
    header: hex(`${MACS} 88a8 0064 8100 0065 0800`),
    packet: ipv4,
    etherType: 0x0800,
  },
  {
    name: 'SNAP',
    linkType: LINKTYPE_EN10MB,
    header: hex(`${MACS} 0024 aaaa03 000000 0800`),
    packet: ipv4,
    etherType: 0x0800,
  },
  { name: 'RAW', linkType: LINKTYPE_RAW, header: hex(''), packet: ipv4, etherType: 0x0800 },
  { name: 'RAW, IPv6', linkType: LINKTYPE_RAW, header: hex(''), packet: ipv6, etherType: 0x86dd },
  { name: 'IPV4', linkType: LINKTYPE_IPV4, header: hex(''), packet: ipv4, etherType: 0x0800 },
  {
    name: 'NULL, little endian',
    linkType: LINKTYPE_NULL,
    header: hex('02000000'),
    packet: ipv4,
    etherType: 0x0800,
  },
  {
    name: 'NULL, big endian',
    linkType: LINKTYPE_NULL,
    header: hex('00000002'),
    packet: ipv4,
    etherType: 0x0800,
  },
  {
    name: 'NULL, macOS IPv6',
    linkType: LINKTYPE_NULL,
    header: hex('1e000000'),
    packet: ipv6,
    etherType: 0x86dd,
  },
  {
    name: 'NULL, big endian FreeBSD IPv6',
    linkType: LINKTYPE_NULL,
    header: hex('0000001c'),
    packet: ipv6,
    etherType: 0x86dd,
  },
  { name: 'SLL', linkType: LINKTYPE_LINUX_SLL, header: sll, packet: ipv4, etherType: 0x0800 },
  { name: 'SLL2', linkType: LINKTYPE_LINUX_SLL2, header: sll2, packet: ipv4, etherType: 0x0800 },
];

describe.each(framed)('$name', ({ linkType, header, packet, etherType }) => {
  const frame = concat(header, packet);

  test('the network header is found', () => {
    expect(networkOffset(linkType, frame)).toEqual({ etherType, offset: header.length });
  });

  test('the IP packet comes out, padding and FCS left off', () => {
    expect(toIpPacket(linkType, frame)).toEqual(packet);
    expect(toIpPacket(linkType, concat(frame, new Uint8Array(18)))).toEqual(packet);
    expect(toIpPacket(linkType, frame.subarray(0, header.length + 24))).toEqual(packet.subarray(0, 24));
  });

  test('as Ethernet it holds the same packet', () => {
    const ethernet = toEthernet(linkType, frame, { destination: 0x0200_0000_0001, source: 0xffff_ffff_fffe });
    if (isFinding(ethernet)) throw new Error(ethernet.what);
    expect(ethernet.subarray(0, 12)).toEqual(hex('020000000001 fffffffffffe'));
    expect(toIpPacket(LINKTYPE_EN10MB, ethernet)).toEqual(packet);
  });
});

describe('what has no place is a finding', () => {
  test.each([
    [LINKTYPE_EN10MB, hex('aaaa'), { what: 'frame-too-short', value: 2 }],
    [LINKTYPE_EN10MB, hex(`${MACS} 0026 424203 0000`), { what: 'no-ether-type', value: 0x26 }],
    [LINKTYPE_RAW, hex(''), { what: 'frame-too-short', value: 0 }],
    [LINKTYPE_RAW, hex('15'), { what: 'unknown-ip-version', value: 1 }],
    [LINKTYPE_NULL, hex('0200'), { what: 'frame-too-short', value: 2 }],
    [LINKTYPE_NULL, hex('07000000'), { what: 'unknown-family', value: 7 }],
    [LINKTYPE_NULL, hex('01020304'), { what: 'unknown-family', value: 0x0102_0304 }],
    [LINKTYPE_LINUX_SLL, sll.subarray(0, 15), { what: 'frame-too-short', value: 15 }],
    [LINKTYPE_LINUX_SLL2, sll2.subarray(0, 19), { what: 'frame-too-short', value: 19 }],
    [LINKTYPE_LINUX_SLL, hex('0004 0338 0000 0000000000000000 0010'), { what: 'no-ether-type', value: 16 }],
    [195, ipv4, { what: 'unknown-link-type', value: 195 }],
  ])('link type %i', (linkType, data, finding) => {
    expect(networkOffset(linkType, data)).toEqual(finding);
    expect(toIpPacket(linkType, data)).toEqual(finding);
  });

  test('ARP is found but is no IP packet', () => {
    const arp = hex(`${MACS} 0806 0001`);
    expect(networkOffset(LINKTYPE_EN10MB, arp)).toEqual({ etherType: 0x0806, offset: 14 });
    expect(toIpPacket(LINKTYPE_EN10MB, arp)).toEqual({ what: 'not-ip', value: '0x0806' });
  });

  test('nothing throws, whatever the bytes', () => {
    const linkType = fc.constantFrom(...framed.map((one) => one.linkType), 195);
    fc.assert(
      fc.property(linkType, fc.uint8Array({ maxLength: 60 }), (type, data) => {
        networkOffset(type, data);
        toIpPacket(type, data);
        toEthernet(type, data, { source: 1 });
        cookedHeader(type, data);
      }),
    );
  });
});

describe('Ethernet', () => {
  const frame = concat(hex(`${MACS} 8100 0064 0800`), ipv4);

  test('is the same array when nothing is to change, and never written to', () => {
    expect(toEthernet(LINKTYPE_EN10MB, frame)).toBe(frame);
    const copy = frame.slice();
    toEthernet(LINKTYPE_EN10MB, frame, { source: 1 });
    expect(frame).toEqual(copy);
  });

  test('one address given leaves the other, and the tag', () => {
    expect(toEthernet(LINKTYPE_EN10MB, frame, { source: 0x0102_0304_0506 })).toEqual(
      concat(hex('aaaaaaaaaaaa 010203040506 8100 0064 0800'), ipv4),
    );
  });

  test('from a cooked frame the sender is kept, the receiver unknown', () => {
    for (const [linkType, header] of [
      [LINKTYPE_LINUX_SLL, sll],
      [LINKTYPE_LINUX_SLL2, sll2],
    ] as const) {
      expect(toEthernet(linkType, concat(header, ipv4))).toEqual(
        concat(hex('000000000000 bbbbbbbbbbbb 0800'), ipv4),
      );
    }
  });

  test('a segment whose length was not set before offload stays whole', () => {
    const offloaded = ipv4.slice();
    offloaded.fill(0, 2, 4);
    expect(toIpPacket(LINKTYPE_RAW, offloaded)).toEqual(offloaded);
  });
});

describe('cooked headers', () => {
  test('SLL', () => {
    expect(cookedHeader(LINKTYPE_LINUX_SLL, hex('0004 0300 0000 0000000000000000 0800'))).toEqual({
      packetType: 4,
      arphrd: 768,
      address: hex(''),
      protocol: 0x0800,
      interfaceIndex: 0,
    });
  });

  test('SLL2', () => {
    expect(cookedHeader(LINKTYPE_LINUX_SLL2, sll2)).toEqual({
      packetType: 4,
      arphrd: 1,
      address: hex('bbbbbbbbbbbb'),
      protocol: 0x0800,
      interfaceIndex: 3,
    });
  });

  test('another link type has none', () => {
    expect(cookedHeader(LINKTYPE_RAW, ipv4)).toEqual({ what: 'unknown-link-type', value: 101 });
  });

  test('SLL2 decodes what it encodes', () => {
    const header = fc.record({
      packetType: fc.nat(255),
      arphrd: fc.nat(65_535),
      address: fc.uint8Array({ maxLength: 8 }),
      protocol: fc.nat(65_535),
      interfaceIndex: fc.nat(0xffff_ffff),
    });
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 40 }), (fields, payload) => {
        const frame = encodeSll2(fields, payload);
        expect(cookedHeader(LINKTYPE_LINUX_SLL2, frame)).toEqual(fields);
        expect(frame.subarray(20)).toEqual(payload);
      }),
    );
  });
});
