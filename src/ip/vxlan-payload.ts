// What a VXLAN device sees of the frame that it is to send: its network header, and what the outer one inherits from it.
import type { Packet } from '../packet/packet.ts';
import * as ethernet from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import { IPV6_HEADER } from '../wire/ipv6.ts';
import { dsField } from './ecn.ts';

const IPV6_HOP_LIMIT = 7;
/** More than anybody has tags. */
const TAGS_MAX = 8;

/**
 * Where the network header is to be found: behind the tags, though the packet still is one of VLANs, for tags are put on last
 * (validate_xmit_vlan). Of what a bridge passes on the kernel has taken off one tag only.
 */
export function networkHeader({ view, head, tail }: Packet, isBridged: boolean): number {
  let at = head + ethernet.ETHERNET_HEADER;
  for (let left = isBridged ? 1 : TAGS_MAX; left > 0 && ethernet.isVlan(view.getUint16(at - 2)); left--) {
    if (at + ethernet.VLAN_HEADER > tail) break;
    at += ethernet.VLAN_HEADER;
  }
  return at;
}

/** The EtherType of the network header, whatever tags are in front (skb_protocol). */
export const payloadType = ({ view, network }: Packet): number => view.getUint16(network - 2);

const holds = ({ network, tail }: Packet, bytes: number): boolean => tail - network >= bytes;

export const innerTos = (packet: Packet): number =>
  holds(packet, ip.IPV4_HEADER) ? dsField(packet.view, packet.network, payloadType(packet)) : 0;

export const isInnerIpv4 = (packet: Packet): boolean =>
  packet.protocol === ethernet.EtherType.IPV4 && packet.tail - packet.network >= ip.IPV4_HEADER;

/** ip_tunnel_get_ttl: 0 for what is no IP packet. */
export function innerTtl(packet: Packet): number {
  const type = payloadType(packet);
  if (type === ethernet.EtherType.IPV4 && holds(packet, ip.IPV4_HEADER))
    return ip.ttl(packet.view, packet.network);
  const isIpv6 = type === ethernet.EtherType.IPV6 && holds(packet, IPV6_HEADER);
  return isIpv6 ? packet.view.getUint8(packet.network + IPV6_HOP_LIMIT) : 0;
}
