// What just-bash's parser would wait for, for ever.
import { expect, test } from 'vitest';
import { openPrompt } from '../../../src/shell/prompt.ts';
import { runScript } from '../../../src/shell/run.ts';

const said = async (script: string): Promise<string> => (await runScript({ script })).output;

test.each(['echo 0$((h $ 1', 'for ((i=0 $ ;;)); do :; done'])(
  'a lone $ in arithmetic is a mistake: %s',
  async (line) => {
    expect(await said(`echo before\n${line}`)).toContain('before\nbash: line 2: syntax error');
  },
);

test('elsewhere it is a character, beside arithmetic too', async () => {
  expect(await said("echo $((1+1)) $ a | grep -E '((a|b)$)'; echo $ ${x:-$ }")).toBe('2 $ a\n$ $\n');
});

test('at a prompt, arithmetic goes on in the next line', async () => {
  const prompt = await openPrompt({});
  expect(['echo $((1 +', 'echo $((1 +\n2))', "echo '$(('"].map(prompt.isWhole)).toEqual([false, true, true]);
  await prompt.close();
});
