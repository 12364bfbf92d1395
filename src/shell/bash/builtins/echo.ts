// `echo`, with -n, -e and -E.
import { LETTER_ESCAPES } from '../quote.ts';
import type { Shell } from '../shell.ts';

/** What `echo -e` and `%b` make of backslashes; `ended` if there was a `\c`. */
export function unescapeEcho(text: string): { text: string; ended: boolean } {
  let ended = false;
  const end = text.search(/(?<!\\)(?:\\\\)*\\c/);
  const whole = end < 0 ? text : text.slice(0, text.indexOf('\\c', end));
  if (end >= 0) ended = true;
  const result = whole.replace(
    /\\(?:0([0-7]{0,3})|([0-7]{1,3})|x([\da-fA-F]{1,2})|u([\da-fA-F]{1,4})|U([\da-fA-F]{1,8})|([abeEfnrtv\\]))/g,
    (_all, zero?: string, octal?: string, hex?: string, short?: string, long?: string, named?: string) => {
      if (named !== undefined) return LETTER_ESCAPES[named];
      if (zero !== undefined || octal !== undefined)
        return String.fromCharCode(Number.parseInt(zero || octal || '0', 8) & 255);
      return String.fromCodePoint(Math.min(Number.parseInt(hex ?? short ?? long ?? '0', 16), 0x10ffff));
    },
  );
  return { text: result, ended };
}

export function echo(shell: Shell, args: readonly string[]): number {
  let newline = true;
  let escapes = shell.shopt.has('xpg_echo');
  let at = 0;
  for (; at < args.length && /^-[neE]+$/.test(args[at]); at++)
    for (const letter of args[at].slice(1)) {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
  let text = args.slice(at).join(' ');
  if (escapes) {
    const unescaped = unescapeEcho(text);
    text = unescaped.text;
    if (unescaped.ended) newline = false;
  }
  return writeOut(shell, 'echo', newline ? `${text}\n` : text);
}

/** Standard output of a builtin; 1, with a message, if it cannot be written. */
export function writeOut(shell: Shell, name: string, text: string): number {
  const error = shell.write(1, text);
  if (error === '') return 0;
  if (error === 'Broken pipe') shell.task.kill(13);
  else shell.complain(`${name}: write error: ${error}`);
  return 1;
}
