// Packets through labs as a user builds them: routers in a row, and pods of two Calico-like nodes, on one node and
// between them, bare, by IPIP, by VXLAN and by VXLAN with fragments. Neighbours are warm. Frames are given to the lab
// by `receive` and `transmit`, some at a time as a network card brings them, and a UDP socket takes them at the end.
import type Benchmark from 'benchmark';
import type { Namespace } from '../../src/netns/namespace.ts';
import { udpFrame } from '../frames.ts';
import {
  BURST,
  bare,
  build,
  burst,
  byIpip,
  byVxlan,
  byVxlanInPieces,
  ELSEWHERE,
  NODE_MAC,
  type Node,
  nodes,
  ON_A_NODE,
  POD_MAC,
  rowOf,
} from '../labs.ts';

/** Switches learn from what comes back. */
const warmUp = (to: string): string =>
  `ip netns exec node0pod2 ping -c 1 ${to} > /dev/null || echo no answer`;

async function addRow(suite: Benchmark.Suite, routers: number, size: number): Promise<void> {
  const lab = await build(rowOf(routers));
  const first = lab.names.get('h1') as Namespace;
  const ends = { fromMac: '02:00:00:00:01:01', toMac: '02:00:00:00:01:02' };
  const frame = udpFrame({ ...ends, from: '10.1.0.1', to: `10.${routers + 1}.0.2` }, size);
  const what = routers === 1 ? 'a router and the receiver' : `${routers} routers, each`;
  const send = burst(lab, `h${routers + 1}`, () => lab.receive(first, 'left', frame));
  suite.add(`${what}, ${size} bytes`, send, { operations: BURST * routers } as Benchmark.Options);
}

/** From the first pod of the first node to one beside it or one on the other node. */
async function addPods(
  suite: Benchmark.Suite,
  what: string,
  to: string,
  ways: (node: Node, other: Node) => readonly string[],
  sizes: readonly number[],
): Promise<void> {
  for (const size of sizes) {
    const lab = await build(`${nodes(ways)}\n${warmUp(to)}`);
    const pod = lab.names.get('node0pod2') as Namespace;
    const frame = udpFrame({ fromMac: POD_MAC, toMac: NODE_MAC, from: '10.65.0.2', to }, size);
    const receiver = to === ON_A_NODE ? 'node0pod3' : 'node1pod2';
    const send = burst(lab, receiver, () => lab.transmit(pod, 'eth0', frame));
    suite.add(`pod to pod ${what}, ${size} bytes`, send, { operations: BURST } as Benchmark.Options);
  }
}

export async function fill(suite: Benchmark.Suite): Promise<void> {
  for (const size of [64, 1500]) for (const routers of [1, 16]) await addRow(suite, routers, size);
  await addPods(suite, 'on a node', ON_A_NODE, () => [], [64, 1400]);
  await addPods(suite, 'between nodes, bare', ELSEWHERE, bare, [64, 1400]);
  await addPods(suite, 'by IPIP', ELSEWHERE, byIpip, [64, 1400]);
  await addPods(suite, 'by VXLAN', ELSEWHERE, byVxlan, [64, 1400]);
  await addPods(suite, 'by VXLAN in fragments', ELSEWHERE, byVxlanInPieces, [1500]);
}
