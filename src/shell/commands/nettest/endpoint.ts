// One end of a TCP connection, as much of it as a test program's greeting needs (RFC 9293): the handshake, data that
// fits in a segment, the orderly end. Nothing is sent again, for a lab loses segments only on purpose.
import { Errno } from '../../../addr/errno.ts';
import type { Ipv4 } from '../../../addr/ipv4.ts';
import { closeTcpPort, openTcpPort, sendDatagram } from '../../../admin/socket.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import { checksum, pseudoHeaderSum } from '../../../wire/checksum.ts';
import * as ip from '../../../wire/ipv4.ts';
import * as tcp from '../../../wire/tcp.ts';
import { type Message, MessageQueue } from '../probe/message-queue.ts';

const { SYN, ACK, FIN, RST, PSH } = tcp.TcpFlag;
/** What a socket of Linux offers before anything was said. */
const WINDOW = 64240;

export type State = 'listen' | 'syn-sent' | 'open' | 'closed' | 'refused';

export interface Address {
  readonly address: Ipv4;
  readonly port: number;
}

/** A segment that arrived, its numbers taken out. */
interface Segment {
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly data: Uint8Array;
}

function segmentOf({ bytes, view, headerLength: at }: Message): Segment {
  return {
    flags: tcp.flags(view, at),
    sequence: tcp.sequence(view, at),
    acknowledgement: tcp.acknowledgement(view, at),
    data: bytes.subarray(at + tcp.headerLength(view, at)),
  };
}

export class Endpoint {
  state: State;
  /** What came, until somebody takes it. */
  received = '';
  readonly queue: MessageQueue;
  private readonly namespace: Namespace;
  private local: Address;
  private remote: Address | null;
  private next: number;
  private expected = 0;

  constructor(namespace: Namespace, local: Address, remote: Address | null, sequence: number) {
    this.namespace = namespace;
    this.local = local;
    this.remote = remote;
    this.next = sequence;
    this.state = 'listen';
    this.queue = new MessageQueue({ protocol: ip.IpProtocol.TCP }, () => namespace.kernel.clock.now);
  }

  /** False if the port is taken. */
  open(): boolean {
    return openTcpPort(this.namespace, this.local.port, this.queue);
  }

  close(): void {
    closeTcpPort(this.namespace, this.local.port);
  }

  connect(): Errno {
    this.state = 'syn-sent';
    return this.send(SYN, new Uint8Array(0));
  }

  write(text: string): Errno {
    return this.send(ACK | PSH, new TextEncoder().encode(text));
  }

  finish(): Errno {
    return this.send(ACK | FIN, new Uint8Array(0));
  }

  /** Answers all that has arrived; true if there was anything. */
  react(): boolean {
    const messages = this.queue.messages.splice(0);
    for (const message of messages) this.take(message, segmentOf(message));
    return messages.length > 0;
  }

  private take(message: Message, segment: Segment): void {
    const { flags } = segment;
    if (flags & RST) this.state = this.state === 'syn-sent' ? 'refused' : 'closed';
    else if (this.state === 'listen' && flags & SYN) this.accept(message, segment);
    else if (this.state === 'syn-sent' && (flags & (SYN | ACK)) === (SYN | ACK)) this.establish(segment);
    else if (this.state === 'open' && segment.sequence === this.expected) this.takeData(segment);
  }

  private accept({ source, view, headerLength }: Message, { sequence }: Segment): void {
    this.remote = { address: source, port: tcp.sourcePort(view, headerLength) };
    this.local = { address: ip.destination(view, 0), port: this.local.port };
    this.expected = (sequence + 1) >>> 0;
    this.state = 'open';
    this.send(SYN | ACK, new Uint8Array(0));
  }

  private establish({ sequence }: Segment): void {
    this.expected = (sequence + 1) >>> 0;
    this.state = 'open';
    this.send(ACK, new Uint8Array(0));
  }

  private takeData({ flags, data }: Segment): void {
    this.received += new TextDecoder().decode(data);
    const isEnd = (flags & FIN) !== 0;
    this.expected = (this.expected + data.length + (isEnd ? 1 : 0)) >>> 0;
    if (isEnd) this.state = 'closed';
    if (isEnd || data.length > 0) this.send(ACK, new Uint8Array(0));
  }

  private send(flags: number, data: Uint8Array): Errno {
    const { local, remote } = this;
    if (remote === null) return Errno.ENOTCONN;
    const payload = new Uint8Array(tcp.TCP_HEADER + data.length);
    const view = new DataView(payload.buffer);
    tcp.write(view, 0, local.port, remote.port, this.next, flags & ACK ? this.expected : 0, flags);
    view.setUint16(14, WINDOW);
    payload.set(data, tcp.TCP_HEADER);
    const pseudo = pseudoHeaderSum(local.address, remote.address, ip.IpProtocol.TCP, payload.length);
    tcp.setTcpChecksum(view, 0, checksum(view, 0, payload.length, pseudo));
    this.next = (this.next + data.length + (flags & (SYN | FIN) ? 1 : 0)) >>> 0;
    return sendDatagram(this.namespace, {
      destination: remote.address,
      source: local.address,
      protocol: ip.IpProtocol.TCP,
      connected: true,
      payload,
    });
  }
}
