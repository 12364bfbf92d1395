// Kernel modules of the kinds of devices, and what loading one changes in every namespace.
import { Kind } from '../netns/device.ts';
import type { DeviceListener, Kernel } from '../netns/kernel.ts';
import type { Namespace } from '../netns/namespace.ts';
import { bridgeListener } from './bridge-ports.ts';
import { dismantle } from './create.ts';
import { createFallbackTunnel } from './ipip-device.ts';
import { unregisterDevices } from './lifecycle.ts';
import { vlanListener } from './vlan-device.ts';
import { vrfListener } from './vrf-device.ts';
import { vxlanListener } from './vxlan-device.ts';

/** The module of each kind that is one, by the name that `ip link add type` takes. */
export const KIND_MODULES: ReadonlyMap<string, number> = new Map([
  ['veth', Kind.VETH],
  ['bridge', Kind.BRIDGE],
  ['dummy', Kind.DUMMY],
  ['ipip', Kind.IPIP],
  ['vxlan', Kind.VXLAN],
  ['vrf', Kind.VRF],
  ['vlan', Kind.VLAN],
]);

/** What a module hears of all devices while it is loaded. */
const LISTENERS: ReadonlyMap<string, DeviceListener> = new Map([
  ['bridge', bridgeListener],
  ['vxlan', vxlanListener],
  ['vrf', vrfListener],
  ['vlan', vlanListener],
]);

/** Loads the module of a kind, once: tunl0 appears everywhere with ipip. */
export function loadKind(kernel: Kernel, name: string): void {
  if (kernel.modules.has(name)) return;
  kernel.modules.add(name);
  const listener = LISTENERS.get(name);
  if (listener !== undefined) kernel.deviceListeners.push(listener);
  if (name === 'ipip') for (const namespace of kernel.namespaces) createFallbackTunnel(namespace);
}

/** Unloads the module of a kind: every device of the kind goes, the fallback tunnels too (__rtnl_link_unregister). */
export function unloadKind(kernel: Kernel, name: string): void {
  const kind = KIND_MODULES.get(name);
  for (const namespace of kernel.namespaces) {
    const devices = [...namespace.devices.values()].filter((device) => device.kind === kind);
    unregisterDevices([...devices.flatMap(dismantle), ...devices]);
  }
  const listener = LISTENERS.get(name);
  if (listener !== undefined) kernel.deviceListeners.splice(kernel.deviceListeners.indexOf(listener), 1);
  kernel.modules.delete(name);
}

/** What the loaded modules make in a new namespace. */
export function initNamespaceDevices(namespace: Namespace): void {
  if (namespace.kernel.modules.has('ipip')) createFallbackTunnel(namespace);
}
