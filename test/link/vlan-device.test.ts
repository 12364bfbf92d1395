// VLAN devices where the recording (captures/vlan-devices) does not look: what moves and goes with them, and who sees what.
import { expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

const said = async (script: string): Promise<string> => (await runScript({ script })).output;

/** Two namespaces with a cable, and devices of VLAN 10 on it. */
const PAIR = `ip netns add a; ip netns add b; ip link add eth0 netns a type veth peer name eth0 netns b
for n in a b; do
  ip -n $n link set eth0 up; ip -n $n link add link eth0 name v10 type vlan id 10; ip -n $n link set v10 up
done
ip -n a addr add 10.0.0.1/24 dev v10; ip -n b addr add 10.0.0.2/24 dev v10
`;

test('the device below shows the tag, the VLAN device does not', async () => {
  const output =
    await said(`${PAIR}for d in eth0 v10; do ip netns exec b tcpdump -lnei $d icmp or vlan 2> /dev/null > $d.txt & done
sleep 1; ip netns exec a ping -c 1 -W 1 10.0.0.2 > /dev/null; sleep 1; kill $(jobs -p); wait
grep -c 'vlan 10' eth0.txt v10.txt; grep -c 'echo request' v10.txt`);
  expect(output.split('\n').slice(-4)).toEqual(['eth0.txt:4', 'v10.txt:0', '1', '']);
});

test.each([
  [
    'another VLAN is another network',
    'ip -n b link add link eth0 name v20 type vlan id 20; ip -n b link set v20 up; ip -n b addr flush v10; ip -n b addr add 10.0.0.2/24 dev v20',
    '1',
  ],
  [
    'one of 802.1ad is not one of 802.1Q',
    'ip -n b link del v10; ip -n b link add link eth0 name v10 type vlan proto 802.1ad id 10; ip -n b link set v10 up; ip -n b addr add 10.0.0.2/24 dev v10',
    '1',
  ],
  ['one that is down takes nothing', 'ip -n b link set v10 down', '1'],
  [
    'one in another namespace is where its packets are',
    'ip netns add c; ip -n b link set v10 netns c; ip -n c link set v10 up; ip -n c addr add 10.0.0.2/24 dev v10',
    '0',
  ],
  [
    'a VLAN within a VLAN',
    `for n in a b; do ip -n $n addr flush v10; ip -n $n link add link v10 name q type vlan id 7; ip -n $n link set q up; done
ip -n a addr add 10.0.0.1/24 dev q; ip -n b addr add 10.0.0.2/24 dev q`,
    '0',
  ],
  [
    'a VRF may have it',
    'ip -n b link add red type vrf table 9; ip -n b link set red up; ip -n b link set v10 master red',
    '0',
  ],
])('%s', async (_, change, status) => {
  const output = await said(`${PAIR}${change}\nip netns exec a ping -c 1 -W 1 10.0.0.2 > /dev/null; echo $?`);
  expect(output).toBe(`${status}\n`);
});

test('it goes with the device below, wherever it is, and with its module', async () => {
  const output = await said(`${PAIR}ip netns add c; ip -n a link set v10 netns c
ip -n a link del eth0; ip -n c -br link show type vlan; ip -n b -br link show type vlan
ip link add d0 type dummy; ip link add link d0 name d.5 type vlan id 5; ip -br link show type vlan | cut -d' ' -f1
ip link del d0; ip -br link show type vlan`);
  expect(output).toBe('d.5@d0\n');
});

test('a device below that goes down and up leaves one with a loose binding alone', async () => {
  const output = await said(`${PAIR}ip -n b link set v10 type vlan loose_binding on
ip -n b link set eth0 down; ip -n a link set eth0 down
for n in a b; do ip -n $n link show v10 | grep -o '[,<]UP'; done`);
  expect(output).toBe(',UP\n');
});

test('a VLAN of a bridge is no port of the same bridge', async () => {
  const output = await said(`ip link add br0 type bridge; ip link add link br0 name br0.5 type vlan id 5
ip link add link br0.5 name q type vlan id 6; ip link set br0.5 master br0; ip link set q master br0`);
  expect(output).toBe('RTNETLINK answers: Device or resource busy\n'.repeat(2));
});

test('a listing shows the tag’s protocol and flags as they were asked for', async () => {
  const output = await said(`ip link add d0 type dummy
ip link add link d0 name x type vlan id 5 protocol 802.1ad gvrp on mvrp on reorder_hdr off bridge_binding on
ip -j -d link show x | jq -c '.[0].linkinfo.info_data'`);
  expect(output).toBe('{"protocol":"802.1ad","id":5,"flags":["GVRP","MVRP","BRIDGE_BINDING"]}\n');
});
