// IPv4 and IPv6 addresses as filter expressions write them.
import { parseIpv6 } from '../../../../addr/ipv6.ts';

/** One to four decimal numbers with dots: a short one is a net of as many bytes. Null if one is above 255. */
export function parseDotted(text: string): { value: number; mask: number } | null {
  const parts = text.split('.');
  if (!parts.every((part) => /^\d+$/.test(part) && Number(part) <= 255)) return null;
  const bytes = [...parts.map(Number), 0, 0, 0].slice(0, 4);
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const bits = 8 * parts.length;
  return { value, mask: bits === 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0 };
}

/** Four words of 32 bits, or null if it is no address. */
export function parseIpv6Words(text: string): number[] | null {
  const bytes = parseIpv6(text);
  if (bytes === null) return null;
  const view = new DataView(bytes.buffer);
  return [0, 4, 8, 12].map((at) => view.getUint32(at));
}
