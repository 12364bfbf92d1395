// A socket's two queues: what it received, and the ICMP errors about what it sent (IP_RECVERR).
import type { Ipv4 } from '../../../addr/ipv4.ts';
import { hearsAt } from '../../../admin/socket.ts';
import type { Device } from '../../../netns/device.ts';
import type { Socket } from '../../../netns/namespace.ts';
import type { Packet } from '../../../packet/packet.ts';
import * as ip from '../../../wire/ipv4.ts';

/** A received datagram, from the IPv4 header on. */
export interface Message {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Length of the IPv4 header in bytes. */
  readonly headerLength: number;
  readonly source: Ipv4;
  readonly ttl: number;
  /** Virtual microseconds. */
  readonly time: number;
}

/** An ICMP error about a datagram of ours (struct sock_extended_err). */
export interface SocketError {
  /** Where our datagram was going. */
  readonly destination: Ipv4;
  /** Who sent the error (SO_EE_OFFENDER), and the TTL it arrived with. */
  readonly offender: Ipv4;
  readonly ttl: number;
  readonly type: number;
  readonly code: number;
  /** The MTU of fragmentation needed, else 0. */
  readonly info: number;
  /** The quoted datagram behind its IPv4 header. */
  readonly quoted: Uint8Array;
  readonly quotedView: DataView;
  readonly time: number;
}

export interface QueueOptions {
  readonly protocol: number;
  /** SO_BINDTODEVICE. */
  readonly device?: Device | null;
  /** Address bound by bind(2); 0 hears all. */
  readonly address?: Ipv4;
  /** Peer of connect(2); 0 hears all. */
  readonly peer?: Ipv4;
  /** Keeps a message or not, as a socket filter does; asked before anything is copied. */
  readonly wants?: (packet: Packet) => boolean;
  /** The same for errors. */
  readonly wantsError?: (packet: Packet) => boolean;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export class MessageQueue implements Socket {
  readonly protocol: number;
  readonly messages: Message[] = [];
  readonly errors: SocketError[] = [];
  /** Called for every arrival; for `Process.wait`. */
  onArrival: (() => void) | null = null;
  private readonly options: QueueOptions;
  private readonly now: () => number;

  constructor(options: QueueOptions, now: () => number) {
    this.protocol = options.protocol;
    this.options = options;
    this.now = now;
  }

  get device(): Device | null {
    return this.options.device ?? null;
  }

  get isEmpty(): boolean {
    return this.messages.length === 0 && this.errors.length === 0;
  }

  /** raw_v4_match, then the filter. */
  receive(packet: Packet, device: Device): void {
    const { options } = this;
    const at = packet.network;
    if (!hearsAt(this.device, packet, device, this.protocol)) return;
    if (options.address && options.address !== ip.destination(packet.view, at)) return;
    if (options.peer && options.peer !== ip.source(packet.view, at)) return;
    if (options.wants && !options.wants(packet)) return;
    const bytes = packet.bytes.slice(at, packet.tail);
    this.messages.push({
      bytes,
      view: viewOf(bytes),
      headerLength: ip.headerLength(packet.view, at),
      source: ip.source(packet.view, at),
      ttl: ip.ttl(packet.view, at),
      time: this.now(),
    });
    this.onArrival?.();
  }

  /** raw_icmp_error: the quoted header's addresses are matched the other way round. */
  error(packet: Packet, device: Device, type: number, code: number, info: number): void {
    const { options } = this;
    const at = packet.head;
    if (!hearsAt(this.device, packet, device, this.protocol)) return;
    if (options.address && options.address !== ip.source(packet.view, at)) return;
    if (options.peer && options.peer !== ip.destination(packet.view, at)) return;
    if (options.wantsError && !options.wantsError(packet)) return;
    const quoted = packet.bytes.slice(at + ip.headerLength(packet.view, at), packet.tail);
    this.errors.push({
      destination: ip.destination(packet.view, at),
      offender: ip.source(packet.view, packet.network),
      ttl: ip.ttl(packet.view, packet.network),
      type,
      code,
      info,
      quoted,
      quotedView: viewOf(quoted),
      time: this.now(),
    });
    this.onArrival?.();
  }
}
