// net.ipv4.conf.*, net.ipv4.neigh.* and the settings of a namespace: what writing one of them changes elsewhere.
import { Errno } from '../addr/errno.ts';
import {
  type Ipv4Conf,
  type Ipv4Setting,
  isTouched,
  type MachineConf,
  type NamespaceConf,
  type NeighConf,
  type NeighSetting,
  touch,
} from '../netns/conf.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { NetconfSetting } from '../netns/netlink.ts';
import { MILLISECOND, SECOND } from '../time/clock.ts';
import { flushRouteCache } from './route.ts';
import { parseInt32, parseInts } from './sysctl-value.ts';

/** One file of /proc/sys: `write` answers 0 or an errno. */
export interface SysctlFile {
  readonly mode: number;
  read(): string;
  write(text: string): Errno;
}

/** The kernel's clock ticks a hundred times a second: times are kept in whole ticks. */
const TICK = SECOND / 100;

/** A file with one number behind it. */
export function numberFile(
  read: () => number,
  write: (value: number) => void,
  low?: number,
  high?: number,
  mode = 0o644,
): SysctlFile {
  return {
    mode,
    read: () => String(read()),
    write(text: string): Errno {
      const value = parseInt32(text, low, high);
      if (value === null) return Errno.EINVAL;
      write(value);
      return 0;
    },
  };
}

// ---- conf ------------------------------------------------------------------------------------------------------

/** Settings whose writing leaves conf.default's followers alone (DEVINET_SYSCTL_FLUSHING_ENTRY). */
const FLUSHING: readonly Ipv4Setting[] = [
  'disable_xfrm',
  'disable_policy',
  'promote_secondaries',
  'route_localnet',
  'drop_unicast_in_l2_multicast',
];

/** The file of a setting of all, default or a device. */
export function confFile(namespace: Namespace, conf: Ipv4Conf, setting: Ipv4Setting): SysctlFile {
  if (setting === 'forwarding') return forwardingFile(namespace, conf);
  const mode = setting === 'mc_forwarding' ? 0o444 : 0o644;
  const write = (value: number) => writeConf(namespace, conf, setting, value);
  return numberFile(() => conf[setting], write, undefined, undefined, mode);
}

/** devinet_conf_proc: what is written to conf.default reaches the devices that were never configured themselves. */
function writeConf(namespace: Namespace, conf: Ipv4Conf, setting: Ipv4Setting, value: number): void {
  const old = conf[setting];
  conf[setting] = value;
  namespace.fib.generation++;
  if (FLUSHING.includes(setting)) return;
  touch(conf, setting);
  if (conf === namespace.confDefault)
    for (const { conf: other } of namespace.devices.values())
      if (!isTouched(other, setting)) other[setting] = value;
  if (value !== old && isTold(setting)) tellNetconf(namespace, conf, setting);
}

const isTold = (setting: Ipv4Setting): setting is NetconfSetting & Ipv4Setting =>
  setting === 'rp_filter' || setting === 'proxy_arp' || setting === 'ignore_routes_with_linkdown';

/** inet_netconf_notify_devconf. */
function tellNetconf(namespace: Namespace, conf: Ipv4Conf, setting: NetconfSetting): void {
  if (namespace.netlink === null) return;
  let of: Device | 'all' | 'default' | undefined;
  if (conf === namespace.confAll) of = 'all';
  else if (conf === namespace.confDefault) of = 'default';
  else of = [...namespace.devices.values()].find((device) => device.conf === conf);
  if (of !== undefined) namespace.netlink.netconf(of, setting, 'new');
}

/** devinet_sysctl_forward; ip_forward is the same file as conf.all.forwarding. */
const forwardingFile = (namespace: Namespace, conf: Ipv4Conf): SysctlFile =>
  numberFile(
    () => conf.forwarding,
    (value) => {
      const changed = conf.forwarding !== value;
      conf.forwarding = value;
      if (!changed) return;
      if (conf === namespace.confAll) forwardEverywhere(namespace, value);
      else tellNetconf(namespace, conf, 'forwarding');
      namespace.fib.generation++;
    },
  );

/** inet_forward_change: a router takes no redirects; every device and the default follow. */
function forwardEverywhere(namespace: Namespace, value: number): void {
  namespace.confAll.accept_redirects = value === 0 ? 1 : 0;
  namespace.confDefault.forwarding = value;
  tellNetconf(namespace, namespace.confAll, 'forwarding');
  tellNetconf(namespace, namespace.confDefault, 'forwarding');
  for (const device of namespace.devices.values()) {
    device.conf.forwarding = value;
    tellNetconf(namespace, device.conf, 'forwarding');
  }
}

// ---- neigh -----------------------------------------------------------------------------------------------------

/** How a file of neigh is written: the setting behind it and the length of its unit in microseconds (1 for a count). */
interface NeighFile {
  readonly setting: NeighSetting;
  readonly unit: number;
  readonly low?: number;
}

const count = (setting: NeighSetting): NeighFile => ({ setting, unit: 1, low: 0 });

const NEIGH_FILES: Readonly<Record<string, NeighFile>> = {
  anycast_delay: { setting: 'anycastDelay', unit: TICK },
  app_solicit: count('app_solicit'),
  base_reachable_time: { setting: 'baseReachableTime', unit: SECOND },
  base_reachable_time_ms: { setting: 'baseReachableTime', unit: MILLISECOND },
  delay_first_probe_time: { setting: 'delayProbeTime', unit: SECOND },
  gc_stale_time: { setting: 'gcStaleTime', unit: SECOND },
  interval_probe_time_ms: { setting: 'intervalProbeTime', unit: MILLISECOND, low: 1 },
  locktime: { setting: 'locktime', unit: TICK },
  mcast_resolicit: count('mcast_resolicit'),
  mcast_solicit: count('mcast_solicit'),
  proxy_delay: { setting: 'proxyDelay', unit: TICK },
  proxy_qlen: count('proxy_qlen'),
  retrans_time: { setting: 'retransTime', unit: TICK },
  retrans_time_ms: { setting: 'retransTime', unit: MILLISECOND },
  ucast_solicit: count('ucast_solicit'),
  unres_qlen: count('unres_qlen'),
  unres_qlen_bytes: count('unres_qlen_bytes'),
};

export const NEIGH_NAMES: readonly string[] = Object.keys(NEIGH_FILES);

/** What one full Ethernet frame is charged for in a queue (SKB_TRUESIZE(ETH_FRAME_LEN)): unres_qlen counts in it. */
const FRAME_TRUE_SIZE = 2090;

/** The file of a setting of default or a device; undefined for a name that there is not. */
export function neighFile(namespace: Namespace, conf: NeighConf, name: string): SysctlFile | undefined {
  if (!Object.hasOwn(NEIGH_FILES, name)) return undefined;
  const file = NEIGH_FILES[name];
  if (name === 'unres_qlen') return queueLengthFile(namespace, conf);
  const { setting, unit, low } = file;
  const write = (value: number) => {
    const ticks = unit === 1 ? value : Math.ceil((value * unit) / TICK) * TICK;
    writeNeigh(namespace, conf, setting, ticks);
  };
  return numberFile(() => Math.trunc(conf[setting] / unit), write, low);
}

/** unres_qlen is another view of unres_qlen_bytes. */
const queueLengthFile = (namespace: Namespace, conf: NeighConf): SysctlFile =>
  numberFile(
    () => Math.trunc(conf.unres_qlen_bytes / FRAME_TRUE_SIZE),
    (value) => writeNeigh(namespace, conf, 'unres_qlen_bytes', value * FRAME_TRUE_SIZE),
    0,
    Math.trunc(0x7fffffff / FRAME_TRUE_SIZE),
  );

/** neigh_proc_update: what is written to neigh.default reaches the initial namespace's devices without their own. */
function writeNeigh(namespace: Namespace, conf: NeighConf, setting: NeighSetting, value: number): void {
  setNeigh(conf, setting, value);
  touch(conf, setting);
  if (conf !== namespace.neighDefault) return;
  for (const { neighConf: other } of namespace.devices.values())
    if (!isTouched(other, setting)) setNeigh(other, setting, value);
}

function setNeigh(conf: NeighConf, setting: NeighSetting, value: number): void {
  conf[setting] = value;
  conf.unres_qlen = Math.trunc(conf.unres_qlen_bytes / FRAME_TRUE_SIZE);
  if (setting === 'baseReachableTime') conf.reachableTime = 0;
}

// ---- the namespace ---------------------------------------------------------------------------------------------

type ScalarSetting = Exclude<keyof NamespaceConf, 'ping_group_range' | 'ip_local_port_range'>;

type Scalar = readonly [ScalarSetting, number?, number?];

/** Limits of the settings below net.ipv4 that are modelled. */
const SCALARS: Readonly<Record<string, Scalar>> = {
  fib_multipath_hash_policy: ['fib_multipath_hash_policy', 0, 3],
  fib_multipath_use_neigh: ['fib_multipath_use_neigh', 0, 1],
  fwmark_reflect: ['fwmark_reflect', 0, 255],
  icmp_echo_ignore_all: ['icmp_echo_ignore_all', 0, 1],
  icmp_echo_ignore_broadcasts: ['icmp_echo_ignore_broadcasts', 0, 1],
  icmp_errors_use_inbound_ifaddr: ['icmp_errors_use_inbound_ifaddr', 0, 1],
  icmp_ignore_bogus_error_responses: ['icmp_ignore_bogus_error_responses', 0, 1],
  icmp_msgs_burst: ['icmp_msgs_burst', 0],
  icmp_msgs_per_sec: ['icmp_msgs_per_sec', 0],
  icmp_ratelimit: ['icmp_ratelimit'],
  icmp_ratemask: ['icmp_ratemask'],
  ip_default_ttl: ['ip_default_ttl', 1, 255],
  ip_forward_update_priority: ['ip_forward_update_priority', 0, 1],
  ip_forward_use_pmtu: ['ip_forward_use_pmtu', 0, 255],
  ip_no_pmtu_disc: ['ip_no_pmtu_disc', 0, 255],
  ip_nonlocal_bind: ['ip_nonlocal_bind', 0, 255],
  ipfrag_high_thresh: ['ipfrag_high_thresh', 0],
  ipfrag_low_thresh: ['ipfrag_low_thresh', 0],
  ipfrag_max_dist: ['ipfrag_max_dist', 0],
  ipfrag_time: ['ipfrag_time'],
  nexthop_compat_mode: ['nexthop_compat_mode', 0, 1],
  raw_l3mdev_accept: ['raw_l3mdev_accept', 0, 1],
  tcp_l3mdev_accept: ['tcp_l3mdev_accept', 0, 1],
  udp_l3mdev_accept: ['udp_l3mdev_accept', 0, 1],
  'route/min_adv_mss': ['route_min_adv_mss'],
  'route/min_pmtu': ['route_min_pmtu', 68],
  'route/mtu_expires': ['route_mtu_expires'],
};

/** Files that are no plain numbers of the namespace; those of the whole machine are in the initial one only. */
const OTHERS = ['ip_forward', 'ip_local_port_range', 'ping_group_range', 'route/flush'];
const INITIAL_ONLY = ['route/error_burst', 'route/error_cost'];

/** Paths below net/ipv4 that are files here, those of conf and neigh aside. */
export const IPV4_NAMES: readonly string[] = [...Object.keys(SCALARS), ...OTHERS, ...INITIAL_ONLY];

/** The file at a path below net/ipv4; undefined where it is not one of the modelled ones or not in this namespace. */
export function ipv4File(namespace: Namespace, path: string): SysctlFile | undefined {
  const scalar = SCALARS[path];
  if (scalar !== undefined) {
    const { conf } = namespace;
    const [setting, low, high] = withinOther(conf, scalar);
    const put = (value: number) => {
      // Milliseconds are kept in whole ticks.
      conf[setting] = setting === 'icmp_ratelimit' ? Math.ceil(value / 10) * 10 : value;
      namespace.fib.generation++;
    };
    return numberFile(() => conf[setting], put, low, high);
  }
  return otherFile(namespace, path);
}

/** The two limits of the memory for fragments are each other's (ip4_frags_ns_ctl_table). */
function withinOther(conf: NamespaceConf, scalar: Scalar): Scalar {
  const [setting, low, high] = scalar;
  if (setting === 'ipfrag_high_thresh') return [setting, conf.ipfrag_low_thresh, high];
  return setting === 'ipfrag_low_thresh' ? [setting, low, conf.ipfrag_high_thresh] : scalar;
}

function otherFile(namespace: Namespace, path: string): SysctlFile | undefined {
  if (INITIAL_ONLY.includes(path) && namespace !== namespace.kernel.initial) return undefined;
  const { conf: machine } = namespace.kernel;
  switch (path) {
    case 'ip_forward':
      return forwardingFile(namespace, namespace.confAll);
    case 'route/error_burst':
      return machineFile(machine, 'route_error_burst', TICK / MILLISECOND);
    case 'route/error_cost':
      return machineFile(machine, 'route_error_cost', TICK / MILLISECOND);
    case 'route/flush':
      return { mode: 0o200, read: () => '', write: () => flush(namespace) };
    case 'ip_local_port_range':
      return rangeFile(namespace, path, ([low, high]) => low >= 1 && high <= 65535 && low <= high);
    case 'ping_group_range':
      return rangeFile(namespace, path, () => true);
    default:
      return undefined;
  }
}

/** A setting of the machine that the file shows in units of `unit`. */
const machineFile = (conf: MachineConf, setting: keyof MachineConf, unit: number, low?: number): SysctlFile =>
  numberFile(
    () => conf[setting] / unit,
    (value) => {
      conf[setting] = value * unit;
    },
    low,
  );

function flush(namespace: Namespace): Errno {
  flushRouteCache(namespace);
  return 0;
}

/** Two numbers with a tab between; a group range that ends before it begins means nobody: 1 to 0. */
function rangeFile(
  { conf }: Namespace,
  setting: 'ip_local_port_range' | 'ping_group_range',
  allows: (range: readonly number[]) => boolean,
): SysctlFile {
  return {
    mode: 0o644,
    read: () => conf[setting].join('\t'),
    write(text: string): Errno {
      const values = parseInts(text, 2);
      if (values === null) return Errno.EINVAL;
      const range: [number, number] = [values[0], values[1] ?? conf[setting][1]];
      if (!allows(range)) return Errno.EINVAL;
      conf[setting] = setting === 'ping_group_range' && range[1] < range[0] ? [1, 0] : range;
      return 0;
    },
  };
}
