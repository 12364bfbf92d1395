// A packet that is for us: reassembled, then handed to raw sockets and to the protocol (ip_local_deliver in
// net/ipv4/ip_input.c, udp_rcv).
import { Drop, type DropReason } from '../drop/reasons.ts';
import { Mib } from '../netns/counters.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import { checksum, pseudoHeaderSum } from '../wire/checksum.ts';
import { IcmpType, UnreachableCode } from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import { IPV6_HEADER } from '../wire/ipv6.ts';
import * as udp from '../wire/udp.ts';
import { receiveIcmp } from './icmp.ts';
import { sendIcmpError } from './icmp-error.ts';
import type { OptionsFound } from './options.ts';
import { reassemble } from './reassemble.ts';
import { RouteFlag } from './route.ts';
import { receiveTcp } from './tcp-reset.ts';
import { receiveIpip } from './tunnel-ipip.ts';
import { isVxlanPort } from './tunnel-lookup.ts';
import { receiveVxlan } from './tunnel-vxlan.ts';

/** Takes a packet for this host, head at its IPv4 header; `routeFlags` say whether it was sent to us or to a group. */
export function deliver(
  namespace: Namespace,
  device: Device,
  received: Packet,
  routeFlags: number,
  options: OptionsFound,
): void {
  const packet = ip.isFragment(received.view, received.head)
    ? reassemble(namespace, device, received, options)
    : received;
  if (packet === null) return;
  const { view, head } = packet;
  const protocol = ip.protocol(view, head);
  packet.network = head;
  packet.pull(ip.headerLength(view, head));
  const heard = deliverRaw(namespace, device, packet, protocol);
  const { counters, kernel } = namespace;
  if (receiveProtocol(namespace, device, packet, protocol, routeFlags, options)) counters.handed++;
  else if (heard) {
    counters.handed++;
    kernel.consume(namespace, packet);
  } else {
    counters.count(Mib.IpInUnknownProtos);
    refuse(namespace, device, packet, routeFlags, options, UnreachableCode.PROTOCOL, Drop.IP_NOPROTO);
  }
}

/** Gives a packet to its protocol, which ends it; false if there is none (inet_protos). */
function receiveProtocol(
  namespace: Namespace,
  device: Device,
  packet: Packet,
  protocol: number,
  routeFlags: number,
  options: OptionsFound,
): boolean {
  switch (protocol) {
    case ip.IpProtocol.ICMP:
      receiveIcmp(namespace, device, packet, routeFlags, options);
      return true;
    case ip.IpProtocol.UDP:
      receiveUdp(namespace, device, packet, routeFlags, options);
      return true;
    case ip.IpProtocol.TCP:
      receiveTcp(namespace, device, packet, routeFlags, options);
      return true;
    case ip.IpProtocol.IGMP:
      namespace.kernel.consume(namespace, packet);
      return true;
    case ip.IpProtocol.IPIP:
      if (!namespace.kernel.modules.has('ipip')) return false;
      receiveIpip(namespace, device, packet, routeFlags, options);
      return true;
    case ip.IpProtocol.IPV6:
      if (!namespace.kernel.modules.has('ipip')) return false;
      refuseTunnel(namespace, device, packet, routeFlags, options);
      return true;
    default:
      return false;
  }
}

/** raw_local_deliver: every socket of the protocol hears it; true if one did. */
function deliverRaw(namespace: Namespace, device: Device, packet: Packet, protocol: number): boolean {
  if (namespace.sockets.size === 0) return false;
  let heard = false;
  for (const socket of [...namespace.sockets])
    if (socket.protocol === protocol) {
      heard = true;
      socket.receive(packet, device);
    }
  return heard;
}

/** Tells the sender that nobody here takes its packet, and ends the packet. */
function refuse(
  namespace: Namespace,
  device: Device,
  packet: Packet,
  routeFlags: number,
  options: OptionsFound,
  code: number,
  reason: DropReason,
): void {
  sendIcmpError(namespace, packet, routeFlags, IcmpType.UNREACHABLE, code, 0, options);
  namespace.kernel.drop(namespace, packet, reason, device);
}

/** tunnel64_rcv: with IPIP comes a door for IPv6 in IPv4 too, behind which no device is. */
function refuseTunnel(
  namespace: Namespace,
  device: Device,
  packet: Packet,
  routeFlags: number,
  options: OptionsFound,
): void {
  if (packet.length < IPV6_HEADER) namespace.kernel.drop(namespace, packet, Drop.PKT_TOO_SMALL, device);
  else refuse(namespace, device, packet, routeFlags, options, UnreachableCode.PORT, Drop.TUNNEL_NO_DEVICE);
}

/** __udp4_lib_rcv. */
function receiveUdp(
  namespace: Namespace,
  device: Device,
  packet: Packet,
  routeFlags: number,
  options: OptionsFound,
): void {
  const { kernel, counters } = namespace;
  const { view, head } = packet;
  if (!isWholeDatagram(packet)) {
    counters.count(Mib.UdpInErrors);
    kernel.drop(namespace, packet, Drop.PKT_TOO_SMALL, device);
    return;
  }
  packet.trim(udp.length(view, head));
  const port = udp.destinationPort(view, head);
  const toGroup = (routeFlags & (RouteFlag.BROADCAST | RouteFlag.MULTICAST)) !== 0;
  const forVxlan = isVxlanPort(namespace, port, device.l3mdev);
  const socket = namespace.udpPorts.get(port);
  if (toGroup && !forVxlan && socket === undefined) {
    counters.count(Mib.UdpIgnoredMulti);
    kernel.drop(namespace, packet, Drop.NO_SOCKET, device);
    return;
  }
  if (!hasGoodChecksum(packet)) {
    counters.count(Mib.UdpInCsumErrors);
    counters.count(Mib.UdpInErrors);
    kernel.drop(namespace, packet, Drop.UDP_CSUM, device);
    return;
  }
  if (!forVxlan && socket === undefined) {
    counters.count(Mib.UdpNoPorts);
    refuse(namespace, device, packet, routeFlags, options, UnreachableCode.PORT, Drop.NO_SOCKET);
    return;
  }
  counters.count(Mib.UdpInDatagrams);
  if (forVxlan) {
    receiveVxlan(namespace, device, packet);
    return;
  }
  socket?.receive(packet, device);
  kernel.consume(namespace, packet);
}

const isWholeDatagram = ({ view, head, length }: Packet): boolean =>
  length >= udp.UDP_HEADER && udp.length(view, head) <= length && udp.length(view, head) >= udp.UDP_HEADER;

/** A checksum that hardware is to complete, this one or that of a packet within, is believed (skb_csum_unnecessary). */
export function hasGoodChecksum(packet: Packet): boolean {
  const { view, head, network } = packet;
  if (udp.udpChecksum(view, head) === 0 || packet.checksumStart !== 0) return true;
  const pseudo = pseudoHeaderSum(
    ip.source(view, network),
    ip.destination(view, network),
    ip.IpProtocol.UDP,
    packet.length,
  );
  return checksum(view, head, packet.length, pseudo) === 0;
}
