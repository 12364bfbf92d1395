// The error that a VXLAN device in a bridge makes of a frame too long is that packet turned round, with the hash that the
// packet had (iptunnel_pmtud_build_icmp): random case 7 of seed 20261120 showed it.
import { expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

/** `r` floods what goes to 10.200.0.0/24 into a tunnel; so it does with the error, which keeps the route of the packet. */
const LAB = `
ip netns add h; ip netns add r
ip -n h link add eth0 type veth peer name eth1 netns r
ip -n h addr add 10.1.0.1/24 dev eth0; ip -n h link set eth0 up; ip -n r link set eth1 up
ip -n h route add default via 10.1.0.254 dev eth0 onlink
ip -n r link add eth0 type veth peer name far
ip -n r link set far up; ip -n r addr add 10.9.0.1/24 dev eth0; ip -n r link set eth0 up
ip -n r neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev eth0
ip netns exec r sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
ip -n r link add br0 address 02:00:00:00:00:03 type bridge mcast_snooping 0
ip -n r link add vx type vxlan id 1 local 10.9.0.1 remote 10.9.0.2 dstport 4789
ip -n r link set vx mtu 1500 master br0 up; ip -n r addr add 10.200.0.2/24 dev br0; ip -n r link set br0 up
ip -n r neigh add 10.200.0.1 lladdr 02:00:00:00:00:04 dev br0
ip -n r neigh add 10.1.0.1 lladdr 02:00:00:00:00:05 dev br0
ip -n h neigh add 10.1.0.254 lladdr $(ip -n r -br link show eth1 | awk '{print $3}') dev eth0
ip netns exec r tcpdump -Unni eth0 udp 2>/dev/null &
sleep 0.5
`;

/** The outer source ports of what `r` sends, and what it is. */
async function sent(lines: string): Promise<readonly string[]> {
  const { stdout } = await runScript({ script: `${LAB}\n${lines}\nsleep 1; kill %1; wait` });
  return [...stdout.matchAll(/10\.9\.0\.1\.(\d+) > .*\nIP \S+ > \S+ (UDP|ICMP)/g)].map(
    ([, port, what]) => `${what} ${port}`,
  );
}

/** One datagram of always the same ports. */
const udp = (length: number): string =>
  `ip netns exec h traceroute -n -F -U -p 9999 --sport=1207 -f 9 -m 9 -q 1 -w 0.1 10.200.0.1 ${length}`;

test('an error about a frame too long goes by the source port of the flow it is about', async () => {
  const [small, tooBig] = await sent(`${udp(60)}\n${udp(1480)}`);
  expect(small).toMatch(/^UDP/);
  expect(tooBig).toBe(small?.replace('UDP', 'ICMP'));
});
