// Addresses come to a device and leave it: order, primaries and secondaries, promotion, lifetimes
// (__inet_insert_ifa, __inet_del_ifa, check_lifetime in net/ipv4/devinet.c).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import type { Ipv4 } from '../addr/ipv4.ts';
import { AddressFlag, type Device, type InterfaceAddress } from '../netns/device.ts';
import { SECOND } from '../time/clock.ts';
import {
  addAddressRoutes,
  changePrefixMetric,
  forgetNeighbours,
  removeAddressRoutes,
} from './address-routes.ts';
import { inSubnet, isSecondary } from './devinet.ts';

/** A lifetime without end. */
export const FOREVER = 0xffffffff;

const sameSubnet = (a: InterfaceAddress, b: InterfaceAddress): boolean =>
  a.length === b.length && inSubnet(a.peer, b);

/** The address of the device with the same subnet and local part (find_matching_ifa). */
export const matchingAddress = (device: Device, wanted: InterfaceAddress): InterfaceAddress | undefined =>
  device.addresses.find((held) => sameSubnet(held, wanted) && held.local === wanted.local);

/** From the first address on the device's settings no longer follow conf.default (ipv4_devconf_setall). */
export function detachSettings(device: Device): void {
  device.conf.touched = 'all';
  device.neighConf.touched = 'all';
}

/**
 * __inet_insert_ifa. EEXIST for an address that is there, EINVAL for another scope in the same subnet. The first of
 * a subnet is its primary, the others are secondaries and stand behind all primaries.
 */
export function insertAddress(device: Device, added: InterfaceAddress): Refusal | null {
  if (added.local === 0) return null;
  added.flags &= ~AddressFlag.SECONDARY;
  let place = 0;
  for (const [index, held] of device.addresses.entries()) {
    if (!isSecondary(held) && added.scope <= held.scope) place = index + 1;
    if (!sameSubnet(held, added)) continue;
    if (held.local === added.local) return refuse(Errno.EEXIST);
    if (held.scope !== added.scope) return refuse(Errno.EINVAL);
    added.flags |= AddressFlag.SECONDARY;
  }
  if (isSecondary(added)) place = device.addresses.length;
  device.addresses.splice(place, 0, added);
  own(device, added.local);
  watchLifetime(device, added);
  device.namespace.netlink?.address(device, added, 'new');
  addressAdded(device, added);
  return null;
}

/** fib_inetaddr_event, NETDEV_UP. */
function addressAdded(device: Device, added: InterfaceAddress): void {
  const { fib } = device.namespace;
  addAddressRoutes(device, added);
  fib.deviceUp(device);
  fib.addressesChanged();
}

/** fib_inetaddr_event, NETDEV_DOWN: with the last address IPv4 ends on the device. */
function addressGone(device: Device, gone: InterfaceAddress, dying: boolean): void {
  const { fib } = device.namespace;
  removeAddressRoutes(device, gone, null, dying);
  fib.addressesChanged();
  if (device.addresses.length > 0) return;
  fib.deviceDown(device, true);
  forgetNeighbours(device);
}

const promotes = (device: Device): boolean =>
  (device.conf.promote_secondaries | device.namespace.confAll.promote_secondaries) !== 0;

/**
 * __inet_del_ifa: with a primary its secondaries go, or the first of them takes its place where promote_secondaries
 * is set. `dying` means that the whole device loses IPv4: nothing is promoted.
 */
export function removeAddress(device: Device, gone: InterfaceAddress, dying = false): void {
  const promoted = dying || isSecondary(gone) ? null : settleSecondaries(device, gone);
  if (promoted !== null)
    for (const held of device.addresses.slice(device.addresses.indexOf(promoted)))
      if (sameSubnet(gone, held)) removeAddressRoutes(device, held, gone, false);
  const place = lastPrimaryPlace(device, gone);
  take(device, gone);
  addressGone(device, gone, dying);
  if (promoted !== null) promote(device, gone, promoted, place);
}

/** The secondaries of a primary that goes: the first of them if it is to be promoted, else they all go (null). */
function settleSecondaries(device: Device, gone: InterfaceAddress): InterfaceAddress | null {
  const behind = device.addresses.slice(device.addresses.indexOf(gone) + 1);
  const secondaries = behind.filter((held) => isSecondary(held) && sameSubnet(gone, held));
  if (promotes(device)) return secondaries[0] ?? null;
  for (const secondary of secondaries) {
    take(device, secondary);
    addressGone(device, secondary, false);
  }
  return null;
}

/** Where a promoted address belongs once `gone` has left: behind the last primary of a scope not farther than its. */
function lastPrimaryPlace(device: Device, gone: InterfaceAddress): number {
  const from = device.addresses.indexOf(gone);
  let place = from;
  for (let index = from + 1; index < device.addresses.length; index++) {
    const held = device.addresses[index];
    if (!isSecondary(held) && gone.scope <= held.scope) place = index;
  }
  return place;
}

function promote(device: Device, gone: InterfaceAddress, promoted: InterfaceAddress, place: number): void {
  const from = device.addresses.indexOf(promoted);
  const followers = device.addresses.slice(from + 1).filter((held) => sameSubnet(gone, held));
  device.addresses.splice(from, 1);
  device.addresses.splice(Math.min(place, device.addresses.length), 0, promoted);
  promoted.flags &= ~AddressFlag.SECONDARY;
  device.namespace.netlink?.address(device, promoted, 'new');
  addressAdded(device, promoted);
  for (const follower of followers) addAddressRoutes(device, follower);
}

/** Unlinks the address, and says so. */
function take(device: Device, gone: InterfaceAddress): void {
  device.addresses.splice(device.addresses.indexOf(gone), 1);
  const owners = device.namespace.addressOwners.get(gone.local) as Device[];
  owners.splice(owners.indexOf(device), 1);
  if (owners.length === 0) device.namespace.addressOwners.delete(gone.local);
  device.namespace.netlink?.address(device, gone, 'gone');
}

function own(device: Device, address: Ipv4): void {
  const owners = device.namespace.addressOwners.get(address);
  if (owners === undefined) device.namespace.addressOwners.set(address, [device]);
  else owners.unshift(device);
}

/** What of an existing address `ip address change|replace` may change: its metric and its lifetimes. */
export function changeAddress(device: Device, held: InterfaceAddress, wanted: InterfaceAddress): void {
  if (held.metric !== wanted.metric) {
    changePrefixMetric(device, held, wanted.metric);
    held.metric = wanted.metric;
  }
  setLifetime(held, wanted.validLifetime, wanted.preferredLifetime, device.namespace.kernel.clock.now);
  watchLifetime(device, held);
  device.namespace.netlink?.address(device, held, 'new');
}

/** set_ifa_lifetime; seconds. */
export function setLifetime(held: InterfaceAddress, valid: number, preferred: number, now: number): void {
  held.flags &= ~(AddressFlag.PERMANENT | AddressFlag.DEPRECATED);
  if (valid === FOREVER) held.flags |= AddressFlag.PERMANENT;
  held.validLifetime = valid;
  if (preferred === 0) held.flags |= AddressFlag.DEPRECATED;
  held.preferredLifetime = preferred;
  held.updatedAt = now;
}

/** What is left of the lifetimes, in seconds (inet_fill_ifaddr). */
export function lifetimeLeft(held: InterfaceAddress, now: number): { valid: number; preferred: number } {
  if ((held.flags & AddressFlag.PERMANENT) !== 0) return { valid: FOREVER, preferred: FOREVER };
  const passed = Math.floor((now - held.updatedAt) / SECOND);
  const left = (lifetime: number) => (lifetime === FOREVER ? FOREVER : Math.max(0, lifetime - passed));
  // The kernel counts down the valid lifetime only together with a preferred one that ends.
  if (held.preferredLifetime === FOREVER) return { valid: held.validLifetime, preferred: FOREVER };
  return { valid: left(held.validLifetime), preferred: left(held.preferredLifetime) };
}

/** check_lifetime for one address: it is deprecated, and removed, when its time has come. */
function watchLifetime(device: Device, held: InterfaceAddress): void {
  if ((held.flags & AddressFlag.PERMANENT) !== 0) return;
  const { clock } = device.namespace.kernel;
  const ends = [held.preferredLifetime, held.validLifetime]
    .filter((lifetime) => lifetime !== FOREVER)
    .map((lifetime) => held.updatedAt + lifetime * SECOND)
    .filter((at) => at > clock.now);
  if (ends.length === 0) return;
  const stamp = held.updatedAt;
  clock.schedule(Math.min(...ends) - clock.now, () => {
    if (held.updatedAt === stamp && device.addresses.includes(held)) lifetimeEnded(device, held);
  });
}

function lifetimeEnded(device: Device, held: InterfaceAddress): void {
  const passed = device.namespace.kernel.clock.now - held.updatedAt;
  if (held.validLifetime !== FOREVER && passed >= held.validLifetime * SECOND) {
    removeAddress(device, held);
    return;
  }
  held.flags |= AddressFlag.DEPRECATED;
  device.namespace.netlink?.address(device, held, 'new');
  watchLifetime(device, held);
}
