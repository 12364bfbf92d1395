// The tunnels of a known flow: the headers that were learnt are put in front, or taken off. The counterparts of
// tunnel-ipip.ts and tunnel-vxlan.ts, without their questions.
import type { Device, DeviceStats, VxlanState } from '../netns/device.ts';
import type { Flow, Wrapping } from '../netns/flow.ts';
import type { Packet } from '../packet/packet.ts';
import * as ethernet from '../wire/ethernet.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import * as udp from '../wire/udp.ts';
import * as vxlan from '../wire/vxlan.ts';
import { hasGoodChecksum } from './deliver.ts';
import { decapsulateEcn } from './ecn.ts';
import { flowPort } from './flow-port.ts';
import { nextIdentification } from './send.ts';
import { enterDevice } from './tunnel-ipip.ts';
import { deliverInner, fillUdpChecksum, VXLAN_OVERHEAD } from './tunnel-vxlan.ts';

/** Bytes in front of the inner IPv4 header, link header included. */
export const IPIP_HEADROOM = ip.IPV4_HEADER + ethernet.ETHERNET_HEADER;
const VXLAN_INNER = ethernet.ETHERNET_HEADER;
export const VXLAN_HEADROOM = VXLAN_INNER + vxlan.VXLAN_HEADER + udp.UDP_HEADER + IPIP_HEADROOM;

/** It fits, and teaches the inner route nothing (tnl_update_pmtu); `at` is the inner header. */
export function mayWrapIpip(
  wrapping: Wrapping,
  view: DataView,
  at: number,
  total: number,
  now: number,
): boolean {
  if (at < IPIP_HEADROOM || wrapping.device.tunnelErrors > 0) return false;
  return (ip.fragment(view, at) & ip.DF) === 0
    ? total <= wrapping.room && now < wrapping.quietUntil
    : total <= wrapping.roomWithDf && now < wrapping.quietUntilWithDf;
}

export const mayWrapVxlan = (wrapping: Wrapping, at: number, total: number): boolean =>
  at >= VXLAN_HEADROOM && total <= wrapping.room && wrapping.device.vxlan!.cleanupAt === wrapping.cleanupAt;

/** An IPv4 header before the head, in words; its checksum is the sum of what was written (RFC 1071). */
function writeOuter(wrapping: Wrapping, packet: Packet, tail: number, df: number): void {
  const { view } = packet;
  const length = packet.tail - packet.head + ip.IPV4_HEADER;
  const at = packet.head - ip.IPV4_HEADER;
  const id = nextIdentification(wrapping.device.underlay);
  let sum = wrapping.sum + length + id + df + tail;
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  view.setInt32(at, (wrapping.lead << 16) | length);
  view.setInt32(at + 4, (id << 16) | df);
  view.setInt32(at + 8, (tail << 16) | (~sum & 0xffff));
  view.setInt32(at + 12, wrapping.source);
  view.setInt32(at + 16, wrapping.destination);
  packet.head = at;
  packet.network = at;
}

/** iptunnel_xmit, for a packet whose head is its IPv4 header. */
export function wrapIpip(wrapping: Wrapping, packet: Packet, total: number): void {
  const { view, head } = packet;
  const df = wrapping.df | (ip.fragment(view, head) & wrapping.dfMask);
  const ttl = wrapping.ttl === 0 ? ip.ttl(view, head) : wrapping.ttl;
  writeOuter(wrapping, packet, (ttl << 8) | ip.IpProtocol.IPIP, df);
  count(wrapping.sent, total);
}

function count(sent: DeviceStats, length: number): void {
  sent.txPackets++;
  sent.txBytes += length;
}

/** vxlan_xmit_one. */
export function wrapVxlan(wrapping: Wrapping, packet: Packet, total: number, now: number): void {
  const { view, head } = packet;
  const fragment = ip.fragment(view, head);
  const df = wrapping.df | (fragment & wrapping.dfMask);
  wrapping.entry!.used = now;
  const sourcePort = sourcePortOf(wrapping, packet, fragment);
  const at = head - VXLAN_OVERHEAD + ip.IPV4_HEADER;
  const length = packet.tail - at;
  view.setInt32(at, (sourcePort << 16) | wrapping.port);
  view.setInt32(at + 4, (length << 16) | pseudoSum(wrapping, packet, at, length));
  view.setInt32(at + 8, vxlan.VXLAN_FLAG_VNI);
  view.setInt32(at + 12, wrapping.vni << 8);
  view.setInt32(at + 16, wrapping.word0);
  view.setInt32(at + 20, wrapping.word1);
  view.setInt32(at + 24, wrapping.word2);
  view.setUint16(at + 28, EtherType.IPV4);
  packet.head = at;
  if (wrapping.pseudoSum !== 0 && packet.checksumStart !== at)
    fillUdpChecksum(packet, at, length, wrapping.source, wrapping.destination);
  writeOuter(wrapping, packet, (wrapping.ttl << 8) | ip.IpProtocol.UDP, df);
  count(wrapping.sent, total);
}

/** What the outer UDP checksum is left to hardware with, if nothing is left to it yet (deferChecksum); 0 for none so far. */
function pseudoSum(wrapping: Wrapping, packet: Packet, at: number, length: number): number {
  if (wrapping.pseudoSum === 0 || packet.checksumStart !== 0) return 0;
  packet.checksumStart = at;
  packet.checksumOffset = udp.UDP_CHECKSUM_OFFSET;
  const sum = wrapping.pseudoSum + length;
  const once = (sum & 0xffff) + (sum >>> 16);
  return (once & 0xffff) + (once >>> 16);
}

/** That of the last packet, if the ports are the same; the addresses are those of the flow. */
function sourcePortOf(wrapping: Wrapping, packet: Packet, fragment: number): number {
  const { view, head } = packet;
  const whole = (fragment & ~ip.DF) === 0 && packet.tail - head >= PORTS_END;
  const isFresh = packet.flowHash === 0 && whole;
  if (isFresh && wrapping.hash !== 0 && hasSamePorts(wrapping, view, head)) {
    packet.flowHash = wrapping.hash;
    packet.flowHashHasPorts = true;
    return wrapping.sourcePort;
  }
  const { device } = wrapping;
  const port = flowPort(device.underlay, device.vxlan as VxlanState, packet);
  if (isFresh && packet.flowHashHasPorts) rememberPort(wrapping, packet, port);
  return port;
}

const PORTS_END = ip.IPV4_HEADER + 4;

const hasSamePorts = (wrapping: Wrapping, view: DataView, at: number): boolean =>
  view.getInt32(at + ip.IPV4_HEADER) === wrapping.innerPorts &&
  ip.protocol(view, at) === wrapping.innerProtocol;

function rememberPort(wrapping: Wrapping, { view, head, flowHash }: Packet, port: number): void {
  const protocol = ip.protocol(view, head);
  if (protocol !== ip.IpProtocol.UDP && protocol !== ip.IpProtocol.TCP) return;
  wrapping.innerProtocol = protocol;
  wrapping.innerPorts = view.getInt32(head + ip.IPV4_HEADER);
  wrapping.hash = flowHash;
  wrapping.sourcePort = port;
}

/** Whole, and not heard by a raw socket. */
const isForTunnel = ({ view, head }: Packet, protocol: number, { namespace }: Device): boolean =>
  ip.protocol(view, head) === protocol && !ip.isFragment(view, head) && namespace.sockets.size === 0;

/** ipip_tunnel_rcv; false, and nothing done, if the packet is not plain. */
export function unwrapIpip(flow: Flow, packet: Packet): boolean {
  const { view, head } = packet;
  if (!isForTunnel(packet, ip.IpProtocol.IPIP, flow.device!)) return false;
  const inner = head + ip.IPV4_HEADER;
  if (packet.tail - inner < ip.IPV4_HEADER) return false;
  const before = ip.tos(view, inner);
  const tos = decapsulateEcn(flow.lead & 0xff, before);
  if (tos < 0) return false;
  if (tos !== before) ip.changeTos(view, inner, tos);
  packet.head = inner;
  enterDevice(flow.tunnel!, packet);
  return true;
}

/** udp_rcv and vxlan_rcv; false, and nothing done, if the packet is not plain. */
export function unwrapVxlan(flow: Flow, packet: Packet, now: number): boolean {
  const { view, head } = packet;
  const at = head + ip.IPV4_HEADER;
  const inner = at + udp.UDP_HEADER + vxlan.VXLAN_HEADER;
  if (!isForTunnel(packet, ip.IpProtocol.UDP, flow.device!)) return false;
  if (packet.tail - inner < ethernet.ETHERNET_HEADER || udp.length(view, at) !== packet.tail - at)
    return false;
  if (udp.destinationPort(view, at) !== flow.port || view.getInt32(at + 8) !== vxlan.VXLAN_FLAG_VNI)
    return false;
  if (
    view.getInt32(at + 12) !== flow.vni << 8 ||
    !knowsSender(flow, view.getInt32(inner + 4), view.getInt32(inner + 8))
  )
    return false;
  packet.head = at;
  if (!hasGoodChecksum(packet)) {
    packet.head = head;
    return false;
  }
  packet.head = inner;
  if (flow.innerEntry !== null) flow.innerEntry.used = now;
  deliverInner(flow.tunnel!, packet, flow.lead & 0xff);
  return true;
}

/** What vxlan_snoop would learn is known, where the device learns; the words of an Ethernet header in which the sender is. */
export function knowsSender(flow: Flow, word1: number, word2: number): boolean {
  const isSame = word2 === flow.innerLow && (word1 & 0xffff) === flow.innerHigh;
  return flow.innerEntry === null ? !isSame : isSame && flow.tunnel!.vxlan!.cleanupAt === flow.cleanupAt;
}
