// What became of packets of one kind at one device, kept so that the next one goes the same way without being asked
// about again: the data of the flow cache. src/ip/flow-learn.ts fills it in, src/ip/flow-run.ts uses it.
import type { Mac } from '../addr/mac.ts';
import type { Fib } from '../fib/fib.ts';
import type { Neighbour } from '../neigh/neighbour.ts';
import type { BridgeFdbEntry, Device, VxlanFdbEntry } from './device.ts';

/** What is done with the packets of a flow. */
export const FlowAction = {
  /** One was seen: the next one of the same kind is worth the question. */
  SEEN: 0,
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

/** How a frame leaves: by a cable, or by a bridge and then by the cable of one of its ports. */
export class Egress {
  device!: Device;
  neighbour!: Neighbour;
  /** The neighbour's address that `words` were made of. */
  mac = 0 as Mac;
  /** The first 12 bytes of the Ethernet header. */
  word0 = 0;
  word1 = 0;
  word2 = 0;
  /** The cable's end that sends: the device itself, or a port of the bridge. */
  cable!: Device;
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
  source = 0;
  destination = 0;
  /** The first 16 bits of the outer header: version, length, TOS. */
  lead = 0;
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
}

export class Flow {
  // Which packets: those that `device` received with this Ethernet header, TOS and addresses.
  device: Device | null = null;
  word0 = 0;
  word1 = 0;
  word2 = 0;
  lead = 0;
  source = 0;
  destination = 0;
  /** What the machine's changes were counted to when it was learnt, and when it ends of itself. */
  stamp = -1;
  until = 0;
  fibGeneration = 0;
  action: number = FlowAction.SEEN;
  /** The longest packet, from its IPv4 header. */
  room = 0;
  /** Sum of RouteFlag, of what is for this host. */
  routeFlags = 0;
  readonly egress = new Egress();
  readonly wrapping = new Wrapping();
  /** The tunnel device that unwraps. */
  tunnel: Device | null = null;
  port = 0;
  vni = 0;
  cleanupAt = 0;
  /** Of a VXLAN device that learns: the inner sender that it knows. */
  innerMac = 0 as Mac;
  innerEntry: VxlanFdbEntry | null = null;
  /** Of a bridge: the sender's entry, null if the port does not learn, and the destination's. */
  from: BridgeFdbEntry | null = null;
  to: BridgeFdbEntry | null = null;
}

const FIRST_SIZE = 1024;
const LAST_SIZE = 1 << 17;
/** As many flows pushed each other out before there are more places. */
const CROWDED = 8;

/** Places for flows: one for each value of a hash, where the later flow takes the place of the earlier. */
export class FlowTable {
  places: (Flow | null)[] = new Array(FIRST_SIZE).fill(null);
  private lost = 0;

  /** The flow at the place of `hash`, empty at first. */
  at(hash: number): Flow {
    const place = hash & (this.places.length - 1);
    const found = this.places[place];
    if (found !== null) return found;
    const made = new Flow();
    this.places[place] = made;
    return made;
  }

  /** A flow that still held gave way to another. */
  crowd(): void {
    const size = this.places.length;
    if (++this.lost < size / CROWDED || size >= LAST_SIZE) return;
    this.lost = 0;
    this.places = [...this.places, ...new Array(size).fill(null)];
  }
}
