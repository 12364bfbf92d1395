// The UDP source port by which the underlay tells the flows inside a tunnel apart (udp_flow_src_port, __skb_get_hash).
import type { VxlanState } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import { FlowDissector } from './flow-dissector.ts';

const flow = new FlowDissector();

/**
 * The source port tells flows apart for the underlay's hashing (udp_flow_src_port): within the device's range, or
 * ip_local_port_range. The kernel's hash is seeded at random; ours is fixed. A packet keeps it from one tunnel to the next
 * (skb_get_hash), until it is unwrapped if no ports are in it.
 */
export function flowPort(underlay: Namespace, state: VxlanState, packet: Packet): number {
  const hash = knowFlow(packet);
  const { sourcePortLow, sourcePortHigh } = state;
  const range = underlay.conf.ip_local_port_range;
  const isOwn = sourcePortLow < sourcePortHigh;
  const low = isOwn ? sourcePortLow : range[0];
  const high = isOwn ? sourcePortHigh : range[1];
  return Math.floor(((hash ^ (hash << 16)) >>> 0) * ((high - low) / 0x100000000)) + low;
}

/** The hash that the packet keeps whatever is made of it from now on. */
export function knowFlow(packet: Packet): number {
  if (packet.flowHash === 0) packet.flowHash = flowHash(packet);
  return packet.flowHash;
}

/** What a packet has whose only header is one of IPv4: no label, tag or key, and its EtherType. */
const PLAIN = EtherType.IPV4 << 8;
const PLAIN_TCP = mix(PLAIN | ip.IpProtocol.TCP);
const PLAIN_UDP = mix(PLAIN | ip.IpProtocol.UDP);

/** The first bytes of an IPv4 header without options. */
const LEAD_PLAIN = 0x45;
const PORTS_END = ip.IPV4_HEADER + 4;

/** TCP and UDP without options, whole: most packets. What the dissector would find is read at once. */
function flowHash(packet: Packet): number {
  const { view, network: at, tail } = packet;
  if (packet.protocol !== EtherType.IPV4 || tail - at < PORTS_END || view.getUint8(at) !== LEAD_PLAIN)
    return dissectedHash(packet);
  const protocol = ip.protocol(view, at);
  const isUdp = protocol === ip.IpProtocol.UDP;
  if ((!isUdp && protocol !== ip.IpProtocol.TCP) || ip.isFragment(view, at)) return dissectedHash(packet);
  const ports = view.getInt32(at + ip.IPV4_HEADER);
  packet.flowHashHasPorts = ports !== 0;
  return hashOf(ip.source(view, at), ip.destination(view, at), ports, isUdp ? PLAIN_UDP : PLAIN_TCP);
}

/** What has no addresses is one flow by its EtherType alone, so that all ARP is (__skb_get_hash). */
function dissectedHash(packet: Packet): number {
  flow.dissect(packet);
  const { source, destination, ports } = flow;
  packet.flowHashHasPorts = ports !== 0 || flow.label !== 0;
  const rare = flow.label | flow.tag | flow.key;
  const rest = rare === 0 ? 0 : mix(flow.label ^ mix(flow.tag ^ mix(flow.key)));
  return hashOf(source, destination, ports, mix(rest ^ ((flow.etherType << 8) | flow.protocol)));
}

/** Both directions are one flow (__flow_hash_consistentify). */
function hashOf(source: number, destination: number, ports: number, rest: number): number {
  const low = Math.min(source, destination);
  const high = Math.max(source, destination);
  const ordered = (ports & 0xffff) > ports >>> 16 ? ports : (ports << 16) | (ports >>> 16);
  return mix(low ^ mix(high ^ mix(ordered ^ rest)));
}

function mix(value: number): number {
  const x = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return x ^ (x >>> 15);
}
