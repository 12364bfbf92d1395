// The flow cache by hand: that it is used, that it costs no memory, and that a change is obeyed by the very next packet.
// That nobody can tell whether there is one is a property: test/laws/flows.test.ts.
import { PerformanceObserver } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import { PORT, udpFrame } from '../../bench/frames.ts';
import {
  bare,
  byIpip,
  byVxlan,
  ELSEWHERE,
  NODE_MAC,
  type Node,
  nodes,
  ON_A_NODE,
  POD_MAC,
} from '../../bench/labs.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { FlowAction } from '../../src/netns/flow.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import { openPrompt } from '../../src/shell/prompt.ts';
import { runScript } from '../../src/shell/run.ts';

type Ways = (node: Node, other: Node) => readonly string[];

/** So many packets come at once, which tunnels hand on together. */
const BURST = 8;

/** Two nodes whose switch knows both, a pod that sends to `to`, and a count of what arrives there. */
class Pods {
  readonly lab: Lab;
  readonly from = '10.65.0.2';
  arrived = 0;
  private readonly to: string;

  private constructor(lab: Lab, to: string) {
    this.lab = lab;
    this.to = to;
    const receiver = lab.names.get(to === ON_A_NODE ? 'node0pod3' : 'node1pod2') as Namespace;
    receiver.udpPorts.set(PORT, { protocol: 17, receive: () => void this.arrived++ });
  }

  static async open(ways: Ways, to: string): Promise<Pods> {
    const ping = `ip netns exec node0pod2 ping -c 1 ${to} > /dev/null || echo no answer`;
    const { lab, output } = await runScript({ script: `${nodes(ways)}\n${ping}` });
    expect(output).toBe('');
    return new Pods(lab, to);
  }

  send(count: number): void {
    const pod = this.lab.names.get('node0pod2') as Namespace;
    const frame = udpFrame({ fromMac: POD_MAC, toMac: NODE_MAC, from: this.from, to: this.to }, 100);
    for (let left = count; left > 0; left--) {
      this.lab.transmit(pod, 'eth0', frame);
      if (left % BURST === 1) this.lab.settle();
    }
  }

  async run(line: string): Promise<void> {
    const prompt = await openPrompt({ lab: this.lab, isTerminal: false, sink: () => {} });
    await prompt.run(line);
    await prompt.close();
  }

  /** What is done with packets of the flows that hold now. */
  get actions(): number[] {
    const { kernel } = this.lab;
    const holding = [...kernel.flows!.known()].filter(({ stamp }) => stamp === kernel.stamp);
    return holding.map(({ action }) => action).sort((a, b) => a - b);
  }
}

/** Packets after which everything about their way is learnt: what is not plain at first is asked again after 1 ms. */
const WARM = 1000;
const { FORWARD, FORWARD_IPIP, FORWARD_VXLAN, LOCAL, LOCAL_IPIP, LOCAL_VXLAN, BRIDGE } = FlowAction;

const WAYS: readonly (readonly [name: string, ways: Ways, to: string, actions: readonly number[]])[] = [
  ['on a node', () => [], ON_A_NODE, [FORWARD, LOCAL]],
  ['between nodes', bare, ELSEWHERE, [FORWARD, FORWARD, LOCAL, BRIDGE]],
  ['by IPIP', byIpip, ELSEWHERE, [FORWARD, FORWARD_IPIP, LOCAL, LOCAL_IPIP, BRIDGE]],
  ['by VXLAN', byVxlan, ELSEWHERE, [FORWARD, FORWARD_VXLAN, LOCAL, LOCAL_VXLAN, BRIDGE]],
];

describe('from pod to pod', () => {
  test.each(WAYS)('%s: every hop is known', async (_, ways, to, actions) => {
    const pods = await Pods.open(ways, to);
    pods.send(WARM);
    expect(pods.actions).toEqual(actions);
    expect(pods.arrived).toBe(WARM);
  });

  test.each(WAYS)('%s: nothing is allocated per packet', async (_, ways, to) => {
    const pods = await Pods.open(ways, to);
    pods.send(20_000);
    let collections = 0;
    const observer = new PerformanceObserver((list) => {
      collections += list.getEntries().length;
    });
    observer.observe({ entryTypes: ['gc'] });
    pods.send(200_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    observer.disconnect();
    expect(collections).toBeLessThan(10);
    expect(pods.arrived).toBe(220_000);
    expect(pods.lab.kernel.pool.outstanding).toBe(0);
  });
});

/** Lines after which nothing arrives, run on the way by VXLAN. */
const INTERRUPTIONS = [
  'ip -n node0 route del 10.65.1.0/24',
  'ip -n node0 route add blackhole 10.65.1.2/32',
  'ip -n node0 rule add from 10.65.0.2 blackhole pref 10',
  'ip netns exec node0 sysctl -qw net.ipv4.conf.cali2.forwarding=0',
  'ip netns exec node1 sysctl -qw net.ipv4.ip_forward=0',
  'ip -n node0 link set eth0 down',
  'ip -n node0 link set vxlan.calico down',
  'ip -n node0pod2 link set eth0 address 02:00:00:00:77:77; ip -n node0 link set cali2 address ee:ee:ee:ee:ee:00',
  'bridge -n node0 fdb del 66:00:00:00:00:01 dev vxlan.calico dst 172.16.0.2',
  'ip -n node0 neigh replace 10.65.1.0 lladdr 66:00:00:00:00:09 dev vxlan.calico nud permanent',
  'ip -n node1 neigh replace 10.65.1.2 lladdr 02:00:00:00:77:77 dev cali2',
  'ip link set node1 nomaster',
  'bridge link set dev node1 state 0',
  'ip netns del node1',
];

describe('a change after a thousand packets by VXLAN', () => {
  test.each(INTERRUPTIONS)('%s: not one more arrives', async (line) => {
    const pods = await Pods.open(byVxlan, ELSEWHERE);
    pods.send(WARM);
    await pods.run(line);
    pods.send(3);
    expect(pods.arrived).toBe(WARM);
  });

  test('a listener at any device of the way sees the next frame', async () => {
    const pods = await Pods.open(byVxlan, ELSEWHERE);
    for (const place of ['node0 cali2', 'node0 vxlan.calico', 'node0 eth0', 'node1 eth0', 'node1 cali2']) {
      pods.send(WARM);
      const [name, device] = place.split(' ') as [string, string];
      let seen = 0;
      pods.lab.names.get(name)!.names.get(device)!.taps = [{ frame: () => void seen++ }];
      pods.send(3);
      expect([place, seen]).toEqual([place, 3]);
      pods.lab.names.get(name)!.names.get(device)!.taps = null;
    }
  });
});
