// Packets whose way is known: what the stack would do to them step by step, done at once. Every effect is the ordinary
// path's: bytes, counters, times of neighbours and table entries, random numbers, queues. Whatever is not plain (TTL 1,
// options, a wrong checksum, too long, a neighbour that is not sure) is left as it came, for the ordinary path.
import { bridgeEntryExpired } from '../link/bridge-forward.ts';
import { type Neighbour, NUD_CONNECTED, NudState } from '../neigh/neighbour.ts';
import type { BridgeFdbEntry, BridgeState, Device } from '../netns/device.ts';
import { type Egress, type Flow, FlowAction, type FlowTable } from '../netns/flow.ts';
import type { Kernel } from '../netns/kernel.ts';
import { type Packet, PacketType } from '../packet/packet.ts';
import { ETHERNET_HEADER, EtherType } from '../wire/ethernet.ts';
import { IPV4_HEADER } from '../wire/ipv4.ts';
import { deliver } from './deliver.ts';
import { learnBridged, learnRouted } from './flow-learn.ts';
import { mayWrapIpip, mayWrapVxlan, unwrapIpip, unwrapVxlan, wrapIpip, wrapVxlan } from './flow-tunnel.ts';
import { OptionsFound } from './options.ts';

/** What `followFlow` did. */
export const Followed = { NOT: 0, DONE: 1, TO_BRIDGE: 2 } as const;

const LEAD_PLAIN = 0x45;

/**
 * Takes a frame that `device` received if the way of its kind is known. NOT: it goes the ordinary way, untouched.
 * TO_BRIDGE: the bridge of the port took it for its own stack, which is to go on with it as a received frame.
 */
export function followFlow(kernel: Kernel, device: Device, packet: Packet): number {
  const { flows } = kernel;
  if (flows === null || !isPlain(packet)) return Followed.NOT;
  if (device.port === null) return followRouted(kernel, flows, device, packet) ? Followed.DONE : Followed.NOT;
  return followBridged(kernel, flows, device, packet);
}

/** Nothing on it but its bytes. */
const isPlain = (packet: Packet): boolean =>
  (packet.flags | packet.mark | packet.depth | packet.fragMaxSize) === 0 &&
  packet.nextHop === null &&
  !packet.ignoreDf &&
  packet.type !== PacketType.LOOPBACK;

function mix(a: number, b: number, device: Device): number {
  const hash = Math.imul(a ^ ((b << 15) | (b >>> 17)) ^ Math.imul(device.number, 0x9e3779b1), 0x85ebca6b);
  return hash ^ (hash >>> 15);
}

function followRouted(kernel: Kernel, flows: FlowTable, device: Device, packet: Packet): boolean {
  const { view, head } = packet;
  const at = head + device.headerLength;
  if (packet.tail - at < IPV4_HEADER || view.getUint8(at) !== LEAD_PLAIN) return false;
  const source = view.getInt32(at + 12);
  const destination = view.getInt32(at + 16);
  const flow = flows.at(mix(source, destination, device));
  const lead = view.getUint16(at);
  const { stamp } = kernel;
  if (
    flow.device !== device ||
    flow.source !== source ||
    flow.destination !== destination ||
    flow.lead !== lead ||
    (at !== head && !hasLinkHeader(flow, view, head))
  ) {
    if (at !== head && view.getUint16(head + 12) !== EtherType.IPV4) return false;
    if (flow.stamp === stamp && flow.action > FlowAction.ORDINARY) flows.crowd();
    note(flow, device, view, head, stamp);
    flow.lead = lead;
    flow.source = source;
    flow.destination = destination;
    return false;
  }
  if (!holds(kernel, flow, device, packet)) return false;
  return run(kernel, flow, device, packet, at);
}

const hasLinkHeader = (flow: Flow, view: DataView, head: number): boolean =>
  flow.word0 === view.getInt32(head) &&
  flow.word1 === view.getInt32(head + 4) &&
  flow.word2 === view.getInt32(head + 8) &&
  view.getUint16(head + 12) === EtherType.IPV4;

/** The first of its kind. */
function note(flow: Flow, device: Device, view: DataView, head: number, stamp: number): void {
  flow.device = device;
  flow.stamp = stamp;
  flow.action = FlowAction.SEEN;
  if (device.headerLength === 0) return;
  flow.word0 = view.getInt32(head);
  flow.word1 = view.getInt32(head + 4);
  flow.word2 = view.getInt32(head + 8);
}

/** Nothing changed since the flow was learnt. One that was seen for the second time is learnt now. */
function holds(kernel: Kernel, flow: Flow, device: Device, packet: Packet): boolean {
  const { stamp } = kernel;
  if (flow.stamp !== stamp || kernel.clock.now >= flow.until) {
    if (flow.stamp === stamp && flow.action === FlowAction.SEEN) return learn(kernel, flow, device, packet);
    flow.stamp = stamp;
    flow.until = 0;
    flow.action = FlowAction.SEEN;
    return false;
  }
  return flow.action > FlowAction.ORDINARY && flow.fibGeneration === device.namespace.fib.generation;
}

function learn(kernel: Kernel, flow: Flow, device: Device, packet: Packet): boolean {
  flow.fibGeneration = device.namespace.fib.generation;
  flow.action = FlowAction.ORDINARY;
  flow.until = Number.POSITIVE_INFINITY;
  const { pathsUntil } = kernel;
  kernel.pathsUntil = Number.POSITIVE_INFINITY;
  flow.action = device.port === null ? learnRouted(flow, device, packet) : learnBridged(flow, device, packet);
  flow.until = Math.min(flow.until, kernel.pathsUntil);
  kernel.pathsUntil = Math.min(pathsUntil, kernel.pathsUntil);
  return flow.action > FlowAction.ORDINARY && kernel.clock.now < flow.until;
}

/** Sum of the header's ten words, folded: 0xffff if its checksum is right. */
function headerSum(view: DataView, at: number): number {
  let sum = 0;
  for (let i = at; i < at + IPV4_HEADER; i += 4) {
    const word = view.getInt32(i);
    sum += (word >>> 16) + (word & 0xffff);
  }
  sum = (sum & 0xffff) + (sum >>> 16);
  return (sum & 0xffff) + (sum >>> 16);
}

function run(kernel: Kernel, flow: Flow, device: Device, packet: Packet, at: number): boolean {
  const { view, tail } = packet;
  const total = view.getUint16(at + 2);
  if (total > tail - at || total < IPV4_HEADER || headerSum(view, at) !== 0xffff) return false;
  switch (flow.action) {
    case FlowAction.FORWARD:
      return forward(kernel, flow, device, packet, at, total);
    case FlowAction.FORWARD_IPIP:
    case FlowAction.FORWARD_VXLAN:
      return forwardWrapped(kernel, flow, device, packet, at, total);
    default:
      receive(flow, device, packet, at, total);
      return true;
  }
}

/** The neighbour's address is what it was, and it may be used without a question (neigh_event_send). */
const isSure = (neighbour: Neighbour, mac: number): boolean =>
  !neighbour.dead &&
  neighbour.mac === mac &&
  (neighbour.state & (NUD_CONNECTED | NudState.DELAY | NudState.PROBE)) !== 0;

function use(neighbour: Neighbour, now: number): void {
  if ((neighbour.state & NUD_CONNECTED) === 0) neighbour.used = now;
}

const leadsTo = (entry: BridgeFdbEntry, port: Device, bridge: BridgeState, now: number): boolean =>
  entry.port === port && !bridgeEntryExpired(bridge, entry, now);

function mayLeave(kernel: Kernel, { neighbour, mac, entry, cable, device }: Egress): boolean {
  if (!isSure(neighbour, mac) || kernel.backlog.isFull) return false;
  return entry === null || leadsTo(entry, cable, device.bridge!, kernel.clock.now);
}

/** Lowers the TTL as decreaseTtl does, in one word: TTL, protocol, checksum. */
function lowerTtl(view: DataView, at: number): void {
  const word = view.getInt32(at + 8);
  const check = (word & 0xffff) + 0x0100;
  const next = (check + (check >= 0xffff ? 1 : 0)) & 0xffff;
  view.setInt32(at + 8, ((word & ~0xffff) - 0x01000000) | next);
}

/** The packet as input leaves it for routing: as long as its header says, for this host. */
function enter(packet: Packet, at: number, total: number): void {
  packet.head = at;
  packet.tail = at + total;
  packet.network = at;
  packet.type = PacketType.HOST;
  packet.protocol = EtherType.IPV4;
}

function forward(
  kernel: Kernel,
  flow: Flow,
  device: Device,
  packet: Packet,
  at: number,
  total: number,
): boolean {
  const { egress } = flow;
  const { view } = packet;
  if (total > flow.room || at < ETHERNET_HEADER || view.getUint8(at + 8) <= 1 || !mayLeave(kernel, egress))
    return false;
  lowerTtl(view, at);
  const { counters } = device.namespace;
  counters.received++;
  counters.forwarded++;
  counters.sent++;
  enter(packet, at, total);
  leave(kernel, egress, packet);
  return true;
}

/** Puts the Ethernet header in front and the frame on its way. */
function leave(kernel: Kernel, egress: Egress, packet: Packet): void {
  const { view } = packet;
  const at = packet.head - ETHERNET_HEADER;
  packet.head = at;
  view.setInt32(at, egress.word0);
  view.setInt32(at + 4, egress.word1);
  view.setInt32(at + 8, egress.word2);
  view.setUint16(at + 12, EtherType.IPV4);
  use(egress.neighbour, kernel.clock.now);
  if (egress.entry !== null) {
    const { stats } = egress.device;
    stats.txPackets++;
    stats.txBytes += packet.tail - at;
    egress.entry.used = kernel.clock.now;
  }
  cross(kernel, egress.cable, packet);
}

/** Through a cable whose other end takes it (transmitVeth). */
function cross(kernel: Kernel, cable: Device, packet: Packet): void {
  const peer = cable.peer!;
  const length = packet.tail - packet.head;
  packet.link = packet.head;
  kernel.backlog.push(peer, packet);
  const { stats } = cable;
  stats.txPackets++;
  stats.txBytes += length;
  const received = peer.stats;
  received.rxPackets++;
  received.rxBytes += length;
}

function forwardWrapped(
  kernel: Kernel,
  flow: Flow,
  device: Device,
  packet: Packet,
  at: number,
  total: number,
): boolean {
  const { egress, wrapping } = flow;
  const { view } = packet;
  if (total > flow.room || view.getUint8(at + 8) <= 1 || !mayLeave(kernel, egress)) return false;
  if (wrapping.fib.generation !== wrapping.fibGeneration || !isSure(wrapping.neighbour, wrapping.mac))
    return false;
  const isIpip = flow.action === FlowAction.FORWARD_IPIP;
  const fits = isIpip
    ? mayWrapIpip(wrapping, view, at, total, kernel.clock.now)
    : mayWrapVxlan(wrapping, at, total);
  if (!fits) return false;
  lowerTtl(view, at);
  const { counters } = device.namespace;
  counters.received++;
  counters.forwarded++;
  counters.sent++;
  enter(packet, at, total);
  use(wrapping.neighbour, kernel.clock.now);
  if (isIpip) wrapIpip(wrapping, packet, total);
  else wrapVxlan(wrapping, packet, total, kernel.clock.now);
  wrapping.device.underlay.counters.sent++;
  leave(kernel, egress, packet);
  return true;
}

const noOptions = new OptionsFound();

/** For this host: what a tunnel device is sure to take is unwrapped at once, anything else is delivered. */
function receive(flow: Flow, device: Device, packet: Packet, at: number, total: number): void {
  const { namespace } = device;
  namespace.counters.received++;
  enter(packet, at, total);
  if (flow.action === FlowAction.LOCAL_IPIP && unwrapIpip(flow, packet)) return;
  if (flow.action === FlowAction.LOCAL_VXLAN && unwrapVxlan(flow, packet, namespace.kernel.clock.now)) return;
  packet.inputIndex = device.index;
  noOptions.reset();
  deliver(namespace, device, packet, flow.routeFlags, noOptions);
}

function followBridged(kernel: Kernel, flows: FlowTable, port: Device, packet: Packet): number {
  const { view, head } = packet;
  if (packet.tail - head < ETHERNET_HEADER || view.getUint16(head + 12) === EtherType.ARP)
    return Followed.NOT;
  const word0 = view.getInt32(head);
  const word1 = view.getInt32(head + 4);
  const word2 = view.getInt32(head + 8);
  const flow = flows.at(mix(word0 ^ word1, word2, port));
  if (flow.device !== port || flow.word0 !== word0 || flow.word1 !== word1 || flow.word2 !== word2) {
    if (flow.stamp === kernel.stamp && flow.action > FlowAction.ORDINARY) flows.crowd();
    note(flow, port, view, head, kernel.stamp);
    return Followed.NOT;
  }
  if (!holds(kernel, flow, port, packet)) return Followed.NOT;
  return bridge(kernel, flow, port, packet);
}

function bridge(kernel: Kernel, flow: Flow, port: Device, packet: Packet): number {
  const { now } = kernel.clock;
  const { bridge: device } = port.port!;
  const { from, to } = flow;
  if (from !== null && !leadsTo(from, port, device.bridge!, now)) return Followed.NOT;
  const length = packet.tail - packet.head;
  if (flow.action === FlowAction.BRIDGE_UP) {
    if (from !== null) from.updated = now;
    const { stats } = device;
    stats.rxPackets++;
    stats.rxBytes += length - ETHERNET_HEADER;
    packet.type = PacketType.HOST;
    return Followed.TO_BRIDGE;
  }
  const { cable } = flow.egress;
  if (length > flow.room || kernel.backlog.isFull || !leadsTo(to!, cable, device.bridge!, now))
    return Followed.NOT;
  if (from !== null) from.updated = now;
  to!.used = now;
  cross(kernel, cable, packet);
  return Followed.DONE;
}

/** What a port handed to its bridge goes on as if the bridge had received it. */
export const followToBridge = (kernel: Kernel, device: Device, packet: Packet): boolean =>
  kernel.flows !== null && followRouted(kernel, kernel.flows, device, packet);
