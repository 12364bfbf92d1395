// The prompt at a keyboard: what is typed, taken back and called back.
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { runPrompt } from '../../src/cli/prompt.ts';
import { TerminalOutput } from '../../src/cli/terminal-output.ts';

const UP = '\x1b[A';
const CTRL_C = '\x03';
const CTRL_D = '\x04';

/** Types keys as a person does, each after the answer to the one before, and returns what commands printed. */
async function type(...keys: string[]): Promise<{ printed: string; status: number }> {
  const input = new PassThrough();
  const output = new PassThrough();
  let printed = '';
  let screen = '';
  output.on('data', (piece) => {
    screen += String(piece);
  });
  const sink = (_stream: string, bytes: Uint8Array): void => {
    printed += new TextDecoder().decode(bytes);
  };
  const left = runPrompt({ sink }, new TerminalOutput(), { input, output, terminal: true });
  let answer = /[#>] $/;
  for (const key of keys) {
    while (!answer.test(stripVTControlCharacters(screen))) await setImmediate();
    screen = '';
    answer = key.endsWith('\r') || key === CTRL_C ? /[#>] $/ : /./;
    input.write(key);
  }
  return { status: await left, printed };
}

test('a line comes back from history, and the prompt ends with Ctrl-D', async () => {
  expect(await type('echo one\r', UP, '\r', '(exit 3)\r', CTRL_D)).toEqual({
    printed: 'one\none\n',
    status: 3,
  });
});

test('Ctrl-C forgets what was typed, of a command of several lines too', async () => {
  const { printed } = await type(
    'echo forgotten ',
    CTRL_C,
    'echo kept\r',
    'if echo\r',
    'no',
    CTRL_C,
    'echo on\r',
    CTRL_D,
  );
  expect(printed).toBe('kept\non\n');
});
