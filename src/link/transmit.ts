// Handing a frame to a device (dev_queue_xmit): every kind in one switch. A cable puts it in the other end's
// backlog, a bridge into its ports, a tunnel into the queue of packets that wait to be encapsulated.
import { isGroup, MAC_BROADCAST } from '../addr/mac.ts';
import { Drop } from '../drop/reasons.ts';
import { type Device, DeviceFlag, Kind } from '../netns/device.ts';
import type { Kernel } from '../netns/kernel.ts';
import { type Packet, PacketType } from '../packet/packet.ts';
import * as ethernet from '../wire/ethernet.ts';
import { answerArp } from './bridge-arp.ts';
import { chooseTargets, isLinkLocalGroup, learn, PortState, Targets } from './bridge-forward.ts';
import { failsSnooping, failsSnoopingAtPort } from './bridge-snoop.ts';
import { Admission, admit, dress, mayCarry, onlyLearns, placeOf } from './bridge-vlan.ts';
import { actOnEgress } from './traffic-control.ts';
import { addTag } from './vlan-tag.ts';

/** Tunnels within tunnels (XMIT_RECURSION_LIMIT). */
const RECURSION_LIMIT = 8;
/** A frame may be this much longer than the MTU and the link header: a VLAN tag (is_skb_forwardable). */
const VLAN_ROOM = 4;

const targets = new Targets();
const admission = new Admission();

/** Sends the packet, whose head is the link header, out of `device`. It is the device's from here on. */
export function transmit(device: Device, packet: Packet): void {
  const { kernel } = device.namespace;
  if ((device.flags & DeviceFlag.UP) === 0) {
    kernel.drop(device.namespace, packet, Drop.DEV_READY, device);
    return;
  }
  if (!device.transmitActive) {
    // Without carrier the device's queue is the one that swallows everything, unseen and uncounted (noop_enqueue).
    kernel.drop(device.namespace, packet, Drop.NO_CARRIER, device);
    return;
  }
  if (device.traffic !== null && actOnEgress(device, packet, WAYS)) return;
  if (device.taps !== null) for (const tap of device.taps) tap.frame(device, packet, true);
  switch (device.kind) {
    case Kind.VETH:
      transmitVeth(kernel, device, packet);
      return;
    case Kind.BRIDGE:
      transmitBridge(kernel, device, packet);
      return;
    case Kind.IPIP:
    case Kind.VXLAN:
    case Kind.VRF:
      transmitTunnel(kernel, device, packet);
      return;
    case Kind.VLAN:
      transmitVlan(device, packet);
      return;
    case Kind.LOOPBACK:
      transmitLoopback(kernel, device, packet);
      return;
    default:
      count(device, packet);
      kernel.drop(device.namespace, packet, Drop.DUMMY, device);
  }
}

/** Where a filter may send a frame instead. */
const WAYS = {
  send: transmit,
  receive: (device: Device, packet: Packet): void => {
    enqueue(device.namespace.kernel, device, packet);
  },
};

function count(device: Device, packet: Packet): void {
  device.stats.txPackets++;
  device.stats.txBytes += packet.length;
}

/** veth_xmit: the other end must be up and take a frame of this size. */
function transmitVeth(kernel: Kernel, device: Device, packet: Packet): void {
  const { peer } = device;
  const length = packet.length;
  if (peer === null || length < ethernet.ETHERNET_HEADER) {
    device.stats.txDropped++;
    kernel.drop(device.namespace, packet, peer === null ? Drop.NO_CARRIER : Drop.PKT_TOO_SMALL, device);
    return;
  }
  if (!takes(peer, length)) {
    device.stats.txDropped++;
    peer.stats.rxDropped++;
    kernel.drop(device.namespace, packet, peer.up ? Drop.PKT_TOO_BIG : Drop.NO_CARRIER, device);
    return;
  }
  scrub(packet, peer.namespace !== device.namespace);
  if (!enqueue(kernel, peer, packet)) {
    device.stats.txDropped++;
    return;
  }
  device.stats.txPackets++;
  device.stats.txBytes += length;
  peer.stats.rxPackets++;
  peer.stats.rxBytes += length;
}

/** is_skb_forwardable. */
const takes = (device: Device, length: number): boolean => device.up && length <= roomOf(device);

/** The longest frame that a device takes. */
export const roomOf = (device: Device): number => device.mtu + device.headerLength + VLAN_ROOM;

/** skb_scrub_packet: what one stack knew of a packet is not for the next. */
export function scrub(packet: Packet, toAnotherNamespace: boolean): void {
  packet.inputIndex = 0;
  packet.depth = 0;
  packet.ignoreDf = false;
  packet.fragMaxSize = 0;
  packet.flags = 0;
  packet.route = null;
  packet.nextHop = null;
  if (toAnotherNamespace) packet.mark = 0;
}

/** netif_rx: into the backlog, or dropped where it is full. */
export function enqueue(kernel: Kernel, device: Device, packet: Packet): boolean {
  packet.link = packet.head;
  if (kernel.backlog.push(device, packet)) return true;
  device.stats.rxDropped++;
  kernel.drop(device.namespace, packet, Drop.CPU_BACKLOG, device);
  return false;
}

/** gro_cells_receive: what a tunnel unwrapped waits until the backlog is empty, unless others hold it too. */
export function enqueueCell(kernel: Kernel, device: Device, packet: Packet): void {
  if (packet.isCloned) {
    enqueue(kernel, device, packet);
    return;
  }
  packet.link = packet.head;
  if (kernel.cells.push(device, packet)) return;
  device.stats.rxDropped++;
  kernel.drop(device.namespace, packet, Drop.CPU_BACKLOG, device);
}

/** vlan_dev_hard_start_xmit. */
function transmitVlan(device: Device, packet: Packet): void {
  const { real, protocol, id } = device.vlan!;
  count(device, packet);
  addTag(packet, protocol, id);
  transmit(real, packet);
}

/** loopback_xmit: counted both ways, without the link header, when the backlog took it. */
function transmitLoopback(kernel: Kernel, device: Device, packet: Packet): void {
  const length = packet.length - ethernet.ETHERNET_HEADER;
  if (!enqueue(kernel, device, packet)) return;
  device.stats.txPackets++;
  device.stats.txBytes += length;
  device.stats.rxPackets++;
  device.stats.rxBytes += length;
}

function transmitTunnel(kernel: Kernel, device: Device, packet: Packet): void {
  if (++packet.depth > RECURSION_LIMIT) {
    kernel.drop(device.namespace, packet, Drop.RECURSION_LIMIT, device);
    return;
  }
  if (!kernel.deferred.push(device, packet)) kernel.drop(device.namespace, packet, Drop.LOOP_LIMIT, device);
}

const isArp = ({ view, head }: Packet): boolean => ethernet.etherType(view, head) === ethernet.EtherType.ARP;

/** br_dev_xmit: the bridge device itself sends. */
function transmitBridge(kernel: Kernel, device: Device, packet: Packet): void {
  count(device, packet);
  if (packet.length < ethernet.ETHERNET_HEADER) {
    kernel.drop(device.namespace, packet, Drop.PKT_TOO_SMALL, device);
    return;
  }
  if (failsSnooping(device.bridge!, packet)) {
    kernel.drop(device.namespace, packet, Drop.IP_INHDR, device);
    return;
  }
  const { filter } = device.bridge!;
  if (filter === null) sendIntoBridge(device, packet);
  else filter.enter(device, packet, sendIntoBridge);
}

function sendIntoBridge(device: Device, packet: Packet): void {
  const { kernel } = device.namespace;
  const bridge = device.bridge!;
  if (!admit(bridge, bridge.vlans, packet, admission)) {
    kernel.drop(device.namespace, packet, Drop.BRIDGE_VLAN, device);
    return;
  }
  const destination = ethernet.destination(packet.view, packet.head);
  const { vlan } = admission;
  targets.vlan = vlan;
  targets.suppressed = isArp(packet) && answerArp(device, null, packet, vlan, transmit);
  chooseTargets(bridge, destination, null, kernel.clock.now, targets);
  if (kernel.observer !== null) tellTargets(kernel, device, null, packet);
  sendToTargets(kernel, device, packet, false);
}

function tellTargets(kernel: Kernel, bridge: Device, from: Device | null, packet: Packet): void {
  const ports = targets.ports.slice(0, targets.count);
  const { local, vlan } = targets;
  const event = { kind: 'bridge', bridge, from, ports, local, vlan } as const;
  kernel.observer!.step?.(bridge.namespace, packet, event);
}

/** Sends copies to all chosen ports; the packet itself to the last, unless it is kept for the bridge. */
function sendToTargets(kernel: Kernel, bridge: Device, packet: Packet, keep: boolean): void {
  const total = targets.count;
  for (let i = 0; i < total; i++) {
    const last = i === total - 1 && !keep;
    forwardTo(kernel, targets.ports[i], last ? packet : kernel.pool.clone(packet));
  }
  if (total === 0 && !keep) kernel.drop(bridge.namespace, packet, Drop.BRIDGE_NO_PORT, bridge);
}

/** br_dev_queue_push_xmit: a frame that the port cannot carry is dropped without a word. */
function forwardTo(kernel: Kernel, port: Device, packet: Packet): void {
  if (takes(port, packet.length)) {
    dress(port.port!.vlans, admission, packet);
    transmit(port, packet);
  } else kernel.drop(port.namespace, packet, port.up ? Drop.PKT_TOO_BIG : Drop.DEV_READY, port);
}

/**
 * A frame that a bridge port received, its head at the Ethernet header (br_handle_frame). True if the caller is to
 * go on with it as received by the bridge device (or, for link-local groups, by the port itself: see `passUp`).
 */
export function bridgeReceive(kernel: Kernel, port: Device, packet: Packet): Device | null {
  const state = port.port!;
  const { bridge: device } = state;
  const bridge = device.bridge!;
  const destination = ethernet.destination(packet.view, packet.head);
  const source = ethernet.source(packet.view, packet.head);
  const now = kernel.clock.now;
  if (source === 0 || isGroup(source)) return refuse(kernel, port, packet, Drop.MAC_INVALID_SOURCE);
  if (isLinkLocalGroup(destination) && (destination % 16 !== 0 || bridge.stp)) {
    const learns = state.state === PortState.LEARNING || state.state === PortState.FORWARDING;
    const vlan = placeOf(bridge, state.vlans, packet);
    if (state.learning && learns && vlan >= 0) learn(bridge, port, vlan, source, now);
    return destination % 16 === 1 ? refuse(kernel, port, packet, Drop.BRIDGE_LINK_LOCAL) : port;
  }
  if (state.state !== PortState.FORWARDING && state.state !== PortState.LEARNING)
    return refuse(kernel, port, packet, Drop.BRIDGE_INGRESS_STP_STATE);
  if (!admit(bridge, state.vlans, packet, admission)) return refuse(kernel, port, packet, Drop.BRIDGE_VLAN);
  const { vlan } = admission;
  if (destination === device.address) packet.type = PacketType.HOST;
  if (state.learning) learn(bridge, port, vlan, source, now);
  if (state.state === PortState.LEARNING || onlyLearns(state.vlans, vlan))
    return refuse(kernel, port, packet, Drop.BRIDGE_INGRESS_STP_STATE);
  return dispatch(kernel, device, port, packet);
}

function dispatch(kernel: Kernel, device: Device, port: Device, packet: Packet): Device | null {
  if (failsSnoopingAtPort(device.bridge!, packet)) return refuse(kernel, port, packet, Drop.IP_INHDR);
  const destination = ethernet.destination(packet.view, packet.head);
  const { vlan } = admission;
  targets.vlan = vlan;
  targets.suppressed = isArp(packet) && answerArp(device, port, packet, vlan, transmit);
  chooseTargets(device.bridge!, destination, port, kernel.clock.now, targets);
  if (kernel.observer !== null) tellTargets(kernel, device, port, packet);
  const up = targets.local || (device.flags & DeviceFlag.PROMISC) !== 0;
  if (up && isGroup(destination) && destination !== MAC_BROADCAST) device.stats.multicast++;
  sendToTargets(kernel, port, packet, up);
  if (!up) return null;
  if (!device.up) return refuse(kernel, device, packet, Drop.DEV_READY);
  device.stats.rxPackets++;
  device.stats.rxBytes += packet.length - ethernet.ETHERNET_HEADER;
  const { vlans } = device.bridge!;
  if ((device.flags & DeviceFlag.PROMISC) === 0 && !mayCarry(vlans, vlan))
    return refuse(kernel, device, packet, Drop.BRIDGE_VLAN);
  dress(vlans, admission, packet);
  return device;
}

function refuse(kernel: Kernel, device: Device, packet: Packet, reason: number): null {
  kernel.drop(device.namespace, packet, reason, device);
  return null;
}
