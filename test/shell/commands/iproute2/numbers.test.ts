// Numbers and words as iproute2's parsers read them.
import { describe, expect, it } from 'vitest';
import { parseMac } from '../../../../src/addr/mac.ts';
import {
  leadingInteger,
  parseInteger,
  parseTime,
  parseUnsigned,
} from '../../../../src/shell/commands/iproute2/numbers.ts';
import { abbreviates, Family } from '../../../../src/shell/commands/iproute2/options.ts';
import { parseAddress, parsePrefix } from '../../../../src/shell/commands/iproute2/prefix.ts';
import { parseLinkAddress } from '../../../../src/shell/commands/iproute2/values.ts';

describe('numbers', () => {
  it.each([
    ['a decimal number', '1400', 1400],
    ['octal behind a zero', '010', 8],
    ['hexadecimal behind 0x', '0x1F', 31],
    ['nothing behind the digits', '12x', null],
    ['no sign', '-1', null],
    ['no blank behind', '1 ', null],
    ['no number at all', '', null],
    ['the largest of 32 bits', '4294967295', 4294967295],
    ['none beyond', '4294967296', null],
  ])('an unsigned number: %s', (_, text, value) => {
    expect(parseUnsigned(text)).toBe(value);
  });

  it.each([
    ['a sign', '-5', -5],
    ['the least', '-2147483648', -2147483648],
    ['none below', '-2147483649', null],
  ])('an int: %s', (_, text, value) => {
    expect(parseInteger(text)).toBe(value);
  });

  it.each([
    ['what stands in front of other letters', '12abc', 12],
    ['0 for no number', 'abc', 0],
    ['decimal even behind a zero', '010', 10],
  ])('atoi takes %s', (_, text, value) => {
    expect(leadingInteger(text)).toBe(value);
  });

  it.each([
    ['seconds', '5s', { milliseconds: 5000, raw: false }],
    ['milliseconds with a fraction, rounded up', '1.5ms', { milliseconds: 2, raw: false }],
    ['a bare number', '100', { milliseconds: 100, raw: true }],
    ['no other unit', '5m', null],
  ])('a time: %s', (_, text, time) => {
    expect(parseTime(text)).toEqual(time);
  });
});

describe('addresses', () => {
  const address = (text: string) => {
    const found = parseAddress(text, Family.UNSPEC);
    return found === null ? null : found.address >>> 0;
  };

  it.each([
    ['four octets', '10.0.0.1', 0x0a000001],
    ['missing octets are 0 on the right', '10.7', 0x0a070000],
    ['octal and hexadecimal octets', '0x0a.010.0.1', 0x0a080001],
    ['an octet of 256 is none', '10.0.0.256', null],
    ['five octets are none', '1.2.3.4.5', null],
    ['an empty word is none', '', null],
    ['default is 0.0.0.0', 'default', 0],
    ['any is 0.0.0.0', 'any', 0],
  ])('%s', (_, text, value) => {
    expect(address(text)).toBe(value);
  });

  it.each([
    ['a length', '10.0.0.0/8', 8],
    ['a mask', '10.0.0.0/255.255.0.0', 16],
    ['32 without one', '10.0.0.1', 32],
    ['0 for default', 'default', 0],
    ['none over 32', '10.0.0.0/33', null],
    ['none for a mask with holes', '10.0.0.0/255.0.255.0', null],
    ['none behind a word', 'default/0', null],
  ])('a prefix has %s', (_, text, length) => {
    expect(parsePrefix(text, Family.UNSPEC)?.length ?? null).toBe(length);
  });

  it.each([
    ['IPv6 is recognised', 'fe80::1/64', Family.INET6],
    ['IPv4 is recognised', '10.0.0.0/8', Family.INET],
  ])('%s', (_, text, family) => {
    expect(parsePrefix(text, Family.UNSPEC)?.family).toBe(family);
  });

  it.each([
    ['six octets', '02:00:00:00:00:01', { bytes: 6, value: parseMac('02:00:00:00:00:01') }],
    ['octets of one digit', '2:0:0:0:0:1', { bytes: 6, value: parseMac('02:00:00:00:00:01') }],
    ['too few are counted', '1:2', { bytes: 2, value: 0x102 }],
    ['an IPv4 address for tunnels', '10.0.0.1', { bytes: 4, value: 0x0a000001 }],
    ['the part that is no number', '02:zz', 'zz'],
    ['an octet over 255', '100:1', '100'],
  ])('a link-layer address: %s', (_, text, value) => {
    expect(parseLinkAddress(text)).toEqual(value);
  });
});

describe('abbreviations', () => {
  it.each([
    ['a beginning', 'ad', 'address', true],
    ['the whole word', 'address', 'address', true],
    ['more than the word', 'addresses', 'address', false],
    ['another word', 'ar', 'address', false],
    ['nothing', '', 'address', false],
  ])('%s', (_, text, keyword, fits) => {
    expect(abbreviates(text, keyword)).toBe(fits);
  });
});
