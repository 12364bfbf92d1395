// What ping says of each reply, error and redirect (gather_statistics, ping4_parse_reply of iputils).
import type { Ipv4 } from '../../../addr/ipv4.ts';
import { IcmpType } from '../../../wire/icmp.ts';
import * as ip from '../../../wire/ipv4.ts';
import type { Message, SocketError } from '../probe/message-queue.ts';
import type { Stdio } from '../probe/stdio.ts';
import { TIMEVAL, timeOf } from './echo.ts';
import { headerText, OptionPrinter } from './header-text.ts';
import { icmpText } from './icmp-text.ts';
import type { PingOptions } from './options.ts';
import { type Statistics, timeText } from './statistics.ts';

const ICMP_LENGTH = 8;

/** The part of a session's target that printing needs. */
export interface Printed {
  readonly options: PingOptions;
  readonly destination: Ipv4;
  readonly data: Uint8Array;
  readonly identifier: number;
  readonly multicast: boolean;
  readonly nameOf: (address: Ipv4) => string;
}

export class ReplyPrinter {
  private readonly io: Stdio;
  private readonly target: Printed;
  private readonly statistics: Statistics;
  private readonly now: () => number;
  private readonly optionPrinter: OptionPrinter;
  /** Set by -U, and by a time of day that went back: take the time when it is printed. */
  private userLatency: boolean;

  constructor(io: Stdio, target: Printed, statistics: Statistics, now: () => number) {
    this.io = io;
    this.target = target;
    this.statistics = statistics;
    this.now = now;
    this.optionPrinter = new OptionPrinter(target.nameOf, target.options.flood);
    this.userLatency = target.options.userLatency;
  }

  /** What -f prints is seen at once. */
  flood(text: string): void {
    this.io.print(text);
    this.io.flush();
  }

  /** -O: the request before the one that goes now has no answer. */
  noAnswerYet(): void {
    this.io.print(`${this.stamp()}no answer yet for icmp_seq=${this.statistics.transmitted % 0x10000}\n`);
    this.io.flush();
  }

  /** An ICMP error from the error queue. */
  error(error: SocketError, sequence: number): void {
    const { options, nameOf } = this.target;
    if (options.quiet) return;
    if (options.flood) {
      this.flood('\bE');
      return;
    }
    const what = icmpText(error.type, error.code, error.info, nameOf);
    this.io.print(`${this.stamp()}From ${nameOf(error.offender)} icmp_seq=${sequence} ${what}\n`);
    this.io.flush();
  }

  /** A message of the raw socket. */
  message(message: Message): void {
    const at = message.headerLength;
    if (message.bytes.length < at + ICMP_LENGTH) return;
    if (message.bytes[at] === IcmpType.ECHO_REPLY) this.reply(message, at);
    else this.quotation(message, at);
  }

  private stamp(): string {
    if (!this.target.options.timestamps) return '';
    const now = this.now();
    return `[${Math.floor(now / 1_000_000)}.${String(now % 1_000_000).padStart(6, '0')}] `;
  }

  private reply(message: Message, at: number): void {
    if (message.view.getUint16(at + 4) !== this.target.identifier) return;
    const { options } = this.target;
    const sequence = message.view.getUint16(at + 6);
    this.statistics.acknowledge(sequence);
    const time = this.roundTrip(message, at);
    const duplicate = this.statistics.countReply(sequence);
    if (options.quiet) return;
    if (options.flood) this.io.print('\b \b');
    else if (!this.replyLine(message, at, sequence, time, duplicate)) return;
    if (options.audible) this.io.print('\x07');
    if (!options.flood) {
      const length = message.headerLength - ip.IPV4_HEADER;
      this.io.print(`${this.optionPrinter.text(message.view, ip.IPV4_HEADER, length)}\n`);
    }
    this.io.flush();
  }

  /** Microseconds since the request, or -1 if the reply is too short to tell. */
  private roundTrip(message: Message, at: number): number {
    const { data } = this.target;
    if (data.length < TIMEVAL || message.bytes.length - at < ICMP_LENGTH + TIMEVAL) return -1;
    const sent = timeOf(message.view, at + ICMP_LENGTH);
    let time = (this.userLatency ? this.now() : message.time) - sent;
    if (time < 0) {
      this.io.error(`Warning: time of day goes back (${time}us), taking countermeasures`);
      this.userLatency = true;
      time = Math.max(0, this.now() - sent);
    }
    this.statistics.addTime(time);
    return time;
  }

  /** Prints the line without its end; false if it ended early because the reply is truncated. */
  private replyLine(
    message: Message,
    at: number,
    sequence: number,
    time: number,
    duplicate: boolean,
  ): boolean {
    const { options, data, destination, multicast, nameOf, identifier } = this.target;
    const length = message.bytes.length - at;
    let text = `${this.stamp()}${length} bytes from ${nameOf(message.source)}: icmp_seq=${sequence}`;
    if (options.verbose) text += ` ident=${identifier}`;
    text += ` ttl=${message.ttl}`;
    if (length < data.length + ICMP_LENGTH) {
      this.io.print(`${text} (truncated)\n`);
      this.io.flush();
      return false;
    }
    if (time >= 0) text += ` time=${timeText(time)}`;
    if (duplicate && (!multicast || options.verbose)) text += ' (DUP!)';
    if (!multicast && message.source !== destination) text += ' (DIFFERENT ADDRESS!)';
    this.io.print(text + wrongDataText(data, message.bytes.subarray(at + ICMP_LENGTH)));
    return true;
  }

  /** A redirect or source quench is told; the other errors come by the error queue and only count here. */
  private quotation(message: Message, at: number): void {
    const { view, bytes } = message;
    const inner = at + ICMP_LENGTH;
    if (bytes.length < inner + ip.IPV4_HEADER + ICMP_LENGTH) return;
    const echo = inner + ip.headerLength(view, inner);
    if (bytes.length < echo + ICMP_LENGTH) return;
    const ours =
      bytes[echo] === IcmpType.ECHO &&
      ip.destination(view, inner) === this.target.destination &&
      view.getUint16(echo + 4) === this.target.identifier;
    if (!ours) return;
    const type = bytes[at];
    const sequence = view.getUint16(echo + 6);
    if (type === IcmpType.REDIRECT || type === IcmpType.SOURCE_QUENCH) this.notice(message, at, sequence);
    else this.statistics.acknowledge(sequence);
  }

  private notice(message: Message, at: number, sequence: number): void {
    const { options, nameOf } = this.target;
    if (options.quiet || options.flood) return;
    const { view, bytes } = message;
    const what = icmpText(bytes[at], bytes[at + 1], view.getInt32(at + 4), nameOf);
    const header = options.verbose ? headerText(view, at + ICMP_LENGTH, this.optionPrinter) : '';
    this.io.print(`${this.stamp()}From ${nameOf(message.source)}: icmp_seq=${sequence} ${what}\n${header}`);
  }
}

/** The lines about the first data byte that is not what was sent; '' if all are. */
export function wrongDataText(sent: Uint8Array, got: Uint8Array): string {
  let wrong = TIMEVAL;
  while (wrong < sent.length && sent[wrong] === got[wrong]) wrong++;
  if (wrong >= sent.length) return '';
  let text = `\nwrong data byte #${wrong} should be 0x${sent[wrong].toString(16)} but was 0x${got[wrong].toString(16)}`;
  for (let i = TIMEVAL; i < sent.length; i++) {
    if (i % 32 === TIMEVAL) text += `\n#${i}\t`;
    text += `${got[i].toString(16)} `;
  }
  return text;
}
