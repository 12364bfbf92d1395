// A machine's IPv4 stack put together: namespaces are made here, and the queues of packets run here.

import { isGroup, MAC_BROADCAST } from '../addr/mac.ts';
import { Drop, type DropReason } from '../drop/reasons.ts';
import { Fib } from '../fib/fib.ts';
import { initNamespaceDevices } from '../link/module.ts';
import { registerDevice } from '../link/registry.ts';
import { actOnIngress } from '../link/traffic-control.ts';
import { bridgeReceive, transmit } from '../link/transmit.ts';
import type { Neighbour } from '../neigh/neighbour.ts';
import { type NeighbourActions, NeighbourTable } from '../neigh/table.ts';
import { copyIpv4Conf, Ipv4Conf, NeighConf } from '../netns/conf.ts';
import { Device, DeviceFlag, Kind } from '../netns/device.ts';
import { Kernel } from '../netns/kernel.ts';
import { Namespace } from '../netns/namespace.ts';
import { type Packet, PacketType } from '../packet/packet.ts';
import type { WorkQueue } from '../packet/queue.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import * as ethernet from '../wire/ethernet.ts';
import { ETHERTYPE_MIN, EtherType } from '../wire/ethernet.ts';
import { announce, receiveArp, solicit } from './arp.ts';
import { ipv4Listeners } from './device-events.ts';
import { NamespaceFibHost } from './fib-host.ts';
import { Followed, followFlow } from './flow-run.ts';
import { groupListener } from './igmp.ts';
import { receiveIpv4 } from './input.ts';
import { reportLinkFailure } from './link-failure.ts';
import { sendTo } from './output.ts';
import { transmitIpip } from './tunnel-ipip.ts';
import { transmitVxlan } from './tunnel-vxlan.ts';
import { transmitVrf } from './vrf-transmit.ts';

const LOOPBACK_INDEX = 1;
const VLAN_ID_MASK = 0xfff;
const VLAN_HEADER = 4;
/** A tag has to be followed by two bytes at least (skb_vlan_untag), or nobody sees the frame. */
const TAGGED_MIN = ethernet.ETHERNET_HEADER + VLAN_HEADER + 2;
/** Work at one instant after which the lab is taken to be in a loop. */
const INSTANT_LIMIT = 2_000_000;
/** The virtual time that a frame takes to be received, in microseconds. */
const FRAME_TIME = 1;

/** A machine with its initial namespace. */
export function createKernel(clock: Clock, random: Random): Kernel {
  const kernel = new Kernel(clock, random);
  kernel.deviceListeners.push(groupListener, ...ipv4Listeners(announce));
  kernel.initial = createNamespace(kernel, '');
  return kernel;
}

/** A namespace with its loopback device, down, and what the loaded modules put into every namespace. */
export function createNamespace(kernel: Kernel, name: string): Namespace {
  const first: Namespace | undefined = kernel.initial;
  const all = first === undefined ? new Ipv4Conf() : copyIpv4Conf(first.confAll);
  if (first === undefined) all.accept_source_route = 0;
  const namespace = new Namespace(
    kernel,
    name,
    all,
    first === undefined ? new Ipv4Conf() : copyIpv4Conf(first.confDefault),
    // One for the whole machine: the kernel's neighbour tables know no namespaces (arp_tbl.parms).
    first === undefined ? new NeighConf() : first.neighDefault,
  );
  namespace.fib = new Fib(new NamespaceFibHost(namespace));
  namespace.neighbours = new NeighbourTable(kernel.clock, kernel.random, new NamespaceNeighbours(namespace));
  kernel.namespaces.add(namespace);
  registerDevice(new Device(namespace, Kind.LOOPBACK, LOOPBACK_INDEX, 'lo', namespace.confDefault));
  initNamespaceDevices(namespace);
  return namespace;
}

/** How a namespace's neighbour table asks, sends and gives up. */
class NamespaceNeighbours implements NeighbourActions {
  private readonly namespace: Namespace;

  constructor(namespace: Namespace) {
    this.namespace = namespace;
  }

  solicit(neighbour: Neighbour, packet: Packet | null, unicast: boolean): void {
    solicit(this.namespace, neighbour, packet, unicast);
  }

  send(neighbour: Neighbour, packet: Packet): void {
    const { namespace } = this;
    const { observer } = namespace.kernel;
    if (observer !== null) observer.step?.(namespace, packet, { kind: 'neighbour', neighbour });
    if (namespace.neighbours.mayOutput(neighbour, packet))
      sendTo(neighbour.device as Device, packet, neighbour.mac);
  }

  fail(neighbour: Neighbour, packet: Packet): void {
    reportLinkFailure(this.namespace, neighbour.device as Device, packet);
    this.drop(neighbour, packet, Drop.NEIGH_FAILED);
  }

  drop(neighbour: Neighbour, packet: Packet, reason: DropReason): void {
    const { namespace } = this;
    namespace.kernel.drop(namespace, packet, reason, neighbour.device as Device);
  }
}

/** Sees a frame before the device that it arrived at; true if it took (and freed) it. */
export type Intercept = (device: Device, packet: Packet) => boolean;

/** Frames of the backlog in one go, before those that wait elsewhere have their turn (dev_weight). */
const WEIGHT = 64;

/**
 * Runs everything that is queued at this instant. What a tunnel was given is encapsulated before the next frame is
 * looked at, as the kernel does it within one call; what came out of one is looked at when the backlog is empty, or
 * after WEIGHT frames of it (net_rx_action). Ends after INSTANT_LIMIT pieces of work: what is left is
 * dropped by name, so that a loop of cables cannot hang the lab.
 */
export function runQueues(kernel: Kernel, intercept: Intercept | null = null): void {
  if (kernel.running) return;
  kernel.running = true;
  try {
    runAll(kernel, intercept);
  } finally {
    kernel.running = false;
  }
}

function runAll(kernel: Kernel, intercept: Intercept | null): void {
  const { backlog, cells } = kernel;
  runDeferred(kernel);
  for (let work = 0; backlog.length + cells.length > 0; ) {
    if (work >= INSTANT_LIMIT) {
      abandon(kernel, backlog);
      abandon(kernel, cells);
      return;
    }
    for (let left = WEIGHT; left > 0 && backlog.length > 0; left--, work++)
      receiveFrom(kernel, backlog, intercept);
    for (let left = cells.length; left > 0; left--, work++) receiveFrom(kernel, cells, intercept);
  }
}

function receiveFrom(kernel: Kernel, queue: WorkQueue<Device>, intercept: Intercept | null): void {
  kernel.clock.now += FRAME_TIME;
  const device = queue.peekTarget();
  const packet = queue.shift();
  if (intercept === null || !intercept(device, packet)) arrive(kernel, device, packet);
  if (kernel.deferred.length > 0) runDeferred(kernel);
}

/** On the way that is known for its kind, or else step by step. */
function arrive(kernel: Kernel, device: Device, packet: Packet): void {
  const followed = followFlow(kernel, device, packet);
  if (followed === Followed.DONE) return;
  if (followed === Followed.NOT) receive(kernel, device, packet);
  else {
    const { bridge } = device.port!;
    if (followFlow(kernel, bridge, packet) === Followed.NOT) receiveFrame(kernel, bridge, packet);
  }
}

function abandon(kernel: Kernel, queue: WorkQueue<Device>): void {
  while (queue.length > 0) {
    const device = queue.peekTarget();
    kernel.drop(device.namespace, queue.shift(), Drop.LOOP_LIMIT, device);
  }
}

function runDeferred(kernel: Kernel): void {
  const { deferred } = kernel;
  while (deferred.length > 0) {
    const device = deferred.peekTarget();
    const packet = deferred.shift();
    if (device.kind === Kind.IPIP) transmitIpip(device, packet);
    else if (device.kind === Kind.VRF) transmitVrf(device, packet);
    else transmitVxlan(device, packet);
  }
}

/** One frame or packet from the backlog (__netif_receive_skb_core). */
function receive(kernel: Kernel, device: Device, packet: Packet): void {
  if (device.gone || (device.flags & DeviceFlag.UP) === 0) {
    device.stats.rxDropped++;
    kernel.drop(device.namespace, packet, Drop.DEV_READY, device);
    return;
  }
  if (packet.type === PacketType.LOOPBACK) {
    receiveIpv4(device.namespace, device, packet);
    return;
  }
  if (device.headerLength === 0) {
    tap(device, packet);
    receiveIpv4(device.namespace, device, packet);
    return;
  }
  if (packet.length < TAGGED_MIN && isTagged(packet)) {
    kernel.drop(device.namespace, packet, Drop.NOT_SPECIFIED, device);
    return;
  }
  classify(device, packet);
  tap(device, packet);
  const receiver = device.traffic === null ? device : actOnIngress(device, packet, transmit);
  if (receiver === device) goOn(kernel, device, packet);
  else if (receiver !== null) receive(kernel, receiver, packet);
}

/** What follows the filters at ingress. */
function goOn(kernel: Kernel, device: Device, packet: Packet): void {
  if (device.port === null) receiveFrame(kernel, device, packet);
  else {
    const { filter } = device.port.bridge.bridge!;
    if (filter === null) receiveAtPort(device, packet);
    else filter.enter(device, packet, receiveAtPort);
  }
}

function tap(device: Device, packet: Packet): void {
  if (device.taps !== null) for (const listener of device.taps) listener.frame(device, packet, false);
}

/** A bridge may forward the frame, take it for itself, or leave it to the port. */
function receiveAtPort(port: Device, packet: Packet): void {
  const { kernel } = port.namespace;
  const receiver = bridgeReceive(kernel, port, packet);
  if (receiver === null) return;
  if (receiver !== port) tap(receiver, packet);
  receiveFrame(kernel, receiver, packet);
}

/** eth_type_trans: whom the frame is for. */
function classify(device: Device, packet: Packet): void {
  const destination = ethernet.destination(packet.view, packet.head);
  if (destination === device.address) packet.type = PacketType.HOST;
  else if (destination === MAC_BROADCAST) packet.type = PacketType.BROADCAST;
  else packet.type = isGroup(destination) ? PacketType.MULTICAST : PacketType.OTHERHOST;
}

/** Strips the Ethernet header and hands the packet to its protocol. */
function receiveFrame(kernel: Kernel, device: Device, packet: Packet): void {
  const { namespace } = device;
  let type = ethernet.etherType(packet.view, packet.head);
  packet.pull(ethernet.ETHERNET_HEADER);
  if (isVlan(type)) type = untag(packet, type);
  packet.network = packet.head;
  packet.protocol = type;
  if (type === EtherType.IPV4) receiveIpv4(namespace, device, packet);
  else if (type === EtherType.ARP) receiveArp(namespace, device, packet);
  else refuseFrame(kernel, device, packet, type);
}

const isVlan = (etherType: number): boolean => etherType === EtherType.VLAN || etherType === EtherType.QINQ;

const isTagged = ({ view, head }: Packet): boolean => isVlan(ethernet.etherType(view, head));

/**
 * There are no VLAN devices, so a frame of a VLAN is for nobody; VLAN 0 only carries a priority, and what is behind it
 * may be one more tag. Returns the type of what is behind the tags, 0 if that is cut off.
 */
function untag(packet: Packet, outermost: number): number {
  const { view } = packet;
  for (let type = outermost; ; ) {
    if (!isVlan(type)) return type;
    if (packet.length < VLAN_HEADER + 2) return 0;
    const { head } = packet;
    type = view.getUint16(head + 2);
    packet.pull(VLAN_HEADER);
    if ((view.getUint16(head) & VLAN_ID_MASK) === 0) continue;
    packet.type = PacketType.OTHERHOST;
    return type;
  }
}

function refuseFrame(kernel: Kernel, device: Device, packet: Packet, type: number): void {
  const isIpv6 = type === EtherType.IPV6;
  if (!isIpv6 && type >= ETHERTYPE_MIN) device.stats.rxDropped++;
  const reason =
    packet.type === PacketType.OTHERHOST ? Drop.OTHERHOST : isIpv6 ? Drop.IPV6DISABLED : Drop.UNHANDLED_PROTO;
  kernel.drop(device.namespace, packet, reason, device);
}
