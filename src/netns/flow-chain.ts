// The whole way of a flow's packets through several hops, put together of the flows that they belong to at each of them:
// data. src/ip/flow-chain-learn.ts fills it in, src/ip/flow-chain.ts uses it.
import type { Fib } from '../fib/fib.ts';
import type { Device } from './device.ts';
import type { Flow, Wrapping } from './flow.ts';

/** What one flow does to the packets of a chain. */
export interface ChainStep {
  readonly flow: Flow;
  /** How many frames each packet has been by then: the first step takes the first one. */
  readonly level: number;
  /** Bytes of a tunnel's headers in front of the inner IPv4 packet, as it is received, and as it goes on. */
  readonly outerReceived: number;
  readonly outerSent: number;
}

export class FlowChain {
  readonly steps: readonly ChainStep[];
  /** Frames that each packet is received as; 0 if packets of the flow are to go step by step. */
  levels = 0;
  /** Which of them goes into a tunnel device's own queue (Kernel.cells) when it was received; 0 for none. */
  unwrapLevel = 0;
  /** The changes of the machine when it was made, and the sum of `generation` over `fibs`. */
  readonly stamp: number;
  generations = 0;
  readonly fibs: Fib[] = [];
  /** When it ends, and how long it was then made for, if it may be that more is known by then. */
  until = Number.POSITIVE_INFINITY;
  patience = 0;
  /** The longest packet, and the longest one with DF. */
  room = Number.MAX_SAFE_INTEGER;
  roomWithDf = Number.MAX_SAFE_INTEGER;
  /** Bytes that have to be free in front of it. */
  headroom = 0;
  /** Routers on its way that lower its TTL, those that lower that of a tunnel's packet, and the TTL that is enough. */
  hops = 0;
  outerHops = 0;
  ttlWanted = 0;
  /** The tunnel on its way; null for none. */
  wrapping: Wrapping | null = null;
  /** The first 12 bytes of its last Ethernet header, and who receives it with that. */
  word0 = 0;
  word1 = 0;
  word2 = 0;
  receiver!: Device;

  constructor(steps: readonly ChainStep[], stamp: number) {
    this.steps = steps;
    this.stamp = stamp;
  }

  get last(): Flow {
    return (this.steps[this.steps.length - 1] as ChainStep).flow;
  }
}
