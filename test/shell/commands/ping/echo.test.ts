// The bytes of ping's requests.
import { expect, test } from 'vitest';
import { echoRequest, padding } from '../../../../src/shell/commands/ping/echo.ts';
import { wrongDataText } from '../../../../src/shell/commands/ping/reply.ts';
import { checksum } from '../../../../src/wire/checksum.ts';

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const data = (length: number, pattern = ''): Uint8Array => {
  const filled = padding(length, pattern);
  if ('bad' in filled) throw new Error(filled.bad);
  return filled.bytes;
};

test('identifier, sequence, time of day in little-endian order, then 0x10, 0x11 …', () => {
  const bytes = echoRequest(data(20), 0x030b, 1, 1_700_000_000_123_456);
  expect(hex(bytes)).toBe('08003c97030b000100f153650000000040e201000000000010111213');
  expect(checksum(new DataView(bytes.buffer), 0, bytes.length)).toBe(0);
});

test('with less than 16 bytes of data there is no time', () => {
  expect(hex(echoRequest(data(4), 1, 2, 1_700_000_000_123_456))).toBe('0800f5f80001000200010203');
});

test.each([
  ['repeats over the data', 6, 'ff00', 'ff00ff00ff00'.slice(0, 4).padEnd(12, '0'), 'ff00'],
  ['repeats when the data is long enough', 12, 'ff00', 'ff00'.repeat(6), 'ff00'],
  ['an odd digit is a byte of its own', 16, 'abc', 'ab0c'.repeat(8), 'ab0c'],
])('a pattern %s', (_what, length, pattern, bytes, shown) => {
  const filled = padding(length, pattern);
  expect('bytes' in filled && hex(filled.bytes)).toBe(bytes);
  expect('shown' in filled && filled.shown).toBe(shown);
});

test('a pattern that is not hexadecimal is complained about from the bad digit on', () => {
  expect(padding(56, '01g2')).toEqual({ bad: 'g2' });
});

test('data that came back changed is shown, the time apart', () => {
  const sent = data(20);
  const got = data(20);
  got[0] = 99;
  expect(wrongDataText(sent, got)).toBe('');
  got[18] = 0;
  expect(wrongDataText(sent, got)).toBe('\nwrong data byte #18 should be 0x12 but was 0x0\n#16\t10 11 0 13 ');
});
