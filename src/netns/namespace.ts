// One network namespace, which is one host's stack: its devices, tables, settings, sockets and counters.
import type { Ipv4 } from '../addr/ipv4.ts';
import { DROP_COUNT } from '../drop/reasons.ts';
import type { Fib } from '../fib/fib.ts';
import type { NeighbourTable } from '../neigh/table.ts';
import type { Packet } from '../packet/packet.ts';
import { type Ipv4Conf, NamespaceConf, type NeighConf } from './conf.ts';
import { Counters } from './counters.ts';
import type { Device } from './device.ts';
import type { Kernel } from './kernel.ts';
import type { NetlinkGroup } from './netlink.ts';

/** Takes packets that are for a local user: a ping, a traceroute, a test. It may read the packet, not keep or free it. */
export interface Socket {
  /** IP protocol it hears, as a raw socket does. */
  readonly protocol: number;
  /** The device that it is bound to (SO_BINDTODEVICE): what it learns of paths is of those by this device. */
  readonly device?: Device | null;
  /** `packet.network` is the IPv4 header, `packet.head` the transport header. */
  receive(packet: Packet, device: Device): void;
  /** An ICMP error that quotes a packet of this protocol: `packet.head` is the quoted IPv4 header. */
  error?(packet: Packet, device: Device, type: number, code: number, info: number): void;
}

/** What is remembered of an address that we send errors to (struct inet_peer). */
export interface Peer {
  /** Token bucket of ICMP errors, in microseconds, and when it was last filled. */
  tokens: number;
  filledAt: number;
  /** Redirects sent without effect. */
  redirects: number;
  /** Counts its fragments, to tell those that come too late (ipfrag_max_dist). */
  fragments: number;
}

/**
 * Routes, neighbours and forwarding entries that a daemon has decided on and not written yet. Whoever looks where they
 * would be pays first, so nobody sees that they are late.
 */
export interface Owed {
  /** One of the routes may be for this address. */
  mayHold(address: Ipv4): boolean;
  /** Neighbours of this device are among them. */
  isAbout(device: Device): boolean;
  /** One of the routes may leave by this device. */
  mayLeaveBy(device: Device): boolean;
  /** Writes them as of the time when they were decided on; neither timers nor chance are asked. */
  pay(): void;
}

export class Namespace {
  readonly kernel: Kernel;
  /** A name for people; '' for the initial namespace. `ip netns` keeps its own list in the lab. */
  name: string;
  /** By index, in order of index. */
  readonly devices = new Map<number, Device>();
  /** By name. */
  readonly names = new Map<string, Device>();
  readonly conf = new NamespaceConf();
  confAll: Ipv4Conf;
  confDefault: Ipv4Conf;
  neighDefault: NeighConf;
  // Set by src/ip/stack.ts when the namespace is made.
  private routing!: Fib;
  private arpTable!: NeighbourTable;
  /** Null for nothing: what a node of a cluster shares with all others is written when somebody looks. */
  private debt: Owed | null = null;
  readonly counters = new Counters();
  /** Namespaces that this one has an id for, by id (peernet2id). */
  readonly peerIds = new Map<Namespace, number>();
  /** No id below is free (src/link/peer-id.ts). */
  peerIdsFrom = 0;
  /** Devices by each address that they hold, the latest first (inet_addr_lst). */
  readonly addressOwners = new Map<Ipv4, Device[]>();
  nextIndex = 1;
  /** The first VRF device brings the l3mdev rule; who deletes the rule does not get it again (add_fib_rules). */
  hadVrf = false;
  /** No two VRF devices may share a table (net.vrf.strict_mode). */
  vrfStrictMode = false;
  /** fallback devices such as tunl0 by kind. */
  readonly fallback = new Map<number, Device>();
  /** IPIP devices whose outer packets are this namespace's, wherever the devices themselves are. */
  readonly ipipDevices = new Set<Device>();
  /** What is left of the namespace's bucket of ICMP errors, and when it was last filled (icmp_global_credit). */
  icmpCredit = 0;
  icmpFilledAt = Number.NEGATIVE_INFINITY;
  /** A path MTU or a redirect was ever learnt here. */
  learntPaths = false;
  /** Times that what was learnt of paths was flushed (fnhe_genid). */
  pathGeneration = 0;
  fragmentMemory = 0;
  gone = false;
  /** Those who hear of changes (netlink.ts); null while nobody does. */
  netlink: NetlinkGroup | null = null;

  constructor(
    kernel: Kernel,
    name: string,
    confAll: Ipv4Conf,
    confDefault: Ipv4Conf,
    neighDefault: NeighConf,
  ) {
    this.kernel = kernel;
    this.name = name;
    this.confAll = confAll;
    this.confDefault = confDefault;
    this.neighDefault = neighDefault;
  }

  // Made when they are first asked for: a cluster has 30,000 namespaces, and few of them ever need these.
  private dropCounts: Float64Array | null = null;
  private socketSet: Set<Socket> | null = null;
  private portMap: Map<number, Socket> | null = null;
  private tcpPortMap: Map<number, Socket> | null = null;
  private inert: Map<string, string> | null = null;
  private vxlans: Set<Device> | null = null;
  private peerMap: Map<number, Peer> | null = null;
  private fragmentQueues: Map<string, object> | null = null;
  private knowers: Set<Namespace> | null = null;

  get owed(): Owed | null {
    return this.debt;
  }

  set owed(owed: Owed | null) {
    if (owed === this.debt) return;
    this.debt = owed;
    this.kernel.changes++;
  }

  get fib(): Fib {
    if (this.owed !== null) this.pay();
    return this.routing;
  }

  set fib(fib: Fib) {
    this.routing = fib;
  }

  get neighbours(): NeighbourTable {
    if (this.owed !== null) this.pay();
    return this.arpTable;
  }

  set neighbours(table: NeighbourTable) {
    this.arpTable = table;
  }

  /** The routing for who asks about this address only: a broadcast question on a segment comes to every node. */
  fibFor(address: Ipv4): Fib {
    if (this.owed?.mayHold(address) === true) this.pay();
    return this.routing;
  }

  /** The neighbours for who asks about those of this device only. */
  neighboursOf(device: Device): NeighbourTable {
    if (this.owed?.isAbout(device) === true) this.pay();
    return this.arpTable;
  }

  /** The routing for what happens to this device. */
  fibBy(device: Device): Fib {
    if (this.owed?.mayLeaveBy(device) === true) this.pay();
    return this.routing;
  }

  /** Does what comes to the same before and after what is owed. */
  aside<T>(work: () => T): T {
    const { owed } = this;
    this.owed = null;
    try {
      return work();
    } finally {
      this.owed = owed;
    }
  }

  /** What is owed is written now. */
  pay(): void {
    const { owed } = this;
    this.owed = null;
    owed?.pay();
  }

  /** How many packets ended here for each DropReason. */
  get drops(): Float64Array {
    this.dropCounts ??= new Float64Array(DROP_COUNT);
    return this.dropCounts;
  }

  get sockets(): Set<Socket> {
    this.socketSet ??= new Set();
    return this.socketSet;
  }

  /** TCP ports of programs that take segments themselves: there is no TCP in the lab but what they bring along. */
  get tcpPorts(): Map<number, Socket> {
    this.tcpPortMap ??= new Map();
    return this.tcpPortMap;
  }

  /** UDP ports that somebody listens on (VXLAN devices are found by their own ports). */
  get udpPorts(): Map<number, Socket> {
    this.portMap ??= new Map();
    return this.portMap;
  }

  /** net.ipv6.conf.<name>.disable_ipv6 and other keys that are kept and read back but move no packet. */
  get inertSysctls(): Map<string, string> {
    this.inert ??= new Map();
    return this.inert;
  }

  /** As `ipipDevices`, of VXLAN. */
  get vxlanDevices(): Set<Device> {
    this.vxlans ??= new Set();
    return this.vxlans;
  }

  /** By address and VRF (src/ip/peers.ts). */
  get peers(): Map<number, Peer> {
    this.peerMap ??= new Map();
    return this.peerMap;
  }

  /** Namespaces that have an id for this one. */
  get knownBy(): Set<Namespace> {
    this.knowers ??= new Set();
    return this.knowers;
  }

  /** Half-finished datagrams; see src/ip/reassemble.ts. */
  get fragments(): Map<string, object> {
    this.fragmentQueues ??= new Map();
    return this.fragmentQueues;
  }

  device(name: string): Device | undefined {
    return this.names.get(name);
  }

  get loopback(): Device {
    return this.devices.get(1) as Device;
  }

  /** The device that has `address`, up or not (as __ip_dev_find without the table). */
  ownerOf(address: Ipv4): Device | null {
    for (const device of this.devices.values())
      for (const held of device.addresses) if (held.local === address) return device;
    return null;
  }
}
