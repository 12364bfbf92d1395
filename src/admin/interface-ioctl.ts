// The ioctls by which ifconfig and route look at and change addresses (devinet_ioctl in net/ipv4/devinet.c).
import { Errno, refuse } from '../addr/errno.ts';
import { ANY, BROADCAST, type Ipv4, ipv4, isLoopback, isZeronet, maskLength, maskOf } from '../addr/ipv4.ts';
import { Scope } from '../fib/route.ts';
import { detachSettings, FOREVER, insertAddress, removeAddress } from '../ip/address-list.ts';
import { runLinkWatch } from '../link/carrier.ts';
import { AddressFlag, type Device, DeviceFlag, type InterfaceAddress } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Outcome } from './types.ts';

/** The name of an address is a device's, or one with a colon for another address of it: `eth0:1`. */
function lookUp(
  namespace: Namespace,
  name: string,
): { device: Device; held: InterfaceAddress | undefined } | null {
  const device = namespace.names.get(name.split(':')[0]);
  if (device === undefined) return null;
  return { device, held: device.addresses.find((address) => address.label === name) };
}

/** SIOCGIFADDR and its kin: the first address of that label, null for none. */
export const interfaceAddress = (namespace: Namespace, name: string): Readonly<InterfaceAddress> | null =>
  lookUp(namespace, name)?.held ?? null;

/** The class of an address as a prefix length, -1 for multicast and the like (inet_abc_len). */
export function classLength(address: Ipv4): number {
  if (isZeronet(address) || address === BROADCAST) return 0;
  const first = address >>> 24;
  if (first < 128) return 8;
  if (first < 192) return 16;
  if (first < 224) return 24;
  return first < 240 ? -1 : 32;
}

/** The IP broadcast address of a subnet on a device that broadcasts. */
const broadcastOf = (device: Device, address: Ipv4, length: number): Ipv4 =>
  (device.flags & DeviceFlag.BROADCAST) !== 0 && length < 31 ? ipv4(address | ~maskOf(length)) : ANY;

/** SIOCSIFADDR: the address of that label is replaced, its mask the class's. */
export function setInterfaceAddress(namespace: Namespace, name: string, address: Ipv4): Outcome {
  const found = lookUp(namespace, name);
  if (found === null) return refuse(Errno.ENODEV);
  const { device, held } = found;
  const length = (device.flags & DeviceFlag.POINTOPOINT) === 0 ? classLength(address) : 32;
  if (classLength(address) < 0) return refuse(Errno.EINVAL);
  if (held === undefined && device.ipv4Disabled) return refuse(Errno.ENOBUFS);
  if (held?.local === address) return null;
  if (held !== undefined) removeAddress(device, held);
  const { now } = namespace.kernel.clock;
  detachSettings(device);
  return put(device, {
    local: address,
    peer: address,
    length,
    broadcast: length === 32 ? ANY : broadcastOf(device, address, length),
    scope: isLoopback(address) ? Scope.HOST : Scope.UNIVERSE,
    label: held?.label ?? name,
    flags: (held?.flags ?? 0) | AddressFlag.PERMANENT,
    metric: held?.metric ?? 0,
    validLifetime: FOREVER,
    preferredLifetime: FOREVER,
    protocol: held?.protocol ?? 0,
    updatedAt: now,
    createdAt: held?.createdAt ?? now,
  });
}

function put(device: Device, held: InterfaceAddress): Outcome {
  const refusal = insertAddress(device, held);
  runLinkWatch(device.namespace.kernel);
  return refusal;
}

/** Takes the address off, changes it and puts it back, as the kernel does; EADDRNOTAVAIL without one. */
function modify(
  namespace: Namespace,
  name: string,
  change: (device: Device, held: InterfaceAddress) => Partial<InterfaceAddress> | null,
): Outcome {
  const found = lookUp(namespace, name);
  if (found === null) return refuse(Errno.ENODEV);
  const { device, held } = found;
  if (held === undefined) return refuse(Errno.EADDRNOTAVAIL);
  const changes = change(device, held);
  if (changes === null) return null;
  removeAddress(device, held);
  insertAddress(device, Object.assign(held, changes));
  return null;
}

/** SIOCSIFBRDADDR. */
export const setInterfaceBroadcast = (namespace: Namespace, name: string, broadcast: Ipv4): Outcome =>
  modify(namespace, name, (_device, held) => (held.broadcast === broadcast ? null : { broadcast }));

/** SIOCSIFDSTADDR. */
export function setInterfacePeer(namespace: Namespace, name: string, peer: Ipv4): Outcome {
  if (classLength(peer) < 0) return refuse(Errno.EINVAL);
  return modify(namespace, name, (_device, held) => (held.peer === peer ? null : { peer }));
}

/** SIOCSIFNETMASK: a broadcast address that fits the old mask follows the new one. */
export function setInterfaceMask(namespace: Namespace, name: string, mask: number): Outcome {
  const length = maskLength(mask);
  if (length < 0) return refuse(Errno.EINVAL);
  return modify(namespace, name, (device, held) => {
    if (held.length === length) return null;
    const fits = held.broadcast === ipv4(held.local | ~maskOf(held.length));
    const followed = fits ? broadcastOf(device, held.local, length) : ANY;
    return { length, broadcast: followed === ANY ? held.broadcast : followed };
  });
}

/** SIOCSIFFLAGS without IFF_UP for a name with a colon: that address goes. */
export function removeInterfaceAddress(namespace: Namespace, name: string): Outcome {
  const found = lookUp(namespace, name);
  if (found === null) return refuse(Errno.ENODEV);
  if (found.held === undefined) return refuse(Errno.EADDRNOTAVAIL);
  removeAddress(found.device, found.held);
  return null;
}
