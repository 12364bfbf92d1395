// Devices go up and down, change names, sizes, addresses and namespaces, and go away (net/core/dev.c).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { isValidUnicast, type Mac } from '../addr/mac.ts';
import {
  type Device,
  DeviceFlag,
  HardwareType,
  Kind,
  type VlanState,
  type VxlanState,
} from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { LinkDetail } from '../netns/netlink.ts';
import { AddressAssign, changeBridgeId, disableBridge, enableBridge } from './bridge-stp.ts';
import { activate, carrierOff, carrierOn, deactivate, forgetCarrier, lookAgain } from './carrier.ts';
import { pickName } from './name.ts';
import { notifyDevice } from './notify.ts';
import { announceLink, linkNamespace, obtainPeerId } from './peer-id.ts';
import { addAllmulti, countPromiscuity } from './promiscuity.ts';
import { listDevice, newIndex, unlistDevice } from './registry.ts';
import { inheritAddress, unlinkVlan } from './vlan-link.ts';
import { flushDynamic, mayListen, startAgeing } from './vxlan-table.ts';

/** Flags that a request may change beside UP, PROMISC and ALLMULTI (__dev_change_flags). */
const CHANGEABLE = DeviceFlag.NOARP | DeviceFlag.MULTICAST;
/** Flags whose change alone is no news to the protocols (__dev_notify_flags). */
const QUIET = DeviceFlag.UP | DeviceFlag.PROMISC | DeviceFlag.ALLMULTI;

/** dev_change_flags: `flags` in the form in which they are reported; what it does not name it keeps. */
export function changeFlags(device: Device, flags: number): Refusal | null {
  const { flags: oldFlags, userFlags } = device;
  const refusal = applyFlags(device, flags);
  if (refusal === null) notifyFlags(device, oldFlags, userFlags);
  return refusal;
}

function applyFlags(device: Device, flags: number): Refusal | null {
  const wasUp = device.up;
  device.flags = (device.flags & ~CHANGEABLE) | (flags & CHANGEABLE);
  let refusal: Refusal | null = null;
  if (wasUp && (flags & DeviceFlag.UP) === 0) close(device);
  else if (!wasUp && (flags & DeviceFlag.UP) !== 0) refusal = open(device);
  applyUserFlag(device, flags, DeviceFlag.PROMISC, countPromiscuity);
  applyUserFlag(device, flags, DeviceFlag.ALLMULTI, addAllmulti);
  return refusal;
}

function applyUserFlag(
  device: Device,
  flags: number,
  bit: number,
  add: (device: Device, change: number) => void,
): void {
  if (((flags ^ device.userFlags) & bit) === 0) return;
  device.userFlags ^= bit;
  add(device, (flags & bit) === 0 ? -1 : 1);
}

/** __dev_notify_flags. */
function notifyFlags(device: Device, oldFlags: number, oldUserFlags: number): void {
  const changes = device.flags ^ oldFlags;
  if ((changes | (device.userFlags ^ oldUserFlags)) !== 0) announceLink(device);
  if ((changes & DeviceFlag.UP) !== 0) notifyDevice(device, device.up ? 'up' : 'down');
  if (device.up && (changes & ~QUIET) !== 0) notifyDevice(device, 'change', changes);
}

/** dev_close. */
function closeDevice(device: Device): void {
  if (!device.up) return;
  close(device);
  announceLink(device);
  notifyDevice(device, 'down');
}

/** __dev_open. */
function open(device: Device): Refusal | null {
  device.running = true;
  lookAgain(device);
  const refusal = validateAddress(device) ?? startKind(device);
  if (refusal !== null) {
    device.running = false;
    return refusal;
  }
  device.flags |= DeviceFlag.UP;
  activate(device);
  return null;
}

/** __dev_close. */
function close(device: Device): void {
  device.running = false;
  deactivate(device);
  stopKind(device);
  device.flags &= ~DeviceFlag.UP;
}

/** ndo_validate_addr, where the kind has one. */
function validateAddress(device: Device): Refusal | null {
  const asked = device.kind === Kind.DUMMY || device.kind === Kind.VXLAN;
  return asked && !isValidUnicast(device.address) ? refuse(Errno.EADDRNOTAVAIL) : null;
}

/** ndo_open. */
function startKind(device: Device): Refusal | null {
  if (device.kind === Kind.BRIDGE) enableBridge(device);
  if (device.kind === Kind.VXLAN) return startVxlan(device);
  if (device.vlan !== null) return startVlan(device, device.vlan);
  if (device.kind !== Kind.VETH) return null;
  if (device.peer === null) return refuse(Errno.ENOTCONN);
  if (device.peer.up) {
    carrierOn(device);
    carrierOn(device.peer);
  }
  return null;
}

/** vlan_dev_open. */
function startVlan(device: Device, { real, looseBinding, bridgeBinding }: VlanState): Refusal | null {
  if (!real.up && !looseBinding) return refuse(Errno.ENETDOWN);
  inheritAddress(device);
  if (real.carrierOn && !bridgeBinding) carrierOn(device);
  return null;
}

/** vxlan_open. */
function startVxlan(device: Device): Refusal | null {
  const refusal = mayListen(device);
  if (refusal === null) startAgeing(device);
  return refusal;
}

/** ndo_stop. */
function stopKind(device: Device): void {
  if (device.kind === Kind.BRIDGE) disableBridge(device);
  if (device.kind === Kind.VXLAN) flushDynamic(device);
  if (device.vlan?.bridgeBinding === false) carrierOff(device);
  if (device.kind !== Kind.VETH) return;
  carrierOff(device);
  if (device.peer !== null) carrierOff(device.peer);
}

/** unregister_netdevice_many: all of them close first, then each leaves. */
export function unregisterDevices(devices: readonly Device[]): void {
  const leaving = [...new Set(devices)].filter((device) => device.registered);
  const wereUp = leaving.filter((device) => device.up);
  for (const device of wereUp) close(device);
  for (const device of wereUp) {
    announceLink(device);
    notifyDevice(device, 'down');
  }
  for (const device of leaving) {
    unlistDevice(device);
    device.registered = false;
  }
  for (const device of leaving) {
    shutDown(device);
    device.gone = true;
    notifyDevice(device, 'unregister');
    forgetCarrier(device);
    retire(device);
    device.namespace.netlink?.link(device, 'gone', null);
  }
}

/** ndo_uninit: what the namespace of the underlay still knows of the device. */
function retire(device: Device): void {
  const { underlay } = device;
  if (device.kind === Kind.VRF) device.namespace.fib.vrfRemoved();
  if (device.vlan !== null) unlinkVlan(device);
  if (device.tunnel !== null) {
    underlay.ipipDevices.delete(device);
    if (underlay.fallback.get(device.kind) === device) underlay.fallback.delete(device.kind);
  }
  if (device.vxlan !== null) {
    underlay.vxlanDevices.delete(device);
    flushTable(device, device.vxlan);
  }
}

/** vxlan_flush with `do_all`. */
function flushTable(device: Device, { fdb }: VxlanState): void {
  device.namespace.pay();
  for (const entry of fdb.values())
    for (const remote of entry.remotes)
      device.namespace.netlink?.fdb({ kind: 'vxlan', device, entry, remote }, 'gone');
  fdb.clear();
}

/** dev_shutdown: the qdisc goes. */
function shutDown(device: Device): void {
  device.qdisc = 'noop';
  device.transmitActive = false;
}

/** dev_change_name: EBUSY while it is up; a template takes its first free number. */
export function renameDevice(device: Device, wanted: string): Refusal | null {
  if (device.up) return refuse(Errno.EBUSY);
  if (wanted === device.name) return null;
  const picked = pickName(device.namespace, wanted);
  if ('errno' in picked) return refuse(picked.errno);
  device.namespace.names.delete(device.name);
  device.name = picked.name;
  device.namespace.names.set(device.name, device);
  notifyDevice(device, 'changeName');
  return null;
}

/** dev_validate_mtu. */
export function validateMtu(device: Device, mtu: number): Refusal | null {
  if (mtu > 0x7fffffff || mtu < device.minMtu) return refuse(Errno.EINVAL, 'mtu less than device minimum');
  if (device.maxMtu > 0 && mtu > device.maxMtu)
    return refuse(Errno.EINVAL, 'mtu greater than device maximum');
  return null;
}

/** dev_set_mtu_ext. */
export function setMtu(device: Device, mtu: number): Refusal | null {
  if (mtu === device.mtu) return null;
  const refusal = validateMtu(device, mtu) ?? validateKindMtu(device, mtu);
  if (refusal !== null) return refusal;
  const old = device.mtu;
  device.mtu = mtu;
  if (device.bridge !== null) device.bridge.mtuSet = true;
  notifyDevice(device, 'changeMtu', old);
  return null;
}

/** ndo_change_mtu of the kinds that look further. */
function validateKindMtu(device: Device, mtu: number): Refusal | null {
  if (device.kind === Kind.IPIP && (mtu < 68 || mtu > 0xffff - 20)) return refuse(Errno.EINVAL);
  if (device.vlan !== null && mtu > device.vlan.real.mtu) return refuse(Errno.ERANGE);
  if (device.vxlan !== null) {
    const lower = device.underlay.devices.get(device.vxlan.link);
    if (lower !== undefined && mtu > lower.mtu - VXLAN_HEADROOM) return refuse(Errno.EINVAL);
  }
  return null;
}

/** Outer Ethernet, IPv4, UDP and VXLAN headers (VXLAN_HEADROOM). */
export const VXLAN_HEADROOM = 50;

/** dev_set_mac_address. */
export function setAddress(device: Device, address: Mac): Refusal | null {
  if (device.hardwareType === HardwareType.TUNNEL) return refuse(Errno.EOPNOTSUPP);
  if (!isValidUnicast(address)) return refuse(Errno.EADDRNOTAVAIL);
  if (device.bridge === null) device.address = address;
  else {
    if (device.address !== address) changeBridgeId(device, address);
    device.bridge.addressSet = true;
  }
  device.addressAssignType = AddressAssign.SET;
  notifyDevice(device, 'changeAddress');
  return null;
}

/** Kinds and devices that stay where they are (NETIF_F_NETNS_LOCAL). */
const isNamespaceLocal = (device: Device): boolean =>
  device.kind === Kind.LOOPBACK ||
  device.kind === Kind.BRIDGE ||
  device.kind === Kind.VRF ||
  device.tunnel?.fallback === true;

/**
 * __dev_change_net_namespace: the device closes, loses its addresses and routes, and appears in `target` with its
 * name (or `pattern`, only where the name is taken) and its index (or `index`, or the next free one).
 */
export function moveDevice(
  device: Device,
  target: Namespace,
  pattern: string,
  index: number,
): Refusal | null {
  if (isNamespaceLocal(device) || !device.registered) return refuse(Errno.EINVAL);
  const source = device.namespace;
  if (source === target) return null;
  const name = destinationName(device, target, pattern);
  if (typeof name !== 'string') return name;
  if (index !== 0 && target.devices.has(index)) return refuse(Errno.EBUSY);
  closeDevice(device);
  unlistDevice(device);
  shutDown(device);
  notifyDevice(device, 'unregister');
  obtainPeerId(source, target);
  const fallbackIndex = target.devices.has(device.index) ? newIndex(target) : device.index;
  const newIndexThere = index === 0 ? fallbackIndex : index;
  tellDeparture(device, { kind: 'moved', namespace: target, index: newIndexThere });
  device.namespace = target;
  device.index = newIndexThere;
  lookAgain(device);
  if (device.peer !== null) lookAgain(device.peer);
  device.name = name;
  listDevice(device);
  notifyDevice(device, 'register');
  announceLink(device);
  return null;
}

/** rtmsg_ifinfo_newnet; as every link message it gives the other end's namespace an id. */
function tellDeparture(device: Device, to: LinkDetail): void {
  const other = linkNamespace(device);
  if (other !== device.namespace) obtainPeerId(device.namespace, other);
  device.namespace.netlink?.link(device, 'gone', to);
}

function destinationName(device: Device, target: Namespace, pattern: string): string | Refusal {
  if (!target.names.has(device.name)) return device.name;
  if (pattern === '') return refuse(Errno.EEXIST);
  const picked = pickName(target, pattern);
  return 'errno' in picked ? refuse(picked.errno) : picked.name;
}
