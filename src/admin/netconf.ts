// The settings of IPv4 that rtnetlink tells (RTM_GETNETCONF, inet_netconf_fill_devconf in net/ipv4/devinet.c).
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { NetconfSetting } from '../netns/netlink.ts';

/** What is told of a device's settings: one of them, or all. */
export interface NetconfInfo {
  /** NETCONFA_IFINDEX_ALL or _DEFAULT where it is no device's. */
  readonly index: number;
  readonly settings: Readonly<Partial<Record<NetconfSetting, number>>>;
}

export const NETCONF_ALL = -1;
export const NETCONF_DEFAULT = -2;

const SETTINGS: readonly NetconfSetting[] = [
  'forwarding',
  'rp_filter',
  'mc_forwarding',
  'proxy_arp',
  'ignore_routes_with_linkdown',
];

/** `told` are the settings to tell; all if left out. */
export function describeNetconf(
  { confAll, confDefault }: Namespace,
  of: Device | 'all' | 'default',
  told: readonly NetconfSetting[] = SETTINGS,
): NetconfInfo {
  const conf = of === 'all' ? confAll : of === 'default' ? confDefault : of.conf;
  const index = of === 'all' ? NETCONF_ALL : of === 'default' ? NETCONF_DEFAULT : of.index;
  return { index, settings: Object.fromEntries(told.map((name) => [name, conf[name]])) };
}

/** Of every device with IPv4, then of all and of those to come. */
export function dumpNetconf(namespace: Namespace): NetconfInfo[] {
  const devices = [...namespace.devices.values()].filter((device) => !device.ipv4Disabled);
  return [...devices, 'all' as const, 'default' as const].map((of) => describeNetconf(namespace, of));
}
