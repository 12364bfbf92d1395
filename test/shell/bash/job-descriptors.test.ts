// What a job holds open: a reader of a pipe sees its end when nobody who could write is left.
import { expect, test } from 'vitest';
import { runScript } from '../../../src/shell/run.ts';

test.each([
  ['a job that writes elsewhere', 'x=$(sleep 100 > f & echo a); echo $x; date +%M:%S', 'a\n00:00\n'],
  ['a job of a subshell', 'x=$( (sleep 100 > f & echo a) 2>/dev/null ); echo $x; date +%M:%S', 'a\n00:00\n'],
  ['a job that could write', 'x=$(sleep 100 & echo a); echo $x; date +%M:%S', 'a\n01:40\n'],
  ['a job without its file', 'echo a > /nope/x 2> f & wait $!; echo $?', '1\n'],
])('%s', async (_, script, expected) => {
  const { output } = await runScript({ script });
  expect(output.replace(/^.*No such file.*\n/m, '')).toBe(expected);
});
