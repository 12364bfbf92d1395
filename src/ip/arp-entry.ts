// How a neighbour entry begins: what needs no question is known from the start (arp_constructor).
import { ANY, type Ipv4 } from '../addr/ipv4.ts';
import { macOfGroup } from '../addr/mac.ts';
import { RouteType } from '../fib/route.ts';
import { type Neighbour, NudState } from '../neigh/neighbour.ts';
import { type Device, DeviceFlag } from '../netns/device.ts';

/** One entry serves all destinations of a loopback or point-to-point device. */
const hasOneNeighbour = (device: Device): boolean =>
  (device.flags & (DeviceFlag.LOOPBACK | DeviceFlag.POINTOPOINT)) !== 0;

/** The address that the entry for a next hop is kept under (arp_key_eq's key, arp_constructor). */
export const neighbourKey = (device: Device, hop: Ipv4): Ipv4 => (hasOneNeighbour(device) ? ANY : hop);

/** The entry for a next hop, new or known; null when the table is full. */
export function neighbourFor(device: Device, hop: Ipv4): Neighbour | null {
  const neighbours = device.namespace.neighboursOf(device);
  const address = neighbourKey(device, hop);
  const known = neighbours.lookup(device, address);
  if (known !== null) return known;
  const made = neighbours.obtain(device, address);
  if (made !== null) constructEntry(device, made);
  return made;
}

/** Groups, broadcasts and devices without ARP: the link-layer address follows from the IPv4 address or the device. */
export function constructEntry(device: Device, neighbour: Neighbour): void {
  const { address } = neighbour;
  const type = device.namespace.fibFor(address).addressType(address, null, device.l3mdev?.vrfTable);
  const noArp = (device.flags & (DeviceFlag.NOARP | DeviceFlag.LOOPBACK)) !== 0 || device.headerLength === 0;
  if (!noArp && type !== RouteType.MULTICAST && type !== RouteType.BROADCAST) return;
  neighbour.state = NudState.NOARP;
  if (device.headerLength === 0) return;
  if (type === RouteType.MULTICAST) neighbour.mac = macOfGroup(neighbour.address);
  else neighbour.mac = noArp ? device.address : device.broadcast;
}
