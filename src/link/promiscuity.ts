// Who wants a device to hear everything: users (IFF_PROMISC asked for), captures and bridges are counted alike.
import { type Device, DeviceFlag } from '../netns/device.ts';
import { announceLink } from './peer-id.ts';

/** dev_set_promiscuity: `change` is 1 or -1. */
export function addPromiscuity(device: Device, change: number): void {
  countPromiscuity(device, change);
  announceLink(device);
}

/** __dev_set_promiscuity, as part of a change that is told as a whole. */
export function countPromiscuity(device: Device, change: number): void {
  device.promiscuity += change;
  if (device.promiscuity === 0) device.flags &= ~DeviceFlag.PROMISC;
  else device.flags |= DeviceFlag.PROMISC;
}

/** dev_set_allmulti: `change` is 1 or -1. */
export function addAllmulti(device: Device, change: number): void {
  device.allmulti += change;
  if (device.allmulti === 0) device.flags &= ~DeviceFlag.ALLMULTI;
  else device.flags |= DeviceFlag.ALLMULTI;
}
