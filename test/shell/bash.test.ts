// The language, judged by bash itself: each case of bash/*.sh has to print what bash 5.2 printed when bash/record.sh
// recorded it.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

interface Case {
  readonly title: string;
  readonly body: string;
}

/** `### sentence`, then lines; blank titles do not occur. */
function split(text: string, ignore = /^$/): Case[] {
  const cases: { title: string; body: string }[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('### ') && !ignore.test(line)) cases.push({ title: line.slice(4), body: '' });
    else if (cases.length > 0) cases[cases.length - 1].body += `${line}\n`;
  }
  return cases.map(({ title, body }) => ({ title, body: body.replace(/\n+$/, '') }));
}

const read = (name: string): string => readFileSync(new URL(`./bash/${name}`, import.meta.url), 'utf8');

/** Process ids differ from run to run of bash. */
const masked = (text: string): string => text.replace(/(line \d+: ) *\d+ (Killed|Segmentation)/g, '$1PID $2');

for (const topic of ['words', 'control', 'errors', 'expressions', 'trace', 'jobs']) {
  const expected = new Map(
    split(read(`${topic}.expected`), /^### exit \d+$/).map(({ title, body }) => [title, body]),
  );
  describe(topic, () => {
    test.each(split(read(`${topic}.sh`)))('$title', async ({ title, body }) => {
      const result = await runScript({ script: body, name: 'script.sh' });
      const newline = result.output === '' || result.output.endsWith('\n') ? '' : '\n';
      const printed = `${masked(result.output)}${newline}### exit ${result.exitCode}`;
      const recorded = masked(expected.get(title) ?? 'not recorded');
      expect(printed).toBe(recorded.replace(/([^\n])(### exit \d+)$/, '$1\n$2'));
    });
  });
}
