// Which routes are kept with what was learnt of a path: `ip route show cache` tells of no other (rt_bind_exception).
import { expect, test } from 'vitest';
import { runScript } from '../../src/shell/run.ts';

/** r learns by a tunnel of 1480 bytes what its way to b's 10.3.0.9 is like. */
const TUNNEL = `
for h in a r b; do ip netns add $h; ip -n $h link set lo up; done
ip link add e0 netns a type veth peer name e0 netns r; ip link add e1 netns r type veth peer name e0 netns b
ip -n a addr add 10.1.0.1/24 dev e0; ip -n r addr add 10.1.0.2/24 dev e0
ip -n r addr add 10.2.0.1/24 dev e1; ip -n b addr add 10.2.0.2/24 dev e0
for h in a b; do ip -n $h link set e0 up; done; ip -n r link set e0 up; ip -n r link set e1 up
for h in r b; do ip netns exec $h sysctl -qw net.ipv4.ip_forward=1; done
ip -n r tunnel add t1 mode ipip local 10.2.0.1 remote 10.2.0.2; ip -n r link set t1 up
ip -n b tunnel add t1 mode ipip local 10.2.0.2 remote 10.2.0.1; ip -n b link set t1 up
ip -n r route add 10.3.0.0/24 dev t1
ip -n a route add default via 10.1.0.2
ip netns exec a ping -c1 -W0.2 10.3.0.9 >/dev/null`;

const cached = async (script: string): Promise<string[]> => {
  const { output } = await runScript({ script: `${TUNNEL}\n${script}\nip -n r -o route show cache` });
  return output.split('\n').filter((line) => line.startsWith('10.3'));
};

test.each([
  ['a packet that teaches is not routed by what it teaches', ''],
  [
    'one whose source cannot be believed gets no route (fib_validate_source)',
    'ip -n a addr add 10.2.0.1/32 dev lo; ip netns exec a ping -c1 -W0.2 -I 10.2.0.1 10.3.0.9 >/dev/null',
  ],
  [
    'a route with a realm is made anew for each packet (do_cache)',
    `ip -n r route add 10.9.0.1 dev e0 realm 5; ip -n a addr add 10.9.0.1/32 dev lo
ip netns exec a ping -c1 -W0.2 -I 10.9.0.1 10.3.0.9 >/dev/null`,
  ],
])('not kept: %s', async (_, script) => {
  expect(await cached(script)).toEqual([]);
});

test.each([
  ['the next packet that is forwarded', 'ip netns exec a ping -c1 -W0.2 10.3.0.9 >/dev/null'],
  ['a packet of its own', 'ip netns exec r ping -c1 -W0.2 10.3.0.9 >/dev/null'],
  [
    'an error about another packet: its way is looked up for IPsec (icmp_route_lookup)',
    'ip netns exec a ping -c1 -W0.2 -s 1472 -M do 10.3.0.9 >/dev/null',
  ],
  ['a question by ip route get', 'ip -n r route get 10.3.0.9 >/dev/null'],
])('kept for %s', async (_, script) => {
  expect(await cached(script)).toEqual([expect.stringContaining('10.3.0.9 dev t1 \\    cache expires')]);
});

const LEARNT_AND_KEPT = 'ip netns exec r ping -c1 -W0.2 10.3.0.9 >/dev/null';

test('a device whose MTU changes changes what is learnt, not what a route was kept with (fnhe_update_pmtu)', async () => {
  const before = await cached(`${LEARNT_AND_KEPT}; ip -n r link set t1 mtu 1000`);
  expect(before).toEqual([expect.stringContaining(' mtu 1480')]);
  const after = await cached(
    `${LEARNT_AND_KEPT}; ip -n r link set t1 mtu 1000; ip -n r route get 10.3.0.9 >/dev/null`,
  );
  expect(after).toEqual([expect.stringContaining(' mtu 1000')]);
});

test('after a flush nothing is told, and a route that comes upon what was learnt begins anew (fnhe_genid)', async () => {
  expect(await cached(`${LEARNT_AND_KEPT}; ip -n r route flush cache`)).toEqual([]);
  const looked = await cached(
    `${LEARNT_AND_KEPT}; ip -n r route flush cache; ip -n r route get 10.3.0.9 >/dev/null`,
  );
  expect(looked.map((line) => line.trimEnd())).toEqual(['10.3.0.9 dev t1 \\    cache']);
  const sent = await cached(`${LEARNT_AND_KEPT}; ip -n r route flush cache; ${LEARNT_AND_KEPT}`);
  expect(sent).toEqual([expect.stringContaining(' mtu 1480')]);
});

test('what is told of a kept route has no TOS, though its route has one (rt_fill_info)', async () => {
  const ping = 'ip netns exec a ping -c1 -W0.2 -Q 8 10.3.0.9 >/dev/null';
  expect(await cached(`ip -n r route add tos 8 10.3.0.0/24 dev t1; ${ping}; ${ping}`)).toEqual([
    expect.stringMatching(/^10\.3\.0\.9 dev t1 \\ {4}cache expires/),
    expect.stringMatching(/^10\.3\.0\.9 dev t1 \\ {4}cache expires/),
  ]);
});
