// A trace as plain data: what `vrouter trace --json` prints, and what the printers read.

/** Grows when a field changes its meaning or goes; new fields may come without. */
export const TRACE_VERSION = 1;

/** The whole document. */
export interface TraceDocument {
  readonly version: typeof TRACE_VERSION;
  readonly from: EndDocument;
  readonly to: EndDocument;
  readonly packet: ProbeDocument;
  /** The packet's way. */
  readonly forward: Journey;
  /** The way of the answer of whom the packet was for; null if there was none, or with --one-way. */
  readonly backward: Journey | null;
  /** ICMP errors about the packet or its answer, in the order in which they were sent; the answer itself is not among them. */
  readonly errors: readonly IcmpReport[];
  /** The packet came to the protocol that it was for, at the host that it was for. */
  readonly reached: boolean;
  /** The answer came to the sender. */
  readonly answered: boolean;
}

interface EndDocument {
  /** As the user wrote it. */
  readonly name: string;
  /** The namespace, '' for the initial one; null for an address that nobody in the lab holds. */
  readonly host: string | null;
  readonly address: string;
}

interface ProbeDocument {
  readonly protocol: ProbeProtocol;
  /** Bytes of data in it, and of the whole IPv4 packet. */
  readonly size: number;
  readonly length: number;
  readonly df: boolean;
  readonly ttl: number;
  /** Of UDP and TCP, else 0. */
  readonly sourcePort: number;
  readonly port: number;
}

export type ProbeProtocol = 'icmp' | 'udp' | 'tcp';

/** The way of one packet, with the fragments and copies that were made of it. */
export interface Journey {
  /** In tcpdump's words, as it was sent. */
  readonly packet: string;
  /** The packet did not arrive: this is the answer that would have been sent, sent all the same. */
  readonly supposed: boolean;
  readonly hops: readonly Hop[];
  readonly end: End;
}

/** A host on the way. One that the packet comes to again is a hop again. */
export interface Hop {
  /** The namespace, '' for the initial one. */
  readonly host: string;
  readonly steps: readonly Step[];
}

/** How a packet ended. */
export type End =
  | { readonly kind: 'delivered'; readonly host: string; readonly to: string }
  /** It came to its host, and no one there takes it: the host says so with a reset or an ICMP error. */
  | { readonly kind: 'refused'; readonly host: string; readonly reason: string; readonly why: string }
  | {
      readonly kind: 'dropped';
      readonly host: string;
      /** The device that dropped it, '' for none. */
      readonly device: string;
      /** `SKB_DROP_REASON_…`. */
      readonly reason: string;
      readonly why: string;
    }
  /** The sender's own kernel refused it: no packet was made. */
  | {
      readonly kind: 'unsent';
      readonly host: string;
      readonly errno: number;
      readonly message: string;
      readonly why: string;
    }
  /** It was still on its way when the trace stopped to look. */
  | { readonly kind: 'unfinished'; readonly host: string };

export interface IcmpReport {
  /** `fragmentation needed, mtu 1460`. */
  readonly message: string;
  readonly type: number;
  readonly code: number;
  /** Of fragmentation needed, else 0. */
  readonly mtu: number;
  /** The namespace that sent it, and the address that it gave itself. */
  readonly by: string;
  readonly source: string;
  /** What it is about. */
  readonly about: 'forward' | 'backward';
  /** It came to the sender of what it is about. */
  readonly reached: boolean;
  readonly journey: Journey;
}

/** One thing that happened to the packet, with what decided. Texts in `iproute2`'s form where it has one. */
export type Step =
  | ReceiveStep
  | SendStep
  | SourceStep
  | RouteStep
  | ForwardStep
  | MtuStep
  | NeighbourStep
  | FdbStep
  | BridgeStep
  | EncapsulateStep
  | DecapsulateStep
  | ReassembleStep
  | PathMtuStep
  | IcmpStep
  | DropStep
  | DeliverStep;

interface Common {
  /** How often in a row: fragments and copies do the same one after the other. */
  readonly times: number;
}

/** A device received it. */
interface ReceiveStep extends Common {
  readonly kind: 'receive';
  readonly device: string;
}

/** A device sent it: over a cable to `to` (`node1:eth0`), '' for what has no other end. */
interface SendStep extends Common {
  readonly kind: 'send';
  readonly device: string;
  readonly to: string;
}

/** The source passed the reverse path filter. */
export interface SourceStep extends Common {
  readonly kind: 'source';
  readonly device: string;
  /** `net.ipv4.conf.eth0.rp_filter=1`, the larger of all's and the device's. */
  readonly sysctl: string;
  readonly source: string;
  /** The route back to the source; null for none. */
  readonly route: string | null;
}

export interface RouteStep extends Common {
  readonly kind: 'route';
  readonly destination: string;
  /** For a received packet `input`, for one that is sent `output`; of the packet that a tunnel makes `outer`. */
  readonly direction: 'input' | 'output' | 'outer';
  /** The route that decided, as `ip route` prints it; null for none. */
  readonly route: string | null;
  /** `main`, `local` or a number; '' without a route. */
  readonly table: string;
  /** The rule that led there, where it is none of the three that every namespace begins with. */
  readonly rule: string | null;
  /** What was learnt about the destination: `cache expires 598sec mtu 1480`. */
  readonly cache: string | null;
  /** The device and the next hop that it leaves by; '' for what is delivered here. */
  readonly device: string;
  readonly via: string;
  /** The route that would have decided without it. */
  readonly lost: string | null;
}

interface ForwardStep extends Common {
  readonly kind: 'forward';
  /** `net.ipv4.conf.eth0.forwarding=1`, of the device that received it. */
  readonly sysctl: string;
  /** Before and after. */
  readonly ttl: readonly [number, number];
}

export interface MtuStep extends Common {
  readonly kind: 'mtu';
  readonly device: string;
  readonly size: number;
  readonly mtu: number;
  readonly df: boolean;
  readonly verdict: 'fits' | 'fragmented' | 'too big';
  /** Of a packet that was fragmented, else 0. */
  readonly pieces: number;
}

export interface NeighbourStep extends Common {
  readonly kind: 'neighbour';
  /** As `ip neigh` prints it. */
  readonly entry: string;
  /** Known before, found out by ARP just now, asked for still, or asked for in vain. */
  readonly how: 'known' | 'resolved' | 'asked' | 'failed';
  /** Questions sent. */
  readonly questions: number;
  /** Who answered: `node1:cali3a3e66463d6`; null if nobody did. */
  readonly answeredBy: string | null;
  /** The one who answered is not the address's owner. */
  readonly proxy: boolean;
  /** Why it answered for another (`net.ipv4.conf.eth0.proxy_arp=1 …`), or who heard the question and did not answer, and why. */
  readonly notes: readonly string[];
}

/** The forwarding entry of a VXLAN device. */
export interface FdbStep extends Common {
  readonly kind: 'fdb';
  readonly device: string;
  readonly mac: string;
  /** As `bridge fdb` prints it; null for none. */
  readonly entry: string | null;
}

export interface BridgeStep extends Common {
  readonly kind: 'bridge';
  readonly bridge: string;
  readonly mac: string;
  /** As `bridge fdb` prints it; null for none: the frame is flooded. */
  readonly entry: string | null;
  readonly ports: readonly string[];
  /** It is for the bridge itself as well. */
  readonly local: boolean;
}

export interface EncapsulateStep extends Common {
  readonly kind: 'encapsulate';
  readonly device: string;
  readonly mode: 'ipip' | 'vxlan';
  /** Bytes added, and the length of the outer packet. */
  readonly bytes: number;
  readonly length: number;
  readonly source: string;
  readonly destination: string;
  /** What chose the outer source: `preferred source of route …`, `local of vxlan.calico`. */
  readonly sourceFrom: string;
  readonly ttl: number;
  readonly df: boolean;
  /** VXLAN only, else 0. */
  readonly vni: number;
  readonly port: number;
}

export interface DecapsulateStep extends Common {
  readonly kind: 'decapsulate';
  readonly device: string;
  readonly mode: 'ipip' | 'vxlan';
  readonly source: string;
  readonly destination: string;
}

interface ReassembleStep extends Common {
  readonly kind: 'reassemble';
  readonly pieces: number;
  readonly length: number;
}

/** A path MTU was learnt, and holds for this host's own packets to the destination. */
interface PathMtuStep extends Common {
  readonly kind: 'pathMtu';
  readonly destination: string;
  readonly mtu: number;
}

/** An ICMP error was sent about it; see `errors` for what became of that. */
interface IcmpStep extends Common {
  readonly kind: 'icmp';
  readonly message: string;
  readonly to: string;
}

interface DropStep extends Common {
  readonly kind: 'drop';
  readonly device: string;
  readonly reason: string;
  readonly why: string;
}

interface DeliverStep extends Common {
  readonly kind: 'deliver';
  readonly to: string;
}
