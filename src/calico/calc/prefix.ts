// Prefixes of resources: read from text, made of and split into Map keys.
import { type Ipv4, ipv4, networkOf, parseIpv4 } from '../../addr/ipv4.ts';
import { type Prefix, prefixKey } from './types.ts';

const KEYS_PER_ADDRESS = 64;

export const addressOfKey = (key: number): Ipv4 => ipv4(Math.floor(key / KEYS_PER_ADDRESS));
export const lengthOfKey = (key: number): number => key % KEYS_PER_ADDRESS;

/** The key of the network that a prefix lies in: host bits do not count. */
export const networkKey = ({ address, length }: Prefix): number =>
  prefixKey(networkOf(address, length), length);

/**
 * `10.0.0.1/24` with its host bits kept, or an address alone as a /32; null for anything else, IPv6 included.
 */
export function parsePrefix(text: string): Prefix | null {
  const [, host, mask] = /^([\d.]+)(?:\/(\d{1,2}))?$/.exec(text) ?? [];
  const address = host === undefined ? null : parseIpv4(host);
  const length = mask === undefined ? 32 : Number(mask);
  return address === null || length > 32 ? null : { address, length };
}

/** The IPv4 prefixes of a list; what is of the other family, or no prefix, is left out. */
export const parsePrefixes = (texts: readonly string[]): Prefix[] =>
  texts.map(parsePrefix).filter((prefix) => prefix !== null);
