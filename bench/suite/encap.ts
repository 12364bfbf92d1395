// Encapsulation alone, IPIP and VXLAN, in and out, by frame size: what a node of `forward` does to a packet of a flow
// that it knows, between the route that leads into the tunnel and the queue of what comes out of it. The flows are those
// that the labs learnt from their first packets.
import type Benchmark from 'benchmark';
import { unwrapIpip, unwrapVxlan, wrapIpip, wrapVxlan } from '../../src/ip/flow-tunnel.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { type Flow, FlowAction } from '../../src/netns/flow.ts';
import type { Namespace } from '../../src/netns/namespace.ts';
import type { Packet } from '../../src/packet/packet.ts';
import { runScript } from '../../src/shell/run.ts';
import { ETHERNET_HEADER } from '../../src/wire/ethernet.ts';
import { PORT, udpFrame } from '../frames.ts';
import { byIpip, byVxlan, ELSEWHERE, NODE_MAC, type Node, nodes, POD_MAC } from '../labs.ts';

/** Packets of one call. */
const ROUNDS = 1000;
const SIZES = [64, 512, 1400];

interface Way {
  readonly name: string;
  readonly out: number;
  readonly in: number;
  readonly lines: (node: Node, other: Node) => readonly string[];
}

const WAYS: readonly Way[] = [
  { name: 'IPIP', out: FlowAction.FORWARD_IPIP, in: FlowAction.LOCAL_IPIP, lines: byIpip },
  { name: 'VXLAN', out: FlowAction.FORWARD_VXLAN, in: FlowAction.LOCAL_VXLAN, lines: byVxlan },
];

/** What is not plain at first, such as a path that is still to be learnt, is asked about again after a millisecond. */
const WARM = 2000;

/** A lab after some packets from a pod to one of the other node. */
async function warmLab(way: Way, size: number): Promise<{ lab: Lab; frame: Uint8Array }> {
  const { lab } = await runScript({ script: nodes(way.lines) });
  const receiver = lab.names.get('node1pod2') as Namespace;
  receiver.udpPorts.set(PORT, { protocol: 17, receive: () => {} });
  const frame = udpFrame({ fromMac: POD_MAC, toMac: NODE_MAC, from: '10.65.0.2', to: ELSEWHERE }, size);
  for (let left = WARM; left > 0; left--) {
    lab.transmit(lab.names.get('node0pod2') as Namespace, 'eth0', frame);
    lab.settle();
  }
  return { lab, frame };
}

function flowOf({ kernel }: Lab, action: number): Flow {
  for (const flow of kernel.flows?.known() ?? []) if (flow.action === action) return flow;
  throw new Error('the lab did not learn the flow');
}

/** The packet without its Ethernet header, as routing has it. */
function packetOf({ kernel }: Lab, frame: Uint8Array): Packet {
  const packet = kernel.pool.from(frame);
  packet.pull(ETHERNET_HEADER);
  packet.network = packet.head;
  packet.protocol = 0x0800;
  return packet;
}

function addOut(suite: Benchmark.Suite, way: Way, lab: Lab, frame: Uint8Array): void {
  const { wrapping } = flowOf(lab, way.out);
  const packet = packetOf(lab, frame);
  const { head, length } = packet;
  const isIpip = way.out === FlowAction.FORWARD_IPIP;
  const wrapMany = (): void => {
    for (let left = ROUNDS; left > 0; left--) {
      packet.head = head;
      packet.network = head;
      packet.flowHash = 0;
      packet.checksumStart = 0;
      if (isIpip) wrapIpip(wrapping, packet, length);
      else wrapVxlan(wrapping, packet, length, lab.kernel.clock.now);
    }
  };
  suite.add(`${way.name} out, ${frame.length} bytes`, wrapMany, { operations: ROUNDS } as Benchmark.Options);
}

function addIn(suite: Benchmark.Suite, way: Way, lab: Lab, frame: Uint8Array): void {
  const { wrapping } = flowOf(lab, way.out);
  const flow = flowOf(lab, way.in);
  const packet = packetOf(lab, frame);
  const isIpip = way.out === FlowAction.FORWARD_IPIP;
  if (isIpip) wrapIpip(wrapping, packet, packet.length);
  else wrapVxlan(wrapping, packet, packet.length, 0);
  const { head, checksumStart } = packet;
  const { cells, clock } = lab.kernel;
  const unwrapMany = (): void => {
    for (let left = ROUNDS; left > 0; left--) {
      packet.head = head;
      packet.checksumStart = checksumStart;
      if (!(isIpip ? unwrapIpip(flow, packet) : unwrapVxlan(flow, packet, clock.now)))
        throw new Error('not taken');
      cells.shift();
    }
  };
  suite.add(`${way.name} in, ${frame.length} bytes`, unwrapMany, { operations: ROUNDS } as Benchmark.Options);
}

export async function fill(suite: Benchmark.Suite): Promise<void> {
  for (const way of WAYS)
    for (const size of SIZES) {
      const { lab, frame } = await warmLab(way, size);
      addOut(suite, way, lab, frame);
      addIn(suite, way, lab, frame);
    }
}
