// Words of a command line: what shells and iproute2 take for values.

/** Quoted where a shell would read more into it. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** `KEYWORD VALUE`, or nothing for a value that was left out. */
export const valued = (keyword: string, value: string | number | undefined): string[] =>
  value === undefined ? [] : [keyword, quoted(String(value))];

/** `KEYWORD on|off`. */
export const onOff = (keyword: string, value: boolean | undefined): string[] =>
  value === undefined ? [] : [keyword, value ? 'on' : 'off'];

/** One of two words. */
export const either = (value: boolean | undefined, yes: string, no: string): string[] =>
  value === undefined ? [] : [value ? yes : no];

export const flag = (keyword: string, value: boolean | undefined): string[] => (value ? [keyword] : []);

/** As iproute2 reads a TOS: hexadecimal. */
export const hex = (value: number): string => `0x${value.toString(16)}`;
