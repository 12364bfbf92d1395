// The prompt: what stays between the lines, and when a command is whole.
import { expect, test } from 'vitest';
import { openPrompt } from '../../src/shell/prompt.ts';

async function talk(lines: readonly string[]): Promise<{ output: string; left: number; status: number }> {
  let output = '';
  const decoder = new TextDecoder();
  const prompt = await openPrompt({
    sink: (_stream, bytes) => {
      output += decoder.decode(bytes);
    },
  });
  let left = -1;
  for (const [index, line] of lines.entries())
    if (await prompt.run(line)) {
      left = index;
      break;
    }
  const status = await prompt.close();
  return { output, left, status };
}

test('variables, functions, the directory and the lab stay', async () => {
  const { output } = await talk([
    'x=1; f() { echo "f $1 $x"; }',
    'mkdir d; cd d',
    'ip netns add a',
    'f y; pwd; ip netns',
  ]);
  expect(output).toBe('f y 1\n/tmp/lab/d\na\n');
});

test('errors have no line, and a failed expansion or command ends nothing', async () => {
  const { output, left } = await talk(['nosuch', 'set -u; echo $nope', 'echo ${x:?no}', 'echo on', 'fi']);
  expect(output).toBe(
    "bash: nosuch: command not found\nbash: nope: unbound variable\nbash: x: no\non\nbash: line 1: syntax error near unexpected token `fi'\nbash: line 1: `fi'\n",
  );
  expect(left).toBe(-1);
});

test('jobs have numbers, go on while commands run, and are told of', async () => {
  const { output } = await talk(['(sleep 1; echo job) &', 'echo still', 'sleep 2', 'echo end']);
  expect(output).toBe('[1] 1001\nstill\njob\n[1]+  Done                    ( sleep 1; echo job )\nend\n');
});

test('history lists what was typed', async () => {
  const { output } = await talk([
    'echo a',
    '',
    'history',
    'history 1 | cat',
    'history -c',
    'history',
    'history -Z',
  ]);
  expect(output).toBe(
    'a\n    1  echo a\n    2  history\n    3  history 1 | cat\n    1  history\nbash: history: -Z: invalid option\nhistory: usage: history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]\n',
  );
});

test('exit leaves with its status, and EXIT traps run', async () => {
  const { output, left, status } = await talk(["trap 'echo bye' EXIT", 'exit 3', 'echo never']);
  expect([output, left, status]).toEqual(['bye\n', 1, 3]);
});

test('what waits for ever is interrupted, and the prompt goes on', async () => {
  const { output } = await talk(['sleep infinity', 'echo $?']);
  expect(output).toBe('vrouter: every process waits and nothing is left to happen: interrupted\n130\n');
});

test('a command is whole, or more lines have to follow', async () => {
  const prompt = await openPrompt({});
  const open = [
    'if true',
    'for i in 1 2; do',
    'f() {',
    "echo 'a",
    'echo "a',
    'cat <<E\nx',
    'a |',
    'a &&',
    'echo \\',
    '(',
    '$(a',
  ];
  const whole = [
    'echo a',
    'if true; then :; fi',
    'fi',
    'cat <<E\nx\nE',
    'echo \\\\',
    '',
    '# comment',
    'a; b &',
  ];
  expect(open.filter((text) => prompt.isWhole(text))).toEqual([]);
  expect(whole.filter((text) => !prompt.isWhole(text))).toEqual([]);
});
