// Tells everybody who must know what happened to a device (the kernel's netdevice notifier chain).
import type { Device } from '../netns/device.ts';
import type { DeviceEvent } from '../netns/kernel.ts';
import { announceLink } from './peer-id.ts';

/** Events that rtnetlink itself turns into a link message (rtnetlink_event). */
const ANNOUNCED: readonly DeviceEvent[] = ['changeMtu', 'changeAddress', 'changeName'];

/** call_netdevice_notifiers; `detail` as DeviceListener says. */
export function notifyDevice(device: Device, event: DeviceEvent, detail = 0): void {
  device.namespace.kernel.changes++;
  if (ANNOUNCED.includes(event)) announceLink(device);
  for (const listener of device.namespace.kernel.deviceListeners) listener.deviceEvent(device, event, detail);
}
