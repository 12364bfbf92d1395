// A VRF device on the packet's path: what its slaves receive is received by it, what leaves by them is shown at it, and
// what is routed to the device itself is routed once more in its table (drivers/net/vrf.c).
import { isLimitedBroadcast, isMulticast } from '../addr/ipv4.ts';
import { MAC_ZERO, type Mac } from '../addr/mac.ts';
import { Drop } from '../drop/reasons.ts';
import { FlowKey } from '../fib/flow.ts';
import { enqueue } from '../link/transmit.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Packet, PacketFlag, PacketType } from '../packet/packet.ts';
import * as ethernet from '../wire/ethernet.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import { output } from './output.ts';
import { RouteResult } from './route.ts';
import { routeOutput } from './route-output.ts';

const { ETHERNET_HEADER } = ethernet;
/** RT_TOS. */
const TOS_MASK = 0x1e;

const route = new RouteResult();
const key = new FlowKey();

/**
 * A packet that `device` received, head at its checked IPv4 header, enters the domain of `vrf` (vrf_ip_rcv). What the
 * VRF sent to itself was seen when it left.
 */
export function enterVrf(vrf: Device, device: Device, packet: Packet): void {
  if (isMulticast(ip.destination(packet.view, packet.head))) return;
  if (packet.type === PacketType.LOOPBACK) {
    packet.type = PacketType.HOST;
    return;
  }
  vrf.stats.rxPackets++;
  vrf.stats.rxBytes += packet.length;
  if (!hasOwnListener(vrf)) return;
  const at = packet.push(ETHERNET_HEADER);
  if (device.headerLength === 0) writeHeader(packet, at, vrf.address, vrf);
  showAt(vrf, packet);
}

/** Shows a packet made here that leaves by a slave, before it is cut or has a neighbour (vrf_finish_direct). */
function leaveVrf(vrf: Device, packet: Packet): void {
  const destination = ip.destination(packet.view, packet.head);
  if (!hasOwnListener(vrf) || isMulticast(destination) || isLimitedBroadcast(destination)) return;
  writeHeader(packet, packet.push(ETHERNET_HEADER), MAC_ZERO, vrf);
  showAt(vrf, packet);
}

/** Sends a packet made here, head at its complete IPv4 header (ip_local_out); returns what `output` does. */
export function localOut(namespace: Namespace, packet: Packet, route: RouteResult): number {
  const { vrf } = route.device;
  if (vrf !== null) leaveVrf(vrf, packet);
  return output(namespace, packet, route);
}

const hasOwnListener = (vrf: Device): boolean =>
  vrf.taps !== null && vrf.up && vrf.taps.some((tap) => tap.everywhere !== true);

const writeHeader = ({ view }: Packet, at: number, to: Mac, vrf: Device): void =>
  ethernet.write(view, at, to, vrf.address, EtherType.IPV4);

/** Listeners are told that the VRF sends it, whichever way it goes (dev_queue_xmit_nit); the header is stripped again. */
function showAt(vrf: Device, packet: Packet): void {
  for (const tap of vrf.taps ?? []) tap.frame(vrf, packet, true);
  packet.pull(ETHERNET_HEADER);
}

/** Sends a frame that was given to a VRF device, head at its Ethernet header (vrf_xmit). */
export function transmitVrf(vrf: Device, packet: Packet): void {
  const { namespace } = vrf;
  const { length } = packet;
  const isIpv4 = length >= ETHERNET_HEADER + ip.IPV4_HEADER && packet.protocol === EtherType.IPV4;
  packet.pull(Math.min(ETHERNET_HEADER, length));
  packet.network = packet.head;
  if (!isIpv4 || routeOutput(namespace, question(vrf, packet), route) !== 0) {
    vrf.stats.txErrors++;
    vrf.stats.txDropped++;
    namespace.kernel.drop(namespace, packet, Drop.NOT_SPECIFIED, vrf);
    return;
  }
  vrf.stats.txPackets++;
  vrf.stats.txBytes += length;
  if (route.device === vrf) receiveAgain(vrf, packet, length);
  else if (output(namespace, packet, route) !== 0)
    namespace.kernel.drop(namespace, packet, Drop.PKT_TOO_BIG, vrf);
}

function question(vrf: Device, { view, head }: Packet): FlowKey {
  key.ask(ip.destination(view, head), ip.source(view, head));
  key.l3mdev = vrf.index;
  key.anySource = true;
  key.tos = ip.tos(view, head) & TOS_MASK;
  key.protocol = ip.protocol(view, head);
  return key;
}

/** The VRF is the loopback of its domain (vrf_local_xmit). */
function receiveAgain(vrf: Device, packet: Packet, length: number): void {
  packet.type = PacketType.LOOPBACK;
  packet.flags |= PacketFlag.ROUTED_LOCAL;
  if (!enqueue(vrf.namespace.kernel, vrf, packet)) return;
  vrf.stats.rxPackets++;
  vrf.stats.rxBytes += length;
}
