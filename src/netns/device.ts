// A network device: one class for every kind, because a switch on a number is ten times faster in V8 than a call
// that may land in eight classes. What a device does is in src/link and src/ip; here is what it is.
import type { Ipv4 } from '../addr/ipv4.ts';
import { MAC_BROADCAST, MAC_ZERO, type Mac } from '../addr/mac.ts';
import type { FibDevice } from '../fib/route.ts';
import type { Packet } from '../packet/packet.ts';
import type { Timer } from '../time/clock.ts';
import { type Ipv4Conf, NeighConf } from './conf.ts';
import type { Namespace } from './namespace.ts';
import type { TrafficControl } from './traffic.ts';

/** Kinds of device; the names are iproute2's (see KIND_NAMES). */
export const Kind = {
  LOOPBACK: 0,
  VETH: 1,
  BRIDGE: 2,
  DUMMY: 3,
  IPIP: 4,
  VXLAN: 5,
  VRF: 6,
  VLAN: 7,
} as const;
export const KIND_NAMES = ['loopback', 'veth', 'bridge', 'dummy', 'ipip', 'vxlan', 'vrf', 'vlan'] as const;

/** IFF_* flags (linux/if.h). */
export const DeviceFlag = {
  UP: 0x1,
  BROADCAST: 0x2,
  LOOPBACK: 0x8,
  POINTOPOINT: 0x10,
  RUNNING: 0x40,
  NOARP: 0x80,
  PROMISC: 0x100,
  ALLMULTI: 0x200,
  MASTER: 0x400,
  MULTICAST: 0x1000,
  LOWER_UP: 0x10000,
  DORMANT: 0x20000,
} as const;

/** ARPHRD_* hardware types (linux/if_arp.h). */
export const HardwareType = { ETHER: 1, TUNNEL: 768, LOOPBACK: 772, NONE: 0xfffe } as const;

/** One IPv4 address on a device (struct in_ifaddr). */
export interface InterfaceAddress {
  local: Ipv4;
  /** The peer's address, or `local` again if there is none (ifa_address). */
  peer: Ipv4;
  /** Length of the prefix of `peer`. */
  length: number;
  /** 0 for none. */
  broadcast: Ipv4;
  scope: number;
  /** For example `eth0` or `eth0:1`. */
  label: string;
  /** IFA_F_SECONDARY 1, IFA_F_PERMANENT 0x80, IFA_F_NOPREFIXROUTE 0x200 … */
  flags: number;
  /** Route metric of its prefix route (ip addr … metric), 0 for none. */
  metric: number;
  /** Seconds, 0xffffffff for ever. */
  validLifetime: number;
  preferredLifetime: number;
  /** IFA_PROTO, 0 for none. */
  protocol: number;
  /** Virtual microseconds at which the lifetimes were last set (ifa_tstamp), and at which it was made (ifa_cstamp). */
  updatedAt: number;
  createdAt: number;
}

export const AddressFlag = {
  SECONDARY: 0x1,
  DEPRECATED: 0x20,
  PERMANENT: 0x80,
  NOPREFIXROUTE: 0x200,
} as const;

/** Sees every frame at a device, as a packet socket does: from the link header on, before it is acted on. */
export interface Tap {
  /** It listens at all devices: a VRF device that has no other listener shows it nothing (dev->ptype_all). */
  readonly everywhere?: boolean;
  frame(device: Device, packet: Packet, outgoing: boolean): void;
}

/** An IPIP device's settings (struct ip_tunnel_parm). */
export interface TunnelState {
  /** 0 for any. */
  local: Ipv4;
  remote: Ipv4;
  /** 0 inherits from the inner packet. */
  ttl: number;
  /** 1 inherits (with ECN by RFC 6040), else a fixed TOS. */
  tos: number;
  pmtudisc: boolean;
  /** ignore-df. */
  ignoreDf: boolean;
  /** The device that carries it (`dev`), index 0 for any. */
  link: number;
  /** IPPROTO of what it carries: 4 for ipip, 0 for any, 137 mpls. */
  protocol: number;
  fwmark: number;
  /** True for tunl0, which takes what no configured tunnel takes and its remote from the route. */
  fallback: boolean;
}

/** One forwarding entry of a VXLAN device; several remotes for one MAC flood. */
export interface VxlanFdbEntry {
  mac: Mac;
  remotes: VxlanRemote[];
  /** NUD_* state: permanent, reachable (learnt, static), noarp. */
  state: number;
  flags: number;
  /** When it was last used and last learnt or refreshed, in microseconds. */
  used: number;
  updated: number;
}

export interface VxlanRemote {
  address: Ipv4;
  /** UDP port, 0 for the device's own. */
  port: number;
  /** VNI, or the device's own. */
  vni: number;
  /** Index of the underlay device, 0 for the device's own choice. */
  link: number;
}

export interface VxlanState {
  vni: number;
  /** Default remote (or multicast group), 0 for none: kept as the FDB entry for 00:00:00:00:00:00 as the kernel does. */
  remote: Ipv4;
  local: Ipv4;
  /** Index of `dev`, 0 for none. */
  link: number;
  port: number;
  sourcePortLow: number;
  sourcePortHigh: number;
  ttl: number;
  ttlInherit: boolean;
  tos: number;
  /** 0 unset, 1 set, 2 inherit. */
  df: number;
  learning: boolean;
  proxy: boolean;
  rsc: boolean;
  l2miss: boolean;
  l3miss: boolean;
  udpChecksum: boolean;
  /** Flags about IPv6 underlays, which are kept and shown. */
  zeroChecksum6Tx: boolean;
  zeroChecksum6Rx: boolean;
  /** Seconds. */
  ageing: number;
  maxAddresses: number;
  fdb: Map<Mac, VxlanFdbEntry>;
  /** The VRF device that its socket is bound to: that of `link` when it was last set up. */
  boundTo: Device | null;
  /** When old entries are looked for next, in virtual microseconds; Infinity while they are not (age_timer). */
  cleanupAt: number;
}

/** What a VLAN device is (struct vlan_dev_priv). */
export interface VlanState {
  /** The device below. */
  real: Device;
  id: number;
  /** The EtherType of its tags. */
  protocol: number;
  reorderHeader: boolean;
  gvrp: boolean;
  mvrp: boolean;
  looseBinding: boolean;
  bridgeBinding: boolean;
}

/** One VLAN of a bridge or of a port (struct net_bridge_vlan). */
export interface BridgeVlan {
  /** Its frames leave without a tag. */
  untagged: boolean;
  /** BR_STATE_*, as of ports. */
  state: number;
}

/** The VLANs of a bridge or of one of its ports (struct net_bridge_vlan_group). */
export interface VlanGroup {
  /** Where frames without a tag belong; 0 for nowhere. */
  pvid: number;
  byId: Map<number, BridgeVlan>;
}

/** One entry of a bridge's table (struct net_bridge_fdb_entry). */
export interface BridgeFdbEntry {
  mac: Mac;
  /** 0 while VLANs are not filtered. */
  vlan: number;
  /** Entries of a bridge in the order in which they were made. */
  serial: number;
  /** The port, or null for the bridge's own address. */
  port: Device | null;
  local: boolean;
  static: boolean;
  externLearn: boolean;
  /** Made by `bridge fdb` and not by a port's own address (BR_FDB_ADDED_BY_USER). */
  addedByUser?: boolean;
  sticky?: boolean;
  used: number;
  updated: number;
}

/** Stands at the entry of a bridge that is to misbehave (src/ip/segment-faults.ts). */
export interface SegmentFilter {
  /**
   * Takes a frame that a port received, or that the bridge itself sends: `device` is where it enters. What may go on,
   * in one piece or several, is given to `pass`.
   */
  enter(device: Device, packet: Packet, pass: (device: Device, packet: Packet) => void): void;
}

export interface BridgeState {
  /** Keyed by VLAN and MAC; VLAN 0 is what forwarding looks at while VLANs are not filtered. */
  fdb: Map<number, Map<Mac, BridgeFdbEntry>>;
  /** How many entries were ever made. */
  fdbSerial: number;
  vlans: VlanGroup;
  /** What ports are in from the beginning; 0 for nothing. */
  defaultPvid: number;
  /** Latest first, which is the order in which the kernel floods. */
  ports: Device[];
  /** Microseconds: 300 s. */
  ageingTime: number;
  forwardDelay: number;
  helloTime: number;
  maxAge: number;
  priority: number;
  stp: boolean;
  /** The MAC was set by hand: it no longer follows the lowest port's. */
  addressSet: boolean;
  vlanFiltering: boolean;
  /** While it is on and the bridge up, the bridge belongs to the group of all snoopers. */
  mcastSnooping: boolean;
  /** Its MTU was set by hand: it no longer follows the smallest port's (BROPT_MTU_SET_BY_USER). */
  mtuSet: boolean;
  /** The MAC in its bridge id: the device's own from the first time it was set or followed a port (bridge_id.addr). */
  idAddress: Mac;
  /** null for a bridge that does what it should. */
  filter: SegmentFilter | null;
}

/** A device's place as a bridge port. */
export interface BridgePort {
  bridge: Device;
  /** Port number, from 1. */
  number: number;
  vlans: VlanGroup;
  /** BR_STATE_*: 0 disabled, 1 listening, 2 learning, 3 forwarding, 4 blocking. */
  state: number;
  priority: number;
  cost: number;
  learning: boolean;
  flood: boolean;
  mcastFlood: boolean;
  bcastFlood: boolean;
  hairpin: boolean;
  isolated: boolean;
  neighSuppress: boolean;
  proxyArp: boolean;
  guard: boolean;
  rootBlock: boolean;
  fastLeave: boolean;
  /** The cost was set by hand (BR_ADMIN_COST). */
  costSet: boolean;
  /** Runs from listening to learning to forwarding when STP is on. */
  forwardTimer: Timer | null;
}

/** rtnl_link_stats64, the part that is counted. */
export class DeviceStats {
  rxPackets = 0;
  rxBytes = 0;
  rxErrors = 0;
  rxDropped = 0;
  rxFrameErrors = 0;
  multicast = 0;
  txPackets = 0;
  txBytes = 0;
  txErrors = 0;
  txDropped = 0;
  txCarrierErrors = 0;
  collisions = 0;
}

export class Device implements FibDevice {
  namespace: Namespace;
  /** Where a tunnel's outer packets go: the namespace it was made in, also after it moved (tunnel->net). */
  underlay: Namespace;
  readonly kind: number;
  index: number;
  name: string;
  alias = '';
  /** IFF_* without RUNNING and LOWER_UP, which follow from `carrierOn` (see src/link). */
  flags: number;
  hardwareType: number;
  mtu: number;
  /** 0 for no limit. */
  minMtu = 0;
  maxMtu = 0;
  address: Mac = MAC_ZERO;
  broadcast: Mac;
  /** netif_carrier_ok without regard to IFF_UP. */
  carrierOn = true;
  txQueueLength = 1000;
  group = 0;
  /** A device that was never up has qdisc noop, else noqueue. */
  qdisc = 'noop';
  /** Bytes of link-layer header: 14 or 0. */
  headerLength: number;
  /** The other end of a veth pair. */
  peer: Device | null = null;
  /** The bridge it is a port of. */
  port: BridgePort | null = null;
  bridge: BridgeState | null = null;
  /** The VRF device that it is enslaved to. */
  vrf: Device | null = null;
  /** The table of a VRF device, 0 for other kinds. */
  vrfTable = 0;
  /** What `tc` set up; null for nearly all (src/link/traffic-control.ts). */
  traffic: TrafficControl | null = null;
  tunnel: TunnelState | null = null;
  vxlan: VxlanState | null = null;
  vlan: VlanState | null = null;
  /** The VLAN devices above it; null for nearly all. */
  vlanDevices: readonly Device[] | null = null;
  /** The address that it was registered with, if that was neither drawn nor set (dev->perm_addr); 0 for none. */
  permanentAddress: Mac = MAC_ZERO;
  /** How it was made: the address is random (NET_ADDR_RANDOM 1), set (3) or permanent (0). */
  addressAssignType = 0;
  /** IPv4 addresses in the kernel's order: primaries before their secondaries. */
  addresses: InterfaceAddress[] = [];
  conf: Ipv4Conf;
  neighConf: NeighConf = new NeighConf();
  private counted: DeviceStats | null = null;
  private listeners: Tap[] | null = null;
  /** Tells the devices of a machine apart. */
  readonly number: number;
  /** Users of promiscuous mode (dev->promiscuity). */
  promiscuity = 0;
  private listed: Set<Mac> | null = null;
  private joined: Set<Ipv4> | null = null;
  private asked: Set<Mac> | null = null;
  /** No IPv4 at all: MTU below 68 or taken away. */
  ipv4Disabled = false;
  /** Of a tunnel: ICMP errors about outer packets that no sender was told of yet, and when the last one came. */
  tunnelErrors = 0;
  tunnelErrorAt = Number.NEGATIVE_INFINITY;
  /** Questions that wait for proxy_delay. */
  proxyWaiting = 0;
  /** Unregistered: it no longer takes frames. */
  gone = false;
  /** In its namespace's lists (NETREG_REGISTERED). */
  registered = false;
  /** __LINK_STATE_START: set before the device's own open, cleared before its own stop. */
  running = false;
  /** IF_OPER_* as the link watch last set it; while the device does not run, DOWN is reported instead. */
  operstate = 0;
  carrierChanges = 0;
  /** Its carrier changed and the link watch has not seen it yet: its place in the order of those; 0 for none. */
  linkWatchOrder = 0;
  /** Its qdisc was activated with carrier (dev_activate); asked for only by the link watch's urgency. */
  transmitActive = false;
  /** IFF_PROMISC and IFF_ALLMULTI as a user set them (dev->gflags): the ones that are reported. */
  userFlags = 0;
  /** Users of all-multicast mode (dev->allmulti). */
  allmulti = 0;

  constructor(namespace: Namespace, kind: number, index: number, name: string, conf: Ipv4Conf) {
    this.namespace = namespace;
    this.underlay = namespace;
    this.kind = kind;
    this.number = namespace.kernel.devicesMade++;
    this.index = index;
    this.name = name;
    this.conf = conf;
    this.broadcast = kind === Kind.LOOPBACK ? MAC_ZERO : MAC_BROADCAST;
    const ethernet = kind !== Kind.IPIP;
    this.headerLength = ethernet ? 14 : 0;
    this.mtu = kind === Kind.LOOPBACK ? 65536 : 1500;
    this.hardwareType =
      kind === Kind.LOOPBACK ? HardwareType.LOOPBACK : ethernet ? HardwareType.ETHER : HardwareType.TUNNEL;
    this.flags =
      kind === Kind.LOOPBACK
        ? DeviceFlag.LOOPBACK
        : ethernet
          ? DeviceFlag.BROADCAST | DeviceFlag.MULTICAST
          : DeviceFlag.NOARP;
  }

  /** null while nobody listens, so that the packet path asks one question. */
  get taps(): Tap[] | null {
    return this.listeners;
  }

  set taps(taps: Tap[] | null) {
    this.listeners = taps;
    this.namespace.kernel.changes++;
  }

  get stats(): DeviceStats {
    this.counted ??= new DeviceStats();
    return this.counted;
  }

  /** Addresses beside its own that it was told to take (`bridge fdb add … self`: dev->uc). */
  get listedMacs(): Set<Mac> {
    this.listed ??= new Set();
    return this.listed;
  }

  /** Link-layer groups that `ip maddress add` or `bridge fdb add … self` asked for (dev->mc with global_use). */
  get askedMacs(): Set<Mac> {
    this.asked ??= new Set();
    return this.asked;
  }

  /** The joined IPv4 groups. */
  get groups(): Set<Ipv4> {
    this.joined ??= new Set();
    return this.joined;
  }

  get up(): boolean {
    return (this.flags & DeviceFlag.UP) !== 0;
  }

  /** Up and with carrier. */
  get carrier(): boolean {
    return this.carrierOn && (this.flags & DeviceFlag.UP) !== 0;
  }

  get loopback(): boolean {
    return this.kind === Kind.LOOPBACK;
  }

  /** The bridge or VRF that it belongs to (netdev_master_upper_dev_get). */
  get master(): Device | null {
    return this.port?.bridge ?? this.vrf;
  }

  get l3mdev(): Device | null {
    return this.kind === Kind.VRF ? this : this.vrf;
  }

  get ignoreLinkdown(): boolean {
    return (this.conf.ignore_routes_with_linkdown | this.namespace.confAll.ignore_routes_with_linkdown) !== 0;
  }
}
