// VXLAN: an Ethernet frame into a UDP packet, and out of it (drivers/net/vxlan/vxlan_core.c; RFC 7348).
import { ANY, type Ipv4, isMulticast, LOOPBACK } from '../addr/ipv4.ts';
import { isValidUnicast, MAC_ZERO, type Mac } from '../addr/mac.ts';
import { Drop } from '../drop/reasons.ts';
import { FlowKey } from '../fib/flow.ts';
import { enqueue } from '../link/transmit.ts';
import { collectAged, tellRemote } from '../link/vxlan-table.ts';
import { NeighbourFlag, NudState } from '../neigh/neighbour.ts';
import type { Device, VxlanFdbEntry, VxlanRemote, VxlanState } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Packet, PacketFlag } from '../packet/packet.ts';
import { pseudoHeaderSum } from '../wire/checksum.ts';
import * as ethernet from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import { IPV6_HEADER } from '../wire/ipv6.ts';
import * as udp from '../wire/udp.ts';
import * as vxlan from '../wire/vxlan.ts';
import { decapsulateInner, encapsulateEcn } from './ecn.ts';
import { flowPort, knowFlow } from './flow-port.ts';
import { checksumAround, deferChecksum } from './offload.ts';
import { isMtuLocked, pathMtu, ROUTING_TOS, RouteFlag, RouteResult } from './route.ts';
import { routeOutput } from './route-output.ts';
import { defaultTtl, nextIdentification } from './send.ts';
import { enterDevice, narrowInnerPath, restoreRoute, sendOuter } from './tunnel-ipip.ts';
import { vxlanDeviceFor } from './tunnel-lookup.ts';
import { innerTos, innerTtl, isInnerIpv4, networkHeader, payloadType } from './vxlan-payload.ts';
import { reduceArp } from './vxlan-proxy.ts';
import { buildTooBig, mayAnswerTooBig } from './vxlan-too-big.ts';

/** Overhead on the inner packet: Ethernet, VXLAN, UDP and IPv4 headers. */
export const VXLAN_OVERHEAD = ethernet.ETHERNET_HEADER + vxlan.VXLAN_HEADER + udp.UDP_HEADER + ip.IPV4_HEADER;

const STATIC = NudState.PERMANENT | NudState.NOARP;
export const Df = { UNSET: 0, SET: 1, INHERIT: 2 } as const;
const INHERIT = 1;

const outer = new RouteResult();
const inner = new RouteResult();
const key = new FlowKey();

/** The entry of an address, marked as used; null for none (vxlan_find_mac). */
function findEntry(state: VxlanState, mac: Mac, now: number): VxlanFdbEntry | null {
  if (state.cleanupAt <= now) collectAged(state, now);
  const entry = state.fdb.get(mac);
  if (entry === undefined) return null;
  entry.used = now;
  return entry;
}

/** Sends a frame that was given to a VXLAN device, head at its Ethernet header (vxlan_xmit). */
export function transmitVxlan(device: Device, packet: Packet): void {
  const { namespace } = device;
  const { kernel } = namespace;
  const state = device.vxlan!;
  namespace.pay();
  if (packet.length < ethernet.ETHERNET_HEADER) {
    kernel.drop(namespace, packet, Drop.PKT_TOO_SMALL, device);
    return;
  }
  packet.link = packet.head;
  packet.network = networkHeader(packet, device.port !== null);
  packet.protocol = ethernet.etherType(packet.view, packet.head);
  if (state.proxy && packet.protocol === ethernet.EtherType.ARP) {
    reduceArp(device, packet);
    return;
  }
  const { now } = kernel.clock;
  const entry =
    findEntry(state, ethernet.destination(packet.view, packet.head), now) ?? findEntry(state, MAC_ZERO, now);
  if (kernel.observer !== null) kernel.observer.step?.(namespace, packet, { kind: 'fdb', device, entry });
  const remotes = entry?.remotes;
  if (remotes === undefined || remotes.length === 0) {
    device.stats.txDropped++;
    kernel.drop(namespace, packet, Drop.NO_TX_TARGET, device);
    return;
  }
  for (let i = 1; i < remotes.length; i++) transmitTo(device, kernel.pool.clone(packet), remotes[i]);
  transmitTo(device, packet, remotes[0]);
}

/** vxlan_xmit_one. */
function transmitTo(device: Device, packet: Packet, remote: VxlanRemote): void {
  const { underlay } = device;
  const state = device.vxlan!;
  if (remote.address === ANY) {
    refuse(device, packet, Drop.TUNNEL_NO_REMOTE, false);
    return;
  }
  const tos = state.tos === INHERIT ? innerTos(packet) : state.tos;
  askForVxlan(state, remote, tos, key);
  key.mark = packet.mark;
  if (routeOutput(underlay, key, outer) !== 0) {
    device.stats.txCarrierErrors++;
    refuse(device, packet, Drop.IP_OUTNOROUTES, true);
    return;
  }
  if (outer.device === device) {
    device.stats.collisions++;
    refuse(device, packet, Drop.TUNNEL_LOOP, true);
    return;
  }
  const port = remote.port || state.port;
  const vni = remote.vni || state.vni;
  if (outer.isLocal && (outer.flags & (RouteFlag.BROADCAST | RouteFlag.MULTICAST)) === 0) {
    bypass(device, packet, remote.link, port, vni);
    return;
  }
  if (!fitsPath(device, packet)) return;
  encapsulate(device, packet, remote.address, tos, port, vni);
}

/** The question for the route of the outer packet, of a packet without a mark. */
export function askForVxlan(state: VxlanState, remote: VxlanRemote, tos: number, question: FlowKey): void {
  question.ask(remote.address, state.local);
  question.oif = remote.link || (state.boundTo?.index ?? 0);
  question.tos = tos & ROUTING_TOS;
  question.protocol = ip.IpProtocol.UDP;
}

function refuse(device: Device, packet: Packet, reason: number, isError: boolean): void {
  if (isError) device.stats.txErrors++;
  else device.stats.txDropped++;
  device.namespace.kernel.drop(device.namespace, packet, reason, device);
}

/**
 * A remote that is an address of ours: the frame goes straight to the other device (encap_bypass_if_local). No socket is
 * bound to a device that is no VRF: where one is named, none is found (vxlan_find_sock).
 */
function bypass(device: Device, packet: Packet, link: number, port: number, vni: number): void {
  const target = link === 0 ? vxlanDeviceFor(device.underlay, port, vni, device.vxlan!.boundTo) : null;
  if (target === null) refuse(device, packet, Drop.VXLAN_VNI_NOT_FOUND, true);
  else {
    if (target.vxlan!.learning) snoop(target, LOOPBACK, ethernet.source(packet.view, packet.head));
    handOver(device, target, packet);
  }
}

/** vxlan_encap_bypass. */
function handOver(device: Device, target: Device, packet: Packet): void {
  device.stats.txPackets++;
  device.stats.txBytes += packet.length;
  target.stats.rxPackets++;
  target.stats.rxBytes += packet.length;
  packet.flags |= PacketFlag.HANDED_OVER;
  enqueue(target.namespace.kernel, target, packet);
}

/**
 * skb_tunnel_check_pmtu: a frame that will not fit teaches the inner route; behind a bridge the sender is told by an
 * ICMP error that seems to come from the destination. False if the packet ended so.
 */
function fitsPath(device: Device, packet: Packet): boolean {
  const { namespace } = device;
  const mtu = pathMtu(outer) - VXLAN_OVERHEAD;
  const size = packet.tail - packet.network;
  if (size <= mtu) return true;
  if (payloadType(packet) === ethernet.EtherType.IPV4 && packet.nextHop !== null) {
    restoreRoute(namespace, device, packet, inner);
    narrowInnerPath(namespace, device, packet, inner, mtu);
  }
  if (device.port === null || !isInnerIpv4(packet) || !mayAnswerTooBig(packet, mtu)) return true;
  const answer = buildTooBig(device, packet, mtu);
  const { observer } = namespace.kernel;
  if (observer !== null) {
    observer.step?.(namespace, packet, { kind: 'tooBig', device, mtu });
    observer.step?.(namespace, packet, { kind: 'answered', made: answer });
  }
  // It is the packet itself, turned round: its route stays with it, and the flow by which it was to have its source port.
  answer.flowHash = knowFlow(packet);
  answer.flowHashHasPorts = packet.flowHashHasPorts;
  answer.route = packet.route;
  answer.nextHop = packet.nextHop;
  answer.flags = packet.flags;
  // A route with an exception names its destination as the gateway (rt_bind_exception).
  answer.hop = packet.nextHop !== null && inner.exception !== null ? packet.hop : ANY;
  namespace.kernel.drop(namespace, packet, Drop.PKT_TOO_BIG, device);
  handOver(device, device, answer);
  return false;
}

function dfFor(state: VxlanState, packet: Packet): number {
  if (state.df === Df.SET) return ip.DF;
  if (state.df !== Df.INHERIT) return 0;
  if (packet.protocol === ethernet.EtherType.IPV6) return ip.DF;
  return isInnerIpv4(packet) ? ip.fragment(packet.view, packet.network) & ip.DF : 0;
}

function ttlFor(state: VxlanState, packet: Packet, remote: Ipv4, underlay: Namespace): number {
  const asked = state.ttlInherit ? innerTtl(packet) : state.ttl;
  if (asked !== 0) return asked;
  return !state.ttlInherit && isMulticast(remote) ? 1 : defaultTtl(underlay, outer);
}

function encapsulate(
  device: Device,
  packet: Packet,
  remote: Ipv4,
  tos: number,
  port: number,
  vni: number,
): void {
  const { underlay } = device;
  const state = device.vxlan!;
  const df = isMtuLocked(outer) ? 0 : dfFor(state, packet);
  const ttl = ttlFor(state, packet, remote, underlay);
  const outerTos = encapsulateEcn(tos, innerTos(packet));
  const sourcePort = flowPort(underlay, state, packet);
  const length = packet.tail - packet.network;
  vxlan.write(packet.view, packet.push(vxlan.VXLAN_HEADER), vni);
  const udpAt = packet.push(udp.UDP_HEADER);
  const udpLength = packet.length;
  udp.write(packet.view, udpAt, sourcePort, port, udpLength);
  if (state.udpChecksum) fillUdpChecksum(packet, udpAt, udpLength, key.source, key.destination);
  const at = packet.push(ip.IPV4_HEADER);
  const { view } = packet;
  ip.write(view, at, packet.length, outerTos, df, ttl, ip.IpProtocol.UDP, key.source, key.destination);
  ip.setIdentification(view, at, nextIdentification(underlay));
  ip.fillChecksum(view, at);
  sendOuter(device, packet, outer, length);
}

/** The checksum of an outer UDP header at `at`, left to hardware. */
export function fillUdpChecksum(
  packet: Packet,
  at: number,
  length: number,
  source: number,
  destination: number,
): void {
  const pseudo = pseudoHeaderSum(source, destination, ip.IpProtocol.UDP, length);
  if (packet.checksumStart !== 0) udp.setUdpChecksum(packet.view, at, checksumAround(packet, at, pseudo));
  else deferChecksum(packet, at, udp.UDP_CHECKSUM_OFFSET, pseudo);
}

/** Learns that `mac` is behind `remote`; true if the frame must be dropped for it (vxlan_snoop). */
function snoop(device: Device, remote: Ipv4, mac: Mac): boolean {
  const state = device.vxlan!;
  device.namespace.pay();
  const { now } = device.namespace.kernel.clock;
  if (!isValidUnicast(mac)) return true;
  const entry = findEntry(state, mac, now);
  if (entry === null) {
    if (state.maxAddresses !== 0 && state.fdb.size >= state.maxAddresses) return false;
    const remotes = [{ address: remote, port: state.port, vni: state.vni, link: 0 }];
    const learnt = {
      mac,
      remotes,
      state: NudState.REACHABLE,
      flags: NeighbourFlag.SELF,
      used: now,
      updated: now,
    };
    state.fdb.set(mac, learnt);
    device.namespace.kernel.changes++;
    tellRemote(device, learnt, remotes[0], 'new');
    return false;
  }
  const first = entry.remotes[0];
  // An entry that names the device by which to send is never what was heard.
  if (first.address === remote && first.link === 0) return false;
  if ((entry.state & STATIC) !== 0) return true;
  first.address = remote;
  device.namespace.kernel.changes++;
  entry.updated = now;
  tellRemote(device, entry, first, 'new');
  return false;
}

/** A VXLAN packet for us, `packet.head` at the UDP header, which has been checked (vxlan_rcv). */
export function receiveVxlan(namespace: Namespace, input: Device, packet: Packet): void {
  const { kernel } = namespace;
  const { view, network, head } = packet;
  const at = head + udp.UDP_HEADER;
  const port = udp.destinationPort(view, head);
  if (
    packet.tail - at < vxlan.VXLAN_HEADER ||
    vxlan.flags(view, at) !== vxlan.VXLAN_FLAG_VNI ||
    vxlan.reserved(view, at) !== 0
  ) {
    kernel.drop(namespace, packet, Drop.VXLAN_INVALID_HDR, input);
    return;
  }
  const device = vxlanDeviceFor(namespace, port, vxlan.vni(view, at), input.l3mdev);
  if (device === null) {
    kernel.drop(namespace, packet, Drop.VXLAN_VNI_NOT_FOUND, input);
    return;
  }
  const outerTos = ip.tos(view, network);
  const sender = ip.source(view, network);
  if (kernel.observer !== null) kernel.observer.step?.(namespace, packet, { kind: 'decapsulated', device });
  packet.pull(udp.UDP_HEADER + vxlan.VXLAN_HEADER);
  if (packet.length < ethernet.ETHERNET_HEADER) {
    kernel.drop(namespace, packet, Drop.PKT_TOO_SMALL, input);
    return;
  }
  const source = ethernet.source(view, packet.head);
  if (source === device.address) {
    kernel.drop(namespace, packet, Drop.LOCAL_MAC, device);
    return;
  }
  if (device.vxlan!.learning && snoop(device, sender, source)) {
    kernel.drop(namespace, packet, Drop.VXLAN_ENTRY_EXISTS, device);
    return;
  }
  deliverInner(device, packet, outerTos);
}

/** pskb_inet_may_pull. */
function headerWanted(etherType: number): number {
  if (etherType === ethernet.EtherType.IPV4) return ip.IPV4_HEADER;
  return etherType === ethernet.EtherType.IPV6 ? IPV6_HEADER : 0;
}

/** What follows once the VXLAN header is off: the head is the inner frame. */
export function deliverInner(device: Device, packet: Packet, outerTos: number): void {
  const { namespace } = device;
  const inside = packet.head + ethernet.ETHERNET_HEADER;
  packet.network = inside;
  packet.protocol = ethernet.etherType(packet.view, packet.head);
  if (packet.tail - inside < headerWanted(packet.protocol)) {
    device.stats.rxErrors++;
    namespace.kernel.drop(namespace, packet, Drop.PKT_TOO_SMALL, device);
    return;
  }
  // Behind a tag the kernel looks for the EtherType in the wrong place, and leaves the packet as it is (skb_protocol).
  if (!decapsulateInner(packet.view, inside, packet.protocol, outerTos)) {
    device.stats.rxFrameErrors++;
    device.stats.rxErrors++;
    namespace.kernel.drop(namespace, packet, Drop.IP_TUNNEL_ECN, device);
    return;
  }
  enterDevice(device, packet);
}
