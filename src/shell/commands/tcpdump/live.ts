// A live capture: a packet socket on one device or on all of a namespace, on the virtual clock.

import { changePromiscuity } from '../../../admin/link.ts';
import { LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2 } from '../../../capture/record.ts';
import type { Device, Tap } from '../../../netns/device.ts';
import type { DeviceEvent, DeviceListener } from '../../../netns/kernel.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import { type Packet, PacketType } from '../../../packet/packet.ts';
import { SECOND } from '../../../time/clock.ts';
import { ETHERTYPE_MIN, EtherType, etherType } from '../../../wire/ethernet.ts';
import type { Choice } from './devices.ts';
import type { Filter } from './filter/compile.ts';
import type { PrintablePacket } from './packet-printer.ts';

export interface LiveOptions {
  readonly linkType: number;
  readonly snapLength: number;
  readonly promiscuous: boolean;
  readonly direction: 'in' | 'out' | 'inout';
  readonly filter: Filter;
}

const ETHERNET_HEADER = 14;
const SLL_HEADER = 16;
const SLL2_HEADER = 20;
const MAC_LENGTH = 6;
/** ETH_P_802_2: what an 802.3 frame's protocol is on a packet socket. */
const PROTOCOL_802_2 = 4;

export class LiveCapture implements Tap, DeviceListener {
  /** Captured and not yet taken. */
  readonly queue: PrintablePacket[] = [];
  /** Frames that passed the kernel's filter (ps_recv). */
  received = 0;
  /** The device is no longer in this namespace: nothing will come. */
  disappeared = false;
  /** Called when there is something in the queue, or when nothing will come. */
  wake: () => void = () => {};
  readonly everywhere: boolean;
  private readonly namespace: Namespace;
  private readonly choice: Choice;
  private readonly tapped = new Set<Device>();
  private readonly options: LiveOptions;

  constructor(namespace: Namespace, choice: Choice, options: LiveOptions) {
    this.namespace = namespace;
    this.choice = choice;
    this.everywhere = choice === 'any';
    this.options = options;
  }

  attach(): void {
    const devices = this.choice === 'any' ? this.namespace.devices.values() : [this.choice];
    for (const device of devices) this.tap(device);
    this.namespace.kernel.deviceListeners.push(this);
  }

  detach(): void {
    for (const device of this.tapped) this.release(device);
    const listeners = this.namespace.kernel.deviceListeners;
    listeners.splice(listeners.indexOf(this), 1);
  }

  private tap(device: Device): void {
    this.tapped.add(device);
    device.taps = [...(device.taps ?? []), this];
    if (this.options.promiscuous) changePromiscuity(device.namespace, device.name, 1);
  }

  private release(device: Device): void {
    this.tapped.delete(device);
    const rest = (device.taps ?? []).filter((tap) => tap !== this);
    device.taps = rest.length === 0 ? null : rest;
    if (this.options.promiscuous) changePromiscuity(device.namespace, device.name, -1);
  }

  deviceEvent(device: Device, event: DeviceEvent): void {
    if (event === 'unregister' && this.tapped.has(device)) {
      this.release(device);
      this.disappeared = this.choice !== 'any';
      this.wake();
    }
    const here = device.namespace === this.namespace;
    if (event === 'register' && this.choice === 'any' && here && !this.tapped.has(device)) this.tap(device);
  }

  frame(device: Device, packet: Packet, outgoing: boolean): void {
    const { linkType, filter, snapLength, direction } = this.options;
    const cooked = linkType === LINKTYPE_LINUX_SLL || linkType === LINKTYPE_LINUX_SLL2;
    const whole = cooked ? this.cook(device, packet, outgoing) : packet.data();
    if (!filter.matches(whole, whole.length, outgoing)) return;
    this.received++;
    // A frame of the loopback device is seen as it leaves and as it comes: libpcap drops the first.
    if (outgoing && device.loopback) return;
    if (direction !== 'inout' && (direction === 'out') !== outgoing) return;
    if (!filter.matchesAgain(whole, whole.length)) return;
    const { now } = this.namespace.kernel.clock;
    const seconds = Math.floor(now / SECOND);
    this.queue.push({
      seconds,
      nanos: Math.floor(now - seconds * SECOND) * 1000,
      data: whole.slice(0, snapLength),
      originalLength: whole.length,
    });
    this.wake();
  }

  /** The frame with a cooked header instead of its own (pcap-linux.c; the drawings are in print-sll.ts). */
  private cook(device: Device, packet: Packet, outgoing: boolean): Uint8Array {
    const second = this.options.linkType === LINKTYPE_LINUX_SLL2;
    const header = second ? SLL2_HEADER : SLL_HEADER;
    const frame = packet.data();
    const network = frame.subarray(device.headerLength);
    const cooked = new Uint8Array(header + network.length);
    cooked.set(network, header);
    const view = new DataView(cooked.buffer);
    const type = outgoing ? PacketType.OUTGOING : device.headerLength === 0 ? PacketType.HOST : packet.type;
    const addressLength = device.headerLength === 0 ? 0 : MAC_LENGTH;
    view.setUint16(second ? 0 : 14, protocolOf(device, packet));
    if (second) {
      view.setUint32(4, device.index);
      view.setUint16(8, device.hardwareType);
      view.setUint8(10, type);
      view.setUint8(11, addressLength);
    } else {
      view.setUint16(0, type);
      view.setUint16(2, device.hardwareType);
      view.setUint16(4, addressLength);
    }
    if (addressLength > 0) cooked.set(frame.subarray(MAC_LENGTH, 2 * MAC_LENGTH), second ? 12 : 6);
    return cooked;
  }
}

/** skb->protocol. */
function protocolOf(device: Device, packet: Packet): number {
  if (device.headerLength < ETHERNET_HEADER) return EtherType.IPV4;
  const type = etherType(packet.view, packet.head);
  return type < ETHERTYPE_MIN ? PROTOCOL_802_2 : type;
}
