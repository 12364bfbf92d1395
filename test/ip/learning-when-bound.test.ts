// What an ICMP error teaches is about the routes that the socket's own device leads to (sk_bound_dev_if in
// __build_flow_key), which in a VRF are those of its table.
import { expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

const LAB = `
for n in r h; do ip netns add $n; ip -n $n link set lo up; done
ip link add red type vrf table 10; ip link set red up
ip link add v0 type veth peer name v1 netns r
ip link set v0 vrf red up; ip addr add 10.0.0.1/24 dev v0
ip -n r link set v1 up; ip -n r addr add 10.0.0.2/24 dev v1
ip -n r link add v2 mtu 1300 type veth peer name v3 mtu 1300 netns h
ip -n r link set v2 up; ip -n r addr add 10.0.1.2/24 dev v2
ip -n h link set v3 up; ip -n h addr add 10.0.1.1/24 dev v3; ip -n h route add default via 10.0.1.2
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip route add vrf red 10.0.1.0/24 via 10.0.0.2
`;

test('a ping bound to a VRF learns the path MTU of a route in the VRF’s table', async () => {
  const { stdout } = await runScript({
    script: `${LAB}ping -I red -c 1 -W 1 -s 1400 -M do 10.0.1.1 >/dev/null; ip route get vrf red 10.0.1.1`,
  });
  expect(stdout).toMatch(/cache expires \d+sec mtu 1300/);
});
