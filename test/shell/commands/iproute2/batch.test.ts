// Lines of a batch file.
import { describe, expect, it } from 'vitest';
import { readCommands } from '../../../../src/shell/commands/iproute2/batch.ts';

const commands = (text: string) => [...readCommands(text)];

describe('a batch file', () => {
  it.each([
    ['words stand between blanks and tabs', 'link  add\td0\n', [{ words: ['link', 'add', 'd0'], line: 1 }]],
    ['the last line needs no end', 'link', [{ words: ['link'], line: 1 }]],
    ['# begins a comment', '# all\nlink # rest\n', [{ words: ['link'], line: 2 }]],
    ['empty lines are counted and passed over', '\n\nlink\n', [{ words: ['link'], line: 3 }]],
    [
      'a backslash joins lines; the last one counts',
      'a \\\n b\nc\n',
      [
        { words: ['a', 'b'], line: 2 },
        { words: ['c'], line: 3 },
      ],
    ],
    ['quotes hold blanks', `alias "a b" 'c "d'\n`, [{ words: ['alias', 'a b', 'c "d'], line: 1 }]],
    ['empty quotes are a word', `alias ""\n`, [{ words: ['alias', ''], line: 1 }]],
    ['a quote that does not end is told', 'alias "a b\n', [{ words: null, line: 1 }]],
  ])('%s', (_, text, expected) => {
    expect(commands(text)).toEqual(expected);
  });
});
