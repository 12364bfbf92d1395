// One hop of a chain, asked and counted for all of its packets together: what src/ip/flow-run.ts asks and counts for each.
import { Mib } from '../netns/counters.ts';
import { type Egress, type Flow, FlowAction } from '../netns/flow.ts';
import type { ChainStep, FlowChain } from '../netns/flow-chain.ts';
import { ETHERNET_HEADER } from '../wire/ethernet.ts';
import { isSure, leadsTo, use } from './flow-run.ts';
import { knowsSender } from './flow-tunnel.ts';

/** Of all packets: how many, the sum of their lengths from the IPv4 header, and when a hop is done with the last one. */
export interface Load {
  packets: number;
  octets: number;
  time: number;
}

/** Whether packets pass until `end` as they did when the step was learnt. */
export function passes({ flow }: ChainStep, chain: FlowChain, end: number): boolean {
  const { action, egress, from } = flow;
  if (from !== null && !leadsTo(from, flow.device, flow.device.port!.bridge.bridge!, end)) return false;
  switch (action) {
    case FlowAction.FORWARD:
      return mayLeave(egress, end);
    case FlowAction.FORWARD_IPIP:
      return mayEnter(flow, end) && flow.wrapping.device.tunnelErrors === 0;
    case FlowAction.FORWARD_VXLAN:
      return mayEnter(flow, end) && flow.wrapping.device.vxlan!.cleanupAt === flow.wrapping.cleanupAt;
    case FlowAction.BRIDGE:
      return leadsTo(flow.to!, egress.cable, flow.device.port!.bridge.bridge!, end);
    case FlowAction.BRIDGE_UP:
      return true;
    default:
      return flow.device.namespace.sockets.size === 0 && mayExit(flow, chain);
  }
}

const mayLeave = ({ neighbour, mac, entry, cable, device }: Egress, end: number): boolean =>
  isSure(neighbour!, mac) && (entry === null || leadsTo(entry, cable, device.bridge!, end));

const mayEnter = ({ egress, wrapping }: Flow, end: number): boolean =>
  isSure(wrapping.neighbour, wrapping.mac) && mayLeave(egress, end);

const mayExit = (flow: Flow, { wrapping }: FlowChain): boolean =>
  flow.action === FlowAction.LOCAL_IPIP || knowsSender(flow, wrapping!.word1, wrapping!.word2);

/** What the hop counts, and the times that it notes. */
export function count({ flow, outerReceived, outerSent }: ChainStep, load: Load): void {
  const { action } = flow;
  const { packets, octets } = load;
  if (action >= FlowAction.BRIDGE) {
    countBridged(flow, load, octets + packets * outerReceived);
    return;
  }
  countReceived(flow, packets, octets + packets * outerReceived);
  if (action >= FlowAction.LOCAL) countExit(flow, load);
  else {
    countForwarded(flow, packets, octets + packets * outerReceived);
    if (action !== FlowAction.FORWARD) countEntrance(flow, load, octets + packets * outerSent);
    countLeft(flow.egress, load, octets + packets * (outerSent + ETHERNET_HEADER));
  }
}

function countReceived({ counters, lead }: Flow, packets: number, octets: number): void {
  counters.received += packets;
  counters.octetsIn += octets;
  if ((lead & ECN_MASK) !== 0) for (let left = packets; left > 0; left--) counters.countEcn(lead);
}

const ECN_MASK = 3;

function countForwarded({ counters }: Flow, packets: number, octets: number): void {
  counters.forwarded += packets;
  counters.sent += packets;
  counters.octetsOut += 2 * octets;
}

function countEntrance({ wrapping }: Flow, { packets, octets, time }: Load, outerOctets: number): void {
  const { sent } = wrapping;
  use(wrapping.neighbour, time);
  sent.txPackets += packets;
  sent.txBytes += octets;
  if (wrapping.entry !== null) wrapping.entry.used = time;
  wrapping.counters.sent += packets;
  wrapping.counters.octetsOut += outerOctets;
}

function countExit(flow: Flow, { packets, octets, time }: Load): void {
  const { stats } = flow.tunnel!;
  flow.counters.handed += packets;
  if (flow.action === FlowAction.LOCAL_VXLAN) flow.counters.count(Mib.UdpInDatagrams, packets);
  if (flow.innerEntry !== null) flow.innerEntry.used = time;
  stats.rxPackets += packets;
  stats.rxBytes += octets;
}

/** Frames for a neighbour, by a cable, or by a bridge first. */
function countLeft(egress: Egress, { packets, time }: Load, bytes: number): void {
  const { neighbour, entry, device } = egress;
  use(neighbour!, time);
  if (entry !== null) {
    device.stats.txPackets += packets;
    device.stats.txBytes += bytes;
    entry.used = time;
  }
  countCrossed(egress, packets, bytes);
}

function countCrossed({ sent, received }: Egress, packets: number, bytes: number): void {
  sent.txPackets += packets;
  sent.txBytes += bytes;
  received.rxPackets += packets;
  received.rxBytes += bytes;
}

function countBridged({ action, device, from, to, egress }: Flow, load: Load, octets: number): void {
  const { packets, time } = load;
  if (from !== null) from.updated = time;
  if (action === FlowAction.BRIDGE_UP) {
    const { stats } = device.port!.bridge;
    stats.rxPackets += packets;
    stats.rxBytes += octets;
    return;
  }
  to!.used = time;
  countCrossed(egress, packets, octets + packets * ETHERNET_HEADER);
}
