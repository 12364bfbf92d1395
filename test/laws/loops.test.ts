// What goes round in circles ends, and says how: routers that point at each other, tunnels through themselves, bridges
// with two cables between them.
import { describe, expect, test } from 'vitest';
import type { Lab } from '../../src/lab/lab.ts';
import { runScript } from '../../src/shell/run.ts';
import { Ledger } from './ledger.ts';

const TWO = `
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up; ip -n b link set eth0 up
ip -n a addr add 10.0.0.1/24 dev eth0; ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip netns exec $n sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0; done
`;

/** The lab behind the script, and what ended in it since, by name. */
async function cameOf(script: string, then: string): Promise<{ lab: Lab; drops: Record<string, number> }> {
  const { lab, output } = await runScript({ script });
  expect(output).toBe('');
  const ledger = new Ledger(lab);
  const before = ledger.drops();
  await runScript({ script: then, lab });
  lab.runUntil(lab.kernel.clock.now + 60_000_000);
  expect(ledger.faults()).toEqual([]);
  expect(lab.kernel.pool.outstanding).toBe(0);
  const drops = Object.entries(ledger.drops()).map(([name, count]) => [name, count - (before[name] ?? 0)]);
  return { lab, drops: Object.fromEntries(drops.filter(([, count]) => count !== 0)) };
}

describe('what goes round in circles', () => {
  test('between two routers: until its TTL is used up', async () => {
    const routes = `
ip -n a route add default via 10.0.0.2; ip -n b route add default via 10.0.0.1
ip netns add c; ip link add eth0 netns c type veth peer name eth1 netns a
ip -n a addr add 10.1.0.1/24 dev eth1; ip -n a link set eth1 up
ip -n c addr add 10.1.0.2/24 dev eth0; ip -n c link set eth0 up; ip -n c route add default via 10.1.0.1
`;
    const { drops } = await cameOf(TWO + routes, 'ip netns exec c ping -c 1 -W 1 192.0.2.1');
    expect(drops).toEqual({ SKB_DROP_REASON_IP_INHDR: 1 });
  });

  test.each([
    [
      'a route to an IPIP tunnel’s remote through itself',
      'ip -n a link add t0 type ipip local 10.0.0.1 remote 10.0.9.9',
      'ip -n a link set t0 up; ip -n a addr add 10.9.0.1/24 dev t0; ip -n a route add 10.0.9.9 dev t0',
    ],
    [
      'IPIP in IPIP, each through the other',
      'ip -n a link add t0 type ipip local 10.0.0.1 remote 10.0.8.8; ip -n a link add t1 type ipip local 10.0.0.1 remote 10.0.9.9',
      'ip -n a link set t0 up; ip -n a link set t1 up; ip -n a addr add 10.9.0.1/24 dev t0; ip -n a route add 10.0.9.9 dev t0; ip -n a route add 10.0.8.8 dev t1',
    ],
    [
      'a VXLAN over itself',
      'ip -n a link add t0 type vxlan id 5 dstport 4789 local 10.0.0.1 remote 10.9.0.3',
      'ip -n a link set t0 up; ip -n a addr add 10.9.0.1/24 dev t0; ip -n a neigh add 10.9.0.3 lladdr 02:00:00:00:00:03 dev t0; ip -n a neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev t0',
    ],
    [
      'IPIP in VXLAN in IPIP',
      'ip -n a link add t0 type ipip local 10.0.0.1 remote 10.8.0.2; ip -n a link add t1 type vxlan id 5 dstport 4789 local 10.0.0.1 remote 10.9.0.3',
      'ip -n a link set t0 up; ip -n a link set t1 up; ip -n a addr add 10.9.0.1/24 dev t0; ip -n a addr add 10.8.0.1/24 dev t1; ip -n a neigh add 10.8.0.2 lladdr 02:00:00:00:00:03 dev t1',
    ],
  ])('%s: with a drop that has a name', async (_, links, rest) => {
    const { drops, lab } = await cameOf(`${TWO}${links}\n${rest}`, 'ip netns exec a ping -c 1 -W 1 10.9.0.2');
    expect(Object.keys(drops)).not.toEqual([]);
    expect(drops.SKB_DROP_REASON_NOT_SPECIFIED).toBeUndefined();
    expect(lab.names.get('a')!.counters.sent).toBeLessThan(1000);
  });

  test('through bridges with two cables between them: after two million frames of one instant', async () => {
    const bridges = [
      ...['a', 'b'].map((n) => `ip -n ${n} link add br0 type bridge; ip -n ${n} link set br0 up`),
      'for i in 1 2; do ip link add p$i netns a type veth peer name p$i netns b',
      'for n in a b; do ip -n $n link set p$i master br0 up; done; done',
    ].join('\n');
    const { drops } = await cameOf(
      TWO + bridges,
      'ip -n a addr add 10.7.0.1/24 dev br0; ip netns exec a arping -c 1 -w 1 -I br0 10.7.0.2',
    );
    expect(drops.SKB_DROP_REASON_LOOP_LIMIT).toBeGreaterThan(0);
  });
});
