// Kernel modules: which exist, which are loaded, and what loading one does.
import { Errno, refuse } from '../addr/errno.ts';
import { runLinkWatch } from '../link/carrier.ts';
import { KIND_MODULES, loadKind, unloadKind } from '../link/module.ts';
import type { Kernel } from '../netns/kernel.ts';
import type { Namespace } from '../netns/namespace.ts';
import { getLink } from './link.ts';
import type { Answer, LinkInfo, Outcome } from './types.ts';

/** What each known module needs loaded before it. Those that are no kind of device change nothing here. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  '8021q': ['garp', 'mrp'],
  bonding: ['tls'],
  br_netfilter: ['bridge'],
  bridge: ['llc', 'stp'],
  dummy: [],
  garp: ['llc', 'stp'],
  gre: [],
  ip6_tunnel: ['tunnel6'],
  ip6_udp_tunnel: [],
  ip_gre: ['gre', 'ip_tunnel'],
  ip_set: ['nfnetlink'],
  ip_tables: ['x_tables'],
  ip_tunnel: [],
  ipip: ['ip_tunnel', 'tunnel4'],
  iptable_filter: ['ip_tables'],
  iptable_mangle: ['ip_tables'],
  iptable_nat: ['ip_tables', 'nf_nat'],
  iptable_raw: ['ip_tables'],
  llc: [],
  macvlan: [],
  mrp: ['llc', 'stp'],
  nf_conntrack: ['nf_defrag_ipv4', 'nf_defrag_ipv6'],
  nf_defrag_ipv4: [],
  nf_defrag_ipv6: [],
  nf_nat: ['nf_conntrack'],
  nf_tables: ['nfnetlink'],
  nfnetlink: [],
  overlay: [],
  sch_netem: [],
  sit: ['ip_tunnel', 'tunnel4'],
  stp: ['llc'],
  tls: [],
  tun: [],
  tunnel4: [],
  tunnel6: [],
  udp_tunnel: [],
  veth: [],
  vrf: [],
  vxlan: ['ip6_udp_tunnel', 'udp_tunnel'],
  x_tables: [],
};

/** modprobe takes a dash for an underscore. */
const canonical = (name: string): string => name.replaceAll('-', '_');

/** `modprobe NAME`: ENOENT where there is no such module ("FATAL: Module x not found in directory …" is modprobe's). */
export function loadModule(kernel: Kernel, name: string): Outcome {
  const module = canonical(name);
  if (NEEDS[module] === undefined) return refuse(Errno.ENOENT);
  load(kernel, module);
  runLinkWatch(kernel);
  return null;
}

/** MODULE_ALIAS_NETDEV of the modules that bring a device which is emulated. */
const NETDEV_ALIASES: ReadonlyMap<string, string> = new Map([['tunl0', 'ipip']]);

/**
 * A device as programs find it, RTM_GETLINK and then SIOCGIFINDEX: the ioctl loads the module that brings a device of that name
 * (dev_load), so that `ip link set tunl0 up` needs no modprobe.
 */
export function findLink(namespace: Namespace, name: string): Answer<LinkInfo> {
  const found = getLink(namespace, name);
  const module = NETDEV_ALIASES.get(name);
  if ('value' in found || module === undefined || namespace.kernel.modules.has(module)) return found;
  loadModule(namespace.kernel, module);
  return getLink(namespace, name);
}

function load(kernel: Kernel, name: string): void {
  if (kernel.modules.has(name)) return;
  for (const needed of NEEDS[name]) load(kernel, needed);
  if (KIND_MODULES.has(name)) loadKind(kernel, name);
  else kernel.modules.add(name);
}

/** `modprobe -r NAME` or `rmmod NAME`: ENOENT where it is not loaded, EBUSY where another needs it. Its devices go. */
export function removeModule(kernel: Kernel, name: string): Outcome {
  const module = canonical(name);
  if (!kernel.modules.has(module)) return refuse(Errno.ENOENT);
  for (const other of kernel.modules) if (NEEDS[other]?.includes(module)) return refuse(Errno.EBUSY);
  if (KIND_MODULES.has(module)) unloadKind(kernel, module);
  kernel.modules.delete(module);
  runLinkWatch(kernel);
  return null;
}

/** The loaded modules that need this one, latest first. */
export const moduleUsers = (kernel: Kernel, name: string): string[] =>
  loadedModules(kernel).filter((other) => NEEDS[other]?.includes(name));

/** Names of the loaded modules, latest first, as lsmod lists them. */
export const loadedModules = (kernel: Kernel): string[] => [...kernel.modules].reverse();
