// How the kernel reads numbers that are written to /proc/sys (proc_get_long and its users in kernel/sysctl.c).

const INT_MIN = -0x80000000;
const INT_MAX = 0x7fffffff;

/** One number as simple_strtoul takes it: decimal, 0x hexadecimal, 0 octal; null for anything else. */
function parseLong(word: string): number | null {
  const match = /^(-?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.exec(word);
  if (match === null) return null;
  const [, sign, digits] = match;
  const octal = digits.length > 1 && digits[0] === '0' && /^[0-7]+$/.test(digits);
  const value = octal ? Number.parseInt(digits, 8) : Number(digits);
  return sign === '-' ? -value : value;
}

/** Nearly all that is written is one digit, and a cluster writes 300,000 of them; -1 for anything else. */
function digitOf(text: string): number {
  const digit = text.length === 1 ? text.charCodeAt(0) - 0x30 : -1;
  return digit > 9 ? -1 : digit;
}

/**
 * The first `count` numbers of what was written, fewer if there are fewer; null (EINVAL) where there is none, or one
 * is no int within the limits. What stands behind the last number that is wanted is not looked at.
 */
export function parseInts(text: string, count: number, low = INT_MIN, high = INT_MAX): number[] | null {
  const digit = digitOf(text);
  if (digit >= 0) return digit < low || digit > high ? null : [digit];
  const words = text.split(/[ \t\n]+/).filter((word) => word !== '');
  if (words.length === 0) return null;
  const values: number[] = [];
  for (const word of words.slice(0, count)) {
    const value = parseLong(word);
    if (value === null || value < Math.max(low, INT_MIN) || value > Math.min(high, INT_MAX)) return null;
    values.push(value);
  }
  return values;
}

/** A single number, or null. */
export const parseInt32 = (text: string, low?: number, high?: number): number | null =>
  parseInts(text, 1, low, high)?.[0] ?? null;
