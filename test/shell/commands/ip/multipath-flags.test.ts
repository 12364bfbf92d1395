// A route with several next hops says itself what holds for all of them (fib_flags), as recorded from the kernel.
import { expect, test } from 'vitest';
import { runScript } from '../../../../src/shell/run.ts';

const SET_UP = `
for i in 1 2; do
  ip link add v$i type veth peer name w$i
  ip addr add 10.0.$i.1/24 dev v$i
  ip link set v$i up
done
`;
const ADD = 'ip route add 10.9.0.0/16 nexthop via 10.0.1.2 nexthop via 10.0.2.2\n';
const SHOW = 'ip route show 10.9.0.0/16 | head -1';
const ALL_UP = 'ip link set w1 up; ip link set w2 up; sleep 2\n';

test.each([
  ['made when no link is there', ADD + SHOW, '10.9.0.0/16 linkdown \n'],
  ['made when all links are there', ALL_UP + ADD + SHOW, '10.9.0.0/16 \n'],
  ['one link of two lost', `${ALL_UP + ADD}ip link set w1 down; sleep 2\n${SHOW}`, '10.9.0.0/16 \n'],
  ['the links come', `${ADD + ALL_UP}${SHOW}`, '10.9.0.0/16 \n'],
])('%s', async (_, script, expected) => {
  expect((await runScript({ script: SET_UP + script })).output).toBe(expected);
});
