// Packets that go through several hops at once: two nodes with pods, and a third host that routes between them, by all
// ways of getting from one to the other. Whatever is sent and changed in between, nobody can tell it from going hop by hop.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ELSEWHERE, nodes, ON_A_NODE } from '../../bench/labs.ts';
import { FlowAction } from '../../src/netns/flow.ts';
import { Cluster, expectSame, SECOND, UNDERLAYS, WAYS, warmUp } from './cluster.ts';
import { runs } from './runs.ts';

const CHANGES: readonly string[] = [
  'ip -n node0 neigh replace 172.16.0.2 lladdr 02:00:00:00:10:01 dev eth0 nud stale',
  'ip -n node1 neigh replace 10.65.1.2 lladdr 02:00:00:00:20:00 dev cali2 nud delay',
  'ip -n node1 neigh replace 10.65.1.2 lladdr 02:00:00:00:20:00 dev cali2 nud reachable',
  'ip -n node1 neigh del 10.65.1.2 dev cali2',
  'ip -n node1 link set eth0 mtu 1000',
  'ip -n node1 link set eth0 mtu 1500',
  'ip -n node0 link set eth0 mtu 1200',
  'ip link set lan type bridge ageing_time 100',
  'ip link set lan type bridge ageing_time 30000',
  'ip link set lan type bridge fdb_flush',
  'ip -n node1 link set cali2 down; ip -n node1 link set cali2 up',
  'ip -n node1 route replace 10.65.1.2 dev cali3',
  'ip -n node1 route replace 10.65.1.2 dev cali2',
  'ip -n node0 tunnel change tunl0 mode ipip ttl 3 pmtudisc',
  'ip -n node0 tunnel change tunl0 mode ipip tos inherit pmtudisc',
  'ip -n node0 tunnel change tunl0 mode ipip nopmtudisc',
  'ip -n node0 link set vxlan.calico type vxlan ttl 2',
  'ip -n node1 link set vxlan.calico type vxlan learning',
  'ip netns exec node1 sysctl -qw net.ipv4.ip_forward=0',
  'ip netns exec node1 sysctl -qw net.ipv4.ip_forward=1',
  'ip netns exec node1 sysctl -qw net.ipv4.conf.all.rp_filter=1',
  'bridge -n node0 fdb replace 66:00:00:00:00:01 dev vxlan.calico dst 172.16.0.9',
  'bridge -n node0 fdb replace 66:00:00:00:00:01 dev vxlan.calico dst 172.16.0.2',
];

const bursts = fc.record({
  count: fc.oneof(fc.constantFrom(1, 2, 32, 64, 65), fc.integer({ min: 1, max: 100 })),
  size: fc.constantFrom(64, 150, 1000, 1200, 1414, 1464, 1484, 1514),
  ttl: fc.oneof(
    { weight: 5, arbitrary: fc.constant(64) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 6 }) },
  ),
  tos: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(1, 2, 3, 0x88) },
  ),
  df: fc.boolean(),
  to: fc.constantFrom(ELSEWHERE, ELSEWHERE, ELSEWHERE, ON_A_NODE),
  /** Other packets of the burst: a few bytes longer, or for another. */
  odd: fc.oneof({ weight: 4, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat(64) }),
  padding: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(1, 20) },
  ),
});

const steps = fc.oneof(
  { weight: 3, arbitrary: fc.record({ burst: bursts, times: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ line: fc.constantFrom(...CHANGES) }) },
  {
    weight: 1,
    arbitrary: fc.record({ time: fc.constantFrom(10, 2000, 0.5 * SECOND, 2 * SECOND, 40 * SECOND) }),
  },
);
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

async function take(cluster: Cluster, step: Step): Promise<void> {
  if ('line' in step) await cluster.run(step.line);
  else if ('time' in step) cluster.wait(step.time);
  else for (let left = step.times; left > 0; left--) cluster.send(step.burst);
}

/** Notes what the hops did that packets went through at once; a chain is known by who receives what it sends. */
function watchChains({ lab: { kernel } }: Cluster, seen: Set<number>): void {
  const { backlog } = kernel;
  const redirect = backlog.redirect.bind(backlog);
  backlog.redirect = (target) => {
    for (const { chain } of kernel.flows!.known())
      if (chain?.receiver === target && chain.stamp === kernel.stamp)
        for (const { flow } of chain.steps) seen.add(flow.action);
    redirect(target);
  };
}

describe('packets that go through several hops at once', () => {
  test('end as they would have one hop after the other, and leave the same behind', async () => {
    const used = new Set<number>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...(Object.keys(WAYS) as (keyof typeof WAYS)[])),
        fc.constantFrom(...(Object.keys(UNDERLAYS) as (keyof typeof UNDERLAYS)[])),
        fc.array(steps, { minLength: 5, maxLength: 20, size: 'max' }),
        async (way, underlay, taken) => {
          const script = [nodes(WAYS[way]), UNDERLAYS[underlay], warmUp].join('\n');
          const known = await Cluster.open(true, script);
          const anew = await Cluster.open(false, script);
          watchChains(known, used);
          for (const step of taken) {
            await take(known, step);
            await take(anew, step);
            expectSame(known, anew);
          }
          expect(known.printed).toBe(anew.printed);
        },
      ),
      { numRuns: runs(30) },
    );
    const { FORWARD, FORWARD_IPIP, FORWARD_VXLAN, LOCAL_IPIP, LOCAL_VXLAN, BRIDGE } = FlowAction;
    for (const action of [FORWARD, FORWARD_IPIP, FORWARD_VXLAN, LOCAL_IPIP, LOCAL_VXLAN, BRIDGE])
      expect(used).toContain(action);
  });
});
