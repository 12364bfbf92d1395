// VRF devices: the loopback and the name of a layer 3 domain, whose devices are enslaved to it (drivers/net/vrf.c).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { RouteProtocol, RuleAction, Table } from '../fib/route.ts';
import { type Device, DeviceFlag, Kind } from '../netns/device.ts';
import type { DeviceEvent, DeviceListener } from '../netns/kernel.ts';
import type { Namespace } from '../netns/namespace.ts';
import { OperState } from './carrier.ts';
import { changeFlags, unregisterDevices } from './lifecycle.ts';
import { notifyDevice } from './notify.ts';
import { announceLink } from './peer-id.ts';
import { registerDevice } from './registry.ts';

/** FIB_RULE_PREF. */
const RULE_PRIORITY = 1000;

/** vrf_newlink; `table` is undefined where the request names none. */
export function registerVrf(device: Device, table: number | undefined): Refusal | null {
  if (table === undefined) return refuse(Errno.EINVAL, 'VRF table id is missing');
  if (table === Table.UNSPEC) return refuse(Errno.EINVAL, 'Invalid VRF table id');
  const { namespace } = device;
  device.vrfTable = table;
  device.operstate = OperState.UP;
  const refusal = registerDevice(device);
  if (refusal !== null) return refusal;
  namespace.fib.vrfAdded(device);
  if (namespace.vrfStrictMode && sharers(device).length > 1) {
    unregisterDevices([device]);
    return refuse(Errno.EBUSY, 'Table is used by another VRF');
  }
  if (!namespace.hadVrf) addRule(device);
  namespace.hadVrf = true;
  return null;
}

/** One rule serves all VRFs (vrf_add_fib_rules). A user's equal rule is as good. */
function addRule({ namespace }: Device): void {
  const action = RuleAction.TO_TABLE;
  const protocol = RouteProtocol.KERNEL;
  namespace.fib.addRule({ priority: RULE_PRIORITY, action, l3mdev: true, protocol });
}

/** The VRF devices of a VRF's table. */
const sharers = (vrf: Device): Device[] =>
  [...vrf.namespace.devices.values()].filter(({ vrfTable }) => vrfTable === vrf.vrfTable);

/** Two of them stand for one table (vmap->shared_tables). */
export const vrfsShareTables = (namespace: Namespace): boolean =>
  [...namespace.devices.values()].some((device) => device.kind === Kind.VRF && sharers(device).length > 1);

const slavesOf = (vrf: Device): Device[] =>
  [...vrf.namespace.devices.values()].filter((device) => device.vrf === vrf);

/** vrf_add_slave. */
export function addSlave(vrf: Device, device: Device): Refusal | null {
  if (device.kind === Kind.VRF) return refuse(Errno.EINVAL, 'Can not enslave an L3 master device to a VRF');
  if (device.loopback) return refuse(Errno.EOPNOTSUPP, 'Can not enslave loopback device to a VRF');
  join(device, vrf);
  return null;
}

/** vrf_del_slave. */
export const removeSlave = (device: Device): void => join(device, null);

/** Routes go when a device changes its domain; those of its addresses come back in the new table. */
function join(device: Device, vrf: Device | null): void {
  device.vrf = vrf;
  announceLink(device);
  notifyDevice(device, 'changeVrf');
  cycle(device);
}

/** cycle_netdev: down and up again, so that neighbours are forgotten and routes move. */
function cycle(device: Device): void {
  if (!device.running) return;
  const flags = (device.flags & ~(DeviceFlag.PROMISC | DeviceFlag.ALLMULTI)) | device.userFlags;
  changeFlags(device, flags & ~DeviceFlag.UP);
  changeFlags(device, flags);
}

/** vrf_dellink: the VRF is about to go, its slaves stay. */
export function releaseSlaves(vrf: Device): void {
  for (const device of slavesOf(vrf)) removeSlave(device);
}

/** vrf_device_event: a slave that is unregistered, or leaves its namespace, leaves its VRF. */
export const vrfListener: DeviceListener = {
  deviceEvent(device: Device, event: DeviceEvent): void {
    if (event === 'unregister' && device.vrf !== null) removeSlave(device);
  },
};
