// What a route is: Linux's types, scopes, protocols and tables (linux/rtnetlink.h), routes and their next hops.
import type { Ipv4 } from '../addr/ipv4.ts';

/** RTN_*: what happens to a packet that the route takes. */
export const RouteType = {
  UNSPEC: 0,
  UNICAST: 1,
  LOCAL: 2,
  BROADCAST: 3,
  ANYCAST: 4,
  MULTICAST: 5,
  BLACKHOLE: 6,
  UNREACHABLE: 7,
  PROHIBIT: 8,
  THROW: 9,
  NAT: 10,
} as const;

/** RT_SCOPE_*: how far the destination is; larger is nearer. */
export const Scope = { UNIVERSE: 0, SITE: 200, LINK: 253, HOST: 254, NOWHERE: 255 } as const;

/** RT_TABLE_*. */
export const Table = { UNSPEC: 0, COMPAT: 252, DEFAULT: 253, MAIN: 254, LOCAL: 255 } as const;

/** RTPROT_*: who made the route. */
export const RouteProtocol = { UNSPEC: 0, REDIRECT: 1, KERNEL: 2, BOOT: 3, STATIC: 4, BIRD: 12 } as const;

/** RTNH_F_*. */
export const NextHopFlag = {
  DEAD: 1,
  PERVASIVE: 2,
  ONLINK: 4,
  OFFLOAD: 8,
  LINKDOWN: 16,
  UNRESOLVED: 32,
} as const;

/** What the FIB has to know of a device. */
export interface FibDevice {
  readonly index: number;
  readonly name: string;
  /** IFF_UP. */
  readonly up: boolean;
  /** Carrier and IFF_UP both (netif_carrier_ok). */
  readonly carrier: boolean;
  readonly loopback: boolean;
  /** The VRF device of its layer 3 domain: itself for such a device, null for none (l3mdev_master_dev_rcu). */
  readonly l3mdev: FibDevice | null;
  /** The table of a VRF device, 0 for another (l3mdev_fib_table of a master). */
  readonly vrfTable: number;
  /** ignore_routes_with_linkdown, the maximum of the device's and all's. */
  readonly ignoreLinkdown: boolean;
}

/** What a path-MTU discovery or redirect taught about one destination behind a next hop (struct fib_nh_exception). */
export interface RouteException {
  destination: Ipv4;
  /** Learnt path MTU in bytes, 0 for none. */
  mtu: number;
  mtuLocked: boolean;
  /** Learnt gateway, 0 for none. */
  gateway: Ipv4;
  /** Virtual time in microseconds at which it ends; 0 if it does not. */
  expires: number;
  /** The routes that were kept with it (fnhe_rth_input, fnhe_rth_output): `ip route show cache` tells of these alone. */
  input: KeptPath | null;
  output: KeptPath | null;
  /** It is of no use any more where the namespace has flushed its cache since (fnhe_genid). */
  generation: number;
}

/** What a kept route knows of its path: not what became of it when the MTU of a device changed (fnhe_update_pmtu). */
export interface KeptPath {
  mtu: number;
  mtuLocked: boolean;
  /** A packet on it could not be delivered: what was learnt counts no more for it (dst_set_expires in ipv4_link_failure). */
  failed: boolean;
  /** Of the FIB when it was kept, or failed: nothing is kept beyond a change of the routes (rt_genid). */
  generation: number;
}

export interface NextHop {
  /** null for the types that lead nowhere (blackhole …). */
  device: FibDevice | null;
  /** 0 if the destination itself is on the link. */
  gateway: Ipv4;
  /** Scope of the gateway or, without one, of the destination (nhc_scope). */
  scope: number;
  /** 1 to 256. */
  weight: number;
  /** Bits of NextHopFlag. */
  flags: number;
  /** Realms for traffic control, source << 16 | destination (nh_tclassid); 0 for none. */
  realms: number;
  /** By destination; null until the first. */
  exceptions: Map<Ipv4, RouteException> | null;
  /** The source address for local senders, computed when the route is made (nh_saddr); recomputed when addresses change. */
  source: Ipv4;
}

/** The route metrics (RTAX_*) that are modelled; 0 is "not set". */
export interface Metrics {
  mtu: number;
  mtuLocked: boolean;
  window: number;
  rtt: number;
  rttvar: number;
  ssthresh: number;
  cwnd: number;
  advmss: number;
  reordering: number;
  hoplimit: number;
  initcwnd: number;
  /** RTAX_FEATURE_*: only ECN can be asked for. */
  features: number;
  initrwnd: number;
  rtoMin: number;
  quickack: number;
}

export const NO_METRICS: Readonly<Metrics> = {
  mtu: 0,
  mtuLocked: false,
  window: 0,
  rtt: 0,
  rttvar: 0,
  ssthresh: 0,
  cwnd: 0,
  advmss: 0,
  reordering: 0,
  hoplimit: 0,
  initcwnd: 0,
  features: 0,
  initrwnd: 0,
  rtoMin: 0,
  quickack: 0,
};

/** One entry of a table: struct fib_alias and its struct fib_info in one. Immutable but for next-hop flags and exceptions. */
export interface Route {
  readonly table: number;
  readonly destination: Ipv4;
  /** Prefix length 0 to 32. */
  readonly length: number;
  readonly tos: number;
  readonly type: number;
  readonly protocol: number;
  readonly scope: number;
  /** The metric; smaller wins. */
  readonly priority: number;
  /** Preferred source (src), 0 for none. */
  readonly prefsrc: Ipv4;
  readonly metrics: Metrics | null;
  /** Bits of NextHopFlag for the whole route (fib_flags). */
  readonly flags: number;
  readonly nextHops: readonly NextHop[];
  /** The nexthop object that tells where it leads, null for a route with next hops of its own. */
  readonly nexthop: { readonly id: number; readonly leadsNowhere: boolean } | null;
}

/** A request to make or remove a route (struct fib_config). Fields left out match anything when removing. */
export interface RouteConfig {
  table: number;
  destination: Ipv4;
  length: number;
  tos?: number;
  type: number;
  protocol?: number;
  scope?: number;
  priority?: number;
  prefsrc?: Ipv4;
  metrics?: Partial<Metrics>;
  /** RTA_FLOW of the whole request. */
  realms?: number;
  /** Next hops in order; none for blackhole and its like. */
  nextHops: NextHopConfig[];
  /** The next hops came as a list (RTA_MULTIPATH) even if there is one; left out: if there are several. */
  multipath?: boolean;
  /** The nexthop object to use instead (RTA_NH_ID), 0 for none. */
  nexthopId?: number;
}

export interface NextHopConfig {
  device?: FibDevice | null;
  gateway?: Ipv4;
  weight?: number;
  onlink?: boolean;
  /** RTNH_F_PERVASIVE was asked for. */
  pervasive?: boolean;
  /** As NextHop.realms; of a route without a list of next hops RouteConfig.realms counts. */
  realms?: number;
}

/** What a lookup asks (struct flowi4). One object may be used again and again. */
export interface Flow {
  destination: Ipv4;
  source: Ipv4;
  /** Only the bits that routing sees (IPTOS_RT_MASK). */
  tos: number;
  mark: number;
  /** Index of the device it came in by; the loopback's (1) for local output. */
  iif: number;
  /** Index of the device it must leave by, 0 for any. */
  oif: number;
  /** Index of the VRF device whose table the l3mdev rule asks, 0 for none: found from oif or iif (l3mdev_update_flow). */
  l3mdev: number;
  /** The user that sends; root for what the kernel sends or received. */
  uid: number;
  /** Routes of a farther scope than this are not taken: Scope.UNIVERSE takes all. */
  scope: number;
  protocol: number;
  sourcePort: number;
  destinationPort: number;
  /** FLOWI_FLAG_SKIP_NH_OIF: do not compare next hops' devices with `oif`. */
  skipNextHopOif: boolean;
}

/** ip rule: from `priority` low to high. */
export interface Rule {
  readonly priority: number;
  readonly source: Ipv4;
  readonly sourceLength: number;
  readonly destination: Ipv4;
  readonly destinationLength: number;
  readonly tos: number;
  readonly mark: number;
  readonly markMask: number;
  /** Device names as given; '' for any. A rule whose device does not exist matches nothing (detached). */
  readonly iif: string;
  readonly oif: string;
  /** FR_ACT_*: see RuleAction. */
  readonly action: number;
  /** The table to look in for RuleAction.TO_TABLE. */
  readonly table: number;
  /** Target priority of RuleAction.GOTO. */
  readonly target: number;
  /** -1 for none. */
  readonly suppressPrefixLength: number;
  readonly suppressIfgroup: number;
  readonly invert: boolean;
  /** RTPROT_* that made it. */
  readonly protocol: number;
  /** IP protocol, 0 for any. */
  readonly ipProtocol: number;
  /** Port ranges, [0, 0] for any. */
  readonly sourcePorts: readonly [number, number];
  readonly destinationPorts: readonly [number, number];
  /** It asks the table of the VRF that the flow belongs to. */
  readonly l3mdev: boolean;
  /** First and last user id, null for all users. */
  readonly uidRange: readonly [number, number] | null;
  /** Id of a tunnel's metadata, 0 for any: nothing here has such metadata, so other ids never match. */
  readonly tunnelId: number;
  /** As NextHop.realms, for what routes say nothing of. */
  readonly realms: number;
}

export const RuleAction = {
  TO_TABLE: 1,
  GOTO: 2,
  NOP: 3,
  BLACKHOLE: 6,
  UNREACHABLE: 7,
  PROHIBIT: 8,
} as const;
