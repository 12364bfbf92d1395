// What is refused, in the kernel's words (recorded).
import { expect, test } from 'vitest';
import { runScript } from '../../../../src/shell/run.ts';

test.each([
  [
    'a route of a nexthop that there is not cannot be deleted',
    'ip nexthop add id 1 blackhole; ip route del 10.1.0.0/16 nhid 77',
    'Error: Nexthop id does not exist.\n',
  ],
  [
    'IPv4 has no flow label',
    'ip link add vx type vxlan id 5 dstport 4789 flowlabel 5',
    'Error: Label attribute only applies to IPv6 VXLAN devices.\n',
  ],
])('%s', async (_, script, expected) => {
  expect((await runScript({ script: `ip link set lo up; ${script}` })).output).toBe(expected);
});
