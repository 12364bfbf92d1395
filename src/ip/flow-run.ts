// Packets whose way is known: what the stack would do to them step by step, done at once. Every effect is the ordinary
// path's: bytes, counters, times of neighbours and table entries, random numbers, queues. Whatever is not plain (TTL 1,
// options, a wrong checksum, too long, a neighbour that is not sure) is left as it came, for the ordinary path.
import { bridgeEntryExpired } from '../link/bridge-forward.ts';
import { type Neighbour, NUD_CONNECTED, NudState } from '../neigh/neighbour.ts';
import { Mib } from '../netns/counters.ts';
import type { BridgeFdbEntry, BridgeState, Device } from '../netns/device.ts';
import { type Egress, type Flow, FlowAction, FlowKey, type FlowTable, hashOf } from '../netns/flow.ts';
import type { Kernel } from '../netns/kernel.ts';
import { type Packet, PacketType } from '../packet/packet.ts';
import { ETHERNET_HEADER, EtherType } from '../wire/ethernet.ts';
import { IPV4_HEADER } from '../wire/ipv4.ts';
import { deliver } from './deliver.ts';
import { holds } from './flow-chain-learn.ts';
import { learnFlow } from './flow-learn.ts';
import { mayWrapIpip, mayWrapVxlan, unwrapIpip, unwrapVxlan, wrapIpip, wrapVxlan } from './flow-tunnel.ts';
import { OptionsFound } from './options.ts';

/** What `followFlow` did. */
export const Followed = { NOT: 0, DONE: 1, TO_BRIDGE: 2 } as const;

/** Version 4, a header of five words. */
const PLAIN_HEADER = 0x45;

const ECN_MASK = 3;

const key = new FlowKey();

/**
 * Takes a frame that `device` received if the way of its kind is known. NOT: it goes the ordinary way, untouched.
 * TO_BRIDGE: the bridge of the port took it for its own stack, which is to go on with it as a received frame.
 */
export function followFlow(kernel: Kernel, device: Device, packet: Packet): number {
  const before = packet.flow as Flow | null;
  if (packet.shared !== null) {
    packet.flow = null;
    return Followed.NOT;
  }
  if (before === null) {
    const { flows } = kernel;
    // Who hears of every step has none skipped.
    const isOrdinary = flows === null || kernel.observer !== null;
    return isOrdinary ? Followed.NOT : lookUp(kernel, flows, device, packet);
  }
  packet.flow = null;
  const { next } = before;
  if (next !== null && next.device === device && holds(kernel, next))
    return run(kernel, next, packet, packet.sound);
  return lookUpNext(kernel, before, device, packet);
}

/** The flow behind another flow, not yet known or no longer. */
function lookUpNext(kernel: Kernel, before: Flow, device: Device, packet: Packet): number {
  const flow = find(kernel, kernel.flows!, device, packet);
  before.next = flow;
  return flow === null ? Followed.NOT : run(kernel, flow, packet, packet.sound);
}

function lookUp(kernel: Kernel, flows: FlowTable, device: Device, packet: Packet): number {
  const flow = isPlain(packet) ? find(kernel, flows, device, packet) : null;
  return flow === null ? Followed.NOT : run(kernel, flow, packet, false);
}

/** Nothing on it but its bytes. */
export const isPlain = (packet: Packet): boolean =>
  (packet.flags | packet.mark | packet.depth | packet.fragMaxSize) === 0 &&
  packet.nextHop === null &&
  !packet.ignoreDf &&
  packet.type !== PacketType.LOOPBACK;

/** The flow of the packet's kind, if it is known and more than ordinary. */
function find(kernel: Kernel, flows: FlowTable, device: Device, packet: Packet): Flow | null {
  const { view, head } = packet;
  const at = head + device.headerLength;
  if (packet.tail - at < IPV4_HEADER) return null;
  const source = view.getInt32(at + 12);
  const destination = view.getInt32(at + 16);
  const hash = hashOf(device, source, destination);
  const flow = flows.at(hash);
  const isKnown = flow !== null && flow.device === device && isOf(flow, view, head, at);
  if (isKnown && holds(kernel, flow)) return flow;
  return consider(kernel, flows, hash, isKnown ? flow : null, device, packet);
}

/** Link header at `head`, IPv4 header at `at`. */
export const isOf = (flow: Flow, view: DataView, head: number, at: number): boolean =>
  flow.source === view.getInt32(at + 12) &&
  flow.destination === view.getInt32(at + 16) &&
  flow.lead === view.getUint16(at) &&
  (at === head || hasLinkHeader(flow, view, head));

const hasLinkHeader = (flow: Flow, view: DataView, head: number): boolean =>
  flow.word0 === view.getInt32(head) &&
  flow.word1 === view.getInt32(head + 4) &&
  flow.word2 === view.getInt32(head + 8) &&
  view.getUint16(head + 12) === EtherType.IPV4;

/** Learns the flow of plain IPv4 that came twice; `stale` is the one that was known of it. */
function consider(
  kernel: Kernel,
  flows: FlowTable,
  hash: number,
  stale: Flow | null,
  device: Device,
  packet: Packet,
): Flow | null {
  if (stale?.action === FlowAction.ORDINARY && kernel.clock.now < stale.until) return null;
  if (keyOf(device, packet) === null || !flows.comesAgain(hash, kernel.stamp)) return null;
  if (stale === null && !flows.isFree(hash, kernel.stamp, kernel.clock.now)) return null;
  const flow = stale ?? flows.put(hash, key);
  learnFlow(kernel, flow, packet);
  return holds(kernel, flow) ? flow : null;
}

/** What is looked for, until the next call; null for what is no plain IPv4. */
function keyOf(device: Device, { view, head }: Packet): FlowKey | null {
  const at = head + device.headerLength;
  if (view.getUint8(at) !== PLAIN_HEADER) return null;
  if (at !== head && view.getUint16(head + 12) !== EtherType.IPV4) return null;
  key.device = device;
  key.word0 = at === head ? 0 : view.getInt32(head);
  key.word1 = at === head ? 0 : view.getInt32(head + 4);
  key.word2 = at === head ? 0 : view.getInt32(head + 8);
  key.lead = view.getUint16(at);
  key.source = view.getInt32(at + 12);
  key.destination = view.getInt32(at + 16);
  return key;
}

/** `sound`: the packet's IPv4 header needs no check. */
function run(kernel: Kernel, flow: Flow, packet: Packet, sound: boolean): number {
  const { action } = flow;
  if (action >= FlowAction.BRIDGE) return bridge(kernel, flow, packet, sound);
  const at = packet.head + flow.device.headerLength;
  const total = sound ? packet.tail - at : soundLength(packet, at);
  if (total < 0) return Followed.NOT;
  if (action === FlowAction.FORWARD) return forward(kernel, flow, packet, at, total);
  if (action <= FlowAction.FORWARD_VXLAN) return forwardWrapped(kernel, flow, packet, at, total);
  receive(flow, packet, at, total);
  return Followed.DONE;
}

/** The length that the IPv4 header at `at` says; -1 if it is not sound. */
export function soundLength({ view, tail }: Packet, at: number): number {
  const total = view.getUint16(at + 2);
  if (total > tail - at || total < IPV4_HEADER) return -1;
  let sum = 0;
  for (let i = at; i < at + IPV4_HEADER; i += 4) {
    const word = view.getInt32(i);
    sum += (word >>> 16) + (word & 0xffff);
  }
  sum = (sum & 0xffff) + (sum >>> 16);
  return (sum & 0xffff) + (sum >>> 16) === 0xffff ? total : -1;
}

/** The neighbour's address is what it was, and it may be used without a question (neigh_event_send). */
export const isSure = (neighbour: Neighbour, mac: number): boolean =>
  !neighbour.dead &&
  neighbour.mac === mac &&
  (neighbour.state & (NUD_CONNECTED | NudState.DELAY | NudState.PROBE)) !== 0;

export function use(neighbour: Neighbour, now: number): void {
  if ((neighbour.state & NUD_CONNECTED) === 0) neighbour.used = now;
}

export const leadsTo = (entry: BridgeFdbEntry, port: Device, bridge: BridgeState, now: number): boolean =>
  entry.port === port && !bridgeEntryExpired(bridge, entry, now);

function mayLeave(kernel: Kernel, { neighbour, mac, entry, cable, device }: Egress): boolean {
  if (!isSure(neighbour!, mac) || kernel.backlog.isFull) return false;
  return entry === null || leadsTo(entry, cable, device.bridge!, kernel.clock.now);
}

/** Lowers the TTL as decreaseTtl does, in one word: TTL, protocol, checksum. False, and nothing done, for the last. */
function lowerTtl(view: DataView, at: number): boolean {
  const word = view.getInt32(at + 8);
  if (word >>> 24 <= 1) return false;
  const check = (word & 0xffff) + 0x0100;
  const next = (check + (check >= 0xffff ? 1 : 0)) & 0xffff;
  view.setInt32(at + 8, ((word & ~0xffff) - 0x01000000) | next);
  return true;
}

/** The packet as input leaves it for routing: as long as its header says, for this host. */
function enter(packet: Packet, at: number, total: number): void {
  packet.head = at;
  packet.tail = at + total;
  packet.network = at;
  packet.type = PacketType.HOST;
  packet.protocol = EtherType.IPV4;
}

/** What ip_rcv counts of a packet of so many octets. */
function count({ counters, lead }: Flow, octets: number): void {
  counters.received++;
  counters.octetsIn += octets;
  if ((lead & ECN_MASK) !== 0) counters.countEcn(lead);
}

function forward(kernel: Kernel, flow: Flow, packet: Packet, at: number, total: number): number {
  const { egress } = flow;
  if (total > flow.room || at < ETHERNET_HEADER || !mayLeave(kernel, egress)) return Followed.NOT;
  if (!lowerTtl(packet.view, at)) return Followed.NOT;
  const { counters } = flow;
  count(flow, packet.tail - at);
  counters.forwarded++;
  counters.sent++;
  counters.octetsOut += 2 * total;
  enter(packet, at, total);
  leave(kernel, flow, packet);
  return Followed.DONE;
}

/** Puts the Ethernet header in front and the frame on its way. */
function leave(kernel: Kernel, flow: Flow, packet: Packet): void {
  const { egress } = flow;
  const { view } = packet;
  const at = packet.head - ETHERNET_HEADER;
  packet.head = at;
  view.setInt32(at, egress.word0);
  view.setInt32(at + 4, egress.word1);
  view.setInt32(at + 8, egress.word2);
  view.setUint16(at + 12, EtherType.IPV4);
  use(egress.neighbour!, kernel.clock.now);
  if (egress.entry !== null) {
    const { stats } = egress.device;
    stats.txPackets++;
    stats.txBytes += packet.tail - at;
    egress.entry.used = kernel.clock.now;
  }
  cross(kernel, flow, packet, true);
}

/** Through a cable whose other end takes it (transmitVeth). */
function cross(kernel: Kernel, flow: Flow, packet: Packet, sound: boolean): void {
  const { peer, sent, received } = flow.egress;
  const length = packet.tail - packet.head;
  packet.link = packet.head;
  packet.flow = flow;
  packet.sound = sound;
  kernel.backlog.push(peer, packet);
  sent.txPackets++;
  sent.txBytes += length;
  received.rxPackets++;
  received.rxBytes += length;
}

function forwardWrapped(kernel: Kernel, flow: Flow, packet: Packet, at: number, total: number): number {
  const { egress, wrapping, counters } = flow;
  if (total > flow.room || !mayLeave(kernel, egress) || !isSure(wrapping.neighbour, wrapping.mac))
    return Followed.NOT;
  if (wrapping.fib.generation !== wrapping.fibGeneration) return Followed.NOT;
  const isIpip = flow.action === FlowAction.FORWARD_IPIP;
  const fits = isIpip
    ? mayWrapIpip(wrapping, packet.view, at, total, kernel.clock.now)
    : mayWrapVxlan(wrapping, at, total);
  if (!fits || !lowerTtl(packet.view, at)) return Followed.NOT;
  count(flow, packet.tail - at);
  counters.forwarded++;
  counters.sent++;
  counters.octetsOut += 2 * total;
  enter(packet, at, total);
  use(wrapping.neighbour, kernel.clock.now);
  if (isIpip) wrapIpip(wrapping, packet, total);
  else wrapVxlan(wrapping, packet, total, kernel.clock.now);
  wrapping.counters.sent++;
  wrapping.counters.octetsOut += packet.tail - packet.head;
  leave(kernel, flow, packet);
  return Followed.DONE;
}

const noOptions = new OptionsFound();

/** For this host: what a tunnel device is sure to take is unwrapped at once, anything else is delivered. */
function receive(flow: Flow, packet: Packet, at: number, total: number): void {
  const { device, action, counters } = flow;
  const { namespace } = device;
  count(flow, packet.tail - at);
  enter(packet, at, total);
  if (action === FlowAction.LOCAL_IPIP && unwrapIpip(flow, packet)) {
    counters.handed++;
    return;
  }
  if (action === FlowAction.LOCAL_VXLAN && unwrapVxlan(flow, packet, namespace.kernel.clock.now)) {
    counters.handed++;
    counters.count(Mib.UdpInDatagrams);
    return;
  }
  packet.inputIndex = device.index;
  noOptions.reset();
  deliver(namespace, device, packet, flow.routeFlags, noOptions);
}

/** A frame that a port received. What goes up to the bridge's own stack keeps what is known of it. */
function bridge(kernel: Kernel, flow: Flow, packet: Packet, sound: boolean): number {
  const { now } = kernel.clock;
  const { device: port, from, to, egress } = flow;
  const { bridge: device } = port.port!;
  if (from !== null && !leadsTo(from, port, device.bridge!, now)) return Followed.NOT;
  const length = packet.tail - packet.head;
  if (flow.action === FlowAction.BRIDGE_UP) {
    if (from !== null) from.updated = now;
    const { stats } = device;
    stats.rxPackets++;
    stats.rxBytes += length - ETHERNET_HEADER;
    packet.type = PacketType.HOST;
    packet.flow = flow;
    packet.sound = sound;
    return Followed.TO_BRIDGE;
  }
  if (length > flow.room || kernel.backlog.isFull || !leadsTo(to!, egress.cable, device.bridge!, now))
    return Followed.NOT;
  if (from !== null) from.updated = now;
  to!.used = now;
  cross(kernel, flow, packet, sound);
  return Followed.DONE;
}
