// What a VXLAN device hands over is for this host, whatever its MAC address says: nobody classifies it again
// (vxlan_encap_bypass sets PACKET_HOST). Random cases 7 of seed 20261121 and 24 of 20261120 showed it.
import { expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

const BRIDGED = `
ip link add eth0 type veth peer name far; ip link set far up
ip addr add 10.9.0.1/24 dev eth0; ip link set eth0 up; ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev eth0
ip link add br0 address 02:00:00:00:00:03 type bridge mcast_snooping 0
ip link add vx type vxlan id 1 local 10.9.0.1 remote 10.9.0.2 dstport 4789
ip link set vx mtu 1500 master br0 up; ip addr add 10.200.0.2/24 dev br0; ip link set br0 up`;

/** A request of 10.200.0.2, but from another MAC address than br0's: so is its error not for br0 by the address. */
const REPLAYED = `
ip netns add h; ip netns exec h ip link add eth0 address 02:00:00:00:00:99 type veth peer name far
ip -n h link set far up; ip -n h addr add 10.200.0.2/24 dev eth0; ip -n h link set eth0 up
ip -n h neigh add 10.200.0.1 lladdr 02:00:00:00:00:04 dev eth0
ip netns exec h tcpdump -w one.pcap -i eth0 2>/dev/null & sleep 1
ip netns exec h ping -c 1 -W 0.1 -M do -s 1450 10.200.0.1 >/dev/null; kill %1; wait`;

test.each([
  ['a bridge that hears everything takes it for its own', 'promisc on', '1'],
  ['another does not see it', 'promisc off', '0'],
])('the error about a long frame of a foreign MAC address: %s', async (_, mode, counted) => {
  const { stdout } = await runScript({
    script: `${BRIDGED}\n${REPLAYED}\nip link set br0 ${mode}\ntcpreplay -q -i br0 one.pcap >/dev/null 2>&1\nnstat -a IcmpInDestUnreachs`,
  });
  expect(/IcmpInDestUnreachs +(\d+)/.exec(stdout)?.[1] ?? '0').toBe(counted);
});
