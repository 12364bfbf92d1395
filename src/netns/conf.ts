// The per-device and per-namespace settings behind /proc/sys/net/ipv4, as numbers in plain fields. Their names are
// the sysctl's own; values are what a read of the file prints. src/admin/sysctl.ts maps paths to these fields.

/** Which settings were written; null for none, as in most of the thousands of namespaces of a cluster. */
export type Touched<Setting> = Set<Setting> | 'all' | null;

/** Notes that a setting was written. */
export function touch<Setting>(conf: { touched: Touched<Setting> }, setting: Setting): void {
  if (conf.touched === 'all') return;
  if (conf.touched === null) conf.touched = new Set();
  conf.touched.add(setting);
}

export const isTouched = <Setting>(conf: { readonly touched: Touched<Setting> }, setting: Setting): boolean =>
  conf.touched !== null && (conf.touched === 'all' || conf.touched.has(setting));

/** net.ipv4.conf.<device>.* (struct ipv4_devconf), with the kernel's defaults. */
export class Ipv4Conf {
  forwarding = 0;
  mc_forwarding = 0;
  accept_redirects = 1;
  secure_redirects = 1;
  shared_media = 1;
  rp_filter = 0;
  send_redirects = 1;
  accept_source_route = 1;
  src_valid_mark = 0;
  proxy_arp = 0;
  medium_id = 0;
  bootp_relay = 0;
  log_martians = 0;
  tag = 0;
  arp_filter = 0;
  arp_announce = 0;
  arp_ignore = 0;
  arp_accept = 0;
  arp_notify = 0;
  arp_evict_nocarrier = 1;
  accept_local = 0;
  route_localnet = 0;
  proxy_arp_pvlan = 0;
  disable_xfrm = 0;
  disable_policy = 0;
  force_igmp_version = 0;
  igmpv2_unsolicited_report_interval = 10000;
  igmpv3_unsolicited_report_interval = 1000;
  ignore_routes_with_linkdown = 0;
  drop_unicast_in_l2_multicast = 0;
  drop_gratuitous_arp = 0;
  bc_forwarding = 0;
  promote_secondaries = 0;
  /** Settings that no longer follow conf.default: written one by one, or all of them with the first address. */
  touched: Touched<Ipv4Setting> = null;
}

/** The name of a setting of Ipv4Conf. */
export type Ipv4Setting = Exclude<keyof Ipv4Conf, 'touched'>;

/** The same settings in another object, as devices and namespaces get theirs. */
export function copyIpv4Conf(conf: Ipv4Conf): Ipv4Conf {
  const touched = conf.touched instanceof Set ? new Set(conf.touched) : conf.touched;
  return Object.assign(new Ipv4Conf(), conf, { touched });
}

/** net.ipv4.neigh.<device>.* (struct neigh_parms); times in microseconds unless the name says otherwise. */
export class NeighConf {
  mcast_solicit = 3;
  mcast_resolicit = 0;
  ucast_solicit = 3;
  app_solicit = 0;
  /** retrans_time_ms: 1 s. */
  retransTime = 1_000_000;
  /** base_reachable_time_ms: 30 s. */
  baseReachableTime = 30_000_000;
  /** Drawn between half and three halves of it when first needed; set to 0 to have it drawn anew. */
  reachableTime = 0;
  /** delay_first_probe_time: 5 s. */
  delayProbeTime = 5_000_000;
  /** interval_probe_time_ms: 5 s. */
  intervalProbeTime = 5_000_000;
  /** gc_stale_time: 60 s. */
  gcStaleTime = 60_000_000;
  unres_qlen_bytes = 212992;
  unres_qlen = 101;
  proxy_qlen = 64;
  /** anycast_delay: 1 s. */
  anycastDelay = 1_000_000;
  /** proxy_delay: 80 jiffies (0.8 s). */
  proxyDelay = 800_000;
  /** locktime: 1 s. */
  locktime = 1_000_000;
  /** Settings that no longer follow neigh.default; see Ipv4Conf. */
  touched: Touched<NeighSetting> = null;
}

/** The name of a setting of NeighConf. */
export type NeighSetting = Exclude<keyof NeighConf, 'touched' | 'reachableTime'>;

/** The settings of a new device: those of `conf`, all of which follow neigh.default (neigh_parms_alloc). */
export const copyNeighConf = (conf: NeighConf): NeighConf =>
  Object.assign(new NeighConf(), conf, { touched: null, reachableTime: 0 });

const NOBODY: readonly [number, number] = [1, 0];
const LOCAL_PORTS: readonly [number, number] = [32768, 60999];

/** Settings of a whole namespace: net.ipv4.* beside conf, neigh and route. */
export class NamespaceConf {
  ip_default_ttl = 64;
  ip_no_pmtu_disc = 0;
  ip_forward_use_pmtu = 0;
  ip_forward_update_priority = 1;
  ip_nonlocal_bind = 0;
  fwmark_reflect = 0;
  icmp_echo_ignore_all = 0;
  icmp_echo_ignore_broadcasts = 1;
  icmp_ignore_bogus_error_responses = 1;
  icmp_errors_use_inbound_ifaddr = 0;
  icmp_msgs_per_sec = 1000;
  icmp_msgs_burst = 50;
  icmp_ratelimit = 1000;
  icmp_ratemask = 6168;
  raw_l3mdev_accept = 1;
  tcp_l3mdev_accept = 0;
  udp_l3mdev_accept = 0;
  ping_group_range: readonly [number, number] = NOBODY;
  ip_local_port_range: readonly [number, number] = LOCAL_PORTS;
  ipfrag_high_thresh = 4194304;
  ipfrag_low_thresh = 3145728;
  ipfrag_time = 30;
  ipfrag_max_dist = 64;
  fib_multipath_hash_policy = 0;
  fib_multipath_use_neigh = 0;
  nexthop_compat_mode = 1;
  route_min_pmtu = 552;
  route_mtu_expires = 600;
  route_min_adv_mss = 256;
}

/** Of the whole machine. */
export class MachineConf {
  netdev_max_backlog = 1000;
  route_error_cost = 1000;
  route_error_burst = 5000;
}
