// IPv6 text, judged by Node's own resolver of URLs, which writes addresses canonically.

import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatIpv6, isIpv6, parseIpv6 } from '../../src/addr/ipv6.ts';

const canonical = (text: string): string => new URL(`http://[${text}]/`).hostname.slice(1, -1);

describe('ipv6', () => {
  test('what is written is read back, whatever the bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc
        .array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 })
        .map((all) => Uint8Array.from(all)),
    );
    fc.assert(
      fc.property(bytes, (address) => {
        const text = formatIpv6(address);
        expect(parseIpv6(text)).toEqual(address);
        if (!text.includes('.')) expect(text).toBe(canonical(text));
      }),
    );
  });

  test.each(['::', '::1', 'fe80::1', '2001:DB8::1', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4', '::1.2.3.4', '1::'])(
    '%s is an address',
    (text) => expect([isIpv6(text), isIPv6(text)]).toEqual([true, true]),
  );

  test.each([
    '',
    ':',
    ':::',
    '1::2::3',
    '12345::',
    '1:2:3',
    '1:2:3:4:5:6:7:8:9',
    'g::',
    '::1.2.3',
    '::256.1.1.1',
    'fe80::1%eth0',
    '1.2.3.4',
  ])('%j is none', (text) => expect(isIpv6(text)).toBe(false));

  test('any text is taken exactly when inet_pton would take it', () => {
    const text = fc.string({
      unit: fc.constantFrom('0', '1', 'f', ':', '::', '.', 'a1', '255'),
      maxLength: 14,
    });
    fc.assert(
      fc.property(text, (candidate) => {
        expect(isIpv6(candidate)).toBe(isIPv6(candidate));
      }),
      { numRuns: 3000 },
    );
  });
});
