// diff and cmp against diffutils 3.8: script.sh printed recorded.txt.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runScript } from '../../../../src/shell/run.ts';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

test('diff and cmp print what GNU does', async () => {
  const { output } = await runScript({ script: read('script.sh') });
  expect(output).toBe(read('recorded.txt'));
});
