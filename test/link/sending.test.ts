// What leaves a device, and what it counts: as Linux 6.1 recorded it.
import { expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

const PAIR = `
ip netns add a; ip netns add b
ip link add e0 netns a type veth peer name e1 netns b
ip -n a addr add 10.0.0.1/24 dev e0; ip -n a link set e0 up; ip -n b link set e1 up`;

const BRIDGE = `
ip netns add br; ip -n br link add br0 type bridge; ip -n br addr add 10.0.0.254/24 dev br0
for i in 1 2 3; do
  ip netns add h$i; ip link add e0 netns h$i address 02:00:00:00:00:0$i type veth peer name p$i netns br address 02:00:00:00:01:0$i
  ip -n h$i addr add 10.0.0.$i/24 dev e0; ip -n h$i link set e0 up; ip -n br link set p$i master br0 up
done
ip -n br link set br0 up; sleep 2`;

const SNIFF = 'tcpdump -l -nti e0 arp or icmp 2>/dev/null';

async function run(script: string): Promise<string[]> {
  const { output } = await runScript({ script });
  return output.trimEnd().split('\n');
}

test('without carrier nothing leaves, nothing is seen and nothing is counted (noop_qdisc)', async () => {
  const lines = await run(`${PAIR}
ip -n b link set e1 down
ip netns exec a ${SNIFF} & sleep 1
ip netns exec a ping -c1 -W1 10.0.0.2 >/dev/null
sleep 1; kill $!; wait
ip -n a -s link show e0 | tail -1`);
  expect(lines.filter((line) => line.includes('ARP'))).toEqual([]);
  expect(lines.at(-1)?.trim().split(/\s+/)).toEqual(['0', '0', '0', '0', '0', '0']);
});

test('the loopback counts packets without a link header (loopback_xmit)', async () => {
  const lines = await run(
    'ip link set lo up; ping -c1 127.0.0.1 >/dev/null; ip -s link show lo | grep -A1 X: | grep -v X:',
  );
  expect(lines.filter((line) => line !== '--').map((line) => line.trim().split(/\s+/).slice(0, 2))).toEqual([
    ['168', '2'],
    ['168', '2'],
  ]);
});

test("a bridge's own broadcasts go to ports that no others are flooded to (br_flood)", async () => {
  const lines = await run(`${BRIDGE}
bridge -n br link set dev p1 bcast_flood off mcast_flood off flood off
ip netns exec h1 ${SNIFF} & sleep 1
ip netns exec h2 ping -c1 -W1 10.0.0.3 >/dev/null
ip netns exec br ping -c1 -W1 10.0.0.1 >/dev/null
sleep 1; kill $!; wait`);
  expect(lines[0]).toBe('ARP, Request who-has 10.0.0.1 tell 10.0.0.254, length 28');
  expect(lines).toHaveLength(4);
});

test('a static entry moves to where its address is heard, a sticky one stays (br_fdb_update)', async () => {
  const lines = await run(`${BRIDGE}
bridge -n br fdb add 02:00:00:00:00:01 dev p3 master static
bridge -n br fdb add 02:00:00:00:00:02 dev p3 master static sticky
for i in 1 2; do ip netns exec h$i ping -c1 -W1 10.0.0.254 >/dev/null; done
bridge -n br fdb show | grep '00:00:0[12] .*master' | grep -v vlan`);
  expect(lines).toEqual(
    [
      '02:00:00:00:00:02 dev p3 sticky master br0 static',
      '02:00:00:00:00:01 dev p1 master br0 static',
    ].sort(),
  );
});

test('what the bridge can answer is not asked of ports with neigh_suppress (br_do_proxy_suppress_arp)', async () => {
  const lines = await run(`${BRIDGE}
ip -n br neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev br0
bridge -n br fdb add 02:00:00:00:00:02 dev p2 master static
bridge -n br link set dev p2 neigh_suppress on
ip netns exec h2 ${SNIFF} & sleep 1
for to in 2 254; do ip netns exec h1 ping -c1 -W1 10.0.0.$to >/dev/null; done
ip netns exec h1 ping -c1 -W1 10.0.0.55 >/dev/null
sleep 1; kill $!; wait`);
  const asked = lines.filter((line) => line.includes('tell 10.0.0.1,'));
  expect(new Set(asked)).toEqual(new Set(['ARP, Request who-has 10.0.0.55 tell 10.0.0.1, length 28']));
  expect(lines.filter((line) => line.includes('echo request'))).toHaveLength(1);
});

test('a port with proxy_arp is answered by the bridge and hears no flood (br_flood)', async () => {
  const lines = await run(`${BRIDGE}
ip -n br link set p1 type bridge_slave proxy_arp on
ip -n br neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev br0
ip netns exec br ping -c1 -W1 10.0.0.2 >/dev/null
ip netns exec h1 ${SNIFF} & sleep 1
ip netns exec h1 ping -c1 -W1 10.0.0.2 >/dev/null
ip netns exec h3 ping -c1 -W1 10.0.0.1 >/dev/null
sleep 1; kill $!; wait`);
  // One answer of the bridge's and one of h2's own, for the question goes on.
  const answer = 'ARP, Reply 10.0.0.2 is-at 02:00:00:00:00:02, length 28';
  expect(lines.filter((line) => line === answer)).toHaveLength(2);
  expect(lines.filter((line) => line.includes('tell 10.0.0.3'))).toEqual([]);
});

test('a bridge that filters VLANs learns in VLAN 1 (br_allowed_ingress)', async () => {
  const lines = await run(`${BRIDGE}
ip -n br link set br0 type bridge vlan_filtering 1
ip netns exec h1 ping -c1 -W1 10.0.0.254 >/dev/null
bridge -n br fdb show dynamic`);
  expect(lines.map((line) => line.trim())).toEqual(['02:00:00:00:00:01 dev p1 vlan 1 master br0']);
});

test('what the bridge sends to the address of its own port leaves by that port (br_dev_xmit)', async () => {
  const lines = await run(`${BRIDGE}
ip -n br neigh add 10.0.0.99 lladdr 02:00:00:00:01:01 dev br0
ip netns exec h1 ${SNIFF} & sleep 1
ip netns exec br ping -c1 -W1 10.0.0.99 >/dev/null
sleep 1; kill $!; wait`);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^IP 10\.0\.0\.254 > 10\.0\.0\.99: ICMP echo request/);
});
