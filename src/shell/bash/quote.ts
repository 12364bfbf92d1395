// Text as bash writes it so that it can be read again: in `set -x`, `declare -p`, `printf %q`; and `$'…'` escapes.

const CONTROL = /\p{Cc}/u;
const NAMED: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\u001b': '\\E',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  "'": "\\'",
};

/** `$'…'`. */
function ansi(text: string): string {
  const body = text.replace(/[\p{Cc}\\']/gu, (char) => {
    return NAMED[char] ?? `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`;
  });
  return `$'${body}'`;
}

/** `'…'`, whatever is in it. */
export const quoteSingle = (text: string): string => `'${text.replace(/'/g, "'\\''")}'`;

/** As `${x@Q}` and `declare -p` of scalars elsewhere: always quoted. */
export const quoteForReuse = (text: string): string => (CONTROL.test(text) ? ansi(text) : quoteSingle(text));

/** As `set -x` writes a word: quotes only where they are needed. */
export function quoteForTrace(text: string): string {
  if (text === '') return "''";
  if (/[ \t\n'"\\|&;()<>!{}*[?\]^$`]|^[#~]|[=:]~/.test(text)) return quoteSingle(text);
  return CONTROL.test(text) ? ansi(text) : text;
}

/** As `printf %q`: backslashes. */
export function quoteWithBackslashes(text: string): string {
  if (text === '') return "''";
  if (CONTROL.test(text)) return ansi(text);
  return text.replace(/[ \t'"\\|&;()<>!{}*[?\]^$`,]|^[#~]|(?<=[=:])~/g, '\\$&');
}

/** As `declare -p` writes a value. */
export const quoteDouble = (text: string): string =>
  CONTROL.test(text) ? ansi(text) : `"${text.replace(/[$`"\\]/g, '\\$&')}"`;

/** What a backslash and a letter are to `echo -e`, `%b` and `$'…'`. */
export const LETTER_ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  E: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

const ESCAPES: Readonly<Record<string, string>> = { ...LETTER_ESCAPES, "'": "'", '"': '"', '?': '?' };

/** The text that `$'value'` is. */
export function ansiQuote(value: string): string {
  return value.replace(
    /\\(?:([abeEfnrtv\\'"?])|([0-7]{1,3})|x([\da-fA-F]{1,2})|u([\da-fA-F]{1,4})|U([\da-fA-F]{1,8})|c(.))/gs,
    (_all, named?: string, octal?: string, hex?: string, short?: string, long?: string, control?: string) => {
      if (named !== undefined) return ESCAPES[named];
      if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) & 31);
      const code =
        octal !== undefined
          ? Number.parseInt(octal, 8) & 255
          : Number.parseInt(hex ?? short ?? long ?? '0', 16);
      return String.fromCodePoint(Math.min(code, 0x10ffff));
    },
  );
}
