// The UDP source port by which the underlay tells the flows inside a tunnel apart (udp_flow_src_port, __skb_get_hash).
import type { VxlanState } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';

/**
 * The source port tells flows apart for the underlay's hashing (udp_flow_src_port): within the device's range, or
 * ip_local_port_range. The kernel's hash is seeded at random; ours is fixed. A packet keeps it from one tunnel to the next
 * (skb_get_hash), until it is unwrapped if no ports are in it.
 */
export function flowPort(underlay: Namespace, state: VxlanState, packet: Packet): number {
  if (packet.flowHash === 0) packet.flowHash = flowHash(packet);
  const hash = packet.flowHash;
  const { sourcePortLow, sourcePortHigh } = state;
  const range = underlay.conf.ip_local_port_range;
  const isOwn = sourcePortLow < sourcePortHigh;
  const low = isOwn ? sourcePortLow : range[0];
  const high = isOwn ? sourcePortHigh : range[1];
  return Math.floor(((hash ^ (hash << 16)) >>> 0) * ((high - low) / 0x100000000)) + low;
}

/**
 * Over protocol, addresses and ports, each pair in order, so that both directions are one flow; over the EtherType
 * alone for what has no addresses, so that all ARP is one flow (__skb_get_hash, __flow_hash_consistentify).
 */
function flowHash(packet: Packet): number {
  const { view } = packet;
  if (packet.protocol === EtherType.IPV6) return hashIpv6(packet);
  if (packet.protocol !== EtherType.IPV4 || packet.tail - packet.network < ip.IPV4_HEADER)
    return mix(packet.protocol);
  const at = innermostHeader(packet);
  const source = ip.source(view, at);
  const destination = ip.destination(view, at);
  const protocol = ip.protocol(view, at);
  const ports = portsOf(packet, at);
  packet.flowHashHasPorts = ports !== 0;
  const low = Math.min(source, destination);
  const high = Math.max(source, destination);
  const ordered = (ports & 0xffff) > ports >>> 16 ? ports : (ports << 16) | (ports >>> 16);
  return mix(low ^ mix(high ^ mix(ordered ^ protocol)));
}

/**
 * The protocols that begin with two ports, or with what passes for them (proto_ports_offset): TCP, UDP, DCCP, ESP,
 * SCTP, UDP-Lite.
 */
const beginsWithPorts = (protocol: number): boolean =>
  protocol === 17 ||
  protocol === 6 ||
  protocol === 33 ||
  protocol === 50 ||
  protocol === 132 ||
  protocol === 136;

/** Source and destination port of the packet whose IPv4 header is at `at`, as one word; 0 where it has none. */
export function portsOf(packet: Packet, at: number): number {
  const { view, tail } = packet;
  const transport = at + ip.headerLength(view, at);
  const known = !ip.isFragment(view, at) && transport + 4 <= tail && beginsWithPorts(ip.protocol(view, at));
  return known ? view.getInt32(transport) : 0;
}

/** The flow dissector looks into IPIP. */
function innermostHeader(packet: Packet): number {
  const { view } = packet;
  let at = packet.network;
  while (ip.protocol(view, at) === ip.IpProtocol.IPIP && !ip.isFragment(view, at)) {
    const next = at + ip.headerLength(view, at);
    if (next + ip.IPV4_HEADER > packet.tail || ip.headerLength(view, at) < ip.IPV4_HEADER) break;
    at = next;
  }
  return at;
}

const IPV6_HEADER = 40;

function hashIpv6(packet: Packet): number {
  const { view, network } = packet;
  if (packet.tail - network < IPV6_HEADER) return mix(packet.protocol);
  let both = 0;
  for (let at = 8; at < IPV6_HEADER; at += 4) both ^= view.getInt32(network + at);
  return mix(both ^ view.getUint8(network + 6));
}

function mix(value: number): number {
  const x = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return x ^ (x >>> 15);
}
