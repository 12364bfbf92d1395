// Words of GNU's and mawk's programs that just-bash's do not know.
import { expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

test.each([
  ["echo a:b | awk '{print $2}' FS=:", 'b\n'],
  ["echo 'a b' | awk '{print $2, m}' m=1 OFS=-", 'b-1\n'],
  ["echo a:b > x; awk -F: -v n=2 '{print $n, m}' m=7 x", 'b 7\n'],
  ["echo 'a b' | awk -v OFS=, '{$1=$1; print}'", 'a,b\n'],
  ["echo 'a b' | awk -vORS='|' -v x=1 '{print $1, x}'", 'a 1|'],
  ["echo 'a:b' | awk -v FS=: '{print $2}'", 'b\n'],
  ["echo 'print $2' > p; echo 'BEGIN{print n} {print $1}' > q; echo x y | awk -v n=3 -f q", '3\nx\n'],
  ["printf '1\\n2\\n3\\n' | paste -sd+", '1+2+3\n'],
  ["printf '1\\n2\\n' | paste -s -d,", '1,2\n'],
  ["printf '1\\n2\\n' | paste -sd ' ' -", '1 2\n'],
  ["printf '1\\n2\\n' | paste - -", '1\t2\n'],
  ["printf 'a\\nb\\n' | sed '2i\\text here'", 'a\ntext here\nb\n'],
  ["printf 'a\\nb\\n' | sed '/a/a\\\ntext'", 'a\ntext\nb\n'],
  ["echo 'a\\c' | sed 's/a\\\\c/x/'", 'x\n'],
])('%s', async (script, expected) => {
  expect((await runScript({ script })).output).toBe(expected);
});
