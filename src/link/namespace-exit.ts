// What becomes of the devices when a namespace ends (the exit functions of ipip and vxlan, default_device_exit_batch).
import type { Namespace } from '../netns/namespace.ts';
import { dismantle } from './create.ts';
import { unregisterDevices } from './lifecycle.ts';

/**
 * Unregisters the namespace's devices and what cannot be without them: the other ends of its cables, wherever they
 * are, and tunnels elsewhere whose outer packets were its own.
 */
export function removeNamespaceDevices(namespace: Namespace): void {
  unregisterDevices([...namespace.ipipDevices].reverse());
  unregisterDevices([...namespace.vxlanDevices].reverse());
  unregisterDevices([...namespace.devices.values()].reverse().flatMap(dismantle));
}
