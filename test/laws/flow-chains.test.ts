// Packets that go through several hops at once: two nodes with pods, and a third host that routes between them, by all
// ways of getting from one to the other. Whatever is sent and changed in between, nobody can tell it from going hop by hop.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { udpFrame } from '../../bench/frames.ts';
import { bare, byIpip, byVxlan, ELSEWHERE, NODE_MAC, nodes, ON_A_NODE, POD_MAC } from '../../bench/labs.ts';
import { createLab } from '../../src/lab/create.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { FlowAction } from '../../src/netns/flow.ts';
import { openPrompt } from '../../src/shell/prompt.ts';
import * as ip from '../../src/wire/ipv4.ts';
import { machineState, watchEnds } from './machine-state.ts';
import { runs } from './runs.ts';

const SECOND = 1_000_000;
const WAYS = { bare, byIpip, byVxlan, none: () => [] } as const;

/** The two nodes on one switch, or on two with a router in between. */
const UNDERLAYS = {
  switch: '',
  router: `ip netns add router; ip netns exec router sysctl -qw net.ipv4.ip_forward=1
for i in 0 1; do
  ip link set node$i nomaster
  ip link set node$i netns router
  ip -n router link set node$i address 02:00:00:00:30:0$i up
  ip -n router addr add 172.16.0.1$i/32 dev node$i
  ip -n router route add 172.16.0.$((i + 1)) dev node$i
  ip -n router neigh add 172.16.0.$((i + 1)) lladdr 02:00:00:00:10:0$i dev node$i
  ip -n router route add 10.65.$i.0/24 via 172.16.0.$((i + 1)) dev node$i
  ip -n node$i neigh replace 172.16.0.$((2 - i)) lladdr 02:00:00:00:30:0$i dev eth0
done`,
} as const;

/** Makes answers find their way, and switches and neighbours learn. */
const warmUp = `for to in ${ON_A_NODE} ${ELSEWHERE}; do ip netns exec node0pod2 ping -c 1 -W 0.1 $to > /dev/null; done`;

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
  'bridge fdb flush dev node1',
  'ip -n node1 link set cali2 down; ip -n node1 link set cali2 up',
  'ip -n node1 route replace 10.65.1.2 dev cali3',
  'ip -n node1 route replace 10.65.1.2 dev cali2',
  'ip -n node0 tunnel change tunl0 ttl 3',
  'ip -n node0 tunnel change tunl0 tos inherit',
  'ip -n node0 tunnel change tunl0 nopmtudisc',
  'ip -n node0 link set vxlan.calico type vxlan ttl 2 noudpcsum',
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

type Burst = typeof bursts extends fc.Arbitrary<infer T> ? T : never;

function frameOf({ size, ttl, tos, df, padding }: Burst, to: string): Uint8Array {
  const frame = udpFrame({ fromMac: POD_MAC, toMac: NODE_MAC, from: '10.65.0.2', to }, size);
  const view = new DataView(frame.buffer);
  ip.setTtl(view, 14, ttl);
  view.setUint8(15, tos);
  view.setUint16(20, df ? ip.DF : 0);
  ip.fillChecksum(view, 14);
  const padded = new Uint8Array(size + padding);
  padded.set(frame);
  return padded;
}

/** One of the two machines that are compared. */
class Cluster {
  readonly lab: Lab;
  readonly ends: string[];
  printed = '';

  private constructor(flowCache: boolean) {
    this.lab = createLab({ seed: 1, flowCache });
    this.ends = watchEnds(this.lab.kernel);
  }

  static async open(flowCache: boolean, script: string): Promise<Cluster> {
    const cluster = new Cluster(flowCache);
    await cluster.run(script);
    return cluster;
  }

  /** The answer of a receiver that refuses the packet is a packet as well. */
  async run(lines: string): Promise<void> {
    const sink = (_: string, bytes: Uint8Array): void => {
      this.printed += new TextDecoder().decode(bytes);
    };
    const prompt = await openPrompt({ lab: this.lab, isTerminal: false, sink });
    await prompt.run(lines);
    await prompt.close();
  }

  send(burst: Burst): void {
    const pod = this.lab.names.get('node0pod2')!;
    for (let i = 0; i < burst.count; i++)
      this.lab.transmit(pod, 'eth0', frameOf(burst, i === burst.odd ? ON_A_NODE : burst.to));
    this.lab.settle();
  }

  wait(time: number): void {
    this.lab.runUntil(this.lab.kernel.clock.now + time);
  }
}

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
            expect(known.ends).toEqual(anew.ends);
            expect(machineState(known.lab.kernel)).toEqual(machineState(anew.lab.kernel));
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
