// A VRF device on the path of its slaves' packets: what they receive is received by it, what leaves by them is shown at
// it (vrf_l3_rcv and vrf_l3_out in drivers/net/vrf.c).
import { isLimitedBroadcast, isMulticast } from '../addr/ipv4.ts';
import { MAC_ZERO, type Mac } from '../addr/mac.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Packet, PacketType } from '../packet/packet.ts';
import * as ethernet from '../wire/ethernet.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import { output } from './output.ts';
import type { RouteResult } from './route.ts';

const { ETHERNET_HEADER } = ethernet;

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
