// The run of tracepath: a hop after the other, each asked up to three times, with packets as long as the path is known
// to take.
import { Errno } from '../../../addr/errno.ts';
import { formatIpv4, type Ipv4 } from '../../../addr/ipv4.ts';
import { closeSocket, openSocket, pathMtu, sendDatagram, sourceFor } from '../../../admin/socket.ts';
import type { Packet } from '../../../packet/packet.ts';
import { SECOND } from '../../../time/clock.ts';
import { IcmpType, TimeExceededCode, UnreachableCode } from '../../../wire/icmp.ts';
import { headerLength, IPV4_LENGTH_MAX, IpProtocol } from '../../../wire/ipv4.ts';
import { destinationPort } from '../../../wire/udp.ts';
import type { Context } from '../../command.ts';
import { vrfOf } from '../probe/bind.ts';
import { MessageQueue, type SocketError } from '../probe/message-queue.ts';
import type { Stdio } from '../probe/stdio.ts';
import { ephemeralPort, udpDatagram } from '../probe/udp-datagram.ts';
import { hopsOfTtl } from '../traceroute/probe.ts';
import { OVERHEAD, type TracepathOptions } from './options.ts';

/** Probes of a hop, and attempts to send one. */
const PROBES = 3;
const ATTEMPTS = 10;
/** Probes that are remembered: each goes to a port of its own. */
const REMEMBERED = 64;
const WAIT = SECOND;
/** IP_PMTUDISC_DO. */
const DO = 2;
const HOST_COLUMNS = 52;
const LOCAL_COLUMNS = 32;

const { NET, NET_UNKNOWN, NET_PROHIBITED, NET_FOR_TOS } = UnreachableCode;
/** Codes of "unreachable" that are told as `!N` (icmp_err_convert), and those that have no sign of their own. */
const NETS: readonly number[] = [NET, NET_UNKNOWN, NET_PROHIBITED, NET_FOR_TOS];
const NET_ERRORS: Readonly<Record<number, string>> = {
  [UnreachableCode.PROTOCOL]: 'Protocol not available',
  [UnreachableCode.SOURCE_ROUTE_FAILED]: 'Operation not supported',
  [UnreachableCode.HOST_UNKNOWN]: 'Host is down',
  [UnreachableCode.HOST_ISOLATED]: 'Machine is not on the network',
};

export interface PathOptions extends TracepathOptions {
  readonly destination: Ipv4;
  readonly nameOf: (address: Ipv4) => string;
}

interface Sent {
  readonly ttl: number;
  readonly at: number;
}

/** What is known after a probe. */
type Outcome = 'end' | 'answered' | 'silent';

export class Path {
  private readonly context: Context;
  private readonly io: Stdio;
  private readonly options: PathOptions;
  private readonly queue: MessageQueue;
  private readonly sourcePort: number;
  private readonly sent = new Map<number, Sent>();
  private slot = 0;
  private ttl = 0;
  private mtu: number;
  private there = -1;
  private back = -1;

  constructor(context: Context, io: Stdio, options: PathOptions) {
    this.context = context;
    this.io = io;
    this.options = options;
    this.mtu = options.length;
    this.sourcePort = ephemeralPort(context);
    // Its packets to an address of this host come by here as well.
    const wants = ({ view, network }: Packet): boolean =>
      destinationPort(view, network + headerLength(view, network)) === this.sourcePort;
    this.queue = new MessageQueue(
      { protocol: IpProtocol.UDP, device: vrfOf(context), wants },
      () => this.now,
    );
    openSocket(context.namespace, this.queue);
  }

  close(): void {
    closeSocket(this.context.namespace, this.queue);
  }

  private get now(): number {
    return this.context.lab.kernel.clock.now;
  }

  async run(): Promise<void> {
    const { maxHops } = this.options;
    let outcome: Outcome = 'silent';
    for (this.ttl = 1; this.ttl <= maxHops && outcome !== 'end'; this.ttl++) {
      outcome = await this.askHop();
      if (this.context.process.killed) return;
    }
    if (outcome !== 'end') this.io.print(`     Too many hops: pmtu ${this.mtu}\n`);
    const there = this.there < 0 ? '' : `hops ${this.there} `;
    const back = this.back < 0 ? '' : `back ${this.back} `;
    this.io.print(`     Resume: pmtu ${this.mtu} ${there}${back}\n`);
  }

  /** Another MTU begins the hop anew, whatever the answer was. */
  private async askHop(): Promise<Outcome> {
    let outcome: Outcome = 'silent';
    for (let left = PROBES; left > 0 && outcome === 'silent'; left--) {
      const { mtu } = this;
      outcome = await this.probe();
      if (this.context.process.killed) return 'end';
      if (this.mtu === mtu) continue;
      left = PROBES + 1;
      outcome = 'silent';
    }
    if (outcome === 'silent') this.io.print(`${this.hop}:  no reply\n`);
    return outcome;
  }

  private get hop(): string {
    return String(this.ttl).padStart(2);
  }

  private async probe(): Promise<Outcome> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const errno = this.send();
      if (errno === 0) return this.hear();
      if (errno === Errno.EMSGSIZE && this.takeLocalError()) attempt = -1;
    }
    this.io.print(`${this.hop}:  send failed\n`);
    return 'end';
  }

  private send(): Errno {
    const { context, options, ttl } = this;
    const { namespace } = context;
    const device = vrfOf(context);
    const port = (options.port + this.slot) & 0xffff;
    const found = sourceFor(namespace, options.destination, device ?? undefined, {
      protocol: IpProtocol.UDP,
      port,
    });
    if ('errno' in found) return found.errno;
    const ends = {
      source: found.source,
      sourcePort: this.sourcePort,
      destination: options.destination,
      port,
    };
    this.sent.set(this.slot, { ttl, at: this.now });
    const errno = sendDatagram(namespace, {
      ...ends,
      protocol: IpProtocol.UDP,
      ttl,
      pmtudisc: DO,
      payload: udpDatagram(ends, this.payload()),
      ...(device && { device }),
    });
    if (errno === 0) this.slot = (this.slot + 1) % REMEMBERED;
    context.lab.settle();
    return errno;
  }

  /** The TTL and the time of sending, and zeroes behind. */
  private payload(): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, this.mtu - OVERHEAD));
    const header = new DataView(new ArrayBuffer(24));
    // CLOCK_MONOTONIC: the machine's, from its start.
    const uptime = this.now - this.context.lab.kernel.clock.bootedAt;
    header.setUint32(0, this.ttl, true);
    header.setBigUint64(8, BigInt(Math.floor(uptime / SECOND)), true);
    header.setBigUint64(16, BigInt(uptime % SECOND) * 1000n, true);
    bytes.set(new Uint8Array(header.buffer).subarray(0, bytes.length));
    return bytes;
  }

  /** Waits for answers, and takes all that are there. */
  private async hear(): Promise<Outcome> {
    const { queue } = this;
    if (queue.isEmpty)
      await this.context.process.wait(WAIT, (wake) => {
        queue.onArrival = wake;
      });
    queue.onArrival = null;
    if (queue.messages.splice(0).length > 0) {
      this.io.print(`${this.hop}?: reply received 8)\n`);
      return 'end';
    }
    let outcome: Outcome = 'silent';
    for (
      let error = queue.errors.shift();
      error !== undefined && outcome !== 'end';
      error = queue.errors.shift()
    )
      outcome = this.take(error);
    return outcome;
  }

  /** The kernel told the path's MTU instead of sending; it does not about what no packet may hold (udp_sendmsg). */
  private takeLocalError(): boolean {
    const { namespace } = this.context;
    const mtu = pathMtu(namespace, this.options.destination, vrfOf(this.context) ?? undefined);
    if (this.mtu - OVERHEAD > IPV4_LENGTH_MAX || mtu >= this.mtu) return false;
    this.mtu = mtu;
    this.io.print(`${this.hop}?: ${'[LOCALHOST]'.padEnd(LOCAL_COLUMNS)} pmtu ${this.mtu}\n`);
    return true;
  }

  /** A line for each ICMP error. */
  private take(error: SocketError): Outcome {
    const slot = error.quotedView.getUint16(2) - this.options.port;
    const sent = this.sent.get(slot);
    this.sent.delete(slot);
    const ttl = sent?.ttl ?? -1;
    const time = sent === undefined ? '' : `${((error.time - sent.at) / 1000).toFixed(3).padStart(7)}ms `;
    const hop = ttl > 0 ? `${String(ttl).padStart(2)}:  ` : `${this.hop}?: `;
    const back = hopsOfTtl(error.ttl);
    const verdict = this.judge(error, ttl < 0 ? this.ttl : ttl, back);
    this.io.print(`${hop}${this.host(error.offender)}${time}${verdict.text}\n`);
    return verdict.outcome;
  }

  private host(address: Ipv4): string {
    const { numeric, both, nameOf } = this.options;
    const dotted = formatIpv4(address);
    const name = numeric ? dotted : nameOf(address);
    const text = both ? `${name} (${dotted})` : name;
    return text.padEnd(HOST_COLUMNS).padEnd(text.length + 1);
  }

  private judge(error: SocketError, there: number, back: number): { text: string; outcome: Outcome } {
    const { type, code, info } = error;
    if (type === IcmpType.TIME_EXCEEDED && code === TimeExceededCode.TTL)
      return { text: back === there ? '' : `asymm ${String(back).padStart(2)} `, outcome: 'answered' };
    if (type === IcmpType.UNREACHABLE && code === UnreachableCode.FRAGMENTATION_NEEDED) {
      this.mtu = info;
      return { text: `pmtu ${info}`, outcome: 'answered' };
    }
    if (type === IcmpType.UNREACHABLE && code === UnreachableCode.PORT) {
      this.there = there;
      this.back = back;
      return { text: 'reached', outcome: 'end' };
    }
    return { text: this.refusal(type, code), outcome: 'end' };
  }

  private refusal(type: number, code: number): string {
    if (type === IcmpType.PARAMETER_PROBLEM) return '!P';
    if (type !== IcmpType.UNREACHABLE) return '!H';
    const other = NET_ERRORS[code];
    if (other === undefined) return NETS.includes(code) ? '!N' : '!H';
    this.io.errorText(`NET ERROR: ${other}\n`);
    return '';
  }
}
