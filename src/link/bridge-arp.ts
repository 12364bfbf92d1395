// ARP across a bridge: ports with proxy_arp have their questions answered by the bridge, and what it knows is not asked
// of ports with neigh_suppress (br_do_proxy_suppress_arp in net/bridge/br_arp_nd_proxy.c).
import { type Ipv4, isLoopback, isMulticast } from '../addr/ipv4.ts';
import type { Mac } from '../addr/mac.ts';
import { NUD_VALID } from '../neigh/neighbour.ts';
import { type BridgeFdbEntry, type BridgeState, type Device, DeviceFlag } from '../netns/device.ts';
import type { Packet } from '../packet/packet.ts';
import * as arp from '../wire/arp.ts';
import * as ethernet from '../wire/ethernet.ts';
import { findEntry } from './bridge-forward.ts';

/** Sends out of a device. */
type Send = (device: Device, packet: Packet) => void;

/**
 * Looks at a frame that came in by `port` (null: that the bridge itself sends), its head at the Ethernet header, and
 * answers it if it may. True if ports with neigh_suppress are not to hear it.
 */
export function answerArp(
  device: Device,
  port: Device | null,
  packet: Packet,
  vlan: number,
  send: Send,
): boolean {
  const suppresses = hasSuppressing(device.bridge!);
  if (!suppresses && port?.port?.proxyArp !== true) return false;
  const at = packet.head + ethernet.ETHERNET_HEADER;
  const { view } = packet;
  if ((device.flags & DeviceFlag.NOARP) !== 0 || packet.tail - at < arp.ARP_LENGTH) return false;
  if (!arp.isIpv4OverEthernet(view, at)) return false;
  const target = arp.targetIp(view, at);
  if (isLoopback(target) || isMulticast(target)) return false;
  if (suppresses && port?.port?.neighSuppress === true) return false;
  if (suppresses && arp.senderIp(view, at) === target) return true;
  if (arp.operation(view, at) !== arp.ArpOp.REQUEST) return false;
  if (suppresses && isOwn(device, target)) return true;
  const place = placeOf(device, target, vlan);
  return answerFor(device, port, packet, place, send) || (suppresses && place !== null);
}

function hasSuppressing(bridge: BridgeState): boolean {
  for (const device of bridge.ports) if (device.port?.neighSuppress === true) return true;
  return false;
}

/** br_is_local_ip. */
const isOwn = (device: Device, address: Ipv4): boolean =>
  device.addresses.some(({ local }) => local === address);

/** The address that the bridge's neighbour table has for the target, if the neighbour is valid. */
function macOf(device: Device, target: Ipv4): Mac | null {
  const neighbour = device.namespace.neighbours.lookup(device, target);
  return neighbour !== null && (neighbour.state & NUD_VALID) !== 0 ? neighbour.mac : null;
}

/** Where that address is. */
function placeOf(device: Device, target: Ipv4, vlan: number): BridgeFdbEntry | null {
  const mac = macOf(device, target);
  return mac === null ? null : findEntry(device.bridge!, vlan, mac, device.namespace.kernel.clock.now);
}

/** Answers for a target that is behind a port that suppresses, or anybody known for a port with proxy_arp. */
function answerFor(
  device: Device,
  port: Device | null,
  packet: Packet,
  place: BridgeFdbEntry | null,
  send: Send,
): boolean {
  if (place === null) return false;
  if (port?.port?.proxyArp !== true && place.port?.port?.neighSuppress !== true) return false;
  const out = port ?? device;
  if ((out.flags & DeviceFlag.NOARP) === 0) send(out, buildAnswer(device, packet, place.mac));
  return true;
}

/** br_arp_send. */
function buildAnswer(device: Device, { view, head, trace }: Packet, mac: Mac): Packet {
  const question = head + ethernet.ETHERNET_HEADER;
  const target = arp.targetIp(view, question);
  const asker = arp.senderMac(view, question);
  const packet = device.namespace.kernel.pool.alloc(ethernet.ETHERNET_HEADER + arp.ARP_LENGTH);
  const at = packet.put(ethernet.ETHERNET_HEADER + arp.ARP_LENGTH);
  ethernet.write(packet.view, at, asker, mac, ethernet.EtherType.ARP);
  const inside = at + ethernet.ETHERNET_HEADER;
  arp.write(packet.view, inside, arp.ArpOp.REPLY, mac, target, asker, arp.senderIp(view, question));
  packet.link = at;
  packet.network = inside;
  packet.protocol = ethernet.EtherType.ARP;
  packet.trace = trace;
  return packet;
}
