// Packets that come out of a tunnel together: who listens sees all of them before the first one is looked at
// (napi_gro_receive, netif_receive_skb_list).
import { expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

/** c asks for 10.9.0.9; a and b, with a tunnel of 600 bytes between them, each take the other for the way to it. */
const LOOP = `
for h in c a b; do ip netns add $h; ip -n $h link set lo up; ip netns exec $h sysctl -qw net.ipv4.ip_forward=1; done
ip link add e0 netns a type veth peer name e0 netns b; ip link add e1 netns a type veth peer name e1 netns c
ip -n a addr add 10.1.0.1/24 dev e0; ip -n b addr add 10.1.0.2/24 dev e0
ip -n a addr add 10.2.0.1/24 dev e1; ip -n c addr add 10.2.0.2/24 dev e1
for h in a b; do ip -n $h link set e0 up; done; for h in a c; do ip -n $h link set e1 up; done
ip netns exec a ping -c1 10.1.0.2 >/dev/null; ip netns exec a ping -c1 10.2.0.2 >/dev/null
ip -n c route add default via 10.2.0.1
ip -n a tunnel add t1 mode ipip local 10.1.0.1 remote 10.1.0.2
ip -n b tunnel add t1 mode ipip local 10.1.0.2 remote 10.1.0.1
for h in a b; do ip -n $h link set t1 mtu 600 up; ip -n $h route add 10.9.0.0/24 dev t1; done
ip -n b route add 10.2.0.0/24 via 10.1.0.1`;

test('two pieces that a tunnel brings and takes back: both in, then both out', async () => {
  const { output } = await runScript({
    script: `${LOOP}
ip netns exec b tcpdump -l -nvti t1 2>/dev/null & sleep 1
ip netns exec c ping -c1 -W0.3 -t 4 -s 700 -M dont 10.9.0.9 >/dev/null
sleep 1; kill $!; wait`,
  });
  const pieces = output.matchAll(/ttl (\d+), id \d+, offset (\d+),/g);
  expect([...pieces].map(([, ttl, offset]) => `${ttl} ${offset}`).slice(0, 4)).toEqual([
    '3 0',
    '3 576',
    '2 0',
    '2 576',
  ]);
});
