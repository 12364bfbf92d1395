// What the error queue says of a request that does not fit: the MTU of the way that the request itself would have taken
// (ip_local_error in __ip_append_data). Random case 8 of seed 2057 showed it.
import { expect, test } from 'vitest';
import { runScript } from '../../../../src/shell/run.ts';

const LAB = `
ip link add eth0 mtu 1400 type veth peer name far; ip link add eth1 mtu 1300 type veth peer name away
ip link set far up; ip link set away up; ip link set eth0 up; ip link set eth1 up
ip addr add 10.0.0.1/24 dev eth0; ip addr add 10.1.0.1/24 dev eth1
ip route add 10.9.0.0/16 via 10.0.0.2; ip route add 10.9.0.0/16 via 10.1.0.2 table 77`;

test.each([
  ['by the main table', '', '', 1400],
  ['by a rule for ICMP', 'ipproto icmp', '', 1300],
  ['by a rule for its mark', 'fwmark 7', '-m 7', 1300],
  ['by a rule for its TOS', 'tos 0x10', '-Q 0x10', 1300],
  ['by a rule for another mark', 'fwmark 8', '-m 7', 1400],
])('too long on a way chosen %s', async (_, selector, options, mtu) => {
  const rule = selector === '' ? '' : `ip rule add ${selector} lookup 77`;
  const { output } = await runScript({
    script: `${LAB}\n${rule}\nping -c 1 -W 1 -M do -s 1500 ${options} 10.9.0.1`,
  });
  expect(output).toContain(`local error: message too long, mtu=${mtu}\n`);
});
