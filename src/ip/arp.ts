// ARP: asking for neighbours, answering for our own addresses and, as a proxy, for others (net/ipv4/arp.c; RFC 826).
import { ANY, type Ipv4, isLoopback, isMulticast } from '../addr/ipv4.ts';
import { MAC_BROADCAST, MAC_ZERO, type Mac } from '../addr/mac.ts';
import { Drop } from '../drop/reasons.ts';
import { FlowKey } from '../fib/flow.ts';
import { RouteType, Scope } from '../fib/route.ts';
import { transmit } from '../link/transmit.ts';
import { type Neighbour, NudState } from '../neigh/neighbour.ts';
import { UpdateFlag } from '../neigh/table.ts';
import { Mib } from '../netns/counters.ts';
import { type Device, DeviceFlag } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Packet, PacketType } from '../packet/packet.ts';
import * as arp from '../wire/arp.ts';
import { ArpOp } from '../wire/arp.ts';
import * as ethernet from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import { neighbourFor } from './arp-entry.ts';
import { confirmAddress, inSubnet, selectAddress } from './devinet.ts';
import { RouteResult } from './route.ts';
import { forwards, InputKey, pvlan, ROUTED, routeInput } from './route-input.ts';
import { routeOutput } from './route-output.ts';

const route = new RouteResult();
const inputKey = new InputKey();
const outputKey = new FlowKey();

/** Either the device's setting or all's is on (IN_DEV_ORCONF), or the larger of the two (IN_DEV_MAXCONF). */
const either = (
  device: Device,
  name: 'proxy_arp' | 'route_localnet' | 'drop_gratuitous_arp' | 'arp_filter',
): boolean => (device.conf[name] | device.namespace.confAll[name]) !== 0;
const larger = (device: Device, name: 'arp_ignore' | 'arp_announce' | 'arp_accept'): number =>
  Math.max(device.conf[name], device.namespace.confAll[name]);

/** RouteType of an address, local only where the device's own table says so (inet_addr_type_dev_table). */
const typeOf = (device: Device, address: Ipv4): number =>
  device.namespace.fibFor(address).addressType(address, null, device.l3mdev?.vrfTable);

/** Sends one message (arp_send); a device with ARP off stays silent. */
export function sendArp(
  device: Device,
  op: number,
  frameTo: Mac,
  senderAddress: Ipv4,
  target: Mac,
  targetAddress: Ipv4,
  trace = 0,
): void {
  if ((device.flags & DeviceFlag.NOARP) !== 0 || device.headerLength === 0) return;
  const packet = device.namespace.kernel.pool.alloc(arp.ARP_LENGTH);
  const at = packet.put(arp.ARP_LENGTH);
  arp.write(packet.view, at, op, device.address, senderAddress, target, targetAddress);
  packet.network = at;
  packet.protocol = ethernet.EtherType.ARP;
  packet.trace = trace;
  const frameAt = packet.push(ethernet.ETHERNET_HEADER);
  ethernet.write(packet.view, frameAt, frameTo, device.address, ethernet.EtherType.ARP);
  packet.link = frameAt;
  transmit(device, packet);
}

/** Tells the segment of an address of ours (arp_notify, ip link … up). */
export const announce = (device: Device, address: Ipv4): void =>
  sendArp(device, ArpOp.REQUEST, MAC_BROADCAST, address, MAC_ZERO, address);

/** Asks for a neighbour (arp_solicit). `waiting` is a packet that waits for the answer; its source may be told. */
export function solicit(
  namespace: Namespace,
  neighbour: Neighbour,
  waiting: Packet | null,
  unicast: boolean,
): void {
  const device = neighbour.device as Device;
  const target = neighbour.address;
  const chosen = waiting === null ? ANY : sourceToTell(device, target, waiting);
  const source = chosen !== ANY ? chosen : selectAddress(namespace, device, target, Scope.LINK);
  const to = unicast ? neighbour.mac : MAC_BROADCAST;
  const trace = waiting === null ? 0 : 0 - waiting.trace;
  sendArp(device, ArpOp.REQUEST, to, source, MAC_ZERO, target, trace);
}

/** By arp_announce: any address of ours that the packet has (0), only one in the target's subnet (1), none (2). */
function sourceToTell(device: Device, target: Ipv4, waiting: Packet): Ipv4 {
  const level = larger(device, 'arp_announce');
  const source = ip.source(waiting.view, waiting.network);
  if (level >= 2 || typeOf(device, source) !== RouteType.LOCAL) return ANY;
  if (level === 0) return source;
  return device.addresses.some((held) => inSubnet(target, held) && inSubnet(source, held)) ? source : ANY;
}

/** Takes a message that `device` received, `packet.head` behind the Ethernet header, and ends it (arp_rcv). */
export function receiveArp(namespace: Namespace, device: Device, packet: Packet): void {
  const { kernel } = namespace;
  const ignored = (device.flags & DeviceFlag.NOARP) !== 0;
  if (ignored || packet.type === PacketType.OTHERHOST || packet.type === PacketType.LOOPBACK) {
    kernel.drop(
      namespace,
      packet,
      packet.type === PacketType.OTHERHOST ? Drop.OTHERHOST : Drop.ARP_NOT_ANSWERED,
      device,
    );
    return;
  }
  if (packet.length < arp.ARP_LENGTH) {
    kernel.drop(namespace, packet, Drop.PKT_TOO_SMALL, device);
    return;
  }
  if (device.ipv4Disabled || !isForUs(packet, device)) {
    kernel.drop(namespace, packet, Drop.ARP_NOT_ANSWERED, device);
    return;
  }
  process(namespace, device, packet, false);
}

function isForUs(packet: Packet, device: Device): boolean {
  const { view, head } = packet;
  const op = arp.operation(view, head);
  if (!arp.isIpv4OverEthernet(view, head) || (op !== ArpOp.REQUEST && op !== ArpOp.REPLY)) return false;
  const target = arp.targetIp(view, head);
  if (isMulticast(target) || (isLoopback(target) && !either(device, 'route_localnet'))) return false;
  return !(arp.senderIp(view, head) === target && either(device, 'drop_gratuitous_arp'));
}

/** The message did its work: it ends, and is no drop (consume_skb). */
function absorb(namespace: Namespace, packet: Packet): void {
  namespace.counters.arp++;
  namespace.kernel.pool.free(packet);
}

/** arp_process. `again` is a proxied question that has waited its delay. */
function process(namespace: Namespace, device: Device, packet: Packet, again: boolean): void {
  const { view, head } = packet;
  const op = arp.operation(view, head);
  const sender = arp.senderIp(view, head);
  const target = arp.targetIp(view, head);
  const senderMac = arp.senderMac(view, head);
  if (sender === ANY) {
    if (
      op === ArpOp.REQUEST &&
      typeOf(device, target) === RouteType.LOCAL &&
      !ignores(namespace, device, sender, target)
    )
      sendArp(device, ArpOp.REPLY, senderMac, target, senderMac, sender, packet.trace);
    absorb(namespace, packet);
    return;
  }
  if (op === ArpOp.REQUEST && findTarget(namespace, device, packet, target, sender)) {
    if (route.type === RouteType.LOCAL) {
      answerForSelf(namespace, device, sender, target, packet);
      absorb(namespace, packet);
      return;
    }
    if (
      forwards(device) &&
      route.type === RouteType.UNICAST &&
      isProxied(namespace, device, sender, target)
    ) {
      answerAsProxy(namespace, device, packet, again);
      return;
    }
  }
  learn(namespace, device, packet);
  absorb(namespace, packet);
}

/** Routes the target as if the question were a packet to it. */
function findTarget(
  namespace: Namespace,
  device: Device,
  packet: Packet,
  target: Ipv4,
  sender: Ipv4,
): boolean {
  inputKey.destination = target;
  inputKey.source = sender;
  inputKey.tos = 0;
  inputKey.mark = packet.mark;
  inputKey.protocol = 0;
  inputKey.arp = true;
  return routeInput(namespace, device, inputKey, route) === ROUTED;
}

function answerForSelf(
  namespace: Namespace,
  device: Device,
  sender: Ipv4,
  target: Ipv4,
  question: Packet,
): void {
  const senderMac = arp.senderMac(question.view, question.head);
  if (ignores(namespace, device, sender, target)) return;
  if (either(device, 'arp_filter') && filters(namespace, device, sender, target)) return;
  if (!heardFrom(namespace, device, sender, senderMac)) return;
  sendArp(device, ArpOp.REPLY, senderMac, target, senderMac, sender, question.trace);
}

/** Learns who asks; a new entry begins as its address says: that of a broadcast is not changed. False if there is no room. */
const heardFrom = (namespace: Namespace, device: Device, sender: Ipv4, mac: Mac): boolean =>
  neighbourFor(device, sender) !== null &&
  namespace.neighboursOf(device).heardFrom(device, sender, mac) !== null;

/** arp_ignore: 1 answers only for addresses of this device, 2 also only in the asker's subnet, 3 not for host scope, 8 never. */
function ignores(namespace: Namespace, device: Device, sender: Ipv4, target: Ipv4): boolean {
  switch (larger(device, 'arp_ignore')) {
    case 1:
      return confirmAddress(namespace, device, ANY, target, Scope.HOST) === ANY;
    case 2:
      return confirmAddress(namespace, device, sender, target, Scope.HOST) === ANY;
    case 3:
      return confirmAddress(namespace, null, ANY, target, Scope.LINK) === ANY;
    case 8:
      return true;
    default:
      return false;
  }
}

/** arp_filter: no answer where a packet from the target to the asker would leave by another device. */
function filters(namespace: Namespace, device: Device, sender: Ipv4, target: Ipv4): boolean {
  outputKey.ask(sender, target);
  outputKey.oif = device.l3mdev?.index ?? 0;
  if (routeOutput(namespace, outputKey, route) !== 0) return true;
  if (route.device === device) return false;
  namespace.counters.count(Mib.TcpExtArpFilter);
  return true;
}

/** arp_fwd_proxy, arp_fwd_pvlan, or an `ip neigh add proxy` entry. The route to the target is in `route`. */
function isProxied(namespace: Namespace, device: Device, sender: Ipv4, target: Ipv4): boolean {
  if (route.device === device) return sender !== target && pvlan(device);
  if (either(device, 'proxy_arp') && mediumAllows(device, route.device)) return true;
  return namespace.neighboursOf(device).isProxied(device.index, target);
}

/** medium_id: 0 always proxies, -1 never, others only between different media. */
function mediumAllows(device: Device, out: Device): boolean {
  const medium = device.conf.medium_id;
  if (medium === 0) return true;
  return medium !== -1 && out.conf.medium_id !== medium && out.conf.medium_id !== -1;
}

/** At once where the question was for us alone or there is no proxy_delay; else after a random part of it. */
function answerAsProxy(namespace: Namespace, device: Device, packet: Packet, again: boolean): void {
  const { kernel } = namespace;
  const { view, head } = packet;
  const sender = arp.senderIp(view, head);
  const senderMac = arp.senderMac(view, head);
  heardFrom(namespace, device, sender, senderMac);
  const delay = device.neighConf.proxyDelay;
  if (again || packet.type === PacketType.HOST || delay === 0) {
    const target = arp.targetIp(view, head);
    sendArp(device, ArpOp.REPLY, senderMac, target, senderMac, sender, packet.trace);
    absorb(namespace, packet);
    return;
  }
  if (device.proxyWaiting > device.neighConf.proxy_qlen) {
    kernel.drop(namespace, packet, Drop.NEIGH_QUEUEFULL, device);
    return;
  }
  device.proxyWaiting++;
  kernel.clock.schedule(kernel.random.below(delay), () => answerLate(namespace, device, packet));
}

/** parp_redo: the question is looked at again, the world may have changed. */
function answerLate(namespace: Namespace, device: Device, packet: Packet): void {
  device.proxyWaiting--;
  if (device.gone || !device.up || device.namespace !== namespace)
    namespace.kernel.drop(namespace, packet, Drop.ARP_NOT_ANSWERED, device);
  else process(namespace, device, packet, true);
}

/** Updates a neighbour that we know; a new one is made only where arp_accept says so. */
function learn(namespace: Namespace, device: Device, packet: Packet): void {
  const { view, head } = packet;
  const neighbours = namespace.neighboursOf(device);
  const op = arp.operation(view, head);
  const sender = arp.senderIp(view, head);
  const accepts = acceptsUnasked(device, sender);
  let neighbour = neighbours.lookup(device, sender);
  if (neighbour === null && !accepts) return;
  const gratuitous = isGratuitous(device, packet);
  if (neighbour === null) {
    if (!gratuitous && !(op === ArpOp.REPLY && typeOf(device, sender) === RouteType.UNICAST)) return;
    neighbour = neighbourFor(device, sender);
    if (neighbour === null) return;
  }
  const { now } = namespace.kernel.clock;
  const override = gratuitous || now > neighbour.updated + device.neighConf.locktime;
  const proves = op === ArpOp.REPLY && packet.type === PacketType.HOST;
  const state = proves ? NudState.REACHABLE : NudState.STALE;
  neighbours.update(neighbour, arp.senderMac(view, head), state, override ? UpdateFlag.OVERRIDE : 0);
}

function acceptsUnasked(device: Device, sender: Ipv4): boolean {
  const level = larger(device, 'arp_accept');
  return level === 1 || (level === 2 && device.addresses.some((held) => inSubnet(sender, held)));
}

/** arp_is_garp: sender and target are one address; a reply must also name its own MAC as the target. */
function isGratuitous(device: Device, packet: Packet): boolean {
  const { view, head } = packet;
  const sender = arp.senderIp(view, head);
  if (arp.targetIp(view, head) !== sender) return false;
  if (arp.operation(view, head) === ArpOp.REPLY && arp.targetMac(view, head) !== arp.senderMac(view, head))
    return false;
  return typeOf(device, sender) === RouteType.UNICAST;
}
