// The routes that addresses bring with them and take away again (net/ipv4/fib_frontend.c).
import { ANY, type Ipv4, isZeronet, lastOf, networkOf } from '../addr/ipv4.ts';
import { type RouteConfig, RouteProtocol, RouteType, Scope, Table } from '../fib/route.ts';
import { AddressFlag, type Device, type InterfaceAddress } from '../netns/device.ts';
import { inSubnet, isSecondary } from './devinet.ts';

/** The primary address of a subnet (inet_ifa_byprefix). */
const primaryOf = (device: Device, prefix: Ipv4, length: number): InterfaceAddress | undefined =>
  device.addresses.find((held) => held.length === length && inSubnet(prefix, held));

/** What fib_magic asks for. */
const routeFor = (
  device: Device,
  type: number,
  destination: Ipv4,
  length: number,
  primary: InterfaceAddress,
  priority: number,
): RouteConfig => ({
  table: device.l3mdev?.vrfTable ?? (type === RouteType.UNICAST ? Table.MAIN : Table.LOCAL),
  destination,
  length,
  type,
  protocol: RouteProtocol.KERNEL,
  scope: type === RouteType.LOCAL ? Scope.HOST : Scope.LINK,
  priority,
  prefsrc: primary.local,
  nextHops: [{ device }],
});

const insert = (
  device: Device,
  type: number,
  to: Ipv4,
  length: number,
  primary: InterfaceAddress,
  priority = 0,
): void => {
  device.namespace.fib.insertForAddress(routeFor(device, type, to, length, primary, priority));
};

const remove = (
  device: Device,
  type: number,
  to: Ipv4,
  length: number,
  primary: InterfaceAddress,
  priority = 0,
): void => {
  device.namespace.fib.deleteForAddress(routeFor(device, type, to, length, primary, priority));
};

const subnetType = (device: Device): number => (device.loopback ? RouteType.LOCAL : RouteType.UNICAST);

/** The address is all there is of its subnet: no route for it but the local one. */
const isAlone = (held: InterfaceAddress, prefix: Ipv4): boolean =>
  prefix === held.local && held.length === 32;

/** arp_invalidate without force: whoever waits for an address that became a broadcast waits in vain. */
function forgetNeighbour(device: Device, address: Ipv4): void {
  const neighbours = device.namespace.neighboursOf(device);
  const neighbour = neighbours.lookup(device, address);
  if (neighbour !== null && !neighbour.valid) neighbours.remove(neighbour);
}

/** arp_ifdown: the device's neighbours go, permanent ones and those it answers for too. */
export function forgetNeighbours(device: Device): void {
  const neighbours = device.namespace.neighboursOf(device);
  neighbours.flushDevice(device, false);
  for (const { deviceIndex, address } of [...neighbours.proxyEntries()])
    if (deviceIndex === device.index) neighbours.removeProxy(deviceIndex, address);
}

/** fib_add_ifaddr: local, broadcast and subnet routes; only the local one while the device is down. */
export function addAddressRoutes(device: Device, held: InterfaceAddress): void {
  const prefix = networkOf(held.peer, held.length);
  const primary = isSecondary(held) ? primaryOf(device, prefix, held.length) : held;
  if (primary === undefined) return;
  insert(device, RouteType.LOCAL, held.local, 32, primary);
  if (!device.up) return;
  if (held.broadcast !== ANY && held.broadcast !== -1) {
    insert(device, RouteType.BROADCAST, held.broadcast, 32, primary);
    forgetNeighbour(device, held.broadcast);
  }
  if (isZeronet(prefix) || isSecondary(held) || isAlone(held, prefix)) return;
  if ((held.flags & AddressFlag.NOPREFIXROUTE) === 0)
    insert(device, subnetType(device), prefix, held.length, primary, held.metric);
  if (held.length >= 31) return;
  insert(device, RouteType.BROADCAST, lastOf(prefix, held.length), 32, primary);
  forgetNeighbour(device, lastOf(prefix, held.length));
}

/** fib_modify_prefix_metric: the subnet's route gets another metric. */
export function changePrefixMetric(device: Device, held: InterfaceAddress, metric: number): void {
  const prefix = networkOf(held.peer, held.length);
  const fixed = AddressFlag.SECONDARY | AddressFlag.NOPREFIXROUTE;
  if (!device.up || (held.flags & fixed) !== 0 || isZeronet(prefix) || isAlone(held, prefix)) return;
  insert(device, subnetType(device), prefix, held.length, held, metric);
  remove(device, subnetType(device), prefix, held.length, held, held.metric);
}

/** Which of a gone address's routes somebody else still needs. */
interface StillNeeded {
  local: boolean;
  broadcast: boolean;
  /** Of the subnet's last and first address. */
  last: boolean;
  first: boolean;
  /** The address itself is still on the device: it is being promoted. */
  present: boolean;
}

/**
 * fib_del_ifaddr. `promotedFor` is the primary whose place a secondary takes: the subnet's addresses then count as
 * gone although they are on the device. `dying` means that the device loses IPv4 altogether.
 */
export function removeAddressRoutes(
  device: Device,
  held: InterfaceAddress,
  promotedFor: InterfaceAddress | null,
  dying: boolean,
): void {
  const first = networkOf(held.peer, held.length);
  const last = lastOf(held.peer, held.length);
  let primary: InterfaceAddress | undefined = held;
  let ownsSubnet = false;
  if (isSecondary(held)) {
    primary = primaryOf(device, first, held.length);
    if (primary === undefined || (promotedFor !== null && promotedFor !== primary)) return;
  } else if (!isZeronet(first) && !isAlone(held, first)) {
    if ((held.flags & AddressFlag.NOPREFIXROUTE) === 0)
      remove(device, subnetType(device), first, held.length, primary);
    ownsSubnet = true;
  }
  const need = dying ? NOTHING_NEEDED : stillNeeded(device, held, primary, promotedFor);
  if (!need.broadcast) remove(device, RouteType.BROADCAST, held.broadcast, 32, primary);
  if (ownsSubnet && held.length < 31) {
    if (!need.last) remove(device, RouteType.BROADCAST, last, 32, primary);
    if (!need.first) remove(device, RouteType.BROADCAST, first, 32, primary);
  }
  if (!need.local) removeLocal(device, held, primary, need.present);
}

const NOTHING_NEEDED: StillNeeded = {
  local: false,
  broadcast: false,
  last: false,
  first: false,
  present: false,
};

/** The local route goes; if the address is nobody's any more, so do the routes that prefer it as their source. */
function removeLocal(
  device: Device,
  held: InterfaceAddress,
  primary: InterfaceAddress,
  present: boolean,
): void {
  const { fib } = device.namespace;
  remove(device, RouteType.LOCAL, held.local, 32, primary);
  const vrf = device.l3mdev?.vrfTable;
  if (!present && fib.addressType(held.local, null, vrf) !== RouteType.LOCAL)
    fib.addressRemoved(held.local, vrf ?? Table.MAIN);
}

function stillNeeded(
  device: Device,
  held: InterfaceAddress,
  primary: InterfaceAddress,
  promotedFor: InterfaceAddress | null,
): StillNeeded {
  const need = { ...NOTHING_NEEDED };
  let otherPrimary: InterfaceAddress | undefined;
  let samePreferred = false;
  for (const other of device.addresses) {
    if (other === held) {
      need.present = true;
      continue;
    }
    if (promotedFor !== null && other.length === promotedFor.length && inSubnet(other.peer, promotedFor))
      continue;
    if (!isSecondary(other)) {
      if (primary.local !== other.local) continue;
      otherPrimary = other;
      if (primary !== other) samePreferred = true;
    } else if (other.length === primary.length && inSubnet(other.peer, primary)) otherPrimary = primary;
    else {
      if (!samePreferred) continue;
      if (
        otherPrimary === undefined ||
        other.length !== otherPrimary.length ||
        !inSubnet(other.peer, otherPrimary)
      )
        otherPrimary = primaryOf(device, other.peer, other.length);
      if (otherPrimary === undefined || otherPrimary.local !== primary.local) continue;
    }
    noteNeeds(need, held, other, otherPrimary === other);
  }
  return need;
}

/** What `other` needs of the routes of `held`; a primary needs its subnet's broadcast too. */
function noteNeeds(
  need: StillNeeded,
  held: InterfaceAddress,
  other: InterfaceAddress,
  isPrimary: boolean,
): void {
  const first = networkOf(held.peer, held.length);
  const last = lastOf(held.peer, held.length);
  const wanted = [other.broadcast];
  const otherFirst = networkOf(other.peer, other.length);
  const withSubnet = isPrimary && other.length < 31 && !isZeronet(otherFirst);
  if (withSubnet) wanted.push(lastOf(other.peer, other.length), otherFirst);
  need.local ||= held.local === other.local;
  need.broadcast ||= wanted.includes(held.broadcast);
  need.last ||= wanted.includes(last);
  need.first ||= wanted.includes(first);
}
