// The run of traceroute: up to 16 probes under way, answers printed in the order of the hops (do_it of traceroute.c).

import { Errno } from '../../../addr/errno.ts';
import { formatIpv4, type Ipv4 } from '../../../addr/ipv4.ts';
import { SECOND } from '../../../time/clock.ts';
import type { Context } from '../../command.ts';
import type { Message, SocketError } from '../probe/message-queue.ts';
import type { Resolver } from '../probe/resolver.ts';
import { routeDevice } from '../probe/route-device.ts';
import { isExpiredForGood } from './expiry.ts';
import type { TraceOptions } from './options.ts';
import { hopsOfTtl, noteOf, Probe } from './probe.ts';
import type { CallFailure, Sender } from './sender.ts';

/** poll(2) ends with a tick of the clock (HZ is 100): probes sent in one burst expire together. */
const TICK = 10_000;
/** Added to a measured time before it is multiplied (DEF_WAIT_PREC). */
const PRECISION = 1000;
const IPV4_HEADER = 20;
const DEFAULT_DATA = 40;
const LONGEST = 65_000;

export class Trace {
  private readonly context: Context;
  private readonly options: TraceOptions;
  private readonly sender: Sender;
  private readonly resolver: Resolver;
  private readonly probes: Probe[];
  private readonly headerLength: number;
  private dataLength: number;
  private start: number;
  private end: number;
  private lastSent = 0;

  constructor(context: Context, options: TraceOptions, sender: Sender, resolver: Resolver) {
    this.context = context;
    this.options = options;
    this.sender = sender;
    this.resolver = resolver;
    this.probes = Array.from({ length: options.maxHops * options.queries }, () => new Probe());
    this.headerLength = IPV4_HEADER + sender.headerLength;
    this.dataLength = this.initialLength();
    this.start = (options.firstHop - 1) * options.queries;
    this.end = this.probes.length;
  }

  private initialLength(): number {
    const { packetLength, findMtu, method } = this.options;
    const wanted = packetLength < 0 && findMtu ? LONGEST : packetLength;
    const length =
      wanted < 0 ? DEFAULT_DATA - this.sender.headerLength : Math.max(0, wanted - this.headerLength);
    return method === 'icmp' ? Math.max(8, length) : length;
  }

  /** Null at the end, or the call that failed. */
  async run(): Promise<CallFailure | null> {
    const { host, destination, maxHops } = this.options;
    this.context.out(
      `traceroute to ${host} (${formatIpv4(destination)}), ${maxHops} hops max, ` +
        `${this.headerLength + this.dataLength} byte packets`,
    );
    while (this.start < this.end) {
      const next = this.pass();
      if (typeof next !== 'number') return next;
      if (next > 0) await this.poll(next);
      if (this.context.process.killed) return null;
    }
    this.context.out('\n');
    return null;
  }

  private get now(): number {
    return this.context.lab.kernel.clock.now;
  }

  /** Prints what can be printed and sends what may be sent; when to look again (0: at once), or what failed. */
  private pass(): number | CallFailure {
    let nextTime = 0;
    let underWay = 0;
    const now = this.now;
    for (let n = this.start; n < this.end; n++) {
      const probe = this.probes[n];
      if (n === this.start && !probe.done && probe.sentAt > 0) {
        const expires = probe.sentAt + this.timeout(n);
        if (expires > now) nextTime = expires;
        else this.expire(n);
      }
      if (probe.done) {
        if (n === this.start) {
          this.print(n);
          this.start++;
        }
        if (probe.final) this.end = (Math.floor(n / this.options.queries) + 1) * this.options.queries;
        continue;
      }
      if (probe.sentAt === 0) {
        const pause = this.lastSent + this.options.sendWait * SECOND;
        if (this.options.sendWait > 0 && pause > now) return pause;
        const failure = this.send(n);
        if (failure !== null) return failure;
      }
      if (nextTime === 0) nextTime = probe.sentAt + this.timeout(n);
      if (++underWay >= this.options.simultaneous) break;
    }
    return nextTime;
  }

  private send(n: number): CallFailure | null {
    const probe = this.probes[n];
    const ttl = Math.floor(n / this.options.queries) + 1;
    probe.sentAt = this.now;
    this.lastSent = this.now;
    const result = this.sender.send(probe, ttl, this.dataLength);
    if (typeof result !== 'number') return result;
    if (result === Errno.EMSGSIZE) this.localError(probe);
    else if (result !== 0 && result !== Errno.EHOSTUNREACH) return { call: 'send', errno: result };
    return null;
  }

  /** The kernel told the device's MTU through the error queue instead of sending. */
  private localError(probe: Probe): void {
    const mtu = routeDevice(this.context, this.options.destination)?.mtu ?? 0;
    probe.receivedAt = this.now;
    probe.done = true;
    if (this.adjustLength(probe, mtu)) return;
    probe.note = `!F-${mtu}`;
    probe.final = true;
  }

  /** --mtu: send that probe again, as long as the MTU allows. */
  private adjustLength(probe: Probe, mtu: number): boolean {
    const isNews = mtu >= this.headerLength && mtu < this.headerLength + this.dataLength;
    if (!this.options.findMtu || !isNews) return false;
    this.dataLength = mtu - this.headerLength;
    probe.reset(`F=${mtu}`);
    return true;
  }

  /** Microseconds to wait for a probe: by what the same hop or a later one took, if that is known. */
  private timeout(n: number): number {
    const { wait, here, near, queries } = this.options;
    const longest = wait * SECOND;
    const first = n - (n % queries);
    const measured = (factor: number, probes: readonly Probe[]): number | null => {
      const known =
        factor === 0 ? undefined : probes.find((probe) => probe.done && probe.receivedAt > probe.sentAt);
      return known === undefined
        ? null
        : Math.min((known.receivedAt - known.sentAt + PRECISION) * factor, longest);
    };
    return (
      measured(here, this.probes.slice(first, first + queries)) ??
      measured(near, this.sentAfter(n)) ??
      longest
    );
  }

  /** Probes behind `n`, up to the first that was not sent yet. */
  private sentAfter(n: number): Probe[] {
    const unsent = this.probes.findIndex((probe, i) => i > n && probe.sentAt === 0);
    return this.probes.slice(n + 1, unsent < 0 ? undefined : unsent);
  }

  private expire(n: number): void {
    const probe = this.probes[n];
    probe.done = true;
    const replacement = isExpiredForGood(this.probes, n, this.options.queries, this.sentAfter(n));
    if (replacement === null) return;
    Object.assign(probe, replacement);
    replacement.reset();
    // Not to be sent again.
    replacement.sentAt = 1;
  }

  /** Waits for answers until `time`, and takes those that are there. */
  private async poll(time: number): Promise<void> {
    const { queue } = this.sender;
    if (queue.isEmpty && time > this.now)
      await this.context.process.wait(time - this.now + TICK, (wake) => {
        queue.onArrival = wake;
      });
    queue.onArrival = null;
    // A UDP probe has its own socket, so poll(2) reports all of them; ICMP has one, and one message is read at a time.
    const most = this.sender.headerLength === 0 ? 1 : Number.POSITIVE_INFINITY;
    for (let count = 0; count < most && !queue.isEmpty; count++) {
      const error = queue.errors.shift();
      if (error !== undefined) this.takeError(error);
      else this.takeMessage(queue.messages.shift() as Message);
    }
  }

  private takeError(error: SocketError): void {
    const probe = this.probes.find((each) => isWaiting(each) && this.sender.matchesError(each, error));
    if (probe === undefined) return;
    this.answered(probe, error.offender, error.time, error.ttl);
    const note = noteOf(error.type, error.code, error.info);
    if (note !== null) {
      if (note !== '') probe.note = note;
      probe.final = true;
    }
    if (error.info > 0) this.adjustLength(probe, error.info);
  }

  private takeMessage(message: Message): void {
    const probe = this.probes.find((each) => isWaiting(each) && this.sender.matches(each, message));
    if (probe === undefined) return;
    probe.final = true;
    this.answered(probe, message.source, message.time, message.ttl);
  }

  private answered(probe: Probe, address: Ipv4, time: number, ttl: number): void {
    probe.answered = true;
    probe.address = address;
    probe.receivedAt = time;
    probe.ttl = ttl;
    probe.done = true;
  }

  private print(n: number): void {
    const { queries } = this.options;
    const probe = this.probes[n];
    const ttl = Math.floor(n / queries) + 1;
    let text = n % queries === 0 ? `\n${String(ttl).padStart(2)} ` : '';
    if (!probe.answered) text += ' *';
    else if (this.isNewHere(n)) text += this.addressText(probe, ttl);
    if (probe.receivedAt > 0) text += `  ${((probe.receivedAt - probe.sentAt) / 1000).toFixed(3)} ms`;
    if (probe.note !== '') text += ` ${probe.note}`;
    this.context.out(text);
  }

  /** Whether the address differs from that of the answer before, in the same hop. */
  private isNewHere(n: number): boolean {
    const { queries, backward } = this.options;
    const probe = this.probes[n];
    const before = this.probes.slice(n - (n % queries), n).findLast((each) => each.answered);
    if (before === undefined) return true;
    return before.address !== probe.address || (backward && before.ttl !== probe.ttl);
  }

  private addressText(probe: Probe, ttl: number): string {
    const address = formatIpv4(probe.address);
    const name = this.options.numeric ? address : `${this.resolver.nameOf(probe.address)} (${address})`;
    const hops = hopsOfTtl(probe.ttl);
    const back = this.options.backward && probe.ttl > 0 && hops !== ttl ? ` '-${hops}'` : '';
    return ` ${name}${back}`;
  }
}

const isWaiting = (probe: Probe): boolean => !probe.done && probe.sentAt > 0;
