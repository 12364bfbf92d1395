// One run of arping: sends ARP requests once a second and tells who answers (event_loop of arping.c).

import { formatIpv4, type Ipv4 } from '../../../addr/ipv4.ts';
import { formatMac, isGroup, MAC_BROADCAST, type Mac } from '../../../addr/mac.ts';
import type { Device, Tap } from '../../../netns/device.ts';
import type { Packet } from '../../../packet/packet.ts';
import { SECOND } from '../../../time/clock.ts';
import * as arp from '../../../wire/arp.ts';
import * as ethernet from '../../../wire/ethernet.ts';
import type { Context } from '../../command.ts';
import type { Stdio } from '../probe/stdio.ts';
import type { ArpingOptions } from './options.ts';

/** An ARP message as the packet socket hands it over. */
interface Heard {
  readonly operation: number;
  readonly sender: Mac;
  readonly senderAddress: Ipv4;
  readonly target: Mac;
  readonly targetAddress: Ipv4;
  /** It was sent to our address alone (PACKET_HOST). */
  readonly unicast: boolean;
  readonly time: number;
}

/** A packet socket for ARP at one device. */
class ArpTap implements Tap {
  readonly heard: Heard[] = [];
  onArrival: (() => void) | null = null;
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  frame(device: Device, packet: Packet, outgoing: boolean): void {
    const { view, head, tail } = packet;
    const at = head + ethernet.ETHERNET_HEADER;
    if (outgoing || tail - at < arp.ARP_LENGTH) return;
    if (ethernet.etherType(view, head) !== ethernet.EtherType.ARP || !arp.isIpv4OverEthernet(view, at))
      return;
    const destination = ethernet.destination(view, head);
    if (!isGroup(destination) && destination !== device.address) return;
    this.heard.push({
      operation: arp.operation(view, at),
      sender: arp.senderMac(view, at),
      senderAddress: arp.senderIp(view, at),
      target: arp.targetMac(view, at),
      targetAddress: arp.targetIp(view, at),
      unicast: !isGroup(destination),
      time: this.now(),
    });
    this.onArrival?.();
  }
}

export interface ArpingTarget {
  readonly options: ArpingOptions;
  readonly device: Device;
  readonly source: Ipv4;
  readonly destination: Ipv4;
}

export class ArpingSession {
  private readonly context: Context;
  private readonly io: Stdio;
  private readonly target: ArpingTarget;
  private readonly tap: ArpTap;
  /** Where requests go: everybody, until somebody answered. */
  private peer: Mac = MAC_BROADCAST;
  private sent = 0;
  private broadcastsSent = 0;
  private received = 0;
  private broadcastsReceived = 0;
  private requestsReceived = 0;
  private lastSent = 0;
  private finished = false;

  constructor(context: Context, io: Stdio, target: ArpingTarget) {
    this.context = context;
    this.io = io;
    this.target = target;
    this.tap = new ArpTap(() => this.now);
  }

  /** The exit status. */
  async run(): Promise<number> {
    const { device } = this.target;
    device.taps = [...(device.taps ?? []), this.tap];
    await this.loop();
    const others = device.taps.filter((tap) => tap !== this.tap);
    device.taps = others.length > 0 ? others : null;
    return this.finish();
  }

  private get now(): number {
    return this.context.lab.kernel.clock.now;
  }

  private async loop(): Promise<void> {
    const { count, timeout, interval } = this.target.options;
    const end = timeout > 0 ? this.now + timeout * SECOND : Number.POSITIVE_INFINITY;
    let tick = interval > 0 ? this.now + interval * SECOND : Number.POSITIVE_INFINITY;
    let turns = 1;
    this.send();
    while (!this.finished) {
      await this.arrival(Math.min(tick, end));
      if (this.context.process.killed) return;
      // poll(2) reports the timers before the socket.
      if (this.now >= tick) {
        tick += interval * SECOND;
        if (count > 0 && count < ++turns) return;
        this.send();
      }
      if (this.now >= end) return;
      const heard = this.tap.heard.shift();
      if (heard !== undefined) this.take(heard);
    }
  }

  private async arrival(until: number): Promise<void> {
    if (this.tap.heard.length > 0 || until <= this.now) return;
    await this.context.process.wait(until - this.now, (wake) => {
      this.tap.onArrival = wake;
    });
    this.tap.onArrival = null;
  }

  private send(): void {
    const { device, source, destination, options } = this.target;
    const frame = new Uint8Array(ethernet.ETHERNET_HEADER + arp.ARP_LENGTH);
    const view = new DataView(frame.buffer);
    ethernet.write(view, 0, this.peer, device.address, ethernet.EtherType.ARP);
    const operation = options.answer ? arp.ArpOp.REPLY : arp.ArpOp.REQUEST;
    const wanted = options.answer ? device.address : this.peer;
    arp.write(view, ethernet.ETHERNET_HEADER, operation, device.address, source, wanted, destination);
    this.lastSent = this.now;
    this.sent++;
    if (this.peer === MAC_BROADCAST) this.broadcastsSent++;
    this.context.lab.transmit(this.context.namespace, device.name, frame);
    this.context.lab.settle();
  }

  /** recv_pack: an answer counts, is told, and may be the last. */
  private take(heard: Heard): void {
    if (heard.operation !== arp.ArpOp.REQUEST && heard.operation !== arp.ArpOp.REPLY) return;
    if (!this.isAnswer(heard)) return;
    const { options } = this.target;
    if (!options.quiet) this.tell(heard);
    this.received++;
    this.finished = options.timeout > 0 && this.received === options.count;
    if (this.finished) return;
    if (!heard.unicast) this.broadcastsReceived++;
    if (heard.operation === arp.ArpOp.REQUEST) this.requestsReceived++;
    this.finished = options.quitOnReply || (options.count === 0 && this.received === this.sent);
    if (!options.broadcastOnly) this.peer = heard.sender;
  }

  private isAnswer(heard: Heard): boolean {
    const { options, source, destination, device } = this.target;
    if (heard.senderAddress !== destination) return false;
    if (!options.duplicateDetection) return heard.targetAddress === source && heard.target === device.address;
    return heard.sender !== device.address && (source === 0 || source === heard.targetAddress);
  }

  private tell(heard: Heard): void {
    const { source, device } = this.target;
    const isOther = heard.targetAddress !== source;
    let text = `${heard.unicast ? 'Unicast' : 'Broadcast'} `;
    text += `${heard.operation === arp.ArpOp.REPLY ? 'reply' : 'request'} from ${formatIpv4(heard.senderAddress)} `;
    text += `[${formatMac(heard.sender).toUpperCase()}] `;
    if (isOther) text += `for ${formatIpv4(heard.targetAddress)} `;
    if (heard.target !== device.address)
      text += `${isOther ? '' : 'for '}[${formatMac(heard.target).toUpperCase()}]`;
    this.io.print(`${text} ${timeText(heard.time - this.lastSent)}\n`);
    this.io.flush();
  }

  private finish(): number {
    const { options } = this.target;
    if (!options.quiet) this.io.print(this.summary());
    if (options.unsolicited) return options.duplicateDetection && this.received > 0 ? 1 : 0;
    const failed = options.duplicateDetection ? this.received > 0 : this.received === 0;
    if (options.duplicateDetection && options.quitOnReply)
      return failed || this.broadcastsSent === this.received ? 1 : 0;
    if (options.timeout > 0 && options.count <= 0) return failed || this.received === 0 ? 1 : 0;
    return failed || this.sent !== this.received ? 1 : 0;
  }

  private summary(): string {
    const kinds: string[] = [];
    if (this.requestsReceived > 0) kinds.push(`${this.requestsReceived} request(s)`);
    if (this.broadcastsReceived > 0) kinds.push(`${this.broadcastsReceived} broadcast(s)`);
    return (
      `Sent ${this.sent} probes (${this.broadcastsSent} broadcast(s))\n` +
      `Received ${this.received} response(s)${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}\n`
    );
  }
}

/** As arping prints a time: the thousandths are half a millisecond too many, always. */
function timeText(microseconds: number): string {
  const milliseconds = Math.floor((microseconds + 500) / 1000);
  return `${milliseconds}.${String(microseconds - milliseconds * 1000 + 500).padStart(3, '0')}ms`;
}
