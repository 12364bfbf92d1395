// Addresses and prefixes on a command line (lib/utils.c: get_addr, get_prefix), where 10.8 is 10.8.0.0, octets may be
// octal or hexadecimal, and `default`, `any` and `all` are words.
import { ANY, type Ipv4, inPrefix, ipv4, maskLength } from '../../../addr/ipv4.ts';
import { parseIpv6 } from '../../../addr/ipv6.ts';
import type { Arguments } from './arguments.ts';
import { parseUnsigned, scanInteger } from './numbers.ts';
import { Family, familyName } from './options.ts';

/** An inet_prefix. */
export interface Prefix {
  family: number;
  /** For IPv4. */
  address: Ipv4;
  /** The 16 bytes of an IPv6 address. */
  wide: Uint8Array | null;
  length: number;
  /** The length was written, or the word was `default` (PREFIXLEN_SPECIFIED). */
  specified: boolean;
  /** Bytes of the address, 0 where a word stands for any. */
  bytes: number;
}

const NONE: Prefix = {
  family: Family.UNSPEC,
  address: ANY,
  wide: null,
  length: 0,
  specified: false,
  bytes: 0,
};

const bitsOf = (family: number): number => (family === Family.INET6 ? 128 : family === Family.INET ? 32 : 0);

/** get_addr_ipv4: one to four numbers below 256, missing ones are 0. */
function parseOctets(text: string): Ipv4 | null {
  let bits = 0;
  let rest = text;
  for (let i = 0; i < 4; i++) {
    const octet = scanInteger(rest);
    if (octet === null || octet.value < 0 || octet.value > 255) return null;
    bits |= octet.value << (24 - 8 * i);
    rest = rest.slice(octet.length);
    if (rest === '') return ipv4(bits);
    if (rest[0] !== '.') return null;
    rest = rest.slice(1);
  }
  return null;
}

/** get_addr_1: an address without a length, or null. */
export function parseAddress(text: string, family: number): Prefix | null {
  if (text === 'default') return { ...NONE, family, bytes: bitsOf(family) / 8, specified: true };
  if (text === 'all' || text === 'any') return { ...NONE, family };
  if (text.includes(':')) {
    const fits = family === Family.UNSPEC || family === Family.INET6;
    const wide = fits ? parseIpv6(text) : null;
    return wide === null ? null : { ...NONE, family: Family.INET6, wide, bytes: 16, length: 128 };
  }
  if (family !== Family.UNSPEC && family !== Family.INET) return null;
  const address = parseOctets(text);
  return address === null ? null : { ...NONE, family: Family.INET, address, bytes: 4, length: 32 };
}

/** get_netmask: a number, or a mask with its ones in front. */
function parseLength(text: string): number | null {
  const length = parseUnsigned(text);
  if (length !== null) return length;
  const mask = parseOctets(text);
  if (mask === null) return null;
  const bits = maskLength(mask);
  return bits < 0 ? null : bits;
}

/** get_prefix_1: an address with or without a length, or null. */
export function parsePrefix(text: string, family: number): Prefix | null {
  const slash = text.indexOf('/');
  if (slash < 0) return parseAddress(text, family);
  const base = parseAddress(text.slice(0, slash), family);
  const length = parseLength(text.slice(slash + 1));
  // A word (default, any) takes no length.
  if (base === null || length === null || base.length === 0) return null;
  return length > bitsOf(base.family) ? null : { ...base, length, specified: true };
}

const wanted = (family: number): string => (family === Family.UNSPEC ? 'any valid' : familyName(family));

/** get_addr of the word at hand: a wrong one ends the tool with status 1. */
export function takeAddress(args: Arguments, text: string, family: number): Prefix {
  const address = parseAddress(text, family);
  if (address !== null) return address;
  expected(args, `${wanted(family)} address`, text);
  return NONE;
}

/** get_prefix of the word at hand. */
export function takePrefix(args: Arguments, text: string, family: number): Prefix {
  if (family === Family.PACKET) {
    const line = `Error: "${text}" may be inet prefix, but it is not allowed in this context.`;
    if (args.failure === 0) args.stop(args.session.exit(line, 1));
    return NONE;
  }
  const parsed = parsePrefix(text, family);
  if (parsed !== null) return parsed;
  expected(args, `${wanted(family)} prefix`, text);
  return NONE;
}

function expected(args: Arguments, what: string, text: string): void {
  if (args.failure !== 0) return;
  args.stop(args.session.exit(`Error: ${what} is expected rather than "${text}".`, 1));
}

/** get_addr32, which `ip tunnel` uses: IPv4, with words of its own. */
export function takeAddress32(args: Arguments, text: string): Ipv4 {
  const address = parseAddress(text, Family.INET);
  if (address !== null) return address.address;
  if (args.failure === 0)
    args.stop(args.session.exit(`Error: an IP address is expected rather than "${text}"`, 1));
  return ANY;
}

/** A prefix that a filter compares with: nothing where it has no length (inet_addr_match_rta). */
export const coveredBy = (address: Ipv4, { address: network, length }: Prefix): boolean =>
  length <= 0 || inPrefix(address, network, length);
