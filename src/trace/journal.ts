// What one host did with a packet: what it sent, asked, dropped and delivered, and which routes decided.
import type { Ipv4 } from '../addr/ipv4.ts';
import type { DropReason } from '../drop/reasons.ts';
import type { Route, Rule } from '../fib/route.ts';
import type { Device, Tap } from '../netns/device.ts';
import type { Observer, PacketEvent } from '../netns/kernel.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import * as arp from '../wire/arp.ts';
import { ArpOp } from '../wire/arp.ts';
import * as ethernet from '../wire/ethernet.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';

/** A frame that a device was given to send, as `tcpdump` at that device shows it. */
export interface SentFrame {
  readonly device: Device;
  readonly bytes: Uint8Array;
}

/** An ARP question of the host's own. */
export interface Question {
  readonly device: Device;
  readonly target: Ipv4;
  readonly bytes: Uint8Array;
}

export interface DroppedPacket {
  readonly reason: DropReason;
  readonly device: Device | null;
  /** Its IPv4 destination, 0 for what is not IPv4. */
  readonly destination: Ipv4;
  readonly protocol: number;
}

/** A route that was chosen for a received packet; null is one that has none (a broadcast, no route at all). */
export interface RouteChoice {
  readonly route: Route | null;
  readonly destination: Ipv4;
  /** The device that received it. */
  readonly input: Device | null;
  /** The device that it leaves by, if it does. */
  readonly next: Device | null;
  /** Without a route: what the last lookup found that refuses, if that was what decided. */
  readonly refusing: Refusing;
}

/** The route and the rule that a lookup ended with. */
interface Refusing {
  readonly route: Route | null;
  readonly rule: Rule | null;
}

const NOTHING: Refusing = { route: null, rule: null };

/** Listens to one namespace: to its devices as packet sockets do, and to the decisions of its stack. */
export class Journal implements Observer, Tap {
  readonly everywhere = true;
  sent: SentFrame[] = [];
  questions: Question[] = [];
  drops: DroppedPacket[] = [];
  choices: RouteChoice[] = [];
  /** The packet that is followed into other hosts as well, by its `trace`; 0 for none. */
  followed = 0;
  private readonly namespace: Namespace;
  private deliveredBefore = 0;

  constructor(namespace: Namespace) {
    this.namespace = namespace;
    for (const device of namespace.devices.values()) device.taps = [...(device.taps ?? []), this];
  }

  /** Takes itself off the devices. */
  close(): void {
    for (const device of this.namespace.devices.values()) {
      const others = (device.taps ?? []).filter((tap) => tap !== this);
      device.taps = others.length === 0 ? null : others;
    }
  }

  /** Begins a new page. */
  begin(): void {
    if (this.sent.length > 0) this.sent = [];
    if (this.questions.length > 0) this.questions = [];
    if (this.drops.length > 0) this.drops = [];
    if (this.choices.length > 0) this.choices = [];
    this.deliveredBefore = this.namespace.counters.delivered;
  }

  /** Packets that reached a protocol or a socket of the host since `begin`. */
  get delivered(): number {
    return this.namespace.counters.delivered - this.deliveredBefore;
  }

  frame(device: Device, packet: Packet, outgoing: boolean): void {
    if (!outgoing) return;
    const bytes = packet.bytes.slice(packet.head, packet.tail);
    const target = questionOf(device, packet);
    if (target === null) this.sent.push({ device, bytes });
    else this.questions.push({ device, target, bytes });
  }

  drop(namespace: Namespace, packet: Packet, reason: DropReason, device: Device | null): void {
    if (namespace !== this.namespace && packet.trace !== this.followed) return;
    const isIpv4 = packet.protocol === EtherType.IPV4 && packet.tail - packet.network >= ip.IPV4_HEADER;
    this.drops.push({
      reason,
      device,
      destination: isIpv4 ? ip.destination(packet.view, packet.network) : (0 as Ipv4),
      protocol: packet.protocol,
    });
  }

  step(namespace: Namespace, packet: Packet, event: PacketEvent): void {
    if (event.kind !== 'input' || namespace !== this.namespace) return;
    const { route, device } = event.route;
    this.choices.push({
      route,
      destination: ip.destination(packet.view, packet.head),
      input: namespace.devices.get(packet.inputIndex) ?? null,
      next: device,
      refusing: route === null ? { route: namespace.fib.route, rule: namespace.fib.rule } : NOTHING,
    });
  }
}

/** The address that an ARP request asks for; null for any other frame. */
function questionOf(device: Device, packet: Packet): Ipv4 | null {
  const { view, head } = packet;
  const at = head + ethernet.ETHERNET_HEADER;
  if (device.headerLength === 0 || packet.tail - at < arp.ARP_LENGTH) return null;
  if (ethernet.etherType(view, head) !== EtherType.ARP || arp.operation(view, at) !== ArpOp.REQUEST)
    return null;
  return arp.senderIp(view, at) === arp.targetIp(view, at) ? null : arp.targetIp(view, at);
}
