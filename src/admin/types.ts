// What rtnetlink is to Linux: the shapes of requests and answers between the control plane (shell, Calico) and the
// dataplane. Requests name devices by name or index; answers are plain data, complete enough to print any form of
// `ip` and `bridge`. Errors are Refusal values with the kernel's errno and extack text; nothing throws for bad input.
import type { Refusal } from '../addr/errno.ts';
import type { Ipv4 } from '../addr/ipv4.ts';
import type { Mac } from '../addr/mac.ts';
import type { Metrics, Rule } from '../fib/route.ts';
import type { BridgeChange } from '../link/bridge-device.ts';
import type { VlanChange } from '../link/vlan-device.ts';
import type { DeviceStats } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';

/** What an administrative request ends with: null for success, or why not. */
export type Outcome = Refusal | null;

/** An answer with a value, or a refusal. */
export type Answer<T> = { readonly value: T } | { readonly refusal: Refusal };

// ---- links ---------------------------------------------------------------------------------------------------

export interface VethSettings {
  peer?: LinkAdd;
}

export interface IpipSettings {
  local?: Ipv4;
  remote?: Ipv4;
  /** 0 inherit. */
  ttl?: number;
  /** 1 inherit. */
  tos?: number;
  pmtudisc?: boolean;
  ignoreDf?: boolean;
  /** IFLA_IPTUN_PROTO: 4 ipip, 0 any, 137 mplsip. */
  protocol?: number;
  /** Name of the underlying device. */
  link?: string;
  fwmark?: number;
}

export interface VxlanSettings {
  vni?: number;
  remote?: Ipv4;
  group?: Ipv4;
  local?: Ipv4;
  link?: string;
  port?: number;
  sourcePortLow?: number;
  sourcePortHigh?: number;
  ttl?: number;
  ttlInherit?: boolean;
  tos?: number;
  df?: number;
  learning?: boolean;
  proxy?: boolean;
  rsc?: boolean;
  l2miss?: boolean;
  l3miss?: boolean;
  udpChecksum?: boolean;
  /** Of IPv6 underlays: kept and shown. */
  zeroChecksum6Tx?: boolean;
  zeroChecksum6Rx?: boolean;
  /** Of IPv6 underlays: refused, as IPv4 has none. */
  flowLabel?: number;
  ageing?: number;
  maxAddresses?: number;
  /** Asked for and not modelled: refused clearly. */
  external?: boolean;
  gbp?: boolean;
}

export interface VrfSettings {
  table?: number;
}

/** Times in microseconds. */
export type BridgeSettings = BridgeChange;
export type VlanSettings = VlanChange;

export interface BridgePortSettings {
  state?: number;
  priority?: number;
  cost?: number;
  learning?: boolean;
  flood?: boolean;
  mcastFlood?: boolean;
  bcastFlood?: boolean;
  hairpin?: boolean;
  isolated?: boolean;
  neighSuppress?: boolean;
  proxyArp?: boolean;
  guard?: boolean;
  rootBlock?: boolean;
  fastLeave?: boolean;
  /** Forgets what was learnt there. */
  flush?: boolean;
}

/** Changes that both `ip link add` and `ip link set` may carry. */
export interface LinkChange {
  up?: boolean;
  mtu?: number;
  address?: Mac;
  broadcast?: Mac;
  txQueueLength?: number;
  group?: number;
  alias?: string;
  /** Name of the new master, '' for nomaster. */
  master?: string;
  arp?: boolean;
  multicast?: boolean;
  promisc?: boolean;
  allmulticast?: boolean;
  carrier?: boolean;
  ipip?: IpipSettings;
  vxlan?: VxlanSettings;
  vrf?: VrfSettings;
  vlan?: VlanSettings;
  bridge?: BridgeSettings;
  bridgePort?: BridgePortSettings;
}

export interface LinkAdd extends LinkChange {
  /** Left out: the kernel picks veth0, tunl1 … */
  name?: string;
  /** As in `type KIND`; an unknown one is refused with EOPNOTSUPP "Unknown device type". */
  kind?: string;
  index?: number;
  /** The name of the device below (IFLA_LINK). */
  link?: string;
  /** Make it there (`netns NAME`); what it refers to is still looked for in the namespace of the request. */
  namespace?: Namespace;
  veth?: VethSettings;
}

export interface LinkSet extends LinkChange {
  /** A new name. */
  name?: string;
  /** Move to this namespace; with `name` and `index` applied there. */
  namespace?: Namespace;
  newIndex?: number;
}

/** Everything that `ip -d -s link` can print about a device. */
export interface LinkInfo {
  index: number;
  name: string;
  alias: string;
  /** IFF_* as the kernel reports them: with RUNNING and LOWER_UP where they hold (dev_get_flags). */
  flags: number;
  /** '' for a physical or loopback device, else IFLA_INFO_KIND. */
  kind: string;
  mtu: number;
  minMtu: number;
  maxMtu: number;
  qdisc: string;
  /** IF_OPER_*: 0 UNKNOWN 1 NOTPRESENT 2 DOWN 3 LOWERLAYERDOWN 4 TESTING 5 DORMANT 6 UP. */
  operstate: number;
  carrier: boolean;
  carrierChanges: number;
  /** IFLA_LINKMODE. */
  mode: number;
  group: number;
  txQueueLength: number;
  /** ARPHRD_*. */
  hardwareType: number;
  /** Six bytes as a Mac for Ethernet and loopback; for tunnels see `ipip`. */
  address: Mac;
  broadcast: Mac;
  /** IFLA_PERM_ADDRESS, 0 for none: only tunnels have one here, the local end that they were made with. */
  permanentAddress: Mac;
  /** Address is present (IFLA_ADDRESS): false for kinds that have none. */
  hasAddress: boolean;
  promiscuity: number;
  allmulti: number;
  /** IFLA_LINK: index of the lower device or of the peer; 0 for none. */
  link: number;
  /** IFLA_LINK is present at all: with 0 in it iproute2 prints `@NONE`. */
  hasLink: boolean;
  /** Its name, when it is in this namespace. */
  linkName: string;
  /** IFLA_LINK_NETNSID when the other end is in another namespace, else -1. */
  linkNetnsId: number;
  /** The namespace of the other end when `linkNetnsId` is not -1. */
  linkNamespace: Namespace | null;
  /** Name of the master, '' for none. */
  master: string;
  masterIndex: number;
  stats: Readonly<DeviceStats>;
  ipip: IpipInfo | null;
  vxlan: VxlanInfo | null;
  vlan: VlanInfo | null;
  /** The table of a VRF device, or of the VRF that the device is enslaved to; 0 for none. */
  vrfTable: number;
  bridge: BridgeInfo | null;
  bridgePort: BridgePortInfo | null;
}

export type VlanInfo = Required<VlanSettings>;
export type IpipInfo = Required<Omit<IpipSettings, 'link'>> & { link: number };
export type VxlanInfo = Required<Omit<VxlanSettings, 'link' | 'group' | 'external' | 'gbp' | 'flowLabel'>> & {
  link: number;
};
export interface BridgeVlanInfo {
  id: number;
  pvid: boolean;
  untagged: boolean;
  /** BR_STATE_*. */
  state: number;
}
export type BridgeInfo = Required<Omit<BridgeSettings, 'flush'>> & {
  /** The VLANs of the bridge itself, by their numbers. */
  vlans: readonly BridgeVlanInfo[];
  address: Mac;
  /** The MAC in the bridge's id: zero until the bridge was given an address or a port. */
  idAddress: Mac;
  /** 8000.<mac> as the kernel writes the ids. */
  bridgeId: string;
  designatedRoot: string;
  rootPort: number;
  rootPathCost: number;
};
export type BridgePortInfo = Required<Omit<BridgePortSettings, 'flush'>> & {
  number: number;
  vlans: readonly BridgeVlanInfo[];
  designatedRoot: string;
  designatedBridge: string;
};

// ---- addresses -----------------------------------------------------------------------------------------------

export interface AddressRequest {
  local: Ipv4;
  /** The peer, or `local` again. */
  peer: Ipv4;
  length: number;
  /** Left out: none (iproute2 sets none unless asked; ifconfig computes one). */
  broadcast?: Ipv4;
  scope?: number;
  label?: string;
  metric?: number;
  noprefixroute?: boolean;
  /** Seconds. */
  validLifetime?: number;
  preferredLifetime?: number;
  protocol?: number;
}

export interface AddressInfo extends Required<Omit<AddressRequest, 'noprefixroute'>> {
  /** IFA_F_*. */
  flags: number;
  index: number;
  deviceName: string;
}

// ---- routes --------------------------------------------------------------------------------------------------

/** NLM_F_*: add = create+exclusive, change = replace, replace = create+replace, append = create+append, prepend = create. */
export type RouteVerb = 'add' | 'change' | 'replace' | 'append' | 'prepend' | 'test';

export interface RouteRequest {
  /** 0 for main. */
  table: number;
  destination: Ipv4;
  length: number;
  tos?: number;
  /** RTN_*; left out means unicast. */
  type?: number;
  protocol?: number;
  scope?: number;
  priority?: number;
  prefsrc?: Ipv4;
  metrics?: Partial<Metrics>;
  /** Source realm << 16 | destination realm. */
  realms?: number;
  /** For unicast: one or several. */
  nextHops: NextHopRequest[];
  /** The next hops were given as a list (`nexthop …`), be it of one; left out: there are several. */
  multipath?: boolean;
  /** The nexthop object that the route is to use, in place of next hops. */
  nexthopId?: number;
}

export interface NextHopRequest {
  /** '' for none: found from the gateway. */
  device: string;
  /** 0 for none. */
  gateway: Ipv4;
  weight?: number;
  onlink?: boolean;
  pervasive?: boolean;
  /** Of one of several. */
  realms?: number;
}

export interface NextHopInfo {
  device: string;
  index: number;
  gateway: Ipv4;
  weight: number;
  /** RTNH_F_* as reported: DEAD, LINKDOWN, ONLINK. */
  flags: number;
  realms: number;
}

export interface RouteInfo {
  table: number;
  destination: Ipv4;
  length: number;
  tos: number;
  type: number;
  protocol: number;
  scope: number;
  priority: number;
  prefsrc: Ipv4;
  metrics: Metrics | null;
  /** RTNH_F_* of a route with several next hops: what holds for all of them. */
  flags: number;
  /** Of a route with one next hop or none. */
  realms: number;
  nextHops: NextHopInfo[];
  /** The nexthop object that it uses, 0 for none. */
  nexthopId: number;
}

export interface RouteGetRequest {
  destination: Ipv4;
  source?: Ipv4;
  /** With `iif`: as a received packet from there. */
  iif?: string;
  oif?: string;
  /** The user that asks; root if left out. */
  uid?: number;
  tos?: number;
  mark?: number;
  ipProtocol?: number;
  sourcePort?: number;
  destinationPort?: number;
  /** Answer the FIB entry instead of the resolved route. */
  fibmatch?: boolean;
}

/** What `ip route get` prints. */
export interface RouteGetInfo {
  destination: Ipv4;
  /** Given with `from`. */
  from: Ipv4;
  type: number;
  table: number;
  gateway: Ipv4;
  /** '' for types without one. */
  device: string;
  index: number;
  /** Name of iif as given, '' for output. */
  iif: string;
  source: Ipv4;
  tos: number;
  mark: number;
  uid: number;
  /** RTCF_* flags: local 0x80000000, broadcast 0x10000000, multicast 0x20000000, redirected 0x40000, notify … */
  cacheFlags: number;
  /** Learnt path MTU, 0 for none, and the microseconds that are left of it. */
  mtu: number;
  mtuLocked: boolean;
  expires: number;
  metrics: Metrics | null;
  realms: number;
  error: number;
  /** With fibmatch. */
  route: RouteInfo | null;
}

// ---- rules ---------------------------------------------------------------------------------------------------

export type RuleRequest = Partial<Rule>;

/** `detached`: its device does not exist now. */
export interface RuleInfo extends Rule {
  iifDetached: boolean;
  oifDetached: boolean;
  unresolved: boolean;
}

// ---- neighbours and forwarding entries -----------------------------------------------------------------------

export interface NeighbourRequest {
  destination: Ipv4;
  device: string;
  /** Left out: none given. */
  lladdr?: Mac;
  /** NUD_*: incomplete 1 reachable 2 stale 4 delay 8 probe 0x10 failed 0x20 noarp 0x40 permanent 0x80. */
  state?: number;
  proxy?: boolean;
  router?: boolean;
  externLearn?: boolean;
  managed?: boolean;
  /** RTPROT_* of who makes it; 0 keeps what there is. */
  protocol?: number;
  /** Resolve it now; the state and the address are not looked at (NTF_USE). */
  use?: boolean;
}

export interface NeighbourInfo {
  destination: Ipv4;
  device: string;
  index: number;
  lladdr: Mac;
  hasLladdr: boolean;
  state: number;
  /** NTF_*. */
  flags: number;
  protocol: number;
  refcount: number;
  /** Seconds since used, confirmed, updated. */
  used: number;
  confirmed: number;
  updated: number;
  probes: number;
}

export interface FdbRequest {
  mac: Mac;
  device: string;
  /** NTF_*: self 2, master 4, extern_learn 0x10. */
  flags: number;
  /** NUD_*. */
  state: number;
  destination?: Ipv4;
  port?: number;
  vni?: number;
  /** Name of the underlay device (`via`). */
  via?: string;
  vlan?: number;
}

export interface FdbInfo {
  mac: Mac;
  device: string;
  index: number;
  /** Name of the bridge for a port's entry, '' else. */
  master: string;
  /** VXLAN only, 0 for none. */
  destination: Ipv4;
  port: number;
  vni: number;
  via: string;
  /** Its index, 0 for none: the device may be in another namespace, and then has no name here. */
  viaIndex: number;
  /** NDA_LINK_NETNSID of a VXLAN device whose outer packets are in another namespace, else -1. */
  linkNetnsId: number;
  /** 0 for none. */
  vlan: number;
  flags: number;
  state: number;
  used: number;
  updated: number;
}
