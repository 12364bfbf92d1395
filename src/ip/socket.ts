// What a process may do with a raw or datagram socket: send a message of a protocol, hear what comes back
// (raw_sendmsg, ip_append_data and __ip_make_skb in net/ipv4).
import { Errno } from '../addr/errno.ts';
import { ANY, type Ipv4, ipv4 } from '../addr/ipv4.ts';
import { FlowKey } from '../fib/flow.ts';
import { RouteType } from '../fib/route.ts';
import { type Counters, Mib } from '../netns/counters.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace, Socket } from '../netns/namespace.ts';
import { pseudoHeaderSum } from '../wire/checksum.ts';
import * as ip from '../wire/ipv4.ts';
import { UDP_CHECKSUM_OFFSET } from '../wire/udp.ts';
import { deferChecksum } from './offload.ts';
import { OptionsFound, OptionType } from './options.ts';
import { isMtuLocked, pathMtu as mtuOf, RouteFlag, RouteResult } from './route.ts';
import { routeOutput } from './route-output.ts';
import { defaultTtl, nextIdentification, pushHeader, pushHeaderWithOptions, sendOfSocket } from './send.ts';

/** IP_PMTUDISC_* (linux/in.h): whether DF is set, and whether a packet may be fragmented here. */
const PathMtuDiscovery = { DONT: 0, WANT: 1, DO: 2, PROBE: 3, INTERFACE: 4, OMIT: 5 } as const;

export interface DatagramRequest {
  destination: Ipv4;
  source?: Ipv4;
  protocol: number;
  /** 1 to 255; left out: the route's or the namespace's default. */
  ttl?: number;
  tos?: number;
  /** A PathMtuDiscovery; WANT if left out. */
  pmtudisc?: number;
  /** SO_BINDTODEVICE. */
  device?: Device;
  mark?: number;
  /** IPv4 options, padded to 4 bytes, as IP_OPTIONS takes them: a source route names its first stop itself. */
  options?: Uint8Array;
  /** The socket is connected: its packets are numbered even where DF makes that useless. */
  connected?: boolean;
  /** SO_BROADCAST. */
  broadcast?: boolean;
  /** IP_MULTICAST_LOOP: what goes to a group of ours is heard here too; true if left out. */
  multicastLoop?: boolean;
  /** Identity for traces (Packet.trace); a new one if left out. */
  trace?: number;
  /** Transport header and data, the transport checksum already right. */
  payload: Uint8Array;
}

const route = new RouteResult();
const key = new FlowKey();

function ask(request: DatagramRequest, destination: Ipv4): FlowKey {
  key.ask(destination, request.source ?? ANY);
  key.oif = request.device?.index ?? 0;
  key.tos = (request.tos ?? 0) & 0x1e;
  key.mark = request.mark ?? 0;
  key.protocol = request.protocol;
  if (request.protocol === ip.IpProtocol.UDP) {
    key.sourcePort = (request.payload[0] << 8) | request.payload[1];
    key.destinationPort = (request.payload[2] << 8) | request.payload[3];
  }
  return key;
}

/**
 * Sends one message. 0, or the errno of sendmsg(2): EMSGSIZE when it is longer than DF lets pass, EACCES for a
 * broadcast without permission or a prohibit route, EINVAL for a blackhole, ENETUNREACH, EHOSTUNREACH.
 */
export function sendDatagram(namespace: Namespace, request: DatagramRequest): Errno {
  const options = request.options === undefined ? null : readOptions(namespace, request.options);
  const failed = routeOutput(namespace, ask(request, firstStop(request, options)), route);
  if (failed !== 0) {
    if (request.protocol === ip.IpProtocol.UDP) countNoRoute(namespace, failed);
    return failed;
  }
  if ((route.flags & RouteFlag.BROADCAST) !== 0 && request.broadcast !== true) return Errno.EACCES;
  // sk_mc_loop: without the flag ip_mc_output makes no copy.
  const loops = request.multicastLoop !== false || route.type !== RouteType.MULTICAST;
  if (!loops && route.isLocal && !route.device.loopback) route.flags -= RouteFlag.LOCAL;
  const discovery = request.pmtudisc ?? PathMtuDiscovery.WANT;
  const mtu = fragmentSize(discovery);
  const fragmentsHere = discovery < PathMtuDiscovery.DO || discovery === PathMtuDiscovery.OMIT;
  const length = ip.IPV4_HEADER + (options?.bytes.length ?? 0) + request.payload.length;
  if (length > (fragmentsHere ? ip.IPV4_LENGTH_MAX : mtu)) return Errno.EMSGSIZE;
  const wantsDf =
    discovery === PathMtuDiscovery.DO || (discovery === PathMtuDiscovery.WANT && !isMtuLocked(route));
  const setsDf =
    discovery === PathMtuDiscovery.DO ||
    discovery === PathMtuDiscovery.PROBE ||
    (length <= mtuOf(route) && wantsDf);
  return emit(namespace, request, options, setsDf ? ip.DF : 0, fragmentsHere);
}

/** ip_sk_use_pmtu: some do not believe what was learnt about the path. */
function fragmentSize(discovery: number): number {
  if (discovery < PathMtuDiscovery.PROBE) return mtuOf(route);
  route.exception = null;
  return route.device.mtu;
}

const firstStop = ({ destination }: DatagramRequest, options: ReadOptions | null): Ipv4 =>
  options !== null && options.firstHop !== ANY ? options.firstHop : destination;

/** The MTU that the error queue tells of a message refused with EMSGSIZE (ip_local_error in __ip_append_data). */
export function refusedMtu(namespace: Namespace, request: DatagramRequest): number {
  const options = request.options === undefined ? null : readOptions(namespace, request.options);
  routeOutput(namespace, ask(request, firstStop(request, options)), route);
  return fragmentSize(request.pmtudisc ?? PathMtuDiscovery.WANT) - (options?.bytes.length ?? 0);
}

type ReadOptions = { bytes: Uint8Array; firstHop: Ipv4; found: OptionsFound };

function emit(
  namespace: Namespace,
  request: DatagramRequest,
  options: ReadOptions | null,
  df: number,
  fragmentsHere: boolean,
): Errno {
  const { kernel } = namespace;
  const { payload, protocol } = request;
  const packet = kernel.pool.alloc(payload.length);
  packet.bytes.set(payload, packet.put(payload.length));
  packet.trace = request.trace ?? kernel.nextTrace();
  packet.mark = request.mark ?? 0;
  packet.ignoreDf = fragmentsHere;
  if (protocol === ip.IpProtocol.UDP && options === null && payload.length + ip.IPV4_HEADER <= mtuOf(route)) {
    const pseudo = pseudoHeaderSum(key.source, key.destination, protocol, payload.length);
    deferChecksum(packet, packet.head, UDP_CHECKSUM_OFFSET, pseudo);
  }
  const isGroup = (route.flags & RouteFlag.MULTICAST) !== 0;
  const ttl = request.ttl ?? (isGroup ? 1 : defaultTtl(namespace, route));
  const tos = request.tos ?? 0;
  const isNumbered = df === 0 || fragmentsHere || request.connected === true;
  const id = isNumbered ? nextIdentification(namespace) : 0;
  if (options === null) pushHeader(packet, key.source, key.destination, protocol, tos, ttl, df, id);
  else
    pushHeaderWithOptions(
      namespace,
      packet,
      options,
      key.source,
      request.destination,
      protocol,
      tos,
      ttl,
      df,
      id,
    );
  const { counters } = namespace;
  if (protocol === ip.IpProtocol.ICMP) counters.countIcmpOut(payload[0]);
  const failed = sendOfSocket(namespace, packet, route);
  if (protocol === ip.IpProtocol.UDP) countUdp(counters, failed);
  return failed;
}

/** udp_send_skb. */
function countUdp(counters: Counters, failed: Errno): void {
  if (failed === 0) counters.count(Mib.UdpOutDatagrams);
  else if (failed === Errno.ENOBUFS) counters.count(Mib.UdpSndbufErrors);
}

/** Finds what has to be filled in: our address for record route and timestamps, the stops of a source route. */
function readOptions(namespace: Namespace, given: Uint8Array): ReadOptions {
  const bytes = Uint8Array.from(given);
  const found = new OptionsFound();
  found.length = bytes.length;
  let firstHop: Ipv4 = ANY;
  for (let at = 0; at < bytes.length; ) {
    const type = bytes[at];
    if (type === OptionType.END) break;
    if (type === OptionType.NOOP) {
      at++;
      continue;
    }
    const length = bytes[at + 1];
    if (length < 2) break;
    if (type === OptionType.RECORD_ROUTE) readRecordRoute(bytes, at, found);
    else if (type === OptionType.TIMESTAMP) readTimestamp(namespace, bytes, at, found);
    else if (type === OptionType.LOOSE_ROUTE || type === OptionType.STRICT_ROUTE) {
      found.sourceRoute = at + ip.IPV4_HEADER;
      found.strict = type === OptionType.STRICT_ROUTE;
      firstHop = ipv4(new DataView(bytes.buffer).getInt32(at + 3));
      bytes.copyWithin(at + 3, at + 7, at + length);
    }
    at += length;
  }
  return { bytes, firstHop, found };
}

function readRecordRoute(bytes: Uint8Array, at: number, found: OptionsFound): void {
  found.recordRoute = at + ip.IPV4_HEADER;
  if (bytes[at + 2] + 3 > bytes[at + 1]) return;
  found.recordNeedsAddress = true;
  bytes[at + 2] += 4;
}

function readTimestamp(namespace: Namespace, bytes: Uint8Array, at: number, found: OptionsFound): void {
  found.timestamp = at + ip.IPV4_HEADER;
  const flag = bytes[at + 3] & 15;
  const step = flag === 0 ? 4 : 8;
  if (bytes[at + 2] + step - 1 > bytes[at + 1]) return;
  if (flag === 3 && isForeign(namespace, bytes, at + bytes[at + 2] - 1)) return;
  found.timestampNeedsTime = true;
  found.timestampNeedsAddress = flag === 1;
  bytes[at + 2] += step;
}

/** The address that is asked for a stamp is not ours. */
const isForeign = (namespace: Namespace, bytes: Uint8Array, at: number): boolean =>
  namespace.fib.addressType(ipv4(new DataView(bytes.buffer).getInt32(at))) === RouteType.UNICAST;

/** What a datagram socket was told before it is connected to `port`. */
interface ConnectOptions {
  tos?: number;
  mark?: number;
  /** UDP if left out. */
  protocol?: number;
  port?: number;
}

/** The source address that connect(2) would choose on a socket with these options, or its errno. */
export function sourceFor(
  namespace: Namespace,
  destination: Ipv4,
  device?: Device,
  how: ConnectOptions = {},
): { source: Ipv4; broadcast: boolean; multicast: boolean } | { errno: Errno } {
  key.ask(destination, ANY);
  key.oif = device?.index ?? 0;
  key.tos = how.tos ?? 0;
  key.mark = how.mark ?? 0;
  key.protocol = how.protocol ?? ip.IpProtocol.UDP;
  key.destinationPort = how.port ?? 0;
  const errno = routeOutput(namespace, key, route) || routeAgain(namespace, destination, device);
  if (errno !== 0) {
    countNoRoute(namespace, errno);
    return { errno };
  }
  return {
    source: key.source,
    broadcast: route.type === RouteType.BROADCAST,
    multicast: route.type === RouteType.MULTICAST,
  };
}

/** udp_sendmsg and __ip4_datagram_connect count what has no route; a raw socket does not. */
function countNoRoute({ counters }: Namespace, errno: Errno): void {
  if (errno === Errno.ENETUNREACH) counters.count(Mib.IpOutNoRoutes);
}

/** ip_route_connect asks twice, the second time with the source that it found: a rule may know it. */
function routeAgain(namespace: Namespace, destination: Ipv4, device?: Device): Errno {
  key.destination = destination;
  key.oif = device?.index ?? 0;
  return routeOutput(namespace, key, route);
}

/** The path MTU to an address as getsockopt(IP_MTU) tells it; 0 without a route. */
export function pathMtu(namespace: Namespace, destination: Ipv4, device?: Device): number {
  key.ask(destination, ANY);
  key.oif = device?.index ?? 0;
  return routeOutput(namespace, key, route) === 0 ? mtuOf(route) : 0;
}

export function openSocket(namespace: Namespace, socket: Socket): void {
  namespace.sockets.add(socket);
}

/** A UDP port; false if it is taken. */
export function openUdpPort(namespace: Namespace, port: number, socket: Socket): boolean {
  if (namespace.udpPorts.has(port)) return false;
  namespace.udpPorts.set(port, socket);
  return true;
}

export function closeUdpPort(namespace: Namespace, port: number): void {
  namespace.udpPorts.delete(port);
}

/** A TCP port of a program's own; false if it is taken. */
export function openTcpPort(namespace: Namespace, port: number, socket: Socket): boolean {
  if (namespace.tcpPorts.has(port)) return false;
  namespace.tcpPorts.set(port, socket);
  return true;
}

export function closeTcpPort(namespace: Namespace, port: number): void {
  namespace.tcpPorts.delete(port);
}

export function closeSocket(namespace: Namespace, socket: Socket): void {
  namespace.sockets.delete(socket);
}
