// Tables that a script names in /etc/iproute2/rt_tables.
import { expect, test } from 'vitest';
import { parseTableNames } from '../../../../src/shell/commands/iproute2/table-names.ts';
import { runScript } from '../../../../src/shell/run.ts';

test.each([
  ['comments and empty lines are nothing', '# 1 a\n\n  # 2 b\n', []],
  ['blanks, hexadecimal, a comment behind', ' 100\tisp1\n0x10 hex # why\n', ['100 isp1', '16 hex']],
  ['what comes after a line that is neither is not read', '1 a\nword\n2 b\n', ['1 a']],
  ['a last line without its end', '7 seven', ['7 seven']],
])('%s', (_, text, expected) => {
  expect(parseTableNames(text).map(({ id, name }) => `${id} ${name}`)).toEqual(expected);
});

test('a script may name a table, use the name and read it back', async () => {
  const { output } = await runScript({
    script: `
      echo "100 isp1" >> /etc/iproute2/rt_tables
      ip link set lo up
      ip route add 10.0.0.0/8 dev lo table isp1
      ip rule add from 10.0.0.1 lookup isp1
      ip rule | grep 10.0
      ip route show table 100
      ip route show table all | head -1
      ip route show table isp2`,
  });
  expect(output.split('\n')).toEqual([
    '32765:\tfrom 10.0.0.1 lookup isp1',
    '10.0.0.0/8 dev lo scope link ',
    '10.0.0.0/8 dev lo table isp1 scope link ',
    'Error: argument "isp2" is wrong: table id value is invalid',
    '',
    '',
  ]);
});
