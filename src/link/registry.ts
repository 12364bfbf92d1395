// A device enters a namespace's lists, and leaves them (register_netdevice, list_netdevice, unlist_netdevice).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { initOperState } from './carrier.ts';
import { pickName } from './name.ts';
import { notifyDevice } from './notify.ts';

/** NET_ADDR_PERM. */
const PERMANENT = 0;

/** The next index that no device of the namespace has (dev_new_index). */
export function newIndex(namespace: Namespace): number {
  while (namespace.devices.has(namespace.nextIndex)) namespace.nextIndex++;
  return namespace.nextIndex++;
}

/** list_netdevice: `devices` stays in the order in which they came. */
export function listDevice(device: Device): void {
  device.namespace.devices.set(device.index, device);
  device.namespace.names.set(device.name, device);
}

/** unlist_netdevice. */
export function unlistDevice(device: Device): void {
  device.namespace.devices.delete(device.index);
  device.namespace.names.delete(device.name);
}

/**
 * Puts a new device into its namespace: `device.name` may be a template, `device.index` 0 for the next free one.
 * EEXIST for a taken name, EBUSY for a taken index.
 */
export function registerDevice(device: Device): Refusal | null {
  const { namespace } = device;
  const picked = pickName(namespace, device.name);
  if ('errno' in picked) return refuse(picked.errno);
  if (device.index === 0) device.index = newIndex(namespace);
  else if (namespace.devices.has(device.index)) return refuse(Errno.EBUSY);
  device.name = picked.name;
  device.registered = true;
  if (device.addressAssignType === PERMANENT) device.permanentAddress = device.address;
  initOperState(device);
  listDevice(device);
  notifyDevice(device, 'register');
  return null;
}
