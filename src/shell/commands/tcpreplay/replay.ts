// Sends the frames of captures out of a device, each at its time (send_packets of tcpreplay).
import { Errno, strerror } from '../../../addr/errno.ts';
import { findingSentence } from '../../../capture/finding.ts';
import { readCapture } from '../../../capture/read.ts';
import type { CaptureRecord } from '../../../capture/record.ts';
import { type Device, DeviceFlag } from '../../../netns/device.ts';
import { ETHERNET_HEADER, EtherType, VLAN_HEADER } from '../../../wire/ethernet.ts';
import type { Context } from '../../command.ts';
import type { Stdio } from '../probe/stdio.ts';
import { Flows } from './flows.ts';
import type { ReplayOptions } from './options.ts';
import { dateText, flowText, interfaceText, packetText, type ReplayStatistics } from './report.ts';

/** What packet_snd says of a frame before the device sees it: 0 or an errno. */
function sendError(device: Device, frame: Uint8Array): Errno {
  if (!(device.flags & DeviceFlag.UP)) return Errno.ENETDOWN;
  if (frame.length < device.headerLength) return Errno.EINVAL;
  const most = device.mtu + device.headerLength;
  if (frame.length <= most) return 0;
  const isTagged =
    device.headerLength === ETHERNET_HEADER && ((frame[12] << 8) | frame[13]) === EtherType.VLAN;
  return isTagged && frame.length <= most + VLAN_HEADER ? 0 : Errno.EMSGSIZE;
}

/** A capture in memory, or why libpcap cannot open it. */
export function openCapture(bytes: Uint8Array): { records: CaptureRecord[] } | { problem: string } {
  if (bytes.length < 4)
    return { problem: `truncated dump file; tried to read 4 file header bytes, only got ${bytes.length}` };
  const { records, findings } = readCapture(bytes);
  const bad = findings.find((finding) => finding.number === 0);
  if (bad === undefined || records.length > 0) return { records };
  if (bad.what === 'unknown-magic') return { problem: 'unknown file format' };
  if (bad.what === 'truncated-header')
    return { problem: `truncated dump file; tried to read 24 file header bytes, only got ${bytes.length}` };
  return { problem: findingSentence(bad) };
}

export class Replay {
  private readonly context: Context;
  private readonly io: Stdio;
  private readonly options: ReplayOptions;
  private readonly device: Device;
  private readonly flows = new Flows();
  private readonly statistics: ReplayStatistics = { sent: 0, bytes: 0, failed: 0, start: -1, end: -1 };
  private lastReport = -1;
  private aborted = false;

  constructor(context: Context, io: Stdio, options: ReplayOptions, device: Device) {
    this.context = context;
    this.io = io;
    this.options = options;
    this.device = device;
  }

  /** Sends every file as often as asked; false if it was killed. */
  async run(files: readonly (readonly CaptureRecord[])[]): Promise<boolean> {
    const { loops, loopDelay } = this.options;
    for (let loop = 0; (loops === 0 || loop < loops) && !this.aborted; loop++) {
      if (loop > 0 && loopDelay > 0) await this.context.process.sleep(loopDelay * 1000);
      for (const records of files) await this.sendFile(records);
      if (files.every((records) => records.length === 0)) break;
    }
    if (this.options.reportEvery >= 0 && this.statistics.end >= 0)
      this.io.print(`Test complete: ${dateText(this.now)}\n`);
    return !this.context.process.killed;
  }

  /** The report, or '' if nothing was sent. */
  report(): string {
    if (this.statistics.bytes === 0) return '';
    const elapsed = this.statistics.end - this.statistics.start;
    return (
      packetText(this.statistics) +
      (this.options.flowStatistics ? flowText(this.flows, elapsed) : '') +
      interfaceText(this.device.name, this.statistics)
    );
  }

  private get now(): number {
    return this.context.lab.kernel.clock.now;
  }

  private async sendFile(records: readonly CaptureRecord[]): Promise<void> {
    const { statistics } = this;
    if (statistics.start < 0) {
      statistics.start = this.now;
      if (this.options.reportEvery >= 0) this.io.print(`Test start: ${dateText(this.now)} ...\n`);
    }
    const begin = this.now;
    for (const record of records) {
      if (this.options.flowStatistics) this.flows.add(record.data, record.linkType);
      await this.sleepUntil(this.dueTime(record, records[0], begin));
      if (this.context.process.killed) this.aborted = true;
      if (this.aborted) break;
      this.send(record);
      if (this.limitReached()) break;
    }
    statistics.end = this.now;
  }

  /** When the frame is due, in virtual microseconds. */
  private dueTime(record: CaptureRecord, first: CaptureRecord, begin: number): number {
    const { speed } = this.options;
    const { sent, bytes, start } = this.statistics;
    if (speed.mode === 'pps')
      return start + (Math.floor(sent / speed.burst) * speed.burst * 1_000_000) / speed.rate;
    // The first frame of all does not wait for its own bytes.
    if (speed.mode === 'mbps')
      return sent === 0 ? start : start + ((bytes + record.data.length) * 8) / speed.rate;
    if (speed.mode === 'topspeed') return this.now;
    const offset = (record.seconds - first.seconds) * 1_000_000 + (record.nanos - first.nanos) / 1000;
    return begin + offset / speed.factor;
  }

  private async sleepUntil(time: number): Promise<void> {
    const { maxSleep } = this.options;
    const wait = Math.round(time) - this.now;
    if (wait > 0) await this.context.process.sleep(maxSleep > 0 ? Math.min(wait, maxSleep * 1000) : wait);
  }

  /** Sends one frame and lets the network settle, as a machine with one processor does before send(2) returns. */
  private send(record: CaptureRecord): void {
    const { statistics, context, device } = this;
    const errno = sendError(device, record.data);
    if (errno !== 0) {
      statistics.failed++;
      this.warn(statistics.sent + statistics.failed, errno);
      return;
    }
    context.lab.transmit(context.namespace, device.name, record.data);
    context.lab.settle();
    statistics.sent++;
    statistics.bytes += record.data.length;
    statistics.end = this.now;
    this.reportMeanwhile();
  }

  private warn(attempt: number, errno: Errno): void {
    this.io.errorText(
      'Warning in send_packets.c:send_packets() line 489:\n' +
        `Unable to send packet: Error with PF_PACKET send() [${attempt}]: ${strerror(errno)} (errno = ${errno})\n`,
    );
  }

  private reportMeanwhile(): void {
    const { reportEvery } = this.options;
    if (reportEvery <= 0) return;
    if (this.lastReport < 0) this.lastReport = this.now;
    else if (this.now - this.lastReport >= reportEvery * 1_000_000) {
      this.io.print(packetText(this.statistics));
      this.lastReport = this.now;
    }
  }

  private limitReached(): boolean {
    const { limit, duration } = this.options;
    const late = duration > 0 && this.now > this.statistics.start + duration * 1_000_000;
    this.aborted = late || (limit > 0 && this.statistics.sent >= limit);
    return this.aborted;
  }
}
