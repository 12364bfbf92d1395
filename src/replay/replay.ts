// Replays a capture against a lab: records in, verdicts out, in the order of the capture and in bounded memory.
import { type CaptureRecord, type Direction, PlacedRecord } from '../capture/record.ts';
import type { Lab } from '../lab/lab.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { EtherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import { entriesFor } from './cause.ts';
import { Frame, type Framed, frameOf } from './frame.ts';
import { FrameKey } from './frame-key.ts';
import { type Finding, Item, RepeatedVerdict, verdictOf } from './item.ts';
import { translateMacs } from './mac-names.ts';
import { outcomeOf } from './outcome.ts';
import { outsideReason } from './outside.ts';
import { FragmentCollector } from './own-fragments.ts';
import type { Expected } from './pending.ts';
import { judgeReceived, learnNames, learnPlaces } from './received.ts';
import { BlockRecord } from './record-block.ts';
import { judgeByCause, judgeByPending, judgeIpv4, releaseWaiting } from './sent.ts';
import { Setting } from './setting.ts';
import type { Model, Tally, Verdict } from './verdict.ts';
import { VerdictMemory } from './verdict-memory.ts';

/** Longest time between two packets that the model lives through, in microseconds; more of it is skipped. */
const LONGEST_PAUSE = 3_600_000_000;
/**
 * Timers are run this much early, in microseconds: the slots of the kernel's timer wheel are up to 80 ms wide for a
 * second's wait, the capture's machine and the lab began at different places of them, and a neighbour takes three waits
 * to fail.
 */
const TIMER_SLACK = 300_000;
const MICROSECONDS = 1_000_000;
const NO_MORE = Number.POSITIVE_INFINITY;
const BEFORE_ALL = Number.NEGATIVE_INFINITY;

const TELL_EACH: Tally = { wantsEach: true, add() {} };

/** What is needed of a record's file: bytes of frame check sequence at the end of each frame. */
export interface RecordSource {
  readonly fcsLength: number;
}

export interface ReplayOptions {
  /** False judges every packet anew, for tests. */
  readonly remembers?: boolean;
  /** Without one every packet's verdict is told. */
  readonly tally?: Tally;
}

/** A record that was read, and what it says of its direction. */
interface Waiting {
  readonly item: Item;
  readonly said: Direction | null;
}

/**
 * Give it the records of a capture taken at `device` of `namespace`, one by one, and call `end`. Verdicts come out by
 * `emit`. The lab is used up: it is run by nobody else meanwhile, and what was set for the replay stays set.
 */
export class Replay {
  readonly setting: Setting;
  private readonly emit: (verdict: Verdict) => void;
  private readonly fragments = new FragmentCollector<Item>();
  /** Not judged yet, because it is not known which MAC address is the vantage's. */
  private waiting: Waiting[] = [];
  /** Judged or waiting for fragments, in order; what is in front of an unjudged one waits with it. */
  private line: (Item | Verdict)[] = [];
  /** Null where every frame may teach a bridge something. */
  private readonly memory: VerdictMemory | null;
  private readonly key: FrameKey;
  private readonly tally: Tally;
  private tellsEach = true;
  /** `key` is that of the record that is being judged. */
  private isKeyed = false;
  private first = -1;
  private base = 0;
  private latest = 0;
  private last: Pick<CaptureRecord, 'seconds' | 'nanos'> | null = null;
  /** As long as the lab's time is not later, nothing happens of itself; to be asked anew after whatever was judged. */
  private quietUntil = BEFORE_ALL;
  private translating = false;
  /** Records that were given. */
  pushed = 0;

  constructor(
    lab: Lab,
    namespace: Namespace,
    device: Device,
    emit: (verdict: Verdict) => void,
    { remembers = true, tally = TELL_EACH }: ReplayOptions = {},
  ) {
    this.setting = new Setting(lab, namespace, device);
    this.emit = emit;
    this.tally = tally;
    const tell: Tally['add'] = (model, packets) => tally.add(model, packets);
    this.memory =
      remembers && VerdictMemory.isFor(this.setting) ? new VerdictMemory(this.setting, tell) : null;
    this.key = new FrameKey(this.setting.isVxlanPort);
    this.base = lab.kernel.clock.now;
    this.latest = this.base;
  }

  push(record: CaptureRecord, source: RecordSource): void {
    this.pushed++;
    const { device, vantage } = this.setting;
    this.isKeyed = this.memory !== null && source.fcsLength === 0 && this.readKey(record);
    if (this.isKeyed && this.repeat(record)) return;
    this.quietUntil = BEFORE_ALL;
    const framed = frameOf(record, device.headerLength, source.fcsLength);
    if ('why' in framed) this.pushUnreadable(record, framed.why);
    else this.pushFrame(record, framed);
    if (vantage.isDecided) this.drain();
  }

  /** From another thread a record comes with its key. */
  private readKey(record: CaptureRecord): boolean {
    if (record instanceof PlacedRecord) return this.key.readPlaced(record, this.setting.device.headerLength);
    if (record instanceof BlockRecord) return record.readKey(this.key);
    return this.key.read(record, this.setting.device.headerLength);
  }

  /** Gives the record the verdict of an earlier one that was alike, if there is one that still holds. */
  private repeat(record: CaptureRecord): boolean {
    const { memory, setting } = this;
    if (memory === null) return false;
    const time = this.timeOf(record);
    if (time > this.quietUntil && !this.isQuietUntil(time)) return false;
    const { clock } = setting.node.kernel;
    const now = Math.max(clock.now, time, this.latest);
    const place = memory.find(this.key, now);
    if (place < 0) return false;
    this.latest = Math.max(this.latest, time);
    clock.now = now;
    this.last = record;
    if (this.tellsEach) this.tellAgain(record, memory.apply(this.key, place, record.number));
    else memory.count(this.key, place, record.number);
    return true;
  }

  private tellAgain(record: CaptureRecord, model: Model): void {
    this.emit(new RepeatedVerdict(record, model, this.setting));
    this.tellsEach = this.tally.wantsEach;
  }

  /**
   * Nobody waits, neither a timer nor the end of waiting comes before `time`, nor is it too far away. Packets that get the
   * verdict of an earlier one change nothing of that.
   */
  private isQuietUntil(time: number): boolean {
    const { node, pending, vantage } = this.setting;
    const waits = this.line.length > 0 || this.waiting.length > 0 || !this.fragments.isEmpty;
    if (waits || !vantage.isDecided || this.first < 0) return false;
    const quiet = Math.min(node.quietUntil - TIMER_SLACK, pending.quietUntil, this.latest + LONGEST_PAUSE);
    this.quietUntil = this.latest > quiet ? BEFORE_ALL : quiet;
    return time <= this.quietUntil;
  }

  /** In the lab's time. */
  private timeOf({ seconds, nanos }: Pick<CaptureRecord, 'seconds' | 'nanos'>): number {
    return this.base + seconds * MICROSECONDS + Math.floor(nanos / 1000) - this.first;
  }

  /** The capture has ended; what is still expected may just not have been captured. */
  end(): void {
    this.setting.vantage.decide();
    this.isKeyed = false;
    this.drain();
    for (const items of this.fragments.expire(NO_MORE)) this.giveUp(items);
    this.flush();
    this.memory?.clear();
    this.setting.node.close();
  }

  private pushUnreadable(record: CaptureRecord, why: string): void {
    const item = new Item(record, new Frame(new Uint8Array(0), 0));
    item.judge(this.setting, { kind: 'outside', notes: [why] });
    this.waiting.push({ item, said: 'in' });
  }

  private pushFrame(record: CaptureRecord, { frame, direction }: Framed): void {
    this.setting.vantage.observe(frame);
    // The reader's memory may be used again for the next records.
    this.waiting.push({ item: new Item(record, frame.copy()), said: direction });
  }

  private drain(): void {
    if (this.waiting.length === 0) return;
    const waiting = this.waiting;
    this.waiting = [];
    if (!this.translating) this.nameVantage();
    if (waiting.length > 1) this.isKeyed = false;
    for (const each of waiting) this.take(each);
  }

  private nameVantage(): void {
    this.translating = true;
    const { names, vantage, device } = this.setting;
    if (device.headerLength > 0) names.bind(device.address, vantage.mac);
  }

  private take({ item, said }: Waiting): void {
    this.line.push(item);
    this.moveClock(item);
    if (item.verdict === null) this.judgeAnew(item, said);
    const { seconds, nanos } = item;
    this.last = { seconds, nanos };
    this.flush();
  }

  // ---- time --------------------------------------------------------------------------------------------------

  /** The lab's time is as far from the lab's beginning as the packet's is from the capture's, and never goes back. */
  private moveClock(item: Item): void {
    if (this.first < 0) this.first = item.seconds * MICROSECONDS + Math.floor(item.nanos / 1000);
    let time = this.timeOf(item);
    if (time > this.latest + LONGEST_PAUSE) {
      this.base -= time - this.latest - LONGEST_PAUSE;
      time = this.latest + LONGEST_PAUSE;
    }
    this.latest = Math.max(this.latest, time);
    const { node, pending } = this.setting;
    if (this.latest + TIMER_SLACK > node.quietUntil) this.memory?.clear();
    node.advance(this.latest, TIMER_SLACK, this.afterTimer);
    for (const late of pending.expire(this.latest)) this.miss(late);
    for (const items of this.fragments.expire(this.latest)) {
      this.memory?.clear();
      this.giveUp(items);
    }
  }

  /** What a timer of the node's brings about may come, but need not: the node's timers began before the capture. */
  private readonly afterTimer = (): void => {
    const { pending, node } = this.setting;
    for (const { frame, what } of outcomeOf(this.setting).outputs)
      pending.add({ frame, because: 0, at: node.now, optional: true, what, origin: null });
  };

  private miss(late: Expected): void {
    if (late.optional) return;
    const { setting, last } = this;
    const at = last ?? { seconds: 0, nanos: 0 };
    const place = { number: late.because, seconds: at.seconds, nanos: at.nanos, direction: 'out' as const };
    const notes = late.because > 0 ? [`because of packet ${late.because}`] : [];
    const finding: Finding = { kind: 'missing', expected: late.what, seen: 'nothing', notes };
    const origin = late.origin as { route?: Finding['route']; destination?: Finding['destination'] } | null;
    const decided = { route: origin?.route ?? null, destination: origin?.destination ?? (0 as never) };
    this.line.push(verdictOf(setting, place, late.frame, { ...finding, ...decided }));
  }

  // ---- judging -----------------------------------------------------------------------------------------------

  private judgeAnew(item: Item, said: Direction | null): void {
    this.memory?.begin();
    this.judge(item, said);
    this.memory?.end(this.isKeyed ? this.key : null, item);
  }

  private judge(item: Item, said: Direction | null): void {
    const { setting } = this;
    const outside = outsideReason(item.frame, setting.device);
    item.direction = setting.vantage.directionOf(item.frame, said);
    if (outside !== null) {
      item.judge(setting, { kind: 'outside', notes: [outside] });
      return;
    }
    if (item.direction === 'in') learnNames(setting, item.frame);
    item.frame = translateMacs(item.frame, setting.names, setting.isVxlanPort);
    if (item.direction === 'in') this.judgeReceived(item);
    else this.judgeSent(item);
  }

  private judgeReceived(item: Item): void {
    learnPlaces(this.setting, item.frame);
    item.judge(this.setting, judgeReceived(this.setting, item));
  }

  private judgeSent(item: Item): void {
    const { setting } = this;
    let finding = judgeByPending(setting, item, false);
    if (finding === null && releaseWaiting(setting, item)) finding = judgeByPending(setting, item, false);
    finding ??= judgeByPending(setting, item, true);
    if (finding === null && this.collect(item)) return;
    item.judge(setting, finding ?? judgeByCause(setting, item));
  }

  /** A fragment that the node made waits for the others: the packet goes in whole. True if this is one. */
  private collect(item: Item): boolean {
    const { setting, fragments } = this;
    const { view } = item.frame;
    const found = setting.dissectSent(item.frame);
    const at = found.network;
    if (found.etherType !== EtherType.IPV4 || !ip.isFragment(view, at)) return false;
    if (!fragments.has(view, at) && !this.wasCutHere(item, at)) return false;
    const whole = fragments.add(view, at, this.latest, item);
    if (whole !== null) this.judgeWhole(whole.bytes, whole.holders);
    return true;
  }

  /** The node made the packet; or its sender would have made a larger first fragment, and could send it in one. */
  private wasCutHere({ frame: { view } }: Item, at: number): boolean {
    const source = ip.source(view, at);
    if (source === 0 || this.setting.isOurs(source)) return true;
    if ((ip.fragment(view, at) & ip.OFFSET_MASK) !== 0) return false;
    const [entry] = entriesFor(this.setting, source);
    if (entry === undefined || entry.sender === entry.device) return false;
    const header = ip.headerLength(view, at);
    return ip.totalLength(view, at) < header + ((entry.sender.mtu - header) & ~7);
  }

  private judgeWhole(bytes: Uint8Array, items: readonly Item[]): void {
    const { setting } = this;
    const found = setting.dissectSent(new Frame(bytes, 0));
    const isIpv4 = found.etherType === EtherType.IPV4;
    const packet = isIpv4 ? bytes.subarray(found.network, found.end) : bytes;
    if (this.wasCutBefore(packet)) {
      for (const item of items) item.judge(setting, judgeByCause(setting, item));
      return;
    }
    const findings = judgeIpv4(setting, items, packet);
    for (const [i, item] of items.entries()) item.judge(setting, findings[i]!);
  }

  /** Its sender could not send it in one piece. */
  private wasCutBefore(packet: Uint8Array): boolean {
    const source = ip.source(new DataView(packet.buffer, packet.byteOffset), 0);
    if (source === 0 || this.setting.isOurs(source)) return false;
    const [entry] = entriesFor(this.setting, source);
    return entry !== undefined && packet.length > entry.sender.mtu;
  }

  /** Fragments of which some are missing: those that others may have made go in as they are. */
  private giveUp(items: readonly Item[]): void {
    const notes = ['the capture does not show all fragments'];
    for (const item of items) {
      const { view } = item.frame;
      const own = this.setting.isOurs(ip.source(view, this.setting.dissectSent(item.frame).network));
      item.judge(this.setting, own ? { kind: 'unexplained', notes } : judgeByCause(this.setting, item));
    }
  }

  /** Lets out the verdicts up to the first packet that is not judged yet. */
  private flush(): void {
    let done = 0;
    for (const each of this.line) {
      const verdict = each instanceof Item ? each.verdict : each;
      if (verdict === null) break;
      this.emit(verdict);
      done++;
    }
    if (done > 0) this.line.splice(0, done);
  }
}
