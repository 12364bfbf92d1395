// Two nodes with pods, and routers between them: the machines that are compared where packets go through several hops at
// once, and the bursts that they are sent.
import { expect } from 'vitest';
import { udpFrame } from '../../bench/frames.ts';
import { bare, byIpip, byVxlan, ELSEWHERE, NODE_MAC, ON_A_NODE, POD_MAC } from '../../bench/labs.ts';
import { createLab } from '../../src/lab/create.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { openPrompt } from '../../src/shell/prompt.ts';
import * as ip from '../../src/wire/ipv4.ts';
import { machineState, watchEnds } from './machine-state.ts';

export const SECOND = 1_000_000;
export const WAYS = { bare, byIpip, byVxlan, none: () => [] } as const;

/** The two nodes on one switch, or on two with a router in between. */
export const UNDERLAYS = {
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
export const warmUp = `for to in ${ON_A_NODE} ${ELSEWHERE}; do ip netns exec node0pod2 ping -c 1 -W 0.1 $to > /dev/null; done`;

export interface Burst {
  readonly count: number;
  readonly size: number;
  readonly ttl: number;
  readonly tos: number;
  readonly df: boolean;
  readonly to: string;
  /** The packet of the burst that is for another; -1 for none. */
  readonly odd: number;
  readonly padding: number;
}

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
export class Cluster {
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

  send(burst: Burst, from = 'node0pod2'): void {
    const pod = this.lab.names.get(from)!;
    for (let i = 0; i < burst.count; i++)
      this.lab.transmit(pod, 'eth0', frameOf(burst, i === burst.odd ? ON_A_NODE : burst.to));
    this.lab.settle();
  }

  wait(time: number): void {
    this.lab.runUntil(this.lab.kernel.clock.now + time);
  }
}

/** Nobody can tell one from the other. */
export function expectSame(one: Cluster, other: Cluster): void {
  expect(one.ends).toEqual(other.ends);
  expect(machineState(one.lab.kernel)).toEqual(machineState(other.lab.kernel));
}
