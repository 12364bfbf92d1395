// The UDP source port by which the underlay tells the flows inside a tunnel apart (udp_flow_src_port, __skb_get_hash).
import type { VxlanState } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import { FlowDissector } from './flow-dissector.ts';

const flow = new FlowDissector();

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

/** Both directions are one flow; what has no addresses is one by its EtherType alone, so that all ARP is (__skb_get_hash). */
function flowHash(packet: Packet): number {
  flow.dissect(packet);
  const { source, destination, ports } = flow;
  packet.flowHashHasPorts = ports !== 0 || flow.label !== 0;
  // __flow_hash_consistentify.
  const [low, high] = destination > source ? [source, destination] : [destination, source];
  const ordered = (ports & 0xffff) > ports >>> 16 ? ports : (ports << 16) | (ports >>> 16);
  const rare = flow.label | flow.tag | flow.key;
  const rest = rare === 0 ? 0 : mix(flow.label ^ mix(flow.tag ^ mix(flow.key)));
  return mix(low ^ mix(high ^ mix(ordered ^ mix(rest ^ ((flow.etherType << 8) | flow.protocol)))));
}

function mix(value: number): number {
  const x = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return x ^ (x >>> 15);
}
