// A VLAN device and the device below it: how they find each other, and what the one has of the other.
import type { Device, VlanState } from '../netns/device.ts';
import { AddressAssign } from './bridge-stp.ts';
import { notifyDevice } from './notify.ts';
import { announceLink } from './peer-id.ts';

/** vlan_find_dev. */
export function vlanDeviceOf(real: Device, protocol: number, id: number): Device | null {
  for (const device of real.vlanDevices ?? [])
    if (device.vlan?.id === id && device.vlan.protocol === protocol) return device;
  return null;
}

/** The device leaves (unregister_vlan_dev). */
export function unlinkVlan(device: Device): void {
  const { real } = device.vlan as VlanState;
  const others = (real.vlanDevices ?? []).filter((other) => other !== device);
  real.vlanDevices = others.length === 0 ? null : others;
  if (real.registered) announceLink(real);
}

/** vlan_dev_inherit_address. */
export function inheritAddress(device: Device): void {
  const { real } = device.vlan as VlanState;
  if (device.addressAssignType !== AddressAssign.STOLEN || device.address === real.address) return;
  device.address = real.address;
  notifyDevice(device, 'changeAddress');
}
