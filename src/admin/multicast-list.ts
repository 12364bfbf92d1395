// The link-layer groups that a device listens to (dev->mc): those of its IPv4 groups, and those that SIOCADDMULTI or
// `bridge fdb add … self` asks for (net/core/dev_addr_lists.c, net/core/dev_ioctl.c).
import { Errno, refuse } from '../addr/errno.ts';
import { type Mac, mac, macOfGroup } from '../addr/mac.ts';
import { type Device, HardwareType, Kind } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Outcome } from './types.ts';

/** GVRP's and MVRP's address, for which each device with VLAN devices listens (vlan_gvrp_init_applicant). */
const VLAN_REGISTRATION = mac(0x0180c2000021);

/** A line of /proc/net/dev_mcast. */
export interface MulticastEntry {
  readonly mac: Mac;
  readonly users: number;
  /** By hand: an ioctl takes it away again. */
  readonly isStatic: boolean;
}

/** In the order in which they were first asked for, those asked for by hand behind those of groups. */
export function multicastList(device: Device): MulticastEntry[] {
  if (device.hardwareType !== HardwareType.ETHER) return [];
  const users = new Map<Mac, number>();
  const registers = device.vlanDevices === null ? [] : [VLAN_REGISTRATION, VLAN_REGISTRATION];
  for (const each of [...[...device.groups].map(macOfGroup), ...registers, ...device.askedMacs])
    users.set(each, (users.get(each) ?? 0) + 1);
  return [...users].map(([each, count]) => ({
    mac: each,
    users: count,
    isStatic: device.askedMacs.has(each),
  }));
}

/** Kinds with ndo_set_rx_mode. */
const listens = (device: Device): boolean =>
  device.hardwareType === HardwareType.ETHER && device.kind !== Kind.VRF;

/** SIOCADDMULTI: asking twice is the same as once. */
export function addMulticast(namespace: Namespace, name: string, group: Mac): Outcome {
  const device = namespace.names.get(name);
  if (device === undefined) return refuse(Errno.ENODEV);
  if (!listens(device)) return refuse(Errno.EINVAL);
  device.askedMacs.add(group);
  return null;
}

/** SIOCDELMULTI. */
export function deleteMulticast(namespace: Namespace, name: string, group: Mac): Outcome {
  const device = namespace.names.get(name);
  if (device === undefined) return refuse(Errno.ENODEV);
  if (!listens(device)) return refuse(Errno.EINVAL);
  return device.askedMacs.delete(group) ? null : refuse(Errno.ENOENT);
}
