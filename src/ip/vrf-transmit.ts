// What is routed to a VRF device itself is routed once more, in its table: by a slave, or back to this host (vrf_xmit in
// drivers/net/vrf.c).
import { Drop } from '../drop/reasons.ts';
import { FlowKey } from '../fib/flow.ts';
import { enqueue } from '../link/transmit.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Packet, PacketFlag, PacketType } from '../packet/packet.ts';
import { ETHERNET_HEADER, EtherType } from '../wire/ethernet.ts';
import { IcmpType, UnreachableCode } from '../wire/icmp.ts';
import * as ip from '../wire/ipv4.ts';
import { sendIcmpError } from './icmp-error.ts';
import { output } from './output.ts';
import { RouteResult } from './route.ts';
import { routeOutput } from './route-output.ts';

/** RT_TOS. */
const TOS_MASK = 0x1e;

const route = new RouteResult();
const key = new FlowKey();

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
  else sendOn(namespace, vrf, packet);
}

/** What DF keeps from being cut is refused where it would leave (ip_fragment). */
function sendOn(namespace: Namespace, vrf: Device, packet: Packet): void {
  const mtu = output(namespace, packet, route);
  if (mtu === 0) return;
  const { UNREACHABLE } = IcmpType;
  const { FRAGMENTATION_NEEDED } = UnreachableCode;
  sendIcmpError(namespace, packet, route.flags, UNREACHABLE, FRAGMENTATION_NEEDED, mtu, null, route.device);
  vrf.stats.txErrors++;
  namespace.kernel.drop(namespace, packet, Drop.PKT_TOO_BIG, route.device);
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
