// Reading words as the C library does: options, numbers, addresses.
import { describe, expect, test } from 'vitest';
import { formatIpv4 } from '../../../../src/addr/ipv4.ts';
import { getopt } from '../../../../src/shell/commands/probe/getopt.ts';
import { parseBounded, parseDouble, parseInteger } from '../../../../src/shell/commands/probe/numbers.ts';
import { inetAton, Resolver } from '../../../../src/shell/commands/probe/resolver.ts';

describe('getopt', () => {
  test.each([
    [
      'options and operands in any order',
      ['-c', '3', 'host', '-q'],
      [
        ['c', '3'],
        ['q', ''],
      ],
      ['host'],
    ],
    ['a value joined to its letter', ['-c3'], [['c', '3']], []],
    [
      'letters in one word',
      ['-qc3'],
      [
        ['q', ''],
        ['c', '3'],
      ],
      [],
    ],
    ['-- ends the options', ['-q', '--', '-c'], [['q', '']], ['-c']],
    ['a lone dash is an operand', ['-'], [], ['-']],
    ['a value may look like an option', ['-c', '-q'], [['c', '-q']], []],
  ])('%s', (_what, args, options, operands) => {
    const result = getopt(args, 'c:q');
    expect(result.options.map(({ letter, value }) => [letter, value])).toEqual(options);
    expect('operands' in result && result.operands).toEqual(operands);
  });

  test.each([
    ['an unknown letter', ['-Z'], "invalid option -- 'Z'"],
    ['a missing value', ['-q', '-c'], "option requires an argument -- 'c'"],
    ['a colon is no letter', ['-:'], "invalid option -- ':'"],
  ])('%s', (_what, args, problem) => {
    expect(getopt(args, 'c:q')).toMatchObject({ problem });
  });
});

describe('bounded numbers', () => {
  test.each([
    ['5', { value: 5 }],
    [' +7', { value: 7 }],
    ['x', { problem: "invalid argument: 'x'" }],
    ['5x', { problem: "invalid argument: '5x'" }],
    ['', { problem: "invalid argument: ''" }],
    ['-1', { problem: "invalid argument: '-1': out of range: 0 <= value <= 255" }],
    [
      '99999999999999999999',
      { problem: "invalid argument: '99999999999999999999': Numerical result out of range" },
    ],
  ])('%j', (text, parsed) => {
    expect(parseBounded(text, 0, 255)).toEqual(parsed);
  });
});

test.each([
  ['0.2', 0.2, ''],
  ['.5s', 0.5, 's'],
  ['-3', -3, ''],
  ['1e2', 100, ''],
  ['0x10', 16, ''],
  ['x', 0, 'x'],
])('strtod of %j', (text, value, rest) => {
  expect(parseDouble(text)).toEqual({ value, rest });
});

test.each([
  ['0x1f', 0, 31, ''],
  ['010', 0, 8, ''],
  ['010', 10, 10, ''],
  ['0', 0, 0, ''],
  ['ff', 16, 255, ''],
  ['12ab', 10, 12, 'ab'],
  ['x', 0, 0, 'x'],
] as const)('strtol of %j in base %i', (text, base, value, rest) => {
  expect(parseInteger(text, base)).toEqual({ value, rest });
});

describe('addresses', () => {
  test.each([
    ['10.0.0.2', '10.0.0.2'],
    ['10.2', '10.0.0.2'],
    ['10.1.2', '10.1.0.2'],
    ['0', '0.0.0.0'],
    ['0x7f.1', '127.0.0.1'],
    ['010.0.0.1', '8.0.0.1'],
    ['4294967295', '255.255.255.255'],
  ])('inet_aton of %s is %s', (text, address) => {
    const parsed = inetAton(text);
    expect(parsed === null ? null : formatIpv4(parsed)).toBe(address);
  });

  test.each(['300.1.1.1', '1.2.3.4.5', '1.2.3.256', '1.2.65536', '', 'host', '1..2', '09.0.0.1'])(
    'inet_aton of %j is none',
    (text) => {
      expect(inetAton(text)).toBeNull();
    },
  );

  const resolver = new Resolver(
    '127.0.1.1 vrouter vrouter.lab # this\n10.0.0.2\tpod1\n10.0.0.3 pod1 other\n',
  );

  test('names come from /etc/hosts, the first line wins, case does not matter', () => {
    expect(resolver.resolve('POD1')).toEqual({ address: inetAton('10.0.0.2'), canonical: 'pod1' });
    expect(resolver.resolve('vrouter.lab')).toEqual({ address: inetAton('127.0.1.1'), canonical: 'vrouter' });
    expect(resolver.resolve('localhost')).toMatchObject({ address: inetAton('127.0.0.1') });
  });

  test('unknown names and IPv6 addresses are refused in getaddrinfo’s words', () => {
    expect(resolver.resolve('nohost')).toEqual({ problem: 'Name or service not known' });
    expect(resolver.resolve('::1')).toEqual({ problem: 'Address family for hostname not supported' });
  });

  test('an address without a name is its own', () => {
    expect(resolver.nameOf(inetAton('10.0.0.2')!)).toBe('pod1');
    expect(resolver.nameOf(inetAton('10.0.0.9')!)).toBe('10.0.0.9');
  });
});
