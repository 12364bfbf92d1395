// Expressions that are handed to an automaton match what V8 says of them, and no text makes one run for ever.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileExtended, Expression } from '../../../src/shell/expression/expression.ts';
import { runScript } from '../../../src/shell/run.ts';

const said = async (script: string): Promise<string> => (await runScript({ script })).output;

const { source: anySource } = fc.letrec<{ source: string }>((tie) => ({
  source: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('a', 'b', '[ab]', '.', '\\b'),
    fc.tuple(tie('source'), tie('source')).map(([a, b]) => `${a}${b}`),
    fc.tuple(tie('source'), tie('source')).map(([a, b]) => `(?:${a}|${b})`),
    fc.tuple(tie('source'), fc.constantFrom('*', '+', '?', '{1,2}')).map(([a, sign]) => `(?:${a})${sign}`),
  ),
}));
const anyText = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 6 });

describe('an expression that could be tried in countless ways', () => {
  /** The same language as `source` once or more, written so that V8 would try it in countless ways. */
  const countless = (source: string): string => `(?:(?:${source})+)+`;

  test('is found where V8 finds it', () => {
    fc.assert(
      fc.property(anySource, anyText, (source, text) => {
        expect(new Expression(countless(source), {}).test(text)).toBe(new RegExp(source).test(text));
      }),
    );
  });

  test('is found as the longest of the leftmost matches', () => {
    fc.assert(
      fc.property(anySource, anyText, (source, text) => {
        const expression = new Expression(countless(source), { longest: true });
        expect(expression.find(text, 0)?.groups[0] ?? null).toEqual(longest(`(?:${source})+`, text));
      }),
    );
  });

  /** By trying every piece of the text, from the left and longest first. */
  function longest(source: string, text: string): [number, number] | null {
    for (let start = 0; start <= text.length; start++)
      for (let end = text.length; end >= start; end--) {
        const whole = new RegExp(`(?<=^.{${start}})(?:${source})(?=.{${text.length - end}}$)`);
        if (whole.test(text)) return [start, end];
      }
    return null;
  }
});

describe('in a text of 100,000 characters', () => {
  const text = `${'a'.repeat(100_000)}b`;

  test.each(['(a+)+$', '(a|a)*c$', '(a|aa)+$', 'a*a*a*a*c', '(a?){30}c', '((a*)*)*c'])('%s', (source) => {
    const expression = compileExtended(source, {});
    expect(typeof expression === 'string' || expression.test(text)).toBe(false);
  });

  test('words are whole words', () => {
    const expression = new Expression('(?:a+)+', { words: true, longest: true });
    expect(expression.test(`${text}_`)).toBe(false);
    expect(expression.find(`b_${text} aa-a`, 0)?.kept).toEqual([100_004, 100_006]);
    expect(expression.find(`b_${text} aa-a`, 100_006)?.kept).toEqual([100_007, 100_008]);
  });
});

describe('what has to be tried in countless ways', () => {
  const text = `$(printf '%050d' 0)`;

  test('a back-reference is given up', async () => {
    expect(await said(`echo ${text} | grep -E '((0+)+)1\\1$'; echo $?`)).toBe(
      "grep: exceeded PCRE's backtracking limit\n2\n",
    );
  });

  test('and is found where it is found soon', async () => {
    expect(await said(`printf 'abab\\nabba\\n' | grep -E '^(.*)\\1$'`)).toBe('abab\n');
  });

  test('`[[` gives it up as an expression that cannot be', async () => {
    expect(await said(`x='((0+)+)1\\1$'; [[ ${text} =~ $x ]]; echo $?`)).toBe('2\n');
  });
});

test.each([
  ['a condition', '[[ $x =~ ^(0+)+$ ]]; echo $?', '1\n'],
  ['grep', "echo $x | grep -cE '^(0+)+$'", '0\n'],
  ['grep -P', "echo $x | grep -cP '^(0+)+$'", '0\n'],
  ['a pattern', 'case $x in +(+(0)) ) echo yes;; *) echo no;; esac', 'no\n'],
  ['what goes from the front', 'y=${x##+(+(0))c}; echo ${#y}', '51\n'],
  ['what goes from the back', 'y=${x%%0+(+(0))c}; echo ${#y}', '51\n'],
  ['what is replaced', 'y=${x//+(+(0))c/z}; echo ${#y}', '51\n'],
  ['sysctl', 'sysctl -a -r "^(([a-z.]+)+)+$" | head -n 0; echo done', 'done\n'],
  ['pgrep', 'pgrep "^(a+)+$"; echo $?', '1\n'],
])('%s does not run for ever', async (_, script, expected) => {
  expect(await said(`shopt -s extglob\nx=$(printf '%050d' 0)b\n${script}`)).toBe(expected);
});
