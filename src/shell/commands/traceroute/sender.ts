// How the methods of traceroute send probes and know their answers: UDP with one socket a probe, ICMP with one for all.
import { Errno } from '../../../addr/errno.ts';
import type { Ipv4 } from '../../../addr/ipv4.ts';
import { closeSocket, openSocket, sendDatagram, sourceFor } from '../../../admin/socket.ts';
import type { Device } from '../../../netns/device.ts';
import { checksum } from '../../../wire/checksum.ts';
import { IcmpType } from '../../../wire/icmp.ts';
import * as ip from '../../../wire/ipv4.ts';
import * as udp from '../../../wire/udp.ts';
import type { Context } from '../../command.ts';
import { bindError, vrfOf } from '../probe/bind.ts';
import { type Message, MessageQueue, type SocketError } from '../probe/message-queue.ts';
import { ephemeralPort, udpDatagram } from '../probe/udp-datagram.ts';
import type { TraceOptions } from './options.ts';
import type { Probe } from './probe.ts';

const START_PORT = 33434;
const UDP_PORT = 53;
const ICMP_HEADER = 8;

/** A system call that traceroute does not survive. */
export interface CallFailure {
  readonly call: string;
  readonly errno: Errno;
}

/** `0x40 + i % 64`: what traceroute fills its probes with. */
const filling = (i: number): number => 0x40 + (i & 0x3f);

/** The checks of a socket's set-up: device, local address, connect. The source address, or what failed. */
export function connectSocket(
  context: Context,
  options: TraceOptions,
  protocol: number,
  port = 0,
): { source: Ipv4 } | CallFailure {
  const device = deviceOf(context, options);
  if (device === null) return { call: 'setsockopt SO_BINDTODEVICE', errno: Errno.ENODEV };
  const bound = bindError(context.namespace, options.source, device);
  if (bound !== 0) return { call: 'bind', errno: bound };
  const found = sourceFor(context.namespace, options.destination, device, {
    tos: options.tos & 0xff,
    mark: options.mark,
    protocol,
    port,
  });
  if ('errno' in found) return { call: 'connect', errno: found.errno };
  if (found.broadcast) return { call: 'connect', errno: Errno.EACCES };
  return { source: options.source !== 0 ? options.source : found.source };
}

const deviceOf = (context: Context, { device }: TraceOptions): Device | undefined | null =>
  device === '' ? (vrfOf(context) ?? undefined) : (context.namespace.device(device) ?? null);

/** What all methods share: one queue, and sending through it. */
export abstract class Sender {
  readonly queue: MessageQueue;
  /** Bytes of the transport header that count as header in the lengths printed. */
  abstract readonly headerLength: number;
  protected readonly context: Context;
  protected readonly options: TraceOptions;
  protected readonly protocol: number;

  constructor(context: Context, options: TraceOptions, protocol: number) {
    this.context = context;
    this.options = options;
    this.protocol = protocol;
    this.queue = new MessageQueue(
      { protocol, device: deviceOf(context, options) ?? null, peer: options.destination },
      () => context.lab.kernel.clock.now,
    );
    openSocket(context.namespace, this.queue);
  }

  close(): void {
    closeSocket(this.context.namespace, this.queue);
  }

  /** Sends a probe with `length` bytes behind the counted headers; 0, or what send(2) failed with. */
  abstract send(probe: Probe, ttl: number, length: number): Errno | CallFailure;
  /** Whether the error is about this probe. */
  abstract matchesError(probe: Probe, error: SocketError): boolean;
  /** Whether the message answers this probe. */
  abstract matches(probe: Probe, message: Message): boolean;

  protected transmit(payload: Uint8Array, ttl: number, source: Ipv4): Errno {
    const { options, context } = this;
    const device = deviceOf(context, options);
    const errno = sendDatagram(context.namespace, {
      connected: true,
      destination: options.destination,
      source,
      protocol: this.protocol,
      ttl,
      tos: options.tos & 0xff,
      mark: options.mark,
      // IP_PMTUDISC_PROBE and IP_PMTUDISC_DONT.
      pmtudisc: options.dontFragment ? 3 : 0,
      payload,
      ...(device && { device }),
    });
    // What a machine with one processor has handled before send(2) returns.
    context.lab.settle();
    return errno;
  }
}

export class UdpSender extends Sender {
  readonly headerLength = udp.UDP_HEADER;
  private port: number;

  constructor(context: Context, options: TraceOptions) {
    super(context, options, ip.IpProtocol.UDP);
    this.port = options.port !== 0 ? options.port : options.method === 'udp' ? UDP_PORT : START_PORT;
  }

  send(probe: Probe, ttl: number, length: number): Errno | CallFailure {
    const connected = connectSocket(this.context, this.options, this.protocol, this.port);
    if ('errno' in connected) return connected;
    probe.id = this.options.sourcePort !== 0 ? this.options.sourcePort : ephemeralPort(this.context);
    const { source } = connected;
    const ends = { source, sourcePort: probe.id, destination: this.options.destination, port: this.port };
    const data = Uint8Array.from({ length }, (_, i) => filling(i));
    const errno = this.transmit(udpDatagram(ends, data), ttl, source);
    // The traditional method takes the next port for the next probe.
    if (this.options.method === 'default') this.port = (this.port + 1) & 0xffff;
    return errno;
  }

  matchesError(probe: Probe, error: SocketError): boolean {
    return error.quoted.length >= 2 && error.quotedView.getUint16(0) === probe.id;
  }

  matches(probe: Probe, message: Message): boolean {
    return message.view.getUint16(message.headerLength + 2) === probe.id;
  }
}

export class IcmpSender extends Sender {
  /** The ICMP header is counted as data. */
  readonly headerLength = 0;
  private readonly identifier: number;
  private readonly source: Ipv4;
  private sequence: number;

  constructor(context: Context, options: TraceOptions, source: Ipv4) {
    super(context, options, ip.IpProtocol.ICMP);
    this.identifier = context.process.pid & 0xffff;
    this.sequence = options.port !== 0 ? options.port : 1;
    this.source = source;
  }

  send(probe: Probe, ttl: number, length: number): Errno {
    const bytes = Uint8Array.from({ length: Math.max(length, ICMP_HEADER) }, (_, i) => filling(i));
    const view = new DataView(bytes.buffer);
    view.setUint16(0, IcmpType.ECHO << 8);
    view.setUint16(2, 0);
    view.setUint16(4, this.identifier);
    view.setUint16(6, this.sequence);
    view.setUint16(2, checksum(view, 0, bytes.length));
    probe.id = this.sequence++;
    return this.transmit(bytes, ttl, this.source);
  }

  matchesError(probe: Probe, error: SocketError): boolean {
    return error.quoted.length >= ICMP_HEADER && this.isOurs(probe, error.quotedView, 0);
  }

  matches(probe: Probe, message: Message): boolean {
    const at = message.headerLength;
    return message.bytes[at] === IcmpType.ECHO_REPLY && this.isOurs(probe, message.view, at);
  }

  private isOurs(probe: Probe, view: DataView, at: number): boolean {
    return view.getUint16(at + 4) === this.identifier && view.getUint16(at + 6) === probe.id;
  }
}
