// What tunnels do to the packets of a flow, learnt: the outer route of those that enter one, the device that takes
// those that leave one (ip_tunnel_xmit, vxlan_xmit_one, ip_tunnel_lookup, vxlan_vs_find_vni).
import { ANY, ipv4 } from '../addr/ipv4.ts';
import { isValidUnicast, MAC_ZERO, type Mac } from '../addr/mac.ts';
import { FlowKey } from '../fib/flow.ts';
import { RouteType } from '../fib/route.ts';
import { NUD_CONNECTED } from '../neigh/neighbour.ts';
import type { Device, VxlanState } from '../netns/device.ts';
import { type Flow, FlowAction, type Wrapping } from '../netns/flow.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import * as ethernet from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import * as udp from '../wire/udp.ts';
import * as vxlan from '../wire/vxlan.ts';
import { encapsulateEcn } from './ecn.ts';
import { knownNeighbour, learnEgress, maySend, setWords } from './flow-egress.ts';
import { isMtuLocked, pathMtu, quietUntil, RouteFlag, RouteResult } from './route.ts';
import { routeOutput } from './route-output.ts';
import { defaultTtl } from './send.ts';
import { askForIpip, carriesIpv4, IPIP_OVERHEAD, restoreRoute } from './tunnel-ipip.ts';
import { ipipDeviceFor, isVxlanPort, vxlanDeviceFor } from './tunnel-lookup.ts';
import { askForVxlan, Df, VXLAN_OVERHEAD } from './tunnel-vxlan.ts';

const key = new FlowKey();
const outer = new RouteResult(true);
const inner = new RouteResult(true);

const LEAD = 0x4500;
const INHERIT = 1;
const GROUPS = RouteFlag.LOCAL + RouteFlag.BROADCAST + RouteFlag.MULTICAST;

/** The inner packet reaches the tunnel device by a neighbour that it knows. */
function learnEntrance(wrapping: Wrapping, { device, hop }: RouteResult): boolean {
  const neighbour = maySend(device) ? knownNeighbour(device, hop) : null;
  if (neighbour === null) return false;
  wrapping.device = device;
  wrapping.sent = device.stats;
  wrapping.neighbour = neighbour;
  wrapping.mac = neighbour.mac;
  return true;
}

/** The outer route of `key`, if it is the same for every packet, and how its packets leave. */
function learnOuter(flow: Flow, device: Device): boolean {
  const { wrapping } = flow;
  const { underlay } = device;
  wrapping.fib = underlay.fib;
  wrapping.counters = underlay.counters;
  wrapping.fibGeneration = underlay.fib.generation;
  if (routeOutput(underlay, key, outer) !== 0 || outer.device === device || !isSteady(underlay)) return false;
  wrapping.source = key.source;
  wrapping.destination = key.destination;
  const egress = learnEgress(outer.device, outer.hop);
  if (egress === null) return false;
  flow.egress = egress;
  return true;
}

/** The addresses are those of `learnOuter`. */
function setLead(wrapping: Wrapping, lead: number): void {
  const { source, destination } = wrapping;
  wrapping.lead = lead;
  wrapping.sum = lead + (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff);
}

function isSteady(underlay: Namespace): boolean {
  const { route, device, type, flags } = outer;
  if (outer.isUnbound || type !== RouteType.UNICAST || (flags & GROUPS) !== 0 || device.l3mdev !== null)
    return false;
  return route === null || (route.nextHops.length === 1 && !underlay.fib.choosesDefault(route));
}

/** `route` leads the packet, whose IPv4 header is at `at`, into an IPIP device. */
export function learnWrappingIpip(flow: Flow, route: RouteResult, packet: Packet, at: number): number {
  const { wrapping } = flow;
  const { device } = route;
  const tunnel = device.tunnel!;
  if (!learnEntrance(wrapping, route) || (wrapping.neighbour.state & NUD_CONNECTED) === 0)
    return FlowAction.ORDINARY;
  const remote = tunnel.remote !== ANY ? tunnel.remote : route.hop;
  if (remote === ANY || !carriesIpv4(tunnel.protocol)) return FlowAction.ORDINARY;
  const innerTos = flow.lead & 0xff;
  const tos = (tunnel.tos & INHERIT) !== 0 ? innerTos : tunnel.tos;
  askForIpip(tunnel, remote, tos, key);
  if (!learnOuter(flow, device)) return FlowAction.ORDINARY;
  setLead(wrapping, LEAD | encapsulateEcn(tos, innerTos));
  wrapping.ttl = tunnel.ttl;
  findInner(device, route, packet, at);
  learnPathIpip(flow, device);
  return FlowAction.FORWARD_IPIP;
}

/** The inner route as the device will see it: restored from what output leaves on the packet. */
function findInner(device: Device, route: RouteResult, packet: Packet, at: number): void {
  const { network } = packet;
  packet.network = at;
  packet.route = route.route;
  packet.nextHop = route.nextHop;
  restoreRoute(device.namespace, device, packet, inner);
  packet.network = network;
  packet.route = null;
  packet.nextHop = null;
}

/** tnl_update_pmtu, for packets without and with DF. */
function learnPathIpip(flow: Flow, device: Device): void {
  const { wrapping, egress } = flow;
  const { pmtudisc, ignoreDf } = device.tunnel!;
  const whole = pathMtu(outer);
  const always = pmtudisc ? ip.DF : 0;
  const asked = ignoreDf ? 0 : ip.DF;
  const known = always === 0 ? pathMtu(inner) : whole - IPIP_OVERHEAD;
  const knownWithDf = (always | asked) === 0 ? pathMtu(inner) : whole - IPIP_OVERHEAD;
  wrapping.quietUntil = quietUntil(device.namespace, inner, known);
  wrapping.quietUntilWithDf = quietUntil(device.namespace, inner, knownWithDf);
  wrapping.df = isMtuLocked(outer) ? 0 : always;
  wrapping.dfMask = isMtuLocked(outer) ? 0 : asked;
  wrapping.room = Math.min(whole, egress.room - ethernet.ETHERNET_HEADER) - IPIP_OVERHEAD;
  wrapping.roomWithDf = Math.min(wrapping.room, knownWithDf);
}

/** `route` leads packets into a VXLAN device. */
export function learnWrappingVxlan(flow: Flow, route: RouteResult): number {
  const { wrapping } = flow;
  const { device } = route;
  const state = device.vxlan!;
  if (device.port !== null || state.ttlInherit || !learnEntrance(wrapping, route)) return FlowAction.ORDINARY;
  if (!learnRemote(flow, state, device)) return FlowAction.ORDINARY;
  const remote = wrapping.entry!.remotes[0];
  const innerTos = flow.lead & 0xff;
  const tos = state.tos === INHERIT ? innerTos : state.tos;
  askForVxlan(state, remote, tos, key);
  if (!learnOuter(flow, device)) return FlowAction.ORDINARY;
  const isLocked = isMtuLocked(outer);
  setLead(wrapping, LEAD | encapsulateEcn(tos, innerTos));
  wrapping.hash = 0;
  wrapping.pseudoSum = state.udpChecksum ? wrapping.sum - wrapping.lead + ip.IpProtocol.UDP : 0;
  wrapping.ttl = state.ttl || defaultTtl(device.underlay, outer);
  wrapping.df = state.df === Df.SET && !isLocked ? ip.DF : 0;
  wrapping.dfMask = state.df === Df.INHERIT && !isLocked ? ip.DF : 0;
  wrapping.port = remote.port || state.port;
  wrapping.vni = remote.vni || state.vni;
  wrapping.room = Math.min(pathMtu(outer), flow.egress.room - ethernet.ETHERNET_HEADER) - VXLAN_OVERHEAD;
  setWords(wrapping, wrapping.mac, device.address);
  return FlowAction.FORWARD_VXLAN;
}

/** The one remote of the neighbour's address, or of the default entry, until the table is next cleaned. */
function learnRemote(flow: Flow, state: VxlanState, device: Device): boolean {
  const { wrapping } = flow;
  if (state.cleanupAt <= device.namespace.kernel.clock.now) return false;
  const entry = state.fdb.get(wrapping.mac) ?? state.fdb.get(MAC_ZERO);
  if (entry === undefined || entry.remotes.length !== 1 || entry.remotes[0].address === ANY) return false;
  wrapping.entry = entry;
  wrapping.cleanupAt = state.cleanupAt;
  flow.until = Math.min(flow.until, state.cleanupAt);
  return true;
}

/** For this host: by which device packets like this one are unwrapped, if by any. */
export function learnUnwrapping(flow: Flow, device: Device, packet: Packet, at: number): number {
  const { view } = packet;
  const { namespace } = device;
  if (ip.isFragment(view, at)) return FlowAction.LOCAL;
  const protocol = ip.protocol(view, at);
  if (protocol === ip.IpProtocol.UDP) return learnUnwrappingVxlan(flow, namespace, packet, at);
  if (protocol !== ip.IpProtocol.IPIP || !namespace.kernel.modules.has('ipip')) return FlowAction.LOCAL;
  const tunnel = ipipDeviceFor(namespace, ipv4(flow.source), ipv4(flow.destination), device.index);
  if (tunnel === null || !carriesIpv4(tunnel.tunnel!.protocol)) return FlowAction.LOCAL;
  flow.tunnel = tunnel;
  return FlowAction.LOCAL_IPIP;
}

function learnUnwrappingVxlan(flow: Flow, namespace: Namespace, packet: Packet, at: number): number {
  const { view, tail } = packet;
  const start = at + ip.IPV4_HEADER;
  const inside = start + udp.UDP_HEADER + vxlan.VXLAN_HEADER;
  if (tail - inside < ethernet.ETHERNET_HEADER) return FlowAction.LOCAL;
  const port = udp.destinationPort(view, start);
  const vni = vxlan.vni(view, start + udp.UDP_HEADER);
  const tunnel = isVxlanPort(namespace, port, null) ? vxlanDeviceFor(namespace, port, vni, null) : null;
  if (tunnel === null || !learnSender(flow, tunnel, packet, inside)) return FlowAction.LOCAL;
  flow.tunnel = tunnel;
  flow.port = port;
  flow.vni = vni;
  return FlowAction.LOCAL_VXLAN;
}

/** False if the device would learn from the inner sender, or refuse it (vxlan_snoop). */
function learnSender(flow: Flow, tunnel: Device, { view }: Packet, inside: number): boolean {
  const state = tunnel.vxlan!;
  flow.innerEntry = null;
  setInnerMac(flow, tunnel.address);
  if (!state.learning) return true;
  const sender = ethernet.source(view, inside);
  const entry = state.fdb.get(sender);
  if (entry === undefined || state.cleanupAt <= tunnel.namespace.kernel.clock.now) return false;
  const [first] = entry.remotes;
  if (!isValidUnicast(sender) || sender === tunnel.address) return false;
  if (first.address !== flow.source || first.link !== 0) return false;
  setInnerMac(flow, sender);
  flow.innerEntry = entry;
  flow.cleanupAt = state.cleanupAt;
  flow.until = Math.min(flow.until, state.cleanupAt);
  return true;
}

function setInnerMac(flow: Flow, mac: Mac): void {
  flow.innerHigh = Math.floor(mac / 0x100000000);
  flow.innerLow = mac | 0;
}
