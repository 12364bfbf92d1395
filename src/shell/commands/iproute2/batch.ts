// Command lines of a batch file as lib/utils.c splits them (getcmdline, makeargs): `#` starts a comment, a backslash
// at the end joins lines, and a word in quotes may hold blanks.

export interface BatchLine {
  /** Null where a quote does not end. */
  readonly words: readonly string[] | null;
  /** The number of its last line, from 1. */
  readonly line: number;
}

/** The lines that hold a command. */
export function* readCommands(text: string): Generator<BatchLine> {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (let i = 0; i < lines.length; i++) {
    let command = withoutComment(lines[i] as string);
    while (command.endsWith('\\') && i + 1 < lines.length)
      command = command.slice(0, -1) + withoutComment(lines[++i] as string);
    const words = splitWords(command);
    if (words === null || words.length > 0) yield { words, line: i + 1 };
  }
}

const withoutComment = (line: string): string => line.replace(/#.*/s, '');

/** Words between blanks; one that begins with a quote ends at the next such quote. */
function splitWords(line: string): string[] | null {
  const words: string[] = [];
  const word = /[ \t\r\n]*(?:'([^']*)'|"([^"]*)"|(['"])|([^ \t\r\n]+))[ \t\r\n]?/y;
  for (let match = word.exec(line); match !== null; match = word.exec(line)) {
    if (match[3] !== undefined) return null;
    words.push((match[1] ?? match[2] ?? match[4]) as string);
  }
  return words;
}
