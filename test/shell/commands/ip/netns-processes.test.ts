// ip netns identify and ip netns pids: which process runs where.
import { expect, test } from 'vitest';
import { runScript } from '../../../../src/shell/run.ts';

test.each([
  ['the script itself is in none that has a name', 'ip netns identify $$', '\n'],
  ['a shell in a namespace', "ip netns exec a bash -c 'ip netns identify $$; ip netns identify'", 'a\na\n'],
  ['a program that runs there', 'ip netns exec a sleep 9 & sleep 1; ip netns identify $!', 'a\n'],
  ['no such process', 'ip netns identify 99', 'Cannot open network namespace: No such file or directory\n'],
  [
    'all that run there can be ended',
    'ip netns exec a sleep 9 & ip netns exec b sleep 9 & sleep 1; kill $(ip netns pids a); wait %1; echo $?; jobs %2',
    '143\n[2]+  Running                 ip netns exec b sleep 9 &\n',
  ],
  ['nobody', 'ip netns pids a', ''],
  [
    'a device moves to where a process is',
    'ip netns exec a sleep 9 & sleep 1; ip link add dm type dummy; ip link set dm netns $!; ip -n a -br link show dm | cut -c1-2',
    'dm\n',
  ],
])('%s', async (_, script, expected) => {
  const { output } = await runScript({ script: `ip netns add a; ip netns add b\n${script}` });
  expect(output).toBe(expected);
});
