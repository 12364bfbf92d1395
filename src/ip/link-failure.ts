// A packet whose neighbour did not answer: its sender hears of it (ipv4_link_failure in net/ipv4/route.c).
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import { IcmpType, UnreachableCode } from '../wire/icmp.ts';
import { headerLength, IPV4_HEADER } from '../wire/ipv4.ts';
import { sendIcmpError } from './icmp-error.ts';
import { compileOptions, OptionsFound } from './options.ts';
import { PacketOptionsHost } from './options-host.ts';
import { failPath } from './route.ts';

const host = new PacketOptionsHost();
const found = new OptionsFound();

/**
 * Sends host unreachable for a packet at its IPv4 header; the packet stays the caller's. Its options are read a second
 * time, so what is quoted has one stop or stamp more than the packet had, under a checksum that does not know of it.
 */
export function reportLinkFailure(namespace: Namespace, device: Device, packet: Packet): void {
  sendUnreachable(namespace, device, packet);
  failPath(namespace, packet);
}

/** ipv4_send_dest_unreach. */
function sendUnreachable(namespace: Namespace, device: Device, packet: Packet): void {
  found.reset();
  if (headerLength(packet.view, packet.head) > IPV4_HEADER) {
    host.ask(namespace, device, packet, 0);
    if (compileOptions(packet, found, host) !== 0) return;
  }
  sendIcmpError(namespace, packet, 0, IcmpType.UNREACHABLE, UnreachableCode.HOST, 0, found, device);
}
