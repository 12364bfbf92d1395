// All packets of the backlog through several hops at once, where they are of one flow whose way is known that far. Between
// the hops nobody can look: so the hops' questions are asked once, what they count is added up, and of the headers only
// the last ones are written. Every effect is that of going hop by hop (src/ip/flow-run.ts), the packets in turn at each:
// the clock, the identifications that a tunnel would have drawn, whose turn it is afterwards.
import type { Device } from '../netns/device.ts';
import { type Flow, type FlowTable, hashOf } from '../netns/flow.ts';
import type { FlowChain } from '../netns/flow-chain.ts';
import type { Kernel } from '../netns/kernel.ts';
import { type Packet, PacketType } from '../packet/packet.ts';
import { ETHERNET_HEADER, EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import { holds, learnChain } from './flow-chain-learn.ts';
import { count, passes } from './flow-chain-step.ts';
import { knowFlow } from './flow-port.ts';
import { isOf, isPlain, soundLength } from './flow-run.ts';
import { FRAME_TIME } from './receive.ts';
import { nextIdentification } from './send.ts';

/** Frames of the backlog in one go, before those that wait elsewhere have their turn (dev_weight). */
export const WEIGHT = 64;
const IN_TURN = WEIGHT - 1;

/** Fewer frames are received faster one by one. */
export const FRAMES_MIN = 4;

const load = { packets: 0, octets: 0, time: 0 };

/**
 * Lets all packets of the backlog go by the chain of their flow, to whoever receives them next. `turn` frames were taken
 * since others had their turn, and at most `most` may be received. Null, and nothing done, if they are to go hop by hop.
 */
export function followChain(kernel: Kernel, turn: number, most: number): FlowChain | null {
  const { backlog, clock } = kernel;
  const chain = chainOfAll(kernel);
  if (chain === null || splits(chain, backlog.length, turn)) return null;
  const frames = chain.levels * backlog.length;
  if (frames >= most || !passAll(chain, clock.now + frames * FRAME_TIME)) return null;
  countAll(chain, clock.now);
  clock.now += frames * FRAME_TIME;
  const { last } = chain;
  const first = backlog.peekTarget().headerLength;
  for (let i = 0; i < backlog.length; i++) rewrite(chain, first, last, backlog.at(i));
  backlog.redirect(chain.receiver);
  return chain;
}

/** Others would have their turn while some packets are out of the tunnel and some are not. */
function splits({ unwrapLevel }: FlowChain, packets: number, turn: number): boolean {
  if (unwrapLevel === 0) return false;
  const before = turn + (unwrapLevel - 1) * packets;
  return (before % WEIGHT) + packets > WEIGHT;
}

/** Frames of the turn when the chain was followed: what comes out of a tunnel begins a new one. */
export function turnAfter({ levels, unwrapLevel }: FlowChain, packets: number, turn: number): number {
  const taken = unwrapLevel === 0 ? turn + levels * packets : (levels - unwrapLevel - 1) * packets;
  return taken & IN_TURN;
}

/** The chain of all packets of the backlog; null if they are of several flows, or of one that goes hop by hop. */
function chainOfAll(kernel: Kernel): FlowChain | null {
  const { backlog, flows } = kernel;
  if (flows === null || kernel.observer !== null || kernel.cells.length > 0) return null;
  const packet = backlog.at(0);
  const flow = flowOf(flows, backlog.peekTarget(), packet);
  const chain = flow === null ? null : chainOf(kernel, flow);
  if (chain === null || chain.levels * backlog.length < FRAMES_MIN) return null;
  const octets = octetsOfAll(kernel, chain, flow!, packet.flow);
  if (octets < 0) return null;
  load.packets = backlog.length;
  load.octets = octets;
  return chain;
}

/** The flow behind the one by which the packet came, or the one that is at its place. */
function flowOf(flows: FlowTable, device: Device, packet: Packet): Flow | null {
  const before = packet.flow as Flow | null;
  const { view } = packet;
  const at = packet.head + device.headerLength;
  if (before === null && packet.tail - at < ip.IPV4_HEADER) return null;
  const flow =
    before === null ? flows.at(hashOf(device, ip.source(view, at), ip.destination(view, at))) : before.next;
  return flow !== null && flow.device === device ? flow : null;
}

/** As long as it holds all of its flows do. */
function chainOf(kernel: Kernel, flow: Flow): FlowChain | null {
  const { chain } = flow;
  const { stamp } = kernel;
  if (chain !== null && chain.stamp === stamp && kernel.clock.now < chain.until && isSameGeneration(chain))
    return chain;
  return holds(kernel, flow) ? learnChain(kernel, flow) : null;
}

function isSameGeneration({ fibs, generations }: FlowChain): boolean {
  let sum = 0;
  for (let i = 0; i < fibs.length; i++) sum += fibs[i]!.generation;
  return sum === generations;
}

/** The sum of the packets' lengths; -1 if one of them is not of the flow, or has to go hop by hop. */
function octetsOfAll({ backlog }: Kernel, chain: FlowChain, flow: Flow, before: object | null): number {
  if (!backlog.isAllFor(flow.device)) return -1;
  let octets = 0;
  for (let i = 0; i < backlog.length; i++) {
    const packet = backlog.at(i);
    const length = packet.flow === before && packet.shared === null ? lengthOf(chain, flow, packet) : -1;
    if (length < 0) return -1;
    octets += length;
  }
  return octets;
}

/** From the IPv4 header on, which is all of it; -1 if the packet has to go hop by hop. */
function lengthOf(chain: FlowChain, flow: Flow, packet: Packet): number {
  const { view, head, tail } = packet;
  const at = head + flow.device.headerLength;
  const length = tail - at;
  if (length < ip.IPV4_HEADER || at < chain.headroom) return -1;
  if (packet.flow === null && !(isPlain(packet) && isOf(flow, view, head, at))) return -1;
  if ((packet.flow === null || !packet.sound) && soundLength(packet, at) !== length) return -1;
  const room = (ip.fragment(view, at) & ip.DF) === 0 ? chain.room : chain.roomWithDf;
  return length <= room && ip.ttl(view, at) >= chain.ttlWanted ? length : -1;
}

/** Whether all go through before `end`. */
function passAll(chain: FlowChain, end: number): boolean {
  const { steps } = chain;
  if (end >= chain.until) return false;
  for (let i = 0; i < steps.length; i++) if (!passes(steps[i]!, chain, end)) return false;
  return true;
}

function countAll({ steps }: FlowChain, start: number): void {
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    load.time = start + step.level * load.packets * FRAME_TIME;
    count(step, load);
  }
}

/** The packet as its last hop sends it. */
function rewrite(chain: FlowChain, headerLength: number, last: Flow, packet: Packet): void {
  const { view } = packet;
  const at = packet.head + headerLength;
  const head = at - ETHERNET_HEADER;
  lowerTtl(view, at, chain.hops);
  packet.network = at;
  packet.type = PacketType.HOST;
  packet.protocol = EtherType.IPV4;
  if (chain.wrapping !== null) passTunnel(chain, packet);
  packet.head = head;
  packet.link = head;
  packet.flow = last;
  packet.sound = true;
  view.setInt32(head, chain.word0);
  view.setInt32(head + 4, chain.word1);
  view.setInt32(head + 8, chain.word2);
  view.setUint16(head + 12, EtherType.IPV4);
}

/** As `hops` routers do, in one word: TTL, protocol, checksum (RFC 1624, and RFC 1141 as the kernel has it). */
function lowerTtl(view: DataView, at: number, hops: number): void {
  const word = view.getInt32(at + 8);
  const check = (word & 0xffff) + (hops << 8);
  view.setInt32(at + 8, ((word & ~0xffff) - (hops << 24)) | (check >= 0xffff ? check - 0xffff : check));
}

/** What a tunnel leaves of its own on a packet that came out of it (skb_scrub_packet, udp_flow_src_port). */
function passTunnel({ wrapping }: FlowChain, packet: Packet): void {
  const { device } = wrapping!;
  packet.inputIndex = 0;
  packet.route = null;
  nextIdentification(device.underlay);
  if (device.vxlan !== null) knowFlow(packet);
  if (!packet.flowHashHasPorts) packet.flowHash = 0;
}
