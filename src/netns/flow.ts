// What became of packets of one kind at one device, kept so that the next one goes the same way without being asked
// about again: the data of the flow cache. src/ip/flow-learn.ts fills it in, src/ip/flow-run.ts uses it.
import type { Mac } from '../addr/mac.ts';
import type { Fib } from '../fib/fib.ts';
import type { Neighbour } from '../neigh/neighbour.ts';
import type { Counters } from './counters.ts';
import type { BridgeFdbEntry, Device, DeviceStats, VxlanFdbEntry } from './device.ts';
import type { FlowChain } from './flow-chain.ts';

/** What is done with the packets of a flow. */
export const FlowAction = {
  /** Not yet known. */
  NONE: 0,
  /** Whatever is not plain goes the ordinary way. */
  ORDINARY: 1,
  FORWARD: 2,
  /** Forwarded into an IPIP or VXLAN device, encapsulated and sent. */
  FORWARD_IPIP: 3,
  FORWARD_VXLAN: 4,
  /** For this host. */
  LOCAL: 5,
  LOCAL_IPIP: 6,
  LOCAL_VXLAN: 7,
  /** From one port of a bridge to another, and from a port to the bridge's own stack. */
  BRIDGE: 8,
  BRIDGE_UP: 9,
} as const;

/**
 * How a frame leaves: by a cable, or by a bridge and then by the cable of one of its ports. Flows that leave the same way
 * share it, which keeps it in the processor's cache.
 */
export class Egress {
  device!: Device;
  /** Null where a bridge passes a frame on. */
  neighbour: Neighbour | null = null;
  /** The neighbour's address that `words` were made of. */
  mac = 0 as Mac;
  /** The first 12 bytes of the Ethernet header. */
  word0 = 0;
  word1 = 0;
  word2 = 0;
  /** The cable's end that sends: the device itself, or a port of the bridge. */
  cable!: Device;
  peer!: Device;
  sent!: DeviceStats;
  received!: DeviceStats;
  /** The bridge's entry for `mac`; null where no bridge is. */
  entry: BridgeFdbEntry | null = null;
  /** The longest frame that the cable and its other end take. */
  room = 0;
}

/** A header that a tunnel puts in front. */
export class Wrapping {
  device!: Device;
  /** The neighbour entry by which the inner packet reached the device. */
  neighbour!: Neighbour;
  fib!: Fib;
  fibGeneration = 0;
  /** Of the outer packets' namespace. */
  counters!: Counters;
  source = 0;
  destination = 0;
  /** The first 16 bits of the outer header: version, length, TOS. */
  lead = 0;
  /** The sum of its 16-bit words that are the same for all packets. */
  sum = 0;
  /** The same of the outer UDP pseudo-header but its length, where the device wants a checksum; 0 for none. */
  pseudoSum = 0;
  /** What the device sent. */
  sent!: DeviceStats;
  /** DF whatever the inner packet says, and whether the inner packet's counts. */
  df = 0;
  dfMask = 0;
  /** 0 takes the inner packet's. */
  ttl = 0;
  /** The longest inner packet, and the longest one with DF. */
  room = 0;
  roomWithDf = 0;
  /** Until when a packet without or with DF teaches the inner route nothing new, in microseconds. */
  quietUntil = 0;
  quietUntilWithDf = 0;
  /** Of VXLAN: the inner Ethernet header, the entry of the table, and the headers' numbers. */
  mac = 0 as Mac;
  word0 = 0;
  word1 = 0;
  word2 = 0;
  entry: VxlanFdbEntry | null = null;
  /** The table's next cleaning: another time says that there was one. */
  cleanupAt = 0;
  port = 0;
  vni = 0;
  /** Of the last packet of TCP or UDP: its protocol and ports, its hash, and the outer source port; no hash is 0. */
  innerProtocol = 0;
  innerPorts = 0;
  hash = 0;
  sourcePort = 0;
}

/** What is looked for: where a packet came in, and what of it has a say in where it goes. */
export class FlowKey {
  device: Device | null = null;
  /** The first 12 bytes of the Ethernet header. */
  word0 = 0;
  word1 = 0;
  word2 = 0;
  /** Of the IPv4 header: its first 16 bits and the addresses. */
  lead = 0;
  source = 0;
  destination = 0;
}

export class Flow {
  readonly device: Device;
  readonly word0: number;
  readonly word1: number;
  readonly word2: number;
  readonly lead: number;
  readonly source: number;
  readonly destination: number;
  /** What the machine's changes were counted to when it was learnt, and when it ends of itself. */
  stamp = -1;
  until = Number.NEGATIVE_INFINITY;
  /** It does not end of itself: `until`, which V8 keeps elsewhere, need not be looked at. */
  isEndless = false;
  /** How long it was last not asked about for being ordinary, in microseconds; 0 for never. */
  patience = 0;
  readonly fib: Fib;
  fibGeneration = 0;
  readonly counters: Counters;
  action: number = FlowAction.NONE;
  /** The flow that its packets belong to where they arrive next, once one of them did. */
  next: Flow | null = null;
  /** The hops that its packets go through at once from here on, once that was asked for. */
  chain: FlowChain | null = null;
  /** The longest packet from its IPv4 header, or frame at a bridge. */
  room = 0;
  /** Sum of RouteFlag, of what is for this host. */
  routeFlags = 0;
  egress!: Egress;
  private wrapped: Wrapping | null = null;
  /** The tunnel device that unwraps. */
  tunnel: Device | null = null;
  port = 0;
  vni = 0;
  cleanupAt = 0;
  /** Of a VXLAN device that learns: the inner sender that it knows. Of another: null, and its own address, which none may have. */
  innerEntry: VxlanFdbEntry | null = null;
  innerHigh = 0;
  innerLow = 0;
  /** Of a bridge: the sender's entry, null if the port does not learn, and the destination's. */
  from: BridgeFdbEntry | null = null;
  to: BridgeFdbEntry | null = null;

  constructor(key: FlowKey) {
    this.device = key.device as Device;
    this.word0 = key.word0;
    this.word1 = key.word1;
    this.word2 = key.word2;
    this.lead = key.lead;
    this.source = key.source;
    this.destination = key.destination;
    this.fib = this.device.namespace.fib;
    this.counters = this.device.namespace.counters;
  }

  get wrapping(): Wrapping {
    this.wrapped ??= new Wrapping();
    return this.wrapped;
  }
}

/** Where a flow has its place. */
export function hashOf(device: Device, source: number, destination: number): number {
  const addresses = source ^ ((destination << 15) | (destination >>> 17));
  const hash = Math.imul(addresses ^ Math.imul(device.number, 0x9e3779b1), 0x85ebca6b);
  return hash ^ (hash >>> 15);
}

const isOf = (flow: Flow, key: FlowKey): boolean =>
  flow.device === key.device &&
  flow.source === key.source &&
  flow.destination === key.destination &&
  flow.lead === key.lead &&
  flow.word0 === key.word0 &&
  flow.word1 === key.word1 &&
  flow.word2 === key.word2;

const FIRST_SIZE = 1024;
/**
 * Measured with 5,000 flows in turn: where flows do not fit into the processor's cache, waiting for them costs more than
 * asking the stack, whose tables are smaller.
 */
const LAST_SIZE = 2048;
/** Of newcomers to a place that is taken, one in so many plus one takes it. */
const PERSISTENCE = 15;

/** Places for flows: one for each value of a hash, where the later flow takes the place of the earlier. */
export class FlowTable {
  private places: (Flow | null)[] = new Array(FIRST_SIZE).fill(null);
  /** What was last seen at each place without being known: who comes twice is worth learning. */
  private seen = new Int32Array(FIRST_SIZE);
  private lost = 0;
  private refused = 0;

  /** The flow at the place of `hash`, which may be another's. */
  at(hash: number): Flow | null {
    return this.places[hash & (this.places.length - 1)];
  }

  /** The flow of exactly these packets; null if there is none. */
  find(key: FlowKey): Flow | null {
    const flow = this.at(hashOf(key.device as Device, key.source, key.destination));
    return flow !== null && isOf(flow, key) ? flow : null;
  }

  /** Notes what came; true if the same came last, with the same `stamp`. */
  comesAgain(hash: number, stamp: number): boolean {
    const place = hash & (this.places.length - 1);
    const mark = hash ^ Math.imul(stamp, 0x9e3779b1) ^ 1;
    const last = this.seen[place];
    if (last === mark) return true;
    this.seen[place] = mark;
    if (last !== 0) this.crowd();
    return false;
  }

  /**
   * Whether a new flow may have the place of `hash`: one that still holds there gives way to one of sixteen only, or two
   * that share a place would cost more than they save.
   */
  isFree(hash: number, stamp: number, now: number): boolean {
    const found = this.at(hash);
    if (found === null || found.stamp !== stamp || found.until <= now) return true;
    this.crowd();
    return (++this.refused & PERSISTENCE) === 0;
  }

  /** A flow of `key`, in the place of the one that was there. */
  put(hash: number, key: FlowKey): Flow {
    const made = new Flow(key);
    this.places[hash & (this.places.length - 1)] = made;
    return made;
  }

  /** All that are known. */
  *known(): IterableIterator<Flow> {
    for (const flow of this.places) if (flow !== null) yield flow;
  }

  /** Another had the place. Once that happened half as often as there are places, there are more. */
  private crowd(): void {
    const size = this.places.length;
    if (++this.lost < size / 2 || size >= LAST_SIZE) return;
    this.lost = 0;
    // Whoever is at the wrong place now is not found there, and learnt again.
    this.places = [...this.places, ...new Array(size).fill(null)];
    this.seen = new Int32Array(size * 2);
  }
}
