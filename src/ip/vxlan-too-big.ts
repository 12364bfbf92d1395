// Behind a bridge nobody hears of a tunnel's MTU by routing: the VXLAN device itself answers a frame that is too long,
// as if the destination had (iptunnel_pmtud_check_icmp and iptunnel_pmtud_build_icmp in net/ipv4/ip_tunnel_core.c).
import { isMulticast } from '../addr/ipv4.ts';
import type { Device } from '../netns/device.ts';
import type { Packet } from '../packet/packet.ts';
import { checksum } from '../wire/checksum.ts';
import * as ethernet from '../wire/ethernet.ts';
import * as icmp from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';

const PMTU_MIN = 576;

/** iptunnel_pmtud_check_icmp. */
export function mayAnswerTooBig(packet: Packet, mtu: number): boolean {
  const { view, network } = packet;
  if (mtu < PMTU_MIN || ip.fragment(view, network) !== ip.DF) return false;
  const source = ip.source(view, network);
  const destination = ip.destination(view, network);
  if (destination === -1 || isMulticast(destination) || source === -1 || isMulticast(source)) return false;
  if (source >>> 24 === 0 || source >>> 24 === 127) return false;
  if (ip.protocol(view, network) !== ip.IpProtocol.ICMP) return true;
  return !icmp.isError(icmp.type(view, network + ip.headerLength(view, network)));
}

const QUOTE_MAX = 576 - ip.IPV4_HEADER - icmp.ICMP_HEADER;

/** The frame that takes the error back to the sender in the bridge: addresses swapped (iptunnel_pmtud_build_icmp). */
export function buildTooBig(device: Device, packet: Packet, mtu: number): Packet {
  const { view, network } = packet;
  const quoted = Math.min(packet.tail - network, QUOTE_MAX);
  const overhead = ethernet.ETHERNET_HEADER + ip.IPV4_HEADER + icmp.ICMP_HEADER;
  const answer = device.namespace.kernel.pool.alloc(overhead + quoted);
  const at = answer.put(overhead + quoted);
  const ipAt = at + ethernet.ETHERNET_HEADER;
  const icmpAt = ipAt + ip.IPV4_HEADER;
  const source = ethernet.source(view, packet.head);
  ethernet.write(answer.view, at, source, ethernet.destination(view, packet.head), ethernet.EtherType.IPV4);
  const length = ip.IPV4_HEADER + icmp.ICMP_HEADER + quoted;
  const [from, to] = [ip.destination(view, network), ip.source(view, network)];
  ip.write(answer.view, ipAt, length, 0, ip.DF, ip.ttl(view, network), ip.IpProtocol.ICMP, from, to);
  ip.fillChecksum(answer.view, ipAt);
  answer.trace = packet.trace;
  answer.bytes.set(packet.bytes.subarray(network, network + quoted), icmpAt + icmp.ICMP_HEADER);
  answer.view.setUint16(icmpAt, 0x0304);
  answer.view.setUint16(icmpAt + 2, 0);
  answer.view.setUint32(icmpAt + 4, mtu);
  icmp.setIcmpChecksum(answer.view, icmpAt, checksum(answer.view, icmpAt, icmp.ICMP_HEADER + quoted));
  return answer;
}
