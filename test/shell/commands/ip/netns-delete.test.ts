// ip netns delete takes a name away: the namespace lives as long as a process is in it.
import { expect, test } from 'vitest';
import { runScript } from '../../../../src/shell/run.ts';

const LAB = `ip netns add a; ip netns add b
ip -n a link add eth0 type veth peer name eth0 netns b
for n in a b; do ip -n $n link set eth0 up; done
ip -n a address add 10.0.0.1/24 dev eth0; ip -n b address add 10.0.0.2/24 dev eth0
reached() { ip netns exec a ping -c 1 -W 1 10.0.0.2 >/dev/null 2>&1 && echo yes || echo no; }
`;

test.each([
  ['nobody is in it', 'ip netns delete b; reached', 'no\n'],
  ['a program runs there', 'ip netns exec b sleep 9 & sleep 1; ip netns delete b; reached', 'yes\n'],
  ['a program ran there', 'ip netns exec b sleep 2 & sleep 1; ip netns delete b; sleep 2; reached', 'no\n'],
  [
    'a shell does it itself',
    "ip netns exec b bash -c 'ip netns delete b; ip -br link'|cut -c1-4;reached",
    'lo  \neth0\nno\n',
  ],
  [
    'it has another name',
    'ip netns exec b sleep 2 & sleep 1; ip netns attach c $!; sleep 2; ip netns delete b; reached; ip netns delete c; reached',
    'yes\nno\n',
  ],
  [
    'the name is free',
    'ip netns exec b sleep 9 & sleep 1; ip netns del b; ip netns add b; ip -n b -br link; reached',
    'lo               DOWN           00:00:00:00:00:00 <LOOPBACK> \nyes\n',
  ],
])('%s', async (_, script, expected) => {
  const { output } = await runScript({ script: LAB + script });
  expect(output).toBe(expected);
});
