// Numbers as the C library and iputils read them from the command line.

/** LONG_MAX as iputils prints it, and as near as a number comes. */
export const LONG_MAX = 9223372036854775807n;
export const INT_MAX = 2147483647;

export type Parsed = { readonly value: number } | { readonly problem: string };

/**
 * strtol_or_err and strtoul_or_err of iputils (decimal, whole text): the number, or the error text without the
 * program's name. The exit status of the error is 1.
 */
export function parseBounded(text: string, min: number, max: number | bigint): Parsed {
  if (!/^[ \t\n\v\f\r]*[+-]?[0-9]+$/.test(text)) return { problem: `invalid argument: '${text}'` };
  const number = BigInt(text.trim().replace(/^\+/, ''));
  if (number > LONG_MAX || number < -LONG_MAX - 1n)
    return { problem: `invalid argument: '${text}': Numerical result out of range` };
  if (number < BigInt(min) || number > BigInt(max))
    return { problem: `invalid argument: '${text}': out of range: ${min} <= value <= ${max}` };
  return { value: Number(number) };
}

const NUMBER = /^[ \t\n\v\f\r]*[+-]?(?:0[xX][0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)/;

/** strtod(3): the number at the start of `text` (0 if there is none) and what follows it. */
export function parseDouble(text: string): { value: number; rest: string } {
  const match = NUMBER.exec(text);
  if (match === null) return { value: 0, rest: text };
  const digits = match[0].trim();
  const negative = digits.startsWith('-');
  const value = Number(digits.replace(/^[+-]/, ''));
  return { value: negative ? -value : value, rest: text.slice(match[0].length) };
}

/** strtol(3) in base 10, 16 or (0) by prefix: the integer at the start of `text` and what follows it. */
export function parseInteger(text: string, base: 0 | 10 | 16): { value: number; rest: string } {
  const hex = /^[ \t]*[+-]?0[xX][0-9a-fA-F]+/.exec(text);
  if (base !== 10 && hex !== null) return { value: Number(hex[0]), rest: text.slice(hex[0].length) };
  const octal = base === 0 ? /^[ \t]*([+-]?)0([0-7]*)/.exec(text) : null;
  if (octal !== null) {
    const value = Number.parseInt(`${octal[1]}0${octal[2]}`, 8);
    return { value, rest: text.slice(octal[0].length) };
  }
  const digits = (base === 16 ? /^[ \t]*[+-]?[0-9a-fA-F]+/ : /^[ \t]*[+-]?[0-9]+/).exec(text);
  if (digits === null) return { value: 0, rest: text };
  return { value: Number.parseInt(digits[0], base === 16 ? 16 : 10), rest: text.slice(digits[0].length) };
}
