// tcpdump 4.99.3 with libpcap 1.10.3: captures on devices of a namespace, or reads a capture; prints or writes.

import { parseIpv4 } from '../../../addr/ipv4.ts';
import { LINKTYPE_LINUX_SLL2, linkTypeName } from '../../../capture/record.ts';
import { SECOND } from '../../../time/clock.ts';
import type { Command, Context } from '../../command.ts';
import { Stdio } from '../probe/stdio.ts';
import { type Choice, chooseDevice, deviceLines } from './devices.ts';
import { compileFilter, type Filter } from './filter/compile.ts';
import type { FilterLink } from './filter/link.ts';
import {
  isKnownLinkType,
  linkTypeByName,
  linkTypeLines,
  linkTypeWords,
  offeredLinkTypes,
} from './link-types.ts';
import { LiveCapture } from './live.ts';
import { type Hosts, LOOPBACK_HOSTS, NUMERIC, namesFrom, parseHosts } from './names.ts';
import { type Options, parseOptions } from './options.ts';
import { PacketPrinter, type PrintablePacket } from './packet-printer.ts';
import { readSavefile } from './read.ts';
import { Savefile } from './savefile.ts';
import { USAGE, VERSION } from './usage.ts';

const FAILED = 1;
/** From the start of the program until its packet socket is open, on the judge; microseconds. */
const OPENING = 100_000;
const KILL = 9;

async function run(context: Context, args: readonly string[]): Promise<number> {
  const io = new Stdio(context, 'tcpdump');
  const parsed = parseOptions(args);
  if ('usage' in parsed) {
    context.err(`tcpdump: ${parsed.usage}\n${USAGE}`);
    return FAILED;
  }
  if ('error' in parsed) return fail(context, parsed.error);
  if ('foreign' in parsed) return refuse(context, `${parsed.foreign} is not emulated`);
  const status = await new Run(context, io, parsed.options).run();
  if (context.process.signal !== KILL) io.flush();
  return status;
}

function fail(context: Context, text: string): number {
  context.err(`tcpdump: ${text}\n`);
  return FAILED;
}

/** What tcpdump can do and this one cannot. */
function refuse(context: Context, text: string): number {
  context.err(`vrouter: tcpdump: ${text}\n`);
  return FAILED;
}

const plural = (count: number): string => (count === 1 ? '' : 's');

/** One run of the command. */
class Run {
  private readonly context: Context;
  private readonly io: Stdio;
  private readonly options: Options;
  private hosts: Hosts = LOOPBACK_HOSTS;
  private printer: PacketPrinter | null = null;
  private savefile: Savefile | null = null;
  private captured = 0;

  constructor(context: Context, io: Stdio, options: Options) {
    this.context = context;
    this.io = io;
    this.options = options;
  }

  async run(): Promise<number> {
    const { options, context } = this;
    if (options.help || options.version || options.list) {
      this.io.print(options.help ? USAGE : options.version ? VERSION : deviceLines(context.namespace));
      return 0;
    }
    if (options.linkType !== null && linkTypeByName(options.linkType) < 0)
      return fail(context, `invalid data link type ${options.linkType}`);
    const hosts = await context.readFile('/etc/hosts');
    if (hosts !== null) this.hosts = parseHosts(new TextDecoder().decode(hosts));
    return options.readPath === null ? this.live() : this.read(options.readPath);
  }

  /** The filter of the command line or of -F; the exit status if there is none. */
  private async filter(link: FilterLink): Promise<Filter | number> {
    const { options, context } = this;
    let text = options.filter;
    if (options.filterPath !== null) {
      const file = await context.open(options.filterPath);
      if (typeof file === 'string') return fail(context, `can't open ${options.filterPath}: ${file}`);
      text = new TextDecoder().decode(file).replace(/#.*/g, '');
    }
    const filter = compileFilter(text, link, (name) => this.resolve(name));
    if ('foreign' in filter) return refuse(context, `filter "${text}" is not emulated`);
    return 'error' in filter ? fail(context, filter.error) : filter;
  }

  private resolve(name: string): number[] {
    const found: number[] = [];
    for (const [address, host] of this.hosts) {
      const parsed = host === name ? parseIpv4(address) : null;
      if (parsed !== null) found.push(parsed);
    }
    return found;
  }

  /** Opens what the packets go to; the exit status if that fails. */
  private async openOutput(linkType: number, snapLength: number): Promise<number | null> {
    const { options, context } = this;
    if (options.writePath !== null) {
      const { writePath, nanos, packetBuffered } = options;
      this.savefile = new Savefile(context, writePath, linkType, snapLength, nanos, packetBuffered);
      const error = await this.savefile.open();
      if (error !== null) return fail(context, `${writePath}: ${error}`);
    }
    if (options.writePath === null || options.print) {
      const names = options.numeric ? NUMERIC : namesFrom(this.hosts);
      const { devices } = context.namespace;
      this.printer = new PacketPrinter(options, names, linkType, (index) => devices.get(index)?.name ?? '?');
    }
    return null;
  }

  private async packet(packet: PrintablePacket): Promise<void> {
    this.captured++;
    await this.savefile?.write(packet);
    if (this.printer === null || (this.options.countOnly && this.savefile === null)) return;
    this.io.print(this.printer.format(packet, this.captured));
    if (this.options.lineBuffered) this.io.flush();
  }

  private async read(path: string): Promise<number> {
    const { context, options } = this;
    const bytes = path === '-' ? await context.readStdin() : await context.open(path);
    if (typeof bytes === 'string') return fail(context, `${path}: ${bytes}`);
    const capture = readSavefile(bytes);
    if ('error' in capture) return fail(context, capture.error);
    const { linkType, snapLength, bigEndian } = capture;
    context.err(`reading from file ${path}, ${linkTypeWords(linkType)}, snapshot length ${snapLength}\n`);
    if (linkType === LINKTYPE_LINUX_SLL2) context.err('Warning: interface names might be incorrect\n');
    if (!isKnownLinkType(linkType) && options.writePath === null)
      return refuse(context, `link type ${linkType} is not emulated`);
    const filter = await this.filter({ linkType, live: false, bigEndian });
    if (typeof filter === 'number') return filter;
    const status = await this.openOutput(linkType, snapLength);
    if (status !== null) return status;
    for (const record of capture.records) {
      if (this.captured >= options.count) break;
      if (filter.matches(record.data, record.originalLength, false)) await this.packet(record);
    }
    return this.endOfFile(this.captured >= options.count ? null : capture.problem);
  }

  private async endOfFile(problem: string | null): Promise<number> {
    this.io.flush();
    await this.savefile?.flush();
    if (problem !== null) this.context.err(`tcpdump: pcap_loop: ${problem}\n`);
    if (this.options.countOnly) this.io.print(`${this.captured} packet${plural(this.captured)}\n`);
    return problem === null ? 0 : FAILED;
  }

  private async live(): Promise<number> {
    const { context, options } = this;
    const choice = chooseDevice(context.namespace, options.device);
    if (typeof choice === 'object' && 'error' in choice) return fail(context, choice.error);
    if (options.listLinkTypes) {
      context.err(linkTypeLines(choice));
      return 0;
    }
    const linkType = this.chooseLinkType(choice);
    if (linkType === null) return FAILED;
    const filter = await this.filter({ linkType, live: true });
    if (typeof filter === 'number') return filter;
    await context.process.sleep(OPENING);
    if (context.process.killed) return 128 + context.process.signal;
    const { snapLength, direction } = options;
    const promiscuous = !options.noPromiscuous && choice !== 'any';
    const capture = new LiveCapture(context.namespace, choice, {
      linkType,
      snapLength,
      promiscuous,
      direction,
      filter,
    });
    capture.attach();
    const status =
      (await this.openOutput(linkType, snapLength)) ?? (await this.capture(capture, choice, linkType));
    capture.detach();
    return status;
  }

  /** What -y asks for, what -i any has by default, or what the device has; null if -y cannot be. */
  private chooseLinkType(choice: Choice): number | null {
    const { device, linkType } = this.options;
    const offered = offeredLinkTypes(choice);
    if (linkType === null && device !== 'any') return offered[0];
    const wanted = linkType === null ? LINKTYPE_LINUX_SLL2 : linkTypeByName(linkType);
    if (!offered.includes(wanted)) {
      fail(this.context, `${linkType} is not one of the DLTs supported by this device`);
      return null;
    }
    this.context.err(`tcpdump: data link type ${linkTypeName(wanted)}\n`);
    return wanted;
  }

  private greet(choice: Choice, linkType: number): void {
    const { options, context } = this;
    const suppressed = 'verbose output suppressed, use -v[v]... for full protocol decode\n';
    const name = choice === 'any' ? 'any' : choice.name;
    context.err(`tcpdump: ${options.verbose === 0 && options.writePath === null ? suppressed : ''}`);
    context.err(
      `listening on ${name}, ${linkTypeWords(linkType)}, snapshot length ${options.snapLength} bytes\n`,
    );
  }

  /** Runs until it is killed, has enough packets or the device is gone. */
  private async capture(capture: LiveCapture, choice: Choice, linkType: number): Promise<number> {
    const { context, options } = this;
    this.greet(choice, linkType);
    // tcpdump handles SIGINT even in the background, where a shell's children ignore it.
    context.process.onKill(() => capture.wake());
    const progress =
      options.verbose > 0 && this.savefile !== null && !options.print ? new Progress(context) : null;
    const blocks = new Blocks(context, this.period());
    while (!context.process.killed && !capture.disappeared && this.captured < options.count) {
      await blocks.next(capture, progress?.untilNext() ?? Number.POSITIVE_INFINITY);
      // What is in a block that has not ended is lost to a tcpdump that is killed.
      if (blocks.ended || (capture.disappeared && !context.process.killed)) await this.drain(capture);
      progress?.show(this.captured);
    }
    if (context.process.signal === KILL) return 128 + KILL;
    return this.endOfCapture(capture);
  }

  /** The time-out that tcpdump asks libpcap for, microseconds; 0 is immediate mode. */
  private period(): number {
    const { context, options } = this;
    if (options.immediate) return 0;
    const prints = options.writePath === null || options.print;
    return prints && (context.isTerminal || options.lineBuffered) ? SECOND / 10 : SECOND;
  }

  private async drain(capture: LiveCapture): Promise<void> {
    while (capture.queue.length > 0 && this.captured < this.options.count)
      await this.packet(capture.queue.shift() as PrintablePacket);
  }

  private async endOfCapture({ received, disappeared }: LiveCapture): Promise<number> {
    const { context } = this;
    const interrupted = context.process.killed && this.captured < this.options.count;
    // In case a line was not finished.
    if (interrupted && this.savefile === null) this.io.print('\n');
    this.io.flush();
    if (disappeared) context.err('tcpdump: pcap_loop: The interface disappeared\n');
    context.err(`${this.captured} packet${plural(this.captured)} captured\n`);
    context.err(`${received} packet${plural(received)} received by filter\n`);
    context.err('0 packets dropped by kernel\n');
    await this.savefile?.flush();
    return disappeared ? FAILED : 0;
  }
}

/**
 * The kernel hands packets over in blocks, each of which ends when the time-out is over and there is something in it
 * (TPACKET_V3, prb_retire_rx_blk_timer_expired): packets are printed up to a second late, in bursts.
 */
class Blocks {
  private readonly context: Context;
  private readonly period: number;
  private readonly start: number;
  /** The packets that wait may be taken. */
  ended = false;

  constructor(context: Context, period: number) {
    this.context = context;
    this.period = period;
    this.start = context.lab.kernel.clock.now;
  }

  /** Waits for the end of a block, but no longer than `limit` microseconds. */
  async next(capture: LiveCapture, limit: number): Promise<void> {
    const { process, lab } = this.context;
    this.ended = false;
    const until = lab.kernel.clock.now + limit;
    if (capture.queue.length === 0)
      await process.wait(limit, (wake) => {
        capture.wake = wake;
      });
    const { now } = lab.kernel.clock;
    this.ended = this.period === 0;
    if (this.ended || capture.queue.length === 0 || process.killed || now >= until) return;
    const rest = this.period - ((now - this.start) % this.period);
    await process.sleep(Math.min(rest, until - now));
    this.ended = rest <= until - now && !process.killed;
  }
}

/** `Got 5`, once a second, of a capture to a file with -v. */
class Progress {
  private readonly context: Context;
  private next: number;
  private said = -1;

  constructor(context: Context) {
    this.context = context;
    this.next = this.now + SECOND;
  }

  private get now(): number {
    return this.context.lab.kernel.clock.now;
  }

  untilNext(): number {
    return Math.max(0, this.next - this.now);
  }

  show(captured: number): void {
    if (this.now < this.next || this.context.process.killed) return;
    this.next += SECOND;
    if (captured !== this.said) this.context.err(`Got ${captured}\r`);
    this.said = captured;
  }
}

export const tcpdump: Command = { name: 'tcpdump', run };
