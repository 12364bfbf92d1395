// One run of ping on the virtual clock: when it sends, what it waits for, when it ends (ping_common.c of iputils).
import { Errno } from '../../../addr/errno.ts';
import type { Ipv4 } from '../../../addr/ipv4.ts';
import {
  closeSocket,
  type DatagramRequest,
  openSocket,
  refusedMtu,
  sendDatagram,
} from '../../../admin/socket.ts';
import type { Device } from '../../../netns/device.ts';
import type { Packet } from '../../../packet/packet.ts';
import { IcmpType } from '../../../wire/icmp.ts';
import * as ip from '../../../wire/ipv4.ts';
import type { Context } from '../../command.ts';
import { MessageQueue } from '../probe/message-queue.ts';
import type { Stdio } from '../probe/stdio.ts';
import { echoRequest, TIMEVAL } from './echo.ts';
import type { PingOptions } from './options.ts';
import { ReplyPrinter } from './reply.ts';
import { finishText, Statistics } from './statistics.ts';

/** Least milliseconds between two looks at the socket (MININTERVAL). */
const MIN_INTERVAL = 10;
/** Microseconds that one packet of a flood takes; without them no virtual time would pass. */
const FLOOD_GAP = 100;
const SOCKET_LENGTH_MAX = 0xffff;
const SIGINT = 2;

/** ICMP types that ping's raw socket lets in, and what is left of them after the first error was read. */
const HEARD = new Set<number>([
  IcmpType.ECHO_REPLY,
  IcmpType.UNREACHABLE,
  IcmpType.SOURCE_QUENCH,
  IcmpType.REDIRECT,
  IcmpType.TIME_EXCEEDED,
  IcmpType.PARAMETER_PROBLEM,
]);
const HEARD_AFTER_ERROR = new Set<number>([IcmpType.ECHO_REPLY, IcmpType.SOURCE_QUENCH, IcmpType.REDIRECT]);

/** What a session is started with: everything that was resolved and checked. */
export interface PingTarget {
  readonly options: PingOptions;
  readonly hostname: string;
  readonly destination: Ipv4;
  /** Bound source address, 0 for none. */
  readonly source: Ipv4;
  readonly device: Device | null;
  /** IP options as given to IP_OPTIONS, or null. */
  readonly ipOptions: Uint8Array | null;
  /** Data of every request. */
  readonly data: Uint8Array;
  readonly identifier: number;
  /** IP_PMTUDISC_*. */
  readonly pathMtuDiscovery: number;
  /** Broadcast or multicast: replies come from other addresses. */
  readonly multicast: boolean;
  /** `name (address)` or the address alone. */
  readonly nameOf: (address: Ipv4) => string;
  /** Why sending cannot work (SO_DONTROUTE without a route on the link), or 0. */
  readonly sendError: Errno;
}

/** Milliseconds after which a request that found no room is tried again, at most (nores_interval in pinger). */
const NO_BUFFER_WAIT_MAX = 500;

export class PingSession {
  private readonly context: Context;
  private readonly io: Stdio;
  private readonly target: PingTarget;
  private readonly options: PingOptions;
  private readonly statistics = new Statistics();
  private readonly queue: MessageQueue;
  private readonly printer: ReplyPrinter;
  private readonly startTime: number;
  private heard = HEARD;
  private interval: number;
  /** When the last request went, or -1. */
  private lastSent = -1;
  /** Milliseconds saved up for sending (token bucket). */
  private tokens = 0;
  /** When SIGALRM comes. */
  private alarmAt = Number.POSITIVE_INFINITY;
  private lingerSet = false;
  /** Requests in a row that found no room on their way out (oom_count). */
  private refusals = 0;
  private exiting = false;

  constructor(context: Context, io: Stdio, target: PingTarget) {
    this.context = context;
    this.io = io;
    this.target = target;
    this.options = target.options;
    this.interval = target.options.flood && !target.options.intervalGiven ? 0 : target.options.interval;
    this.startTime = this.now;
    this.queue = new MessageQueue(
      {
        protocol: ip.IpProtocol.ICMP,
        device: target.device,
        address: target.options.strictSource ? target.source : undefined,
        wants: (packet) => this.wants(packet),
      },
      () => this.now,
    );
    this.printer = new ReplyPrinter(io, target, this.statistics, () => this.now);
    if (this.options.deadline > 0) this.alarmAt = this.startTime + this.options.deadline * 1_000_000;
  }

  /** Runs to the end; the exit status. */
  async run(): Promise<number> {
    openSocket(this.context.namespace, this.queue);
    this.context.process.onKill(() => {
      this.exiting = true;
    });
    await this.loop();
    closeSocket(this.context.namespace, this.queue);
    const { process } = this.context;
    // Only SIGINT and SIGALRM are caught: any other signal ends ping without a word.
    if (process.killed && process.signal !== SIGINT) return 128 + process.signal;
    return this.finish();
  }

  private get now(): number {
    return this.context.lab.kernel.clock.now;
  }

  private wants(packet: Packet): boolean {
    return this.heard.has(
      packet.view.getUint8(packet.network + ip.headerLength(packet.view, packet.network)),
    );
  }

  private get isDone(): boolean {
    const { count, deadline } = this.options;
    const { received, errors } = this.statistics;
    return this.exiting || (count > 0 && received + errors >= count) || (deadline > 0 && errors > 0);
  }

  private async loop(): Promise<void> {
    while (!this.isDone) {
      let next: number;
      do next = this.scheduleExit(this.pinger());
      while (next <= 0);
      if (!(await this.arrival(this.waitTime(next)))) continue;
      this.drain();
      if (this.interval === 0) await this.context.process.sleep(FLOOD_GAP);
    }
  }

  /** Sends what is due; milliseconds until the next request (pinger). */
  private pinger(): number {
    const { options, statistics } = this;
    if (
      this.exiting ||
      (options.count > 0 && statistics.transmitted >= options.count && options.deadline === 0)
    )
      return 1000;
    if (this.lastSent < 0) this.tokens = this.interval * (options.preload - 1);
    else {
      const wait = this.spendTokens();
      if (wait > 0) return wait;
    }
    this.lastSent = this.now;
    if (options.outstanding && statistics.transmitted > 0 && !statistics.isAnswered(statistics.transmitted))
      this.printer.noAnswerYet();
    const sent = this.send();
    if (!sent && this.isWorthRetrying()) {
      this.tokens = 0;
      return this.noBufferWait();
    }
    statistics.advance();
    if (sent) {
      if (options.flood && !options.quiet) this.printer.flood('.');
      return this.interval - this.tokens;
    }
    this.tokens = 0;
    return Math.max(MIN_INTERVAL, this.interval);
  }

  /** Takes the tokens for one request, or says how many milliseconds are missing. */
  private spendTokens(): number {
    const { preload } = this.options;
    let tokens = Math.trunc((this.now - this.lastSent) / 1000);
    if (this.interval === 0 && tokens < MIN_INTERVAL && this.statistics.inFlight >= preload)
      return MIN_INTERVAL - tokens;
    tokens = Math.min(tokens + this.tokens, this.interval * preload);
    if (tokens < this.interval) return this.interval - tokens;
    this.tokens = tokens - this.interval;
    return 0;
  }

  private noBufferWait(): number {
    return Math.min(Math.trunc(this.interval / 2), NO_BUFFER_WAIT_MAX);
  }

  /** A queue that was full may have room soon; ping believes so for as long as it would wait for an answer. */
  private isWorthRetrying(): boolean {
    return this.refusals > 0 && this.refusals * this.noBufferWait() < this.options.linger;
  }

  /** Sends one request and lets the network carry it; false if it was refused at once. */
  private send(): boolean {
    const { target, options } = this;
    const sequence = this.statistics.transmitted + 1;
    this.statistics.clearAnswered(sequence);
    const payload = echoRequest(target.data, target.identifier, sequence, this.now);
    const errno = this.sendError(payload);
    this.context.lab.settle();
    this.refusals = errno === Errno.ENOBUFS ? this.refusals + 1 : 0;
    if (errno === 0) return true;
    if (this.isWorthRetrying()) return false;
    if (errno === Errno.EMSGSIZE && payload.length <= SOCKET_LENGTH_MAX) this.localError(payload);
    else if ((errno === Errno.ENOBUFS || this.readError()) && !options.quiet) {
      if (options.flood) this.printer.flood('E');
      else this.io.error('sendmsg', errno);
    }
    return false;
  }

  private sendError(payload: Uint8Array): Errno {
    const { target } = this;
    if (payload.length > SOCKET_LENGTH_MAX) return Errno.EMSGSIZE;
    if (target.sendError !== 0) return target.sendError;
    return sendDatagram(this.context.namespace, this.request(payload));
  }

  private request(payload: Uint8Array): DatagramRequest {
    const { target, options } = this;
    return {
      destination: target.destination,
      protocol: ip.IpProtocol.ICMP,
      pmtudisc: target.pathMtuDiscovery,
      tos: options.tos,
      mark: options.mark,
      broadcast: options.broadcast,
      multicastLoop: !options.noLoop,
      payload,
      ...(options.strictSource && { source: target.source }),
      ...(options.ttl >= 0 && { ttl: options.ttl }),
      ...(target.device !== null && { device: target.device }),
      ...(target.ipOptions !== null && { options: target.ipOptions }),
    };
  }

  /** The datagram did not fit: the kernel tells the MTU through the error queue. */
  private localError(payload: Uint8Array): void {
    if (this.options.quiet) return;
    const mtu = refusedMtu(this.context.namespace, this.request(payload));
    if (this.options.flood) this.printer.flood('E');
    else this.io.error(`local error: message too long, mtu=${mtu}`);
    this.statistics.errors++;
  }

  /** Once all are sent: how long to wait for the rest (__schedule_exit). */
  private scheduleExit(next: number): number {
    const { count, deadline, linger } = this.options;
    const { transmitted, received, maximum } = this.statistics;
    if (count === 0 || transmitted < count || deadline > 0 || this.lingerSet) return next;
    const wait = received > 0 ? Math.max(2 * maximum, this.interval * 1000) : linger * 1000;
    // A wait of 0 disarms the timer and is asked for again at the next turn.
    this.lingerSet = wait > 0;
    this.alarmAt = wait > 0 ? this.now + wait : Number.POSITIVE_INFINITY;
    return Math.max(next, Math.trunc(wait / 1000));
  }

  /** Milliseconds to listen: SO_RCVTIMEO for a whole interval, poll(2) for less. */
  private waitTime(next: number): number {
    const timeout = Math.max(MIN_INTERVAL, this.interval);
    const { adaptive } = this.options;
    if (!adaptive && next >= timeout) return timeout;
    if (next <= MIN_INTERVAL) return this.statistics.inFlight > 0 ? MIN_INTERVAL : next;
    return adaptive || this.interval > 0 ? next : timeout;
  }

  /**
   * Whether something is there to read. When the time for the next request comes at the same instant as a message,
   * the request goes first: so it does on the kernel, where what the timer tick delivers is handled after the wake-up.
   */
  private async arrival(waitMilliseconds: number): Promise<boolean> {
    if (!this.queue.isEmpty) return true;
    const until = this.now + waitMilliseconds * 1000;
    const end = Math.min(until, this.alarmAt);
    await this.context.process.wait(end - this.now, (wake) => {
      this.queue.onArrival = wake;
    });
    this.queue.onArrival = null;
    if (this.now >= this.alarmAt) this.exiting = true;
    return !this.exiting && this.now < until && !this.queue.isEmpty;
  }

  /** Reads until nothing is under way or nothing is there; errors come before messages (sk_err). */
  private drain(): void {
    while (!this.queue.isEmpty) {
      if (!this.readError()) this.readMessage();
      if (this.statistics.inFlight === 0) return;
    }
  }

  /** Reads one ICMP error about a request of ours; false if there was none. */
  private readError(): boolean {
    const error = this.queue.errors.shift();
    if (error === undefined) return false;
    const { target, statistics } = this;
    const ours =
      error.destination === target.destination &&
      error.quoted.length >= 8 &&
      error.quoted[0] === IcmpType.ECHO &&
      error.quotedView.getUint16(4) === target.identifier;
    if (!ours) return true;
    const sequence = error.quotedView.getUint16(6);
    statistics.acknowledge(sequence);
    this.heard = HEARD_AFTER_ERROR;
    statistics.errors++;
    this.printer.error(error, sequence);
    return true;
  }

  private readMessage(): void {
    const message = this.queue.messages.shift();
    if (message === undefined) return;
    this.printer.message(message);
    if (this.options.adaptive && this.statistics.received > 0) this.adapt();
  }

  /** update_interval: an eighth of … the average round trip; without a measurable one as fast as replies come. */
  private adapt(): void {
    this.interval = Math.trunc((Math.trunc(this.statistics.average / 8) + 500) / 1000);
  }

  private finish(): number {
    const { options, statistics } = this;
    this.io.print(
      finishText(statistics, {
        hostname: this.target.hostname,
        timing: this.target.data.length >= TIMEVAL,
        gap: this.interval === 0 || options.flood || options.adaptive,
        elapsed: this.lastSent - this.startTime,
      }),
    );
    this.io.flush();
    const missing = options.deadline > 0 && statistics.received < options.count;
    return statistics.received === 0 || missing ? 1 : 0;
  }
}
