// What a bridge with multicast snooping sees in a group frame before it floods it (br_multicast_rcv): IPv4 packets whose
// header is wrong, and IGMP messages that are, end there.
import { isGroup, MAC_BROADCAST } from '../addr/mac.ts';
import type { BridgeState } from '../netns/device.ts';
import type { Packet } from '../packet/packet.ts';
import { checksum, onesSum } from '../wire/checksum.ts';
import * as ethernet from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';

const IGMP_HEADER = 8;

/** True if the frame, its head at the Ethernet header, must be dropped. */
export function failsSnooping(bridge: BridgeState, packet: Packet): boolean {
  const { view, head } = packet;
  const destination = ethernet.destination(view, head);
  if (!bridge.mcastSnooping || !isGroup(destination) || destination === MAC_BROADCAST) return false;
  return ethernet.etherType(view, head) === ethernet.EtherType.IPV4 && !isSound(packet);
}

/** ip_mc_check_iphdr and ip_mc_check_igmp_csum. */
function isSound(packet: Packet): boolean {
  const { view } = packet;
  const at = packet.head + ethernet.ETHERNET_HEADER;
  const length = packet.tail - at;
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
