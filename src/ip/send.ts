// Packets that are made here: an IPv4 header in front of a transport message, and out (ip_local_out).
import { Errno } from '../addr/errno.ts';
import type { Ipv4 } from '../addr/ipv4.ts';
import { Drop } from '../drop/reasons.ts';
import { Mib } from '../netns/counters.ts';
import type { Kernel } from '../netns/kernel.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import * as ip from '../wire/ipv4.ts';
import type { EchoedOptions } from './options-echo.ts';
import type { RouteResult } from './route.ts';
import { localOut } from './vrf.ts';

/** ip_select_ttl: the route's hop limit, or the default of the namespace. */
export const defaultTtl = (namespace: Namespace, route: RouteResult): number =>
  route.route?.metrics?.hoplimit || namespace.conf.ip_default_ttl;

const IDENTIFICATIONS = 0xffff;
/** Gaps are of one to eight: so many random bits. */
const GAP_BITS = 3;

/**
 * An identification for a packet that may be fragmented (ip_select_ident): any number but 0. It is a counter that begins
 * anywhere and leaves gaps (ip_idents_reserve), so that thousands of packets of one flow have numbers of their own.
 */
export function nextIdentification({ kernel }: Namespace): number {
  const { identification: last, random } = kernel;
  const next = last < 0 ? random.below(IDENTIFICATIONS) : last + 1 + random.bits(GAP_BITS);
  kernel.identification = next < IDENTIFICATIONS ? next : next - IDENTIFICATIONS;
  return 1 + kernel.identification;
}

/** Puts a header in front of the packet's head; the destination of a source route goes into the header. */
export function pushHeader(
  packet: Packet,
  source: Ipv4,
  destination: Ipv4,
  protocol: number,
  tos: number,
  ttl: number,
  fragmentField: number,
  identification: number,
): void {
  const at = packet.push(ip.IPV4_HEADER);
  ip.write(packet.view, at, packet.length, tos, fragmentField, ttl, protocol, source, destination);
  ip.setIdentification(packet.view, at, identification);
  ip.fillChecksum(packet.view, at);
  packet.network = at;
}

/** The same with options behind the header, if there are any (ip_options_build). */
export function pushHeaderWithOptions(
  namespace: Namespace,
  packet: Packet,
  options: EchoedOptions | null,
  source: Ipv4,
  destination: Ipv4,
  protocol: number,
  tos: number,
  ttl: number,
  fragmentField: number,
  identification: number,
): void {
  if (options === null) {
    pushHeader(packet, source, destination, protocol, tos, ttl, fragmentField, identification);
    return;
  }
  const { length } = options.bytes;
  const optionsAt = packet.push(length);
  packet.bytes.set(options.bytes, optionsAt);
  const target = options.firstHop !== 0 ? options.firstHop : destination;
  pushHeader(packet, source, target, protocol, tos, ttl, fragmentField, identification);
  const { view, head } = packet;
  ip.setTotalLength(view, head, packet.length);
  view.setUint8(head, 0x40 | ((ip.IPV4_HEADER + length) >> 2));
  fillInOptions(namespace, packet, options, source, destination);
  ip.fillChecksum(view, head);
}

function fillInOptions(
  namespace: Namespace,
  packet: Packet,
  options: EchoedOptions,
  source: Ipv4,
  destination: Ipv4,
): void {
  const { view, head, bytes } = packet;
  const { found } = options;
  if (found.sourceRoute !== 0) {
    const at = head + found.sourceRoute;
    view.setInt32(at + bytes[at + 1] - 4, destination);
  }
  if (found.recordNeedsAddress) {
    const at = head + found.recordRoute;
    view.setInt32(at + bytes[at + 2] - 5, source);
  }
  const stampAt = head + found.timestamp;
  if (found.timestampNeedsAddress) view.setInt32(stampAt + bytes[stampAt + 2] - 9, source);
  if (found.timestampNeedsTime)
    view.setUint32(stampAt + bytes[stampAt + 2] - 5, millisecondsToday(namespace));
}

/** Milliseconds since midnight UT (inet_current_timestamp). */
export const millisecondsToday = (namespace: Namespace): number =>
  Math.floor(namespace.kernel.clock.now / 1000) % 86_400_000;

/** Sends a packet whose header is complete; one that DF keeps from being fragmented ends here. */
export function sendComplete(namespace: Namespace, packet: Packet, route: RouteResult): void {
  if (localOut(namespace, packet, route) !== 0)
    namespace.kernel.drop(namespace, packet, Drop.PKT_TOO_BIG, route.device);
}

const refusals = ({ running, refusedAnswers, refusedSends }: Kernel): number =>
  running ? refusedAnswers : refusedSends;

/** The same for what a socket sends: what did not get out is counted (ip_send_skb). */
export function sendOfSocket(namespace: Namespace, packet: Packet, route: RouteResult): Errno {
  const { kernel, counters } = namespace;
  const { device } = route;
  const before = refusals(kernel);
  const mtu = localOut(namespace, packet, route);
  if (mtu === 0 && refusals(kernel) === before) return 0;
  counters.count(Mib.IpOutDiscards);
  if (mtu === 0) return Errno.ENOBUFS;
  kernel.drop(namespace, packet, Drop.PKT_TOO_BIG, device);
  return Errno.EMSGSIZE;
}
