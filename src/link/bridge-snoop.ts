// What a bridge with multicast snooping sees in a group frame before it floods it (br_multicast_rcv): IP packets whose
// header is wrong, and IGMP messages that are, end there.
import { isGroup, MAC_BROADCAST } from '../addr/mac.ts';
import type { BridgeState } from '../netns/device.ts';
import type { Packet } from '../packet/packet.ts';
import { checksum, onesSum } from '../wire/checksum.ts';
import * as ethernet from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import { IPV6_HEADER } from '../wire/ipv6.ts';

const IGMP_HEADER = 8;

/** True if the frame that the bridge itself sends, its head at the Ethernet header, must be dropped. */
export const failsSnooping = (bridge: BridgeState, packet: Packet): boolean =>
  isWatched(bridge, packet) && !isSound(packet, ethernet.ETHERNET_HEADER);

/** The same of a frame that a port received: what is behind a tag is looked at too (skb_vlan_untag). */
export function failsSnoopingAtPort(bridge: BridgeState, packet: Packet): boolean {
  if (!isWatched(bridge, packet)) return false;
  const isTagged = ethernet.isVlan(ethernet.etherType(packet.view, packet.head));
  return !isSound(packet, ethernet.ETHERNET_HEADER + (isTagged ? ethernet.VLAN_HEADER : 0));
}

function isWatched(bridge: BridgeState, { view, head }: Packet): boolean {
  const destination = ethernet.destination(view, head);
  return bridge.mcastSnooping && isGroup(destination) && destination !== MAC_BROADCAST;
}

/** What stands `headers` bytes behind the head, of the type that the two bytes before tell. */
function isSound(packet: Packet, headers: number): boolean {
  const at = packet.head + headers;
  const type = packet.view.getUint16(at - 2);
  if (type === ethernet.EtherType.IPV4) return isSoundIpv4(packet, at);
  return type !== ethernet.EtherType.IPV6 || isSoundIpv6(packet, at);
}

/** ipv6_mc_check_ip6hdr; MLD messages are not looked into. */
function isSoundIpv6({ view, tail }: Packet, at: number): boolean {
  if (tail - at < IPV6_HEADER || view.getUint8(at) >>> 4 !== 6) return false;
  const payload = view.getUint16(at + 4);
  return payload > 0 && at + IPV6_HEADER + payload <= tail;
}

/** ip_mc_check_iphdr and ip_mc_check_igmp_csum. */
function isSoundIpv4({ view, tail }: Packet, at: number): boolean {
  const length = tail - at;
  if (length < ip.IPV4_HEADER) return false;
  const headerLength = ip.headerLength(view, at);
  if (ip.version(view, at) !== 4 || headerLength < ip.IPV4_HEADER || headerLength > length) return false;
  if (onesSum(view, at, headerLength) !== 0xffff) return false;
  const total = ip.totalLength(view, at);
  if (total > length || total < headerLength) return false;
  if (ip.protocol(view, at) !== ip.IpProtocol.IGMP) return true;
  const message = total - headerLength;
  return message >= IGMP_HEADER && checksum(view, at + headerLength, message) === 0;
}
