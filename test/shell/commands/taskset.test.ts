// taskset on a machine with the single CPU that /proc/cpuinfo shows.
import { expect, test } from 'vitest';
import { runScript } from '../../../src/shell/run.ts';

test.each([
  ['a list that names CPU 0', 'taskset -c 0,2-3 echo here', 'here\n', 0],
  ['a mask with its last bit', 'taskset 0x3 echo here', 'here\n', 0],
  ['the status is the command’s', 'taskset --cpu-list 0 sh -c "exit 7"', '', 7],
  ['no CPU of this machine', 'taskset -c 1 echo here', '', 1],
  ['no list', 'taskset -c x echo here', '', 1],
  ['no such command', 'taskset 1 nope', '', 127],
  [
    'the CPUs of /proc/cpuinfo',
    'taskset -c $(grep -m 2 processor /proc/cpuinfo | cut -d " " -f 2) echo here',
    'here\n',
    0,
  ],
])('taskset: %s', async (_, script, stdout, exitCode) => {
  expect(await runScript({ script })).toMatchObject({ stdout, exitCode });
});
