// IPv4 addresses of devices: which is whose, and which to use as a source (net/ipv4/devinet.c).
import { ANY, type Ipv4, inPrefix } from '../addr/ipv4.ts';
import { FlowKey } from '../fib/flow.ts';
import { RouteType, Scope, Table } from '../fib/route.ts';
import { AddressFlag, type Device, type InterfaceAddress } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';

/** inet_ifa_match: `address` lies in the subnet of `held`. */
export const inSubnet = (address: Ipv4, held: InterfaceAddress): boolean =>
  inPrefix(address, held.peer, held.length);

export const isSecondary = (held: InterfaceAddress): boolean => (held.flags & AddressFlag.SECONDARY) !== 0;

/** The device that holds `address`, the latest if there are several (inet_lookup_ifaddr_rcu). On the packet path. */
export function addressOwner(namespace: Namespace, address: Ipv4): Device | null {
  const owners = namespace.addressOwners.get(address);
  return owners === undefined ? null : owners[0];
}

const localFlow = new FlowKey();

/** The device of an address that is ours by itself or by a local route, such as 127.0.0.0/8 (__ip_dev_find). */
export function deviceOfAddress(namespace: Namespace, address: Ipv4): Device | null {
  const owner = addressOwner(namespace, address);
  if (owner !== null) return owner;
  const fib = namespace.fibFor(address);
  const { route, nextHop, table, rule } = fib;
  localFlow.destination = address;
  const found = fib.lookupIn(Table.LOCAL, localFlow) === 0 && fib.route?.type === RouteType.LOCAL;
  const device = found ? (fib.nextHop?.device as Device | null) : null;
  Object.assign(fib, { route, nextHop, table, rule });
  return device ?? null;
}

/** Host scope counts as link scope where 127/8 may be routed. */
const hostScope = (device: Device): number =>
  (device.conf.route_localnet | device.namespace.confAll.route_localnet) !== 0 ? Scope.LINK : Scope.HOST;

/**
 * The source address for packets out of `device` (inet_select_addr): its first primary address of a scope that is
 * not nearer than `scope`, one in the subnet of `destination` (unless 0) before others; then any other device's; or 0.
 */
export function selectAddress(namespace: Namespace, device: Device, destination: Ipv4, scope: number): Ipv4 {
  const local = hostScope(device);
  let address = ANY;
  for (const held of device.addresses) {
    if (isSecondary(held) || Math.min(held.scope, local) > scope) continue;
    if (destination === ANY || inSubnet(destination, held)) return held.local;
    if (address === ANY) address = held.local;
  }
  if (address !== ANY) return address;
  const vrf = device.l3mdev;
  const own = vrf === null ? ANY : primaryOn(vrf, scope);
  return own === ANY ? anyPrimary(namespace, vrf, scope) : own;
}

/** in_dev_select_addr. */
function primaryOn(device: Device, scope: number): Ipv4 {
  for (const held of device.addresses)
    if (!isSecondary(held) && held.scope !== Scope.LINK && held.scope <= scope) return held.local;
  return ANY;
}

/** The first that any device has, the loopback before others; within a VRF only its own devices are asked. */
function anyPrimary(namespace: Namespace, vrf: Device | null, scope: number): Ipv4 {
  for (const device of namespace.devices.values()) {
    const address = device.l3mdev === vrf ? primaryOn(device, scope) : ANY;
    if (address !== ANY) return address;
  }
  return ANY;
}

/**
 * An address of ours that fits (inet_confirm_addr): on `device` or, for null, on any; in the subnet of `destination`
 * and equal to `local`, each unless 0; of a scope not nearer than `scope`. 0 if there is none.
 */
export function confirmAddress(
  namespace: Namespace,
  device: Device | null,
  destination: Ipv4,
  local: Ipv4,
  scope: number,
): Ipv4 {
  if (device !== null) return confirmOn(device, destination, local, scope);
  for (const other of namespace.devices.values()) {
    const address = confirmOn(other, destination, local, scope);
    if (address !== ANY) return address;
  }
  return ANY;
}

/** confirm_addr_indev. */
function confirmOn(device: Device, destination: Ipv4, local: Ipv4, scope: number): Ipv4 {
  const hostLimit = hostScope(device);
  let address = ANY;
  let same = false;
  for (const held of device.addresses) {
    const near = Math.min(held.scope, hostLimit);
    if (address === ANY && (local === held.local || local === ANY) && near <= scope) {
      address = held.local;
      if (same) break;
    }
    if (same) continue;
    same = (local === ANY || inSubnet(local, held)) && (destination === ANY || inSubnet(destination, held));
    if (!same || address === ANY) continue;
    if (local !== ANY || destination === ANY || inSubnet(address, held)) break;
    if (near <= scope) {
      address = held.local;
      break;
    }
    same = false;
  }
  return same ? address : ANY;
}

/** inet_addr_onlink: both addresses lie in the subnet of one primary address of the device; `other` may be 0. */
export const isOnLink = (device: Device, address: Ipv4, other: Ipv4): boolean =>
  device.addresses.some(
    (held) => !isSecondary(held) && inSubnet(address, held) && (other === ANY || inSubnet(other, held)),
  );
