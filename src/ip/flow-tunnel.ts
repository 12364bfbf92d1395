// The tunnels of a known flow: the headers that were learnt are put in front, or taken off. The counterparts of
// tunnel-ipip.ts and tunnel-vxlan.ts, without their questions.
import type { Device, VxlanState } from '../netns/device.ts';
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
import { deliverInner, fillUdpChecksum } from './tunnel-vxlan.ts';

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
  const { lead, source, destination } = wrapping;
  const { view } = packet;
  const length = packet.tail - packet.head + ip.IPV4_HEADER;
  const at = packet.head - ip.IPV4_HEADER;
  const id = nextIdentification(wrapping.device.underlay);
  let sum = lead + length + id + df + tail;
  sum += (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff);
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  view.setInt32(at, (lead << 16) | length);
  view.setInt32(at + 4, (id << 16) | df);
  view.setInt32(at + 8, (tail << 16) | (~sum & 0xffff));
  view.setInt32(at + 12, source);
  view.setInt32(at + 16, destination);
  packet.head = at;
  packet.network = at;
}

/** iptunnel_xmit, for a packet whose head is its IPv4 header. */
export function wrapIpip(wrapping: Wrapping, packet: Packet, total: number): void {
  const { view, head } = packet;
  const df = wrapping.df | (ip.fragment(view, head) & wrapping.dfMask);
  const ttl = wrapping.ttl === 0 ? ip.ttl(view, head) : wrapping.ttl;
  writeOuter(wrapping, packet, (ttl << 8) | ip.IpProtocol.IPIP, df);
  count(wrapping.device, total);
}

function count({ stats }: Device, length: number): void {
  stats.txPackets++;
  stats.txBytes += length;
}

/** vxlan_xmit_one. */
export function wrapVxlan(wrapping: Wrapping, packet: Packet, total: number, now: number): void {
  const { device } = wrapping;
  const state = device.vxlan as VxlanState;
  const { view, head } = packet;
  const df = wrapping.df | (ip.fragment(view, head) & wrapping.dfMask);
  wrapping.entry!.used = now;
  const sourcePort = flowPort(device.underlay, state, packet);
  const inner = head - VXLAN_INNER;
  view.setInt32(inner, wrapping.word0);
  view.setInt32(inner + 4, wrapping.word1);
  view.setInt32(inner + 8, wrapping.word2);
  view.setUint16(inner + 12, EtherType.IPV4);
  vxlan.write(view, inner - vxlan.VXLAN_HEADER, wrapping.vni);
  const at = inner - vxlan.VXLAN_HEADER - udp.UDP_HEADER;
  packet.head = at;
  const length = packet.tail - at;
  view.setInt32(at, (sourcePort << 16) | wrapping.port);
  view.setInt32(at + 4, length << 16);
  if (state.udpChecksum) fillUdpChecksum(packet, at, length, wrapping.source, wrapping.destination);
  writeOuter(wrapping, packet, (wrapping.ttl << 8) | ip.IpProtocol.UDP, df);
  count(device, total);
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
  if (view.getInt32(at + 12) !== flow.vni << 8 || !knowsSender(flow, ethernet.source(view, inner)))
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

/** What vxlan_snoop would learn is known, where the device learns. */
export function knowsSender({ tunnel, innerEntry, innerMac, cleanupAt }: Flow, source: number): boolean {
  if (innerEntry === null) return source !== tunnel!.address;
  return source === innerMac && tunnel!.vxlan!.cleanupAt === cleanupAt;
}
