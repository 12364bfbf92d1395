// Numbers to words, as tcpdump's tok2str and bittok2str do.

export type Tokens = ReadonlyMap<number, string>;
/** A mask and its word, in the order in which they are printed. */
export type Bits = readonly (readonly [number, string])[];

/** The word for `value`, or `otherwise`. */
export const token = (table: Tokens, value: number, otherwise: string): string =>
  table.get(value) ?? otherwise;

/** The words of all masks that are wholly set in `value`, or `none`. */
export function bits(table: Bits, value: number, none: string, separator = ', '): string {
  const words: string[] = [];
  for (const [mask, word] of table) if ((value & mask) >>> 0 === mask >>> 0) words.push(word);
  return words.length === 0 ? none : words.join(separator);
}

/** Four hexadecimal digits. */
export const hex4 = (value: number): string => value.toString(16).padStart(4, '0');
/** Two hexadecimal digits. */
export const hex2 = (value: number): string => value.toString(16).padStart(2, '0');
