// IPv6 addresses as text and as 16 bytes, by ip-num: at the edges only, for IPv6 is recognised and not forwarded.
import { collapseIPv6Number, IPv6, Validator } from 'ip-num';

/** The 16 bytes of an address as inet_pton(3) takes it, with its last 32 bits dotted or not; null for anything else. */
export function parseIpv6(text: string): Uint8Array | null {
  if (!/^[0-9a-fA-F:.]{2,45}$/.test(text) || !Validator.isValidIPv6String(text)[0]) return null;
  let value = new IPv6(text).value;
  const bytes = new Uint8Array(16);
  for (let at = 15; at >= 0; at--) {
    bytes[at] = Number(value & 0xffn);
    value >>= 8n;
  }
  return bytes;
}

export const isIpv6 = (text: string): boolean => parseIpv6(text) !== null;

/** The canonical text (RFC 5952), the last 32 bits dotted in ::/96 and ::ffff:0:0/96 as inet_ntop(3) has it. */
export function formatIpv6(bytes: Uint8Array): string {
  const words = Array.from({ length: 8 }, (_, i) => (bytes[2 * i] << 8) | bytes[2 * i + 1]);
  const leading = words.findIndex((word) => word !== 0);
  if (leading === 6) return `::${bytes.subarray(12).join('.')}`;
  if (leading === 5 && words[5] === 0xffff) return `::ffff:${bytes.subarray(12).join('.')}`;
  return collapseIPv6Number(words.map((word) => word.toString(16)).join(':'));
}
