// One machine: what all its namespaces share. The queues are here, and the one place where a packet ends.
import type { Ipv4 } from '../addr/ipv4.ts';
import type { DropReason } from '../drop/reasons.ts';
import type { NextHop, Route, RouteException } from '../fib/route.ts';
import type { Neighbour } from '../neigh/neighbour.ts';
import { type Packet, PacketPool } from '../packet/packet.ts';
import { WorkQueue } from '../packet/queue.ts';
import type { Clock, Timer } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import { MachineConf } from './conf.ts';
import type { Device, VxlanFdbEntry } from './device.ts';
import { FlowTable } from './flow.ts';
import type { Namespace } from './namespace.ts';

/** What a packet is on its way with (RouteResult of src/ip/route.ts). */
export interface PacketRoute {
  /** RTN_*. */
  readonly type: number;
  readonly device: Device;
  /** The next hop, 0 if the destination itself is on the link. */
  readonly gateway: Ipv4;
  readonly destination: Ipv4;
  /** The FIB entry that decided; null for none (a broadcast, no route at all). */
  readonly route: Route | null;
  readonly nextHop: NextHop | null;
  /** What was learnt about the destination. */
  readonly exception: RouteException | null;
}

/** What a packet meets on its way, with the object that decided. The objects are the stack's own: read them at once. */
export type PacketEvent =
  /** A received packet was routed; its head is its IPv4 header. */
  | { readonly kind: 'input'; readonly route: PacketRoute }
  /** A packet goes out along a route, in one piece if it is no longer than `mtu`. */
  | { readonly kind: 'output'; readonly route: PacketRoute; readonly mtu: number }
  /** It is longer than `mtu`, and DF keeps it from being cut. */
  | { readonly kind: 'tooBig'; readonly device: Device; readonly mtu: number }
  /** It was cut into so many pieces, each of which went its way before this is told. */
  | { readonly kind: 'fragmented'; readonly mtu: number; readonly pieces: number }
  /** So many pieces became this packet. */
  | { readonly kind: 'reassembled'; readonly pieces: number }
  /** The neighbour that it goes to next: it waits for the answer where that is not known yet. */
  | { readonly kind: 'neighbour'; readonly neighbour: Neighbour }
  /** A bridge sends the frame to these ports; `from` is null for what the bridge itself sends. */
  | {
      readonly kind: 'bridge';
      readonly bridge: Device;
      readonly from: Device | null;
      readonly ports: readonly Device[];
      readonly local: boolean;
      readonly vlan: number;
    }
  /** The forwarding entry of a VXLAN device for the frame; null for none. */
  | { readonly kind: 'fdb'; readonly device: Device; readonly entry: VxlanFdbEntry | null }
  /** A tunnel put headers of so many bytes in front; the packet's head is the outer IPv4 header, `route` its route. */
  | {
      readonly kind: 'encapsulated';
      readonly device: Device;
      readonly bytes: number;
      readonly route: PacketRoute;
    }
  /** A tunnel takes them off: `packet.network` is still the outer header, the head the inner packet or frame. */
  | { readonly kind: 'decapsulated'; readonly device: Device }
  /** It is remembered that the path to `destination` is no wider than `mtu`. */
  | { readonly kind: 'pathMtu'; readonly destination: Ipv4; readonly mtu: number }
  /** It is answered: by an ICMP error, an echo reply, a reset. Whoever listens may give `made` a trace of its own. */
  | { readonly kind: 'answered'; readonly made: Packet };

/** Hears of every decision; for traces and verdicts. The packet path asks only whether there is one. */
export interface Observer {
  /** A packet ended. It is still whole. */
  drop?(namespace: Namespace, packet: Packet, reason: DropReason, device: Device | null): void;
  /** A packet did what it was for: a socket or a protocol here took it. */
  deliver?(namespace: Namespace, packet: Packet): void;
  step?(namespace: Namespace, packet: Packet, event: PacketEvent): void;
  /** A step worth telling, in words: "proxy_arp=1 but no route to 169.254.1.1". */
  note?(namespace: Namespace, packet: Packet, what: string): void;
}

/** What happens to a device, as the kernel's netdevice notifiers hear it (NETDEV_*). */
export type DeviceEvent =
  | 'register'
  | 'unregister'
  | 'up'
  | 'down'
  | 'change'
  | 'changeAddress'
  | 'changeMtu'
  | 'changeName'
  /** It joined a VRF or left one (NETDEV_CHANGEUPPER of an L3 master). */
  | 'changeVrf';

/** Hears of devices; `detail` is the flags that changed ('change') or the old MTU ('changeMtu'). */
export interface DeviceListener {
  deviceEvent(device: Device, event: DeviceEvent, detail: number): void;
}

/** Carrier changes that wait to be acted on (net/core/link_watch.c); src/link/carrier.ts runs it. */
export interface LinkWatch {
  /** In the order in which they first changed. */
  readonly pending: Set<Device>;
  /**
   * Those of them that may be urgent: they run, and were urgent when they were last looked at, or something changed since. A
   * cluster begins with as many that do not run as it has pods.
   */
  readonly running: Set<Device>;
  /** Counts the devices that ever waited. */
  changes: number;
  /** Those that became urgent while they waited, since the last run began. */
  readonly turned: Set<Device>;
  /** Microseconds before which only urgent changes are acted on. */
  nextAt: number;
  urgent: boolean;
  timer: Timer | null;
}

const DEFERRED_LIMIT = 65536;
const BACKLOG_LIMIT = 1 << 20;

export class Kernel {
  readonly clock: Clock;
  readonly random: Random;
  readonly pool = new PacketPool();
  readonly conf = new MachineConf();
  /** Frames that a device received and nobody has looked at: the softnet backlog. */
  readonly backlog = new WorkQueue<Device>(BACKLOG_LIMIT);
  /** What came out of tunnels: looked at when the backlog is empty (struct gro_cells, a NAPI of their own). */
  readonly cells = new WorkQueue<Device>(BACKLOG_LIMIT);
  /** Packets that a tunnel device was given: encapsulated before the next frame of the backlog is taken. */
  readonly deferred = new WorkQueue<Device>(DEFERRED_LIMIT);
  /** The queues run: what is sent meanwhile is not sent by a process. */
  running = false;
  /** Packets of processes that a device did not take (NET_XMIT_DROP), and those that the queues sent. */
  refusedSends = 0;
  refusedAnswers = 0;
  /** Runs the queues in the middle of a call of a process; null where whoever drives the machine does it afterwards. */
  softirqs: (() => void) | null = null;
  readonly namespaces = new Set<Namespace>();
  /** The namespace that the machine starts with; set by src/ip/stack.ts. */
  initial!: Namespace;
  /** Names of loaded modules: `modprobe ipip` makes tunl0 appear everywhere. */
  readonly modules = new Set<string>();
  /** Booted with ipv6.disable=1: no address, route or rule of the family is even kept. */
  ipv6Disabled = false;
  /** In the order of the kernel's notifier chain: ARP, addresses, routes. */
  readonly deviceListeners: DeviceListener[] = [];
  readonly linkWatch: LinkWatch = {
    pending: new Set(),
    running: new Set(),
    changes: 0,
    nextAt: 0,
    turned: new Set(),
    urgent: false,
    timer: null,
  };
  /** Times that a host learnt of a path what changes where its packets go, or how long they may be. */
  pathChanges = 0;
  /**
   * The earliest time at which something learnt of a path that was asked for since this was set is to be learnt again or
   * ends: whoever remembers what came of a packet sets it to infinity before, and looks after.
   */
  pathsUntil = Number.POSITIVE_INFINITY;
  /** Null where each packet is to be asked about anew. */
  flows: FlowTable | null = new FlowTable();
  /** Administrative requests and events of devices, links and listeners: what was found out before may hold no longer. */
  changes = 0;
  /** Devices that were ever made. */
  devicesMade = 0;
  private listening: Observer | null = null;
  /** Of the packet that was last given one (src/ip/send.ts); -1 before the first. */
  identification = -1;
  private traces = 0;

  constructor(clock: Clock, random: Random) {
    this.clock = clock;
    this.random = random;
  }

  /** Who hears of every decision; null for nobody. */
  get observer(): Observer | null {
    return this.listening;
  }

  set observer(observer: Observer | null) {
    this.listening = observer;
    this.changes++;
  }

  /** Grows with everything but packets that may change where packets go. */
  get stamp(): number {
    return this.changes + this.pathChanges + this.clock.ran;
  }

  nextTrace(): number {
    return ++this.traces;
  }

  /** Ends a packet for `reason`: counts it once, tells the observer, gives the packet back. */
  drop(namespace: Namespace, packet: Packet, reason: DropReason, device: Device | null = null): void {
    namespace.drops[reason]++;
    if (this.observer !== null) this.observer.drop?.(namespace, packet, reason, device);
    this.pool.free(packet);
  }

  /** Ends a packet that did what it was for (consume_skb). */
  consume(namespace: Namespace, packet: Packet): void {
    namespace.counters.delivered++;
    if (this.observer !== null) this.observer.deliver?.(namespace, packet);
    this.pool.free(packet);
  }
}
