// Addresses and prefixes of both IP versions, as far as checking resources needs them. The routes use src/addr/ipv4.ts.
import { formatIpv4, type Ipv4, parseIpv4 } from '../../addr/ipv4.ts';
import { formatIpv6, parseIpv6 } from '../../addr/ipv6.ts';

export interface Cidr {
  readonly version: 4 | 6;
  /** 4 or 16 of them. */
  readonly bytes: Uint8Array;
  readonly length: number;
}

const widthOf = (version: 4 | 6): number => (version === 4 ? 32 : 128);

function bytesOfIpv4(text: string): Uint8Array | null {
  const address = parseIpv4(text);
  if (address === null) return null;
  return Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address);
}

/** An address of either version as a prefix of full length, as Go's net.ParseIP takes it; null for anything else. */
export function parseAddress(text: string): Cidr | null {
  const version = text.includes(':') ? 6 : 4;
  const bytes = version === 6 ? parseIpv6(text) : bytesOfIpv4(text);
  return bytes === null ? null : { version, bytes, length: widthOf(version) };
}

/** `address/length` (net.ParseCIDR); the address may have bits behind the mask. */
export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf('/');
  const address = slash < 0 ? null : parseAddress(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === null || !/^\d{1,3}$/.test(digits)) return null;
  const length = Number(digits);
  return length > widthOf(address.version) ? null : { ...address, length };
}

/** cnet.ParseCIDROrIP: a bare address is a prefix of full length. */
export const parseCidrOrAddress = (text: string): Cidr | null =>
  text.includes('/') ? parseCidr(text) : parseAddress(text);

/** The bits of `length` that fall into byte `at`. */
const maskByte = (length: number, at: number): number =>
  (0xff00 >> Math.max(0, Math.min(8, length - at * 8))) & 0xff;

/** Whether no bit stands behind the mask. */
export const isMasked = ({ bytes, length }: Cidr): boolean =>
  bytes.every((byte, at) => (byte & ~maskByte(length, at)) === 0);

/** Whether `outer` holds all of `inner`. */
export const covers = (outer: Cidr, inner: Cidr): boolean =>
  outer.version === inner.version &&
  outer.length <= inner.length &&
  outer.bytes.every((byte, at) => ((byte ^ inner.bytes[at]) & maskByte(outer.length, at)) === 0);

export const overlaps = (a: Cidr, b: Cidr): boolean => covers(a, b) || covers(b, a);

export const isSingleAddress = ({ version, length }: Cidr): boolean => length === widthOf(version);

/** The text of the address alone. */
export function formatAddress({ version, bytes }: Cidr): string {
  if (version === 6) return formatIpv6(bytes);
  return formatIpv4(new DataView(bytes.buffer, bytes.byteOffset).getInt32(0) as Ipv4);
}

export const formatCidr = (cidr: Cidr): string => `${formatAddress(cidr)}/${cidr.length}`;

/** The prefix with the bits behind its mask cleared. */
export const masked = (cidr: Cidr): Cidr => ({
  ...cidr,
  bytes: cidr.bytes.map((byte, at) => byte & maskByte(cidr.length, at)),
});
