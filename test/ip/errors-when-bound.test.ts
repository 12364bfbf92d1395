// Which of one's own ICMP errors a program hears that is bound to a device: those that come in by it.
import { expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

const HOSTS = `
ip netns add a
ip netns add b
ip -n a link add eth0 type veth peer name eth0 netns b
for n in a b; do ip -n $n link set eth0 up; ip -n $n link set lo up; done
ip -n a address add 10.0.0.1/24 dev eth0
ip -n b address add 10.0.0.2/24 dev eth0
ip -n b route add unreachable 10.8.0.0/16
ip netns exec b sysctl -qw net.ipv4.ip_forward=1
ip -n a route add default via 10.0.0.2
`;

const heard = async (command: string): Promise<boolean> => {
  const { stdout } = await runScript({ script: `${HOSTS}ip netns exec a ${command}` });
  return /Unreachable|!H/.test(stdout);
};

test.each([
  ['no answer to ARP', 'ping -c 1 -W 5 10.0.0.9', true],
  ['no answer to ARP, bound to an address', 'ping -c 1 -W 5 -I 10.0.0.1 10.0.0.9', true],
  ['no answer to ARP, bound to the device: it comes by lo', 'ping -c 1 -W 5 -I eth0 10.0.0.9', false],
  ['the same with UDP', 'traceroute -n -m 1 -q 1 -w 5 -i eth0 10.0.0.9', false],
  ['the error of a router, bound to the device that it comes by', 'ping -c 1 -W 5 -I eth0 10.8.0.1', true],
])('%s', async (_, command, expected) => {
  expect(await heard(command)).toBe(expected);
});
