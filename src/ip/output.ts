// The way out of the stack: fragmentation, the neighbour, the link header, the device (ip_output and
// ip_finish_output in net/ipv4/ip_output.c). A packet's head is its IPv4 header until the link header is pushed.
import { ipv4 } from '../addr/ipv4.ts';
import type { Mac } from '../addr/mac.ts';
import { Drop } from '../drop/reasons.ts';
import { RouteType } from '../fib/route.ts';
import { enqueue, transmit } from '../link/transmit.ts';
import { Mib } from '../netns/counters.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Packet, PacketFlag, PacketType } from '../packet/packet.ts';
import * as ethernet from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import { neighbourFor } from './arp-entry.ts';
import { completeChecksum } from './offload.ts';
import { blankUncopiedOptions } from './options.ts';
import { mtuFor, RouteFlag, RouteResult } from './route.ts';

/**
 * Sends a packet on its route. Returns 0 when the packet is gone, or the MTU (positive) when it is longer and DF
 * forbids to fragment it: the packet is then still the caller's, who owes an ICMP error or EMSGSIZE.
 */
export function output(namespace: Namespace, packet: Packet, route: RouteResult): number {
  const { counters } = namespace;
  counters.sent++;
  counters.octetsOut += packet.length;
  packet.route = route.route;
  packet.nextHop = route.nextHop;
  packet.hop = route.hop;
  packet.protocol = ethernet.EtherType.IPV4;
  if (
    (route.flags & (RouteFlag.BROADCAST | RouteFlag.MULTICAST)) !== 0 &&
    !outputGroup(namespace, packet, route)
  )
    return 0;
  if (route.isLocal && route.device.loopback) packet.flags |= PacketFlag.ROUTED_LOCAL;
  const mtu = mtuFor(namespace, route, (packet.flags & PacketFlag.FORWARDED) !== 0);
  const { observer } = namespace.kernel;
  if (observer !== null) observer.step?.(namespace, packet, { kind: 'output', route, mtu });
  if (packet.length <= mtu && packet.fragMaxSize === 0) {
    finish(namespace, packet, route);
    return 0;
  }
  return outputFragments(namespace, packet, route, mtu);
}

/** A broadcast or a group that we belong to is heard here too (ip_mc_output); false if it ends here. */
function outputGroup(namespace: Namespace, packet: Packet, route: RouteResult): boolean {
  const { kernel } = namespace;
  if (route.isLocal && !route.device.loopback) {
    const copy = kernel.pool.clone(packet);
    copy.type = PacketType.LOOPBACK;
    copy.flags |= PacketFlag.ROUTED_LOCAL;
    enqueue(kernel, route.device, copy);
  }
  if (route.type !== RouteType.MULTICAST || ip.ttl(packet.view, packet.head) !== 0) return true;
  kernel.drop(namespace, packet, Drop.TTL_ZERO, route.device);
  return false;
}

/** ip_fragment and ip_do_fragment. */
function outputFragments(
  namespace: Namespace,
  packet: Packet,
  route: RouteResult,
  deviceMtu: number,
): number {
  const { view, head } = packet;
  const field = ip.fragment(view, head);
  if ((field & ip.DF) !== 0 && (!packet.ignoreDf || packet.fragMaxSize > deviceMtu)) {
    namespace.counters.count(Mib.IpFragFails);
    return deviceMtu;
  }
  const mtu = packet.fragMaxSize !== 0 && packet.fragMaxSize < deviceMtu ? packet.fragMaxSize : deviceMtu;
  const headerLength = ip.headerLength(view, head);
  if (mtu - headerLength < 8) return deviceMtu;
  if (packet.checksumStart !== 0) completeChecksum(packet);
  const isSent = namespace.kernel.running
    ? fragment(namespace, packet, mtu, finishPiece, route)
    : fragment(namespace, packet, mtu, finishAlone, Object.assign(new RouteResult(), route));
  namespace.counters.count(isSent ? Mib.IpFragOKs : Mib.IpFragFails);
  return 0;
}

/** A device without carrier takes nothing either: its queue is the one that drops all (noop_enqueue). */
function finishPiece(namespace: Namespace, piece: Packet, route: RouteResult): boolean {
  const silentBefore = namespace.drops[Drop.NO_CARRIER];
  const goesOn = finish(namespace, piece, route) && namespace.drops[Drop.NO_CARRIER] === silentBefore;
  if (goesOn) namespace.counters.count(Mib.IpFragCreates);
  return goesOn;
}

/**
 * What a process sends in pieces goes piece by piece: the machine does all that the first one leads to, answers
 * included, before the second one leaves (local_bh_enable at the end of __dev_queue_xmit).
 */
function finishAlone(namespace: Namespace, piece: Packet, route: RouteResult): boolean {
  const goesOn = finishPiece(namespace, piece, route);
  namespace.kernel.softirqs?.();
  return goesOn;
}

/**
 * Cuts a packet, which ends by it, and gives the pieces to `send` until that says false (ip_do_fragment). There must be
 * room for 8 bytes behind the header, and the checksums must be complete. Returns whether all went.
 */
export function fragment<Context>(
  namespace: Namespace,
  packet: Packet,
  mtu: number,
  send: (namespace: Namespace, piece: Packet, context: Context) => boolean,
  context: Context,
): boolean {
  const { view, head } = packet;
  const field = ip.fragment(view, head);
  const headerLength = ip.headerLength(view, head);
  const room = (mtu - headerLength) & ~7;
  const keepDf = (packet.flags & PacketFlag.FRAGMENT_DF) !== 0 ? ip.DF : 0;
  const moreAfter = field & ip.MF;
  const first = (field & ip.OFFSET_MASK) << 3;
  const total = packet.length - headerLength;
  let pieces = 0;
  let done = 0;
  for (; done < total; pieces++) {
    const rest = total - done;
    const size = rest <= mtu - headerLength ? rest : room;
    const more = done + size < total ? ip.MF : moreAfter;
    const piece = cut(namespace, packet, headerLength, done, size);
    ip.setFragment(piece.view, piece.head, ((first + done) >> 3) | more | keepDf);
    ip.setTotalLength(piece.view, piece.head, headerLength + size);
    ip.fillChecksum(piece.view, piece.head);
    namespace.counters.fragmentsMade++;
    if (!send(namespace, piece, context)) break;
    if (done === 0 && first === 0) blankUncopiedOptions(packet);
    done += size;
  }
  namespace.counters.fragmented++;
  const { observer, pool } = namespace.kernel;
  if (observer !== null) observer.step?.(namespace, packet, { kind: 'fragmented', mtu, pieces });
  pool.free(packet);
  return done >= total;
}

/** A packet with the header of `packet` and `size` bytes of its payload from `from`. */
function cut(namespace: Namespace, packet: Packet, headerLength: number, from: number, size: number): Packet {
  const piece = namespace.kernel.pool.alloc(headerLength + size);
  const at = piece.put(headerLength + size);
  const start = packet.head + headerLength + from;
  ip.copyHeader(packet.view, packet.head, piece.view, at);
  piece.bytes.set(packet.bytes.subarray(start, start + size), at + headerLength);
  piece.network = at;
  piece.protocol = packet.protocol;
  piece.type = packet.type;
  piece.inputIndex = packet.inputIndex;
  piece.mark = packet.mark;
  piece.depth = packet.depth;
  piece.flags = packet.flags;
  piece.hop = packet.hop;
  piece.route = packet.route;
  piece.nextHop = packet.nextHop;
  piece.trace = packet.trace;
  piece.flowHash = packet.flowHash;
  piece.flowHashHasPorts = packet.flowHashHasPorts;
  return piece;
}

/**
 * ip_finish_output2: to the neighbour, whose link-layer address a device without headers has no use for. False if the
 * other end of a cable did not take it (NET_XMIT_DROP): the fragments after it need not go.
 */
function finish(namespace: Namespace, packet: Packet, route: RouteResult): boolean {
  const { device } = route;
  if (route.type === RouteType.MULTICAST || route.type === RouteType.BROADCAST)
    countGroup(namespace, route.type, packet.length);
  packet.network = packet.head;
  const neighbour = neighbourFor(device, ipv4(packet.hop));
  const { observer } = namespace.kernel;
  if (observer !== null && neighbour !== null)
    observer.step?.(namespace, packet, { kind: 'neighbour', neighbour });
  if (neighbour === null) {
    namespace.kernel.drop(namespace, packet, Drop.NEIGH_CREATEFAIL, device);
    return true;
  }
  // What the device refuses of the question for the neighbour is not the packet's.
  if (device.headerLength !== 0 && !namespace.neighbours.mayOutput(neighbour, packet)) return true;
  const refusedBefore = device.stats.txDropped;
  if (device.headerLength === 0) transmit(device, packet);
  else sendTo(device, packet, neighbour.mac);
  if (device.stats.txDropped === refusedBefore) return true;
  if (namespace.kernel.running) namespace.kernel.refusedAnswers++;
  else namespace.kernel.refusedSends++;
  return false;
}

function countGroup({ counters }: Namespace, type: number, length: number): void {
  const isMulticast = type === RouteType.MULTICAST;
  counters.count(isMulticast ? Mib.IpExtOutMcastPkts : Mib.IpExtOutBcastPkts);
  counters.count(isMulticast ? Mib.IpExtOutMcastOctets : Mib.IpExtOutBcastOctets, length);
}

/** Puts the Ethernet header in front and gives the frame to the device. */
export function sendTo(device: Device, packet: Packet, destination: Mac): void {
  const at = packet.push(ethernet.ETHERNET_HEADER);
  ethernet.write(packet.view, at, destination, device.address, packet.protocol);
  packet.link = at;
  transmit(device, packet);
}
