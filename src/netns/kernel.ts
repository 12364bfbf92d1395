// One machine: what all its namespaces share. The queues are here, and the one place where a packet ends.
import type { DropReason } from '../drop/reasons.ts';
import { type Packet, PacketPool } from '../packet/packet.ts';
import { WorkQueue } from '../packet/queue.ts';
import type { Clock, Timer } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import { MachineConf } from './conf.ts';
import type { Device } from './device.ts';
import type { Namespace } from './namespace.ts';

/** Hears of every decision; for traces and verdicts. The packet path asks only whether there is one. */
export interface Observer {
  /** A packet ended. It is still whole. */
  drop?(namespace: Namespace, packet: Packet, reason: DropReason, device: Device | null): void;
  /** A route was chosen for it (or none was: null); `decided` is the Route. */
  route?(namespace: Namespace, packet: Packet, decided: object | null, device: Device | null): void;
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
  | 'changeName';

/** Hears of devices; `detail` is the flags that changed ('change') or the old MTU ('changeMtu'). */
export interface DeviceListener {
  deviceEvent(device: Device, event: DeviceEvent, detail: number): void;
}

/** Carrier changes that wait to be acted on (net/core/link_watch.c); src/link/carrier.ts runs it. */
export interface LinkWatch {
  readonly pending: Device[];
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
  readonly namespaces = new Set<Namespace>();
  /** The namespace that the machine starts with; set by src/ip/stack.ts. */
  initial!: Namespace;
  /** Names of loaded modules: `modprobe ipip` makes tunl0 appear everywhere. */
  readonly modules = new Set<string>();
  observer: Observer | null = null;
  /** In the order of the kernel's notifier chain: ARP, addresses, routes. */
  readonly deviceListeners: DeviceListener[] = [];
  readonly linkWatch: LinkWatch = { pending: [], nextAt: 0, urgent: false, timer: null };
  private traces = 0;

  constructor(clock: Clock, random: Random) {
    this.clock = clock;
    this.random = random;
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
    this.pool.free(packet);
  }
}
