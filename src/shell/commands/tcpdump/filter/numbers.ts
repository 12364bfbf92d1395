// IPv4 and IPv6 addresses as filter expressions write them.

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
export function parseIpv6(text: string): number[] | null {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted !== null) {
    const last = parseDotted(dotted[2]);
    if (last === null) return null;
    const hex = last.value.toString(16).padStart(8, '0');
    return parseIpv6(`${dotted[1]}${hex.slice(0, 4)}:${hex.slice(4)}`);
  }
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - groups.flat().length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const all =
    halves.length === 1 ? groups[0] : [...groups[0], ...Array<string>(missing).fill('0'), ...groups[1]];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  const values = all.map((group) => Number.parseInt(group, 16));
  return [0, 2, 4, 6].map((i) => values[i] * 65536 + values[i + 1]);
}
