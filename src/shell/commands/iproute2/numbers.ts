// Numbers as iproute2 reads them: strtoul(3) and strtol(3) with their bases, whole words only unless it says prefix.

const FORMS: Readonly<Record<number, RegExp>> = {
  0: /^\s*([+-]?)(0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)/i,
  10: /^\s*([+-]?)([0-9]+)/,
  16: /^\s*([+-]?)((?:0x)?[0-9a-f]+)/i,
};

const radix = (digits: string, base: number): number =>
  base !== 0 ? base : /^0x/i.test(digits) ? 16 : digits.length > 1 && digits[0] === '0' ? 8 : 10;

const magnitude = (digits: string, base: number): number => Number.parseInt(digits, radix(digits, base));

/** The number at the head of `text` and how many characters it takes (strtol's endptr), or null without a digit. */
export function scanInteger(text: string, base = 0): { value: number; length: number } | null {
  const match = (FORMS[base] as RegExp).exec(text);
  if (match === null) return null;
  const value = magnitude(match[2] as string, base);
  return { value: match[1] === '-' ? -value : value, length: match[0].length };
}

/** get_u8, get_u16, get_u32, get_unsigned: null for a sign, a rest or a number over `limit`. */
export function parseUnsigned(text: string, limit = 0xffffffff, base = 0): number | null {
  const scanned = scanInteger(text, base);
  if (scanned === null || scanned.length !== text.length) return null;
  return scanned.value >= 0 && scanned.value <= limit ? Math.abs(scanned.value) : null;
}

/** get_integer, get_s32: an int. */
export function parseInteger(text: string): number | null {
  const scanned = scanInteger(text);
  if (scanned === null || scanned.length !== text.length) return null;
  return scanned.value >= -0x80000000 && scanned.value <= 0x7fffffff ? scanned.value : null;
}

/** atoi(3): 0 for what is no number. */
export const leadingInteger = (text: string): number => (scanInteger(text, 10)?.value ?? 0) | 0;

/** get_time_rtt: milliseconds, and whether the number stood without a unit. Null if it is none. */
export function parseTime(text: string): { milliseconds: number; raw: boolean } | null {
  const match = /^(\d+\.?\d*|\.\d+)(s|secs?|ms|msecs?)?$/i.exec(text);
  if (match === null) return null;
  const unit = match[2]?.toLowerCase();
  const factor = unit?.startsWith('s') ? 1000 : 1;
  return { milliseconds: Math.ceil(Number(match[1]) * factor), raw: unit === undefined };
}
