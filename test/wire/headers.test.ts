// Every header read from bytes that were written down by hand, and written over a buffer of 0xa5.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipv4, parseIpv4 } from '../../src/addr/ipv4.ts';
import { mac, parseMac } from '../../src/addr/mac.ts';
import * as arp from '../../src/wire/arp.ts';
import * as ethernet from '../../src/wire/ethernet.ts';
import * as icmp from '../../src/wire/icmp.ts';
import * as ip from '../../src/wire/ipv4.ts';
import * as tcp from '../../src/wire/tcp.ts';
import * as udp from '../../src/wire/udp.ts';
import * as vxlan from '../../src/wire/vxlan.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const filled = (length: number) => new Uint8Array(length).fill(0xa5);
const anyIpv4 = fc.integer().map(ipv4);
const anyMac = fc.nat(0xffffffffffff).map(mac);

describe('ethernet', () => {
  const frame = hex('eeeeeeeeeeee b211c0a82449 0800');
  test('reads destination, source and type', () => {
    const view = viewOf(frame);
    expect(ethernet.destination(view, 0)).toBe(parseMac('ee:ee:ee:ee:ee:ee'));
    expect(ethernet.source(view, 0)).toBe(parseMac('b2:11:c0:a8:24:49'));
    expect(ethernet.etherType(view, 0)).toBe(ethernet.EtherType.IPV4);
  });
  test('writes the same bytes and no others', () => {
    const bytes = filled(18);
    ethernet.write(viewOf(bytes), 2, parseMac('ee:ee:ee:ee:ee:ee')!, parseMac('b2:11:c0:a8:24:49')!, 0x0800);
    expect(bytes).toEqual(new Uint8Array([0xa5, 0xa5, ...frame, 0xa5, 0xa5]));
  });
  test('what is written is read back', () => {
    fc.assert(
      fc.property(anyMac, anyMac, fc.nat(0xffff), (destination, source, type) => {
        const view = viewOf(filled(14));
        ethernet.write(view, 0, destination, source, type);
        expect(ethernet.destination(view, 0)).toBe(destination);
        expect(ethernet.source(view, 0)).toBe(source);
        expect(ethernet.etherType(view, 0)).toBe(type);
      }),
    );
  });
});

describe('arp', () => {
  const message = hex('0001 0800 06 04 0002 eeeeeeeeeeee a9fe0101 b211c0a82449 c0a82449');
  test('reads a reply for 169.254.1.1', () => {
    const view = viewOf(message);
    expect(arp.isIpv4OverEthernet(view, 0)).toBe(true);
    expect(arp.operation(view, 0)).toBe(arp.ArpOp.REPLY);
    expect(arp.senderMac(view, 0)).toBe(parseMac('ee:ee:ee:ee:ee:ee'));
    expect(arp.senderIp(view, 0)).toBe(parseIpv4('169.254.1.1'));
    expect(arp.targetMac(view, 0)).toBe(parseMac('b2:11:c0:a8:24:49'));
    expect(arp.targetIp(view, 0)).toBe(parseIpv4('192.168.36.73'));
  });
  test('writes the same bytes', () => {
    const bytes = filled(28);
    arp.write(
      viewOf(bytes),
      0,
      arp.ArpOp.REPLY,
      parseMac('ee:ee:ee:ee:ee:ee')!,
      parseIpv4('169.254.1.1')!,
      parseMac('b2:11:c0:a8:24:49')!,
      parseIpv4('192.168.36.73')!,
    );
    expect(bytes).toEqual(message);
  });
  test.each([
    ['another hardware type', 0, 7],
    ['another protocol type', 2, 0x0806],
    ['another address length', 4, 0x0806],
  ])('%s is not IPv4 over Ethernet', (_, at, value) => {
    const view = viewOf(message.slice());
    view.setUint16(at, value);
    expect(arp.isIpv4OverEthernet(view, 0)).toBe(false);
  });
});

describe('ipv4', () => {
  const header = hex('4500 0086 0b75 0000 40 11 eb3b 0ad33708 0ad33709');
  test('reads every field', () => {
    const view = viewOf(header);
    expect([ip.version(view, 0), ip.headerLength(view, 0), ip.tos(view, 0)]).toEqual([4, 20, 0]);
    expect([ip.totalLength(view, 0), ip.identification(view, 0), ip.fragment(view, 0)]).toEqual([
      134, 0x0b75, 0,
    ]);
    expect([ip.ttl(view, 0), ip.protocol(view, 0), ip.headerChecksum(view, 0)]).toEqual([64, 17, 0xeb3b]);
    expect(ip.source(view, 0)).toBe(parseIpv4('10.211.55.8'));
    expect(ip.destination(view, 0)).toBe(parseIpv4('10.211.55.9'));
    expect(ip.isFragment(view, 0)).toBe(false);
  });
  test('writes the same bytes', () => {
    const bytes = filled(20);
    const view = viewOf(bytes);
    ip.write(view, 0, 134, 0, 0, 64, 17, parseIpv4('10.211.55.8')!, parseIpv4('10.211.55.9')!);
    ip.setIdentification(view, 0, 0x0b75);
    ip.fillChecksum(view, 0);
    expect(bytes).toEqual(header);
  });
  test('a TTL decreased step by step keeps the checksum right down to zero', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(0xffff), anyIpv4, anyIpv4, (tos, id, source, destination) => {
        const view = viewOf(new Uint8Array(20));
        ip.write(view, 0, 20, tos, 0, 255, 6, source, destination);
        ip.setIdentification(view, 0, id);
        ip.fillChecksum(view, 0);
        for (let ttl = 254; ttl >= 0; ttl--) {
          ip.decreaseTtl(view, 0);
          expect(ip.ttl(view, 0)).toBe(ttl);
          const kept = ip.headerChecksum(view, 0);
          ip.fillChecksum(view, 0);
          expect([kept, kept ^ 0xffff]).toContain(ip.headerChecksum(view, 0));
        }
      }),
      { numRuns: 30 },
    );
  });
  test('a changed TOS keeps the checksum right', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(255), anyIpv4, anyIpv4, (before, after, source, destination) => {
        const view = viewOf(new Uint8Array(20));
        ip.write(view, 0, 20, before, 0, 64, 6, source, destination);
        ip.fillChecksum(view, 0);
        ip.changeTos(view, 0, after);
        const kept = ip.headerChecksum(view, 0);
        ip.fillChecksum(view, 0);
        expect([ip.tos(view, 0), ip.headerChecksum(view, 0)]).toEqual([after, kept]);
      }),
    );
  });
});

describe('icmp, udp, tcp and vxlan', () => {
  test('fragmentation needed carries its MTU in the last 16 bits', () => {
    const view = viewOf(hex('0304 0000 0000 05c8'));
    expect(icmp.type(view, 0)).toBe(icmp.IcmpType.UNREACHABLE);
    expect(icmp.code(view, 0)).toBe(icmp.UnreachableCode.FRAGMENTATION_NEEDED);
    expect(icmp.nextHopMtu(view, 0)).toBe(1480);
  });
  test.each([
    [3, true],
    [4, true],
    [5, true],
    [11, true],
    [12, true],
    [0, false],
    [8, false],
    [13, false],
  ])('ICMP type %d quotes a packet: %s', (type, expected) => {
    expect(icmp.isError(type)).toBe(expected);
  });
  test('UDP', () => {
    const bytes = filled(8);
    udp.write(viewOf(bytes), 0, 49868, 4789, 114);
    expect(bytes).toEqual(hex('c2cc 12b5 0072 0000'));
  });
  test('TCP reset', () => {
    const bytes = filled(20);
    tcp.write(viewOf(bytes), 0, 80, 40000, 1, 2, tcp.TcpFlag.RST | tcp.TcpFlag.ACK);
    expect(bytes).toEqual(hex('0050 9c40 00000001 00000002 5014 0000 0000 0000'));
    expect(tcp.headerLength(viewOf(bytes), 0)).toBe(20);
  });
  test('VXLAN, VNI 4096', () => {
    const bytes = filled(8);
    vxlan.write(viewOf(bytes), 0, 4096);
    expect(bytes).toEqual(hex('08000000 00100000'));
    expect(vxlan.vni(viewOf(bytes), 0)).toBe(4096);
    expect(vxlan.reserved(viewOf(bytes), 0)).toBe(0);
  });
});
