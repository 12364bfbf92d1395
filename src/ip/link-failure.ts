// A packet whose neighbour did not answer: its sender hears of it (ipv4_link_failure in net/ipv4/route.c).
import type { Ipv4 } from '../addr/ipv4.ts';
import { RouteType } from '../fib/route.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import { IcmpType, UnreachableCode } from '../wire/icmp.ts';
import { headerLength, IPV4_HEADER } from '../wire/ipv4.ts';
import { answerFrom } from './icmp.ts';
import { sendIcmpError } from './icmp-error.ts';
import { compileOptions, OptionsFound, type OptionsHost } from './options.ts';
import { millisecondsToday } from './send.ts';

/** What filling in options asks of a packet that was to leave by `device`. */
class FailedPacketHost implements OptionsHost {
  namespace!: Namespace;
  device!: Device;
  packet!: Packet;

  milliseconds(): number {
    return millisecondsToday(this.namespace);
  }

  ownAddress(): Ipv4 {
    return answerFrom(this.namespace, this.device, this.packet, 0);
  }

  isForeign(address: Ipv4): boolean {
    return this.namespace.fib.addressType(address) === RouteType.UNICAST;
  }
}

const host = new FailedPacketHost();
const found = new OptionsFound();

/**
 * Sends host unreachable for a packet at its IPv4 header; the packet stays the caller's. Its options are read a second
 * time, so what is quoted has one stop or stamp more than the packet had, under a checksum that does not know of it.
 */
export function reportLinkFailure(namespace: Namespace, device: Device, packet: Packet): void {
  found.reset();
  if (headerLength(packet.view, packet.head) > IPV4_HEADER) {
    host.namespace = namespace;
    host.device = device;
    host.packet = packet;
    if (compileOptions(packet, found, host) !== 0) return;
  }
  sendIcmpError(namespace, packet, 0, IcmpType.UNREACHABLE, UnreachableCode.HOST, 0, found);
}
