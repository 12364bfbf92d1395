// What becomes of a frame that a device received: who listens sees it, a bridge forwards it, or its protocol takes it
// (__netif_receive_skb_core in net/core/dev.c).
import { isGroup, MAC_BROADCAST } from '../addr/mac.ts';
import { Drop } from '../drop/reasons.ts';
import { actOnIngress } from '../link/traffic-control.ts';
import { bridgeReceive, transmit } from '../link/transmit.ts';
import { vlanDeviceOf } from '../link/vlan-link.ts';
import { hasTag, removeTag, tagOf, VLAN_ID_MASK } from '../link/vlan-tag.ts';
import { type Device, DeviceFlag } from '../netns/device.ts';
import type { Kernel } from '../netns/kernel.ts';
import { type Packet, PacketFlag, PacketType } from '../packet/packet.ts';
import * as ethernet from '../wire/ethernet.ts';
import { ETHERTYPE_MIN, EtherType, isVlan, VLAN_HEADER } from '../wire/ethernet.ts';
import { receiveArp } from './arp.ts';
import { Followed, followFlow } from './flow-run.ts';
import { receiveIpv4 } from './input.ts';

/** The virtual time that a frame takes to be received, in microseconds. */
export const FRAME_TIME = 1;
/** A tag has to be followed by two bytes at least (skb_vlan_untag), or nobody sees the frame. */
const TAGGED_MIN = ethernet.ETHERNET_HEADER + VLAN_HEADER + 2;

/** One frame or packet from the backlog (__netif_receive_skb_core). */
function receive(kernel: Kernel, device: Device, packet: Packet): void {
  if (packet.type === PacketType.LOOPBACK && device.up && !device.gone) {
    receiveIpv4(device.namespace, device, packet);
    return;
  }
  if (!admit(kernel, device, packet)) return;
  if (device.headerLength === 0) {
    receiveIpv4(device.namespace, device, packet);
    return;
  }
  const receiver = device.traffic === null ? device : actOnIngress(device, packet, transmit);
  if (receiver === device) goOn(kernel, device, packet);
  else if (receiver !== null) receive(kernel, receiver, packet);
}

/** Shows a packet to who listens at the device; false if it ended before. */
export function admit(kernel: Kernel, device: Device, packet: Packet): boolean {
  if (device.gone || (device.flags & DeviceFlag.UP) === 0) {
    device.stats.rxDropped++;
    kernel.drop(device.namespace, packet, Drop.DEV_READY, device);
    return false;
  }
  if (device.headerLength !== 0) {
    if (packet.length < TAGGED_MIN && isTagged(packet)) {
      kernel.drop(device.namespace, packet, Drop.NOT_SPECIFIED, device);
      return false;
    }
    classify(device, packet);
  }
  tap(device, packet);
  return true;
}

/** What follows the filters at ingress. */
function goOn(kernel: Kernel, device: Device, packet: Packet): void {
  if (device.port === null) receiveFrame(kernel, device, packet);
  else if (!receivedByVlan(kernel, device, packet)) {
    const { filter } = device.port.bridge.bridge!;
    if (filter === null) receiveAtPort(device, packet);
    else filter.enter(device, packet, receiveAtPort);
  }
}

function tap(device: Device, packet: Packet): void {
  if (device.taps !== null) for (const listener of device.taps) listener.frame(device, packet, false);
}

/** A bridge may forward the frame, take it for itself, or leave it to the port. */
function receiveAtPort(port: Device, packet: Packet): void {
  const { kernel } = port.namespace;
  const receiver = bridgeReceive(kernel, port, packet);
  if (receiver === null) return;
  if (receiver !== port) tap(receiver, packet);
  receiveFrame(kernel, receiver, packet);
}

/** eth_type_trans: whom the frame is for. */
function classify(device: Device, packet: Packet): void {
  if ((packet.flags & PacketFlag.HANDED_OVER) !== 0) {
    packet.flags &= ~PacketFlag.HANDED_OVER;
    packet.type = PacketType.HOST;
    return;
  }
  const destination = ethernet.destination(packet.view, packet.head);
  if (destination === device.address) packet.type = PacketType.HOST;
  else if (destination === MAC_BROADCAST) packet.type = PacketType.BROADCAST;
  else packet.type = isGroup(destination) ? PacketType.MULTICAST : PacketType.OTHERHOST;
}

/** A frame of a VLAN that has a device goes to it, before a bridge sees it (vlan_do_receive). True if there is one. */
function receivedByVlan(kernel: Kernel, real: Device, packet: Packet): boolean {
  if (real.vlanDevices === null) return false;
  const protocol = ethernet.etherType(packet.view, packet.head);
  if (!isVlan(protocol) || !hasTag(packet, protocol)) return false;
  const device = vlanDeviceOf(real, protocol, tagOf(packet) & VLAN_ID_MASK);
  if (device === null) return false;
  if (!device.up) kernel.drop(device.namespace, packet, Drop.DEV_READY, device);
  else enterVlan(kernel, device, packet);
  return true;
}

function enterVlan(kernel: Kernel, device: Device, packet: Packet): void {
  removeTag(packet);
  const toUs = ethernet.destination(packet.view, packet.head) === device.address;
  if (packet.type === PacketType.OTHERHOST && toUs) packet.type = PacketType.HOST;
  device.stats.rxPackets++;
  device.stats.rxBytes += packet.length - ethernet.ETHERNET_HEADER;
  if (packet.type === PacketType.MULTICAST) device.stats.multicast++;
  tap(device, packet);
  const receiver = device.traffic === null ? device : actOnIngress(device, packet, transmit);
  if (receiver === device) goOn(kernel, device, packet);
  else if (receiver !== null) receive(kernel, receiver, packet);
}

/** Strips the Ethernet header and hands the packet to its protocol. */
export function receiveFrame(kernel: Kernel, device: Device, packet: Packet): void {
  const { namespace } = device;
  if (receivedByVlan(kernel, device, packet)) return;
  let type = ethernet.etherType(packet.view, packet.head);
  packet.pull(ethernet.ETHERNET_HEADER);
  if (isVlan(type)) type = untag(packet, type);
  packet.network = packet.head;
  packet.protocol = type;
  if (type === EtherType.IPV4) receiveIpv4(namespace, device, packet);
  else if (type === EtherType.ARP) receiveArp(namespace, device, packet);
  else refuseFrame(kernel, device, packet, type);
}

const isTagged = ({ view, head }: Packet): boolean => isVlan(ethernet.etherType(view, head));

/**
 * A frame of a VLAN without a device is for nobody; VLAN 0 only carries a priority, and what is behind it
 * may be one more tag. Returns the type of what is behind the tags, 0 if that is cut off.
 */
function untag(packet: Packet, outermost: number): number {
  const { view } = packet;
  for (let type = outermost; ; ) {
    if (!isVlan(type)) return type;
    if (packet.length < VLAN_HEADER + 2) return 0;
    const { head } = packet;
    type = view.getUint16(head + 2);
    packet.pull(VLAN_HEADER);
    if ((view.getUint16(head) & VLAN_ID_MASK) === 0) continue;
    packet.type = PacketType.OTHERHOST;
    return type;
  }
}

function refuseFrame(kernel: Kernel, device: Device, packet: Packet, type: number): void {
  const isIpv6 = type === EtherType.IPV6;
  if (!isIpv6 && type >= ETHERTYPE_MIN) device.stats.rxDropped++;
  const reason =
    packet.type === PacketType.OTHERHOST ? Drop.OTHERHOST : isIpv6 ? Drop.IPV6DISABLED : Drop.UNHANDLED_PROTO;
  kernel.drop(device.namespace, packet, reason, device);
}

/** On the way that is known for its kind, or else step by step. */
export function arrive(kernel: Kernel, device: Device, packet: Packet): void {
  const followed = followFlow(kernel, device, packet);
  if (followed === Followed.DONE) return;
  if (followed === Followed.NOT) receive(kernel, device, packet);
  else {
    const { bridge } = device.port!;
    if (followFlow(kernel, bridge, packet) === Followed.NOT) receiveFrame(kernel, bridge, packet);
  }
}
