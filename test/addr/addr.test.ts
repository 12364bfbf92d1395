// Addresses as numbers and as text.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as a from '../../src/addr/ipv4.ts';
import {
  formatMac,
  isGroup,
  isValidUnicast,
  MAC_BROADCAST,
  mac,
  macOfGroup,
  parseMac,
} from '../../src/addr/mac.ts';

const anyIpv4 = fc.integer().map(a.ipv4);

describe('ipv4', () => {
  test('text and number are two forms of one address', () => {
    fc.assert(
      fc.property(anyIpv4, (address) => {
        expect(a.parseIpv4(a.formatIpv4(address))).toBe(address);
      }),
    );
  });
  test.each(['', '1.2.3', '1.2.3.4.5', '256.0.0.1', '01.2.3.4', '1.2.3.4 ', '1..2.3', 'a.b.c.d', '1.2.3.-4'])(
    '%j is no address',
    (text) => expect(a.parseIpv4(text)).toBeNull(),
  );
  test('a mask has as many ones as its length', () => {
    for (let length = 0; length <= 32; length++) {
      const ones = (a.maskOf(length) >>> 0).toString(2).replaceAll('0', '').length;
      expect([ones, a.maskLength(a.maskOf(length))]).toEqual([length, length]);
    }
    expect(a.maskLength(0x00ff00ff)).toBe(-1);
  });
  test('a prefix holds its first and last address and what lies between', () => {
    fc.assert(
      fc.property(anyIpv4, anyIpv4, fc.integer({ min: 0, max: 32 }), (address, other, length) => {
        const first = a.networkOf(address, length);
        const last = a.lastOf(address, length);
        const between = a.compareIpv4(first, other) <= 0 && a.compareIpv4(other, last) <= 0;
        expect(a.inPrefix(other, first, length)).toBe(between);
      }),
    );
  });
  test.each([
    ['127.0.0.1', a.isLoopback],
    ['127.255.255.255', a.isLoopback],
    ['224.0.0.1', a.isMulticast],
    ['239.255.255.255', a.isMulticast],
    ['224.0.0.251', a.isLocalMulticast],
    ['0.0.0.0', a.isZeronet],
    ['255.255.255.255', a.isLimitedBroadcast],
    ['169.254.1.1', a.isLinkLocal],
    ['240.0.0.1', a.isReserved],
  ])('%s is in its class and 8.8.8.8 is not', (text, holds) => {
    expect([holds(a.parseIpv4(text)!), holds(a.parseIpv4('8.8.8.8')!)]).toEqual([true, false]);
  });
});

describe('mac', () => {
  test('text and number are two forms of one address', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffffffff), (value) => {
        expect(parseMac(formatMac(mac(value)))).toBe(value);
      }),
    );
  });
  test('group addresses have the lowest bit of the first octet', () => {
    expect([
      isGroup(MAC_BROADCAST),
      isGroup(parseMac('01:00:5e:00:00:01')!),
      isGroup(parseMac('ee:ee:ee:ee:ee:ee')!),
    ]).toEqual([true, true, false]);
    expect([isValidUnicast(mac(0)), isValidUnicast(parseMac('02:00:00:00:00:01')!)]).toEqual([false, true]);
  });
  test('a group address keeps the low 23 bits of the IPv4 group', () => {
    expect(formatMac(macOfGroup(a.parseIpv4('239.129.2.3')!))).toBe('01:00:5e:01:02:03');
  });
});
