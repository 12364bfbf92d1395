// grep against what GNU grep 3.8 printed (recorded.txt) for the files that files.sh makes.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runScript } from '../../../../src/shell/run.ts';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

const FILES = read('files.sh');

const steps = read('recorded.txt')
  .split(/^\$ /m)
  .slice(1)
  .map((step): [command: string, answer: string] => {
    const end = step.indexOf('\n');
    return [step.slice(0, end), step.slice(end + 1)];
  });

const answered = (output: string, status: number): string =>
  `${output.replace(/^/gm, '  ').replace(/ {2}$/, '')}${output === '' || output.endsWith('\n') ? '' : '\n'}= ${status}\n`;

test.each(steps)('%s', async (command, answer) => {
  const { output, exitCode } = await runScript({ script: `${FILES}${command}` });
  expect(answered(output, exitCode)).toBe(answer);
});
