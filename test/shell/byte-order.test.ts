// `sort` in the C locale: by bytes (LC_ALL=C sort of GNU coreutils 9.1 says the same of these).
import { expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

const LINES = String.raw`b\nB\na\n\\ x\nI\n10\n9\na\n`;

test.each([
  [
    'capitals come before what is no letter, and that before small ones',
    'sort',
    ['10', '9', 'B', 'I', '\\ x', 'a', 'a', 'b'],
  ],
  ['the other way round', 'sort -r', ['b', 'a', 'a', '\\ x', 'I', 'B', '9', '10']],
  ['each line once', 'sort -u', ['10', '9', 'B', 'I', '\\ x', 'a', 'b']],
  ['once, the other way round', 'sort -ru', ['b', 'a', '\\ x', 'I', 'B', '9', '10']],
  ['numbers by what they are worth', 'sort -n | tail -2', ['9', '10']],
])('%s', async (_, command, expected) => {
  const { stdout } = await runScript({ script: `printf '${LINES}' | ${command}` });
  expect(stdout.trimEnd().split('\n')).toEqual(expected);
});
