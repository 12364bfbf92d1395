// What filling in a packet's options asks of the namespace that it is in.
import type { Ipv4 } from '../addr/ipv4.ts';
import { RouteType } from '../fib/route.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import { answerFrom } from './icmp.ts';
import type { OptionsHost } from './options.ts';
import { millisecondsToday } from './send.ts';

/** The answers for one packet after another; made once, as packets with options must not cost an object each. */
export class PacketOptionsHost implements OptionsHost {
  private namespace!: Namespace;
  private device!: Device;
  private packet!: Packet;
  private routeFlags = 0;

  /** `routeFlags` are the RouteFlag bits of the route that the packet came by, 0 if there is none. */
  ask(namespace: Namespace, device: Device, packet: Packet, routeFlags: number): void {
    this.namespace = namespace;
    this.device = device;
    this.packet = packet;
    this.routeFlags = routeFlags;
  }

  milliseconds(): number {
    return millisecondsToday(this.namespace);
  }

  ownAddress(): Ipv4 {
    return answerFrom(this.namespace, this.device, this.packet, this.routeFlags);
  }

  isForeign(address: Ipv4): boolean {
    return this.namespace.fib.addressType(address) === RouteType.UNICAST;
  }
}
