// Patterns: what is odd in them is no error, and no text takes for ever.
import { expect, test } from 'vitest';
import { runScript } from '../../../src/shell/run.ts';

const said = async (script: string): Promise<string> => (await runScript({ script })).output;

/** What bash 5.2.15 says in C.UTF-8. */
test.each([
  [
    'a range that ends before it begins has nothing in it',
    'for c in a b z -; do case $c in [z-ab]) echo -n $c;; esac; done',
    'b',
  ],
  ['nor does it when it is negated', 'case q in [!z-a]) echo -n yes;; esac', 'yes'],
  ['in a replacement', 'x=abc; echo -n ${x//[c-a]/1}', 'abc'],
  ['behind it a dash is one', 'for c in a b -; do case $c in [z-a-b]) echo -n $c;; esac; done', 'b-'],
  ['at the end a dash is one', 'for c in b a -; do case $c in [a-]) echo -n $c;; esac; done', 'a-'],
  [
    'behind a class a dash is one',
    'for c in b z -; do case $c in [[:digit:]-z]) echo -n $c;; esac; done',
    'z-',
  ],
  ['a quoted dash is one', 'for c in a b -; do case $c in [a\\-z]) echo -n $c;; esac; done', 'a-'],
  ['ends that go', 'x=xaybzaqbz; echo -n ${x#*a*b} ${x##*a*b} ${x%a*b*} ${x%%a*b*}', 'zaqbz z xaybz x'],
  ['parts that are replaced', 'x=xaybzaqbz; echo -n ${x/a*b/_} ${x//a*z/_}', 'x_z x_'],
  ['stars beside each other', 'case abc in **a***c**) echo -n yes;; esac', 'yes'],
])('%s', async (_, script, expected) => {
  expect(await said(script)).toBe(expected);
});

test('a pattern of many stars is tried in one way, not in all', async () => {
  const [text, pattern] = ['a'.repeat(5000), '*a'.repeat(40)];
  expect(await said(`case ${text} in ${pattern}*b) echo yes;; *) echo no;; esac`)).toBe('no\n');
  expect(await said(`x=${text}; echo \${x#${pattern}*b} | wc -c; [[ $x == ${pattern} ]] && echo yes`)).toBe(
    '5001\nyes\n',
  );
});

test('a replacement that would fill the memory ends the script', async () => {
  const { output } = await runScript({ script: 'x=$(printf %01000000d 0); y=${x//0/$x}; echo on' });
  expect(output).toContain('a replacement of more than 67108864 characters');
});

test('pgrep tells of a pattern that is none', async () => {
  expect(await said("pgrep '['; echo $?; pkill '[z-a]'; echo $?")).toBe(
    'pgrep: regex error: Invalid regular expression\n2\npkill: regex error: Invalid range end\n2\n',
  );
});
