// How the way of a kind of packets is learnt: the stack is asked as it is for a packet (src/ip/route-input.ts, the
// neighbour table, a bridge), and what it answers is written down, as long as all of it is plain. The packet that asks
// is only looked at.
import { isLoopback } from '../addr/ipv4.ts';
import { isGroup, isValidUnicast, type Mac } from '../addr/mac.ts';
import { type Route, RouteType } from '../fib/route.ts';
import { PortState, previewEntry } from '../link/bridge-forward.ts';
import { type BridgeFdbEntry, type BridgeState, type Device, DeviceFlag, Kind } from '../netns/device.ts';
import { type Flow, FlowAction } from '../netns/flow.ts';
import type { Kernel } from '../netns/kernel.ts';
import type { Packet } from '../packet/packet.ts';
import * as ethernet from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import { isUnwatched, learnEgress, learnPassage, previewTarget, targets } from './flow-egress.ts';
import { learnUnwrapping, learnWrappingIpip, learnWrappingVxlan } from './flow-learn-tunnel.ts';
import { mtuFor, RouteResult } from './route.ts';
import { InputKey, ROUTED, routeInput } from './route-input.ts';

const key = new InputKey();
const route = new RouteResult(true);

/**
 * How long what is not plain is not asked about again, in microseconds: a neighbour may be known by then. Each time it is
 * still not plain twice as long, up to a limit.
 */
const PATIENCE = 1000;
const PATIENCE_LIMIT = 128_000;

/** Learns what becomes of packets like this one. */
export function learnFlow(kernel: Kernel, flow: Flow, packet: Packet): void {
  const { device } = flow;
  const { pathsUntil } = kernel;
  flow.stamp = kernel.stamp;
  flow.fibGeneration = flow.fib.generation;
  flow.next = null;
  flow.until = Number.POSITIVE_INFINITY;
  kernel.pathsUntil = Number.POSITIVE_INFINITY;
  flow.action = device.port === null ? learnRouted(flow, packet) : learnBridged(flow, packet);
  flow.until = Math.min(flow.until, kernel.pathsUntil);
  kernel.pathsUntil = Math.min(pathsUntil, kernel.pathsUntil);
  flow.isEndless = flow.until === Number.POSITIVE_INFINITY;
  if (flow.until <= kernel.clock.now) flow.action = FlowAction.ORDINARY;
  if (flow.action === FlowAction.ORDINARY) wait(flow, kernel.clock.now);
  else flow.patience = 0;
}

function wait(flow: Flow, now: number): void {
  flow.patience = flow.patience === 0 ? PATIENCE : Math.min(flow.patience * 2, PATIENCE_LIMIT);
  flow.until = now + flow.patience;
  flow.isEndless = false;
}

/** A FlowAction for packets like this one, received by the flow's device: FORWARD…, LOCAL… or ORDINARY. */
function learnRouted(flow: Flow, packet: Packet): number {
  const { device } = flow;
  const { namespace } = device;
  const { view, head } = packet;
  const at = head + device.headerLength;
  if (!isUnwatched(device) || device.l3mdev !== null || namespace.kernel.observer !== null)
    return FlowAction.ORDINARY;
  if (device.headerLength !== 0 && ethernet.destination(view, head) !== device.address)
    return FlowAction.ORDINARY;
  const { fib } = namespace;
  ask(view, at);
  if (fib.rulesNeedPorts || fib.hasRealms || isLoopback(key.source) || isLoopback(key.destination))
    return FlowAction.ORDINARY;
  if (routeInput(namespace, device, key, route) !== ROUTED || !hasOneWay(route.route))
    return FlowAction.ORDINARY;
  if (route.redirect || route.isUnbound) return FlowAction.ORDINARY;
  if (route.type === RouteType.LOCAL) {
    flow.routeFlags = route.flags;
    return learnUnwrapping(flow, device, packet, at);
  }
  return route.type === RouteType.UNICAST ? learnForwarding(flow, packet, at) : FlowAction.ORDINARY;
}

function ask(view: DataView, at: number): void {
  key.destination = ip.destination(view, at);
  key.source = ip.source(view, at);
  key.tos = ip.tos(view, at);
  key.mark = 0;
  key.protocol = ip.protocol(view, at);
  key.ports = 0;
  key.arp = false;
}

/** Among several next hops the choice may follow what is known of neighbours. */
const hasOneWay = (found: Route | null): boolean => found !== null && found.nextHops.length === 1;

function learnForwarding(flow: Flow, packet: Packet, at: number): number {
  const { device } = route;
  const { namespace } = device;
  flow.room = mtuFor(namespace, route, true);
  if (device.kind === Kind.IPIP) return learnWrappingIpip(flow, route, packet, at);
  if (device.kind === Kind.VXLAN) return learnWrappingVxlan(flow, route);
  const egress = learnEgress(device, route.hop);
  if (egress === null) return FlowAction.ORDINARY;
  flow.egress = egress;
  flow.room = Math.min(flow.room, flow.egress.room - ethernet.ETHERNET_HEADER);
  return FlowAction.FORWARD;
}

/** The same for a frame that a port of a bridge received: BRIDGE, BRIDGE_UP or ORDINARY. */
function learnBridged(flow: Flow, packet: Packet): number {
  const { device: port } = flow;
  const { view, head } = packet;
  const { bridge: device, state } = port.port!;
  const bridge = device.bridge!;
  const destination = ethernet.destination(view, head);
  if (!isUnwatched(port) || port.namespace.kernel.observer !== null || bridge.filter !== null)
    return FlowAction.ORDINARY;
  if (bridge.vlanFiltering || port.vlanDevices !== null) return FlowAction.ORDINARY;
  if (state !== PortState.FORWARDING || (device.flags & DeviceFlag.PROMISC) !== 0 || isGroup(destination))
    return FlowAction.ORDINARY;
  if (!learnSender(flow, bridge, port, ethernet.source(view, head))) return FlowAction.ORDINARY;
  flow.to = previewTarget(bridge, port, destination, port.namespace.kernel.clock.now);
  if (flow.to === null) return FlowAction.ORDINARY;
  if (targets.count === 1) return learnBridging(flow, flow.to);
  const isUp = targets.local && targets.count === 0;
  return isUp && isUnwatched(device) && destination === device.address
    ? FlowAction.BRIDGE_UP
    : FlowAction.ORDINARY;
}

/** The entry that each frame of the sender keeps young; false if the next one would change it. */
function learnSender(flow: Flow, bridge: BridgeState, port: Device, sender: Mac): boolean {
  flow.from = null;
  if (!isValidUnicast(sender)) return false;
  if (!port.port!.learning || bridge.ageingTime === 0) return true;
  const entry = previewEntry(bridge, sender, port.namespace.kernel.clock.now);
  if (entry === null) return false;
  if (entry.local) return true;
  flow.from = entry;
  return entry.port === port;
}

function learnBridging(flow: Flow, { port: out }: BridgeFdbEntry): number {
  const egress = out === null ? null : learnPassage(out);
  if (egress === null) return FlowAction.ORDINARY;
  flow.egress = egress;
  flow.room = egress.room;
  return FlowAction.BRIDGE;
}
