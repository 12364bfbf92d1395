// VXLAN devices: the checks of their settings, making and changing them (drivers/net/vxlan/vxlan_core.c).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { type Ipv4, isMulticast } from '../addr/ipv4.ts';
import { isValidUnicast } from '../addr/mac.ts';
import type { Device, VxlanState } from '../netns/device.ts';
import type { DeviceEvent, DeviceListener } from '../netns/kernel.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { LinkAttributes } from './create.ts';
import { unregisterDevices, VXLAN_HEADROOM } from './lifecycle.ts';
import { announceLink, announceLower } from './peer-id.ts';
import { registerDevice } from './registry.ts';
import { setDefaultRemote } from './vxlan-table.ts';

/** The kernel's own UDP port; IANA's 4789 has to be asked for. */
const DEFAULT_PORT = 8472;
const DEFAULT_AGEING = 300;
const MAX_VNI = 1 << 24;
const MIN_MTU = 68;

/** What a request may say; `link` is an index. */
export type VxlanChange = Partial<Omit<VxlanState, 'fdb' | 'boundTo' | 'cleanupAt'>>;

/** vxlan_validate: what can be seen without the device. `change` is null where the request has no such part. */
export function validateVxlan(attributes: LinkAttributes, change: VxlanChange | null): Refusal | null {
  if (attributes.address !== undefined && !isValidUnicast(attributes.address))
    return refuse(Errno.EADDRNOTAVAIL, 'Provided Ethernet address is not unicast');
  if (attributes.mtu !== undefined && (attributes.mtu < MIN_MTU || attributes.mtu > 65535))
    return refuse(Errno.EINVAL, 'MTU must be between 68 and 65535');
  if (change === null)
    return refuse(Errno.EINVAL, 'Required attributes not provided to perform the operation');
  if (change.vni !== undefined && change.vni >= MAX_VNI)
    return refuse(Errno.ERANGE, 'VXLAN ID must be lower than 16777216');
  if ((change.sourcePortHigh ?? 0) < (change.sourcePortLow ?? 0))
    return refuse(Errno.EINVAL, 'Invalid source port range');
  return (change.df ?? 0) > 2 ? refuse(Errno.EINVAL, 'Invalid DF attribute') : null;
}

const newState = (change: VxlanChange): VxlanState => ({
  vni: 0,
  remote: 0 as Ipv4,
  local: 0 as Ipv4,
  link: 0,
  port: 0,
  sourcePortLow: 0,
  sourcePortHigh: 0,
  ttl: 0,
  ttlInherit: false,
  tos: 0,
  df: 0,
  learning: true,
  proxy: false,
  rsc: false,
  l2miss: false,
  l3miss: false,
  udpChecksum: true,
  zeroChecksum6Tx: false,
  zeroChecksum6Rx: false,
  ageing: 0,
  maxAddresses: 0,
  ...change,
  fdb: new Map(),
  boundTo: null,
  cleanupAt: Infinity,
});

/** vxlan_config_validate; fills in the port and the ageing time. */
function validateConfig(state: VxlanState, device: Device): Refusal | null {
  if (isMulticast(state.local)) return refuse(Errno.EINVAL, 'Local address cannot be multicast');
  if (state.link !== 0 && !device.underlay.devices.has(state.link))
    return refuse(Errno.ENODEV, 'Invalid local interface, device not found');
  if (state.link === 0 && isMulticast(state.remote))
    return refuse(Errno.EINVAL, 'Local interface required for multicast remote destination');
  if (state.port === 0) state.port = DEFAULT_PORT;
  if (state.ageing === 0) state.ageing = DEFAULT_AGEING;
  for (const other of device.underlay.vxlanDevices)
    if (other !== device && other.vxlan?.vni === state.vni && other.vxlan.port === state.port)
      return refuse(Errno.EEXIST, 'A VXLAN device with the specified VNI already exists');
  return null;
}

/** vxlan_config_apply: over a known device the MTU leaves room for the outer headers. */
function fitMtu(device: Device, lower: Device | undefined, asked: boolean): void {
  const largest = lower === undefined ? 65535 : Math.max(lower.mtu - VXLAN_HEADROOM, MIN_MTU);
  if ((lower !== undefined && !asked) || device.mtu > largest) device.mtu = largest;
}

/** vxlan_newlink: `underlay` is the namespace of the request, wherever the device is put. */
export function registerVxlan(
  device: Device,
  underlay: Namespace,
  attributes: LinkAttributes,
  change: VxlanChange,
): Refusal | null {
  device.underlay = underlay;
  const state = newState(change);
  const refusal = validateConfig(state, device);
  if (refusal !== null) return refusal;
  device.vxlan = state;
  fitMtu(device, underlay.devices.get(state.link), attributes.mtu !== undefined);
  const refused = registerDevice(device);
  if (refused !== null) return refused;
  announceLower(device);
  announceLink(device);
  const remote = state.remote;
  state.remote = 0 as Ipv4;
  setDefaultRemote(device, remote, state.link);
  state.remote = remote;
  underlay.vxlanDevices.add(device);
  return null;
}

/** Settings that stay as they were made, with the kernel's words for it (vxlan_nl2conf). */
const FIXED: readonly (readonly [keyof VxlanChange, string])[] = [
  ['ttlInherit', 'vxlan: cannot change TTL_INHERIT flag'],
  ['proxy', 'vxlan: cannot change PROXY flag'],
  ['rsc', 'vxlan: cannot change RSC flag'],
  ['l2miss', 'vxlan: cannot change L2MISS flag'],
  ['l3miss', 'vxlan: cannot change L3MISS flag'],
  ['maxAddresses', 'Cannot change limit'],
  ['sourcePortLow', 'Cannot change port range'],
  ['port', 'Cannot change port'],
  ['udpChecksum', 'Cannot change UDP_CSUM flag'],
  ['zeroChecksum6Tx', 'vxlan: cannot change UDP_ZERO_CSUM6_TX flag'],
  ['zeroChecksum6Rx', 'vxlan: cannot change UDP_ZERO_CSUM6_RX flag'],
];

/** vxlan_changelink. */
export function changeVxlan(
  device: Device,
  attributes: Partial<LinkAttributes>,
  change: VxlanChange,
): Refusal | null {
  const state = device.vxlan as VxlanState;
  if (change.vni !== undefined && change.vni !== state.vni)
    return refuse(Errno.EOPNOTSUPP, 'Cannot change VNI');
  for (const [setting, words] of FIXED)
    if (change[setting] !== undefined) return refuse(Errno.EOPNOTSUPP, words);
  if (attributes.mtu !== undefined) return refuse(Errno.EOPNOTSUPP, 'Cannot change mtu');
  const next = { ...state, ...change };
  const refusal = validateConfig(next, device);
  if (refusal !== null) return refusal;
  if (next.remote !== state.remote) {
    const refused = setDefaultRemote(device, next.remote, next.link);
    if (refused !== null) return refused;
  }
  const lower = next.link === state.link ? undefined : device.underlay.devices.get(next.link);
  if (next.ageing !== state.ageing) next.cleanupAt = device.namespace.kernel.clock.now;
  Object.assign(state, next);
  fitMtu(device, lower, true);
  return null;
}

/** A VXLAN device goes with the device that it was bound to (vxlan_handle_lowerdev_unregister). */
export const vxlanListener: DeviceListener = {
  deviceEvent(device: Device, event: DeviceEvent): void {
    if (event !== 'unregister') return;
    const orphans = [...device.namespace.vxlanDevices].filter((other) => other.vxlan?.link === device.index);
    for (const orphan of orphans) device.namespace.vxlanDevices.delete(orphan);
    unregisterDevices(orphans);
  },
};
