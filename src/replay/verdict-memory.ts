// Verdicts by what decided them: a packet that differs from an earlier one only in what has no say (identification,
// payload, checksums that are right) gets the earlier one's verdict, as long as nothing changed that has a say. Only
// verdicts are kept that changed nothing themselves: the packet came in by one device, went out by another, and taught
// nobody anything.
import { type Device, Kind } from '../netns/device.ts';
import * as ip from '../wire/ipv4.ts';
import { Conversations, type TalkKeys } from './conversations.ts';
import { isPassage } from './explain.ts';
import type { Frame } from './frame.ts';
import type { FrameKey } from './frame-key.ts';
import type { Item } from './item.ts';
import { Field, KeyTable } from './key-table.ts';
import { rememberPacket } from './received.ts';
import type { Setting } from './setting.ts';
import { ipv4Subject } from './subject.ts';
import type { Model, Verdict } from './verdict.ts';

/** Kinds of packets that are remembered at once. */
const LIMIT = 65_536;

/** What came of packets of one kind. */
interface Remembered {
  /** Until when nothing changes of itself, in microseconds. */
  readonly until: number;
  /** Of a sent packet: where the header of its subject is behind the frame's beginning, and whose it is. */
  readonly subjectAt: number;
  readonly isOwn: boolean;
  /** Of a packet sent on for another: who talks to whom. */
  readonly talk: TalkKeys | null;
}

/** The counters of whatever may have a say, before a packet is judged. */
class Mark {
  private readonly setting: Setting;
  private made = 0;
  private pathChanges = 0;
  private names = 0;
  private pending = 0;
  private now = 0;

  constructor(setting: Setting) {
    this.setting = setting;
  }

  set(): void {
    const { namespace, names, pending, node } = this.setting;
    this.made = namespace.neighbours.made;
    this.pathChanges = namespace.kernel.pathChanges;
    this.names = names.size;
    this.pending = pending.changes;
    this.now = node.now;
    namespace.kernel.pathsUntil = Number.POSITIVE_INFINITY;
    node.touched = false;
  }

  /** Something changed that other packets may meet. */
  get isOver(): boolean {
    const { namespace, names, node } = this.setting;
    const { neighbours, kernel } = namespace;
    const isLearnt = neighbours.made !== this.made || kernel.pathChanges !== this.pathChanges;
    return node.touched || isLearnt || names.size !== this.names;
  }

  /** Something is expected of the capture, or came that was. */
  get isExpecting(): boolean {
    return this.setting.pending.changes !== this.pending;
  }

  get duration(): number {
    return this.setting.node.now - this.now;
  }
}

export class VerdictMemory {
  private readonly setting: Setting;
  private readonly mark: Mark;
  private readonly keys = new KeyTable();
  /** By the places of their keys: a packet that is known looks at the second at most. */
  private kept: Remembered[] = [];
  private models: Model[] = [];
  /** Until when nothing of what is kept changes of itself. */
  private until = Number.POSITIVE_INFINITY;
  private readonly tell: (model: Model, packets: number) => void;

  /** `tell` hears at the latest when its verdict is forgotten how many packets of a kind were only counted. */
  constructor(setting: Setting, tell: (model: Model, packets: number) => void) {
    this.setting = setting;
    this.mark = new Mark(setting);
    this.tell = tell;
  }

  /** A bridge learns from every frame, and forgets. */
  static isFor({ device }: Setting): boolean {
    return device.port === null && device.kind !== Kind.BRIDGE;
  }

  clear(): void {
    if (this.kept.length === 0) return;
    for (let place = 0; place < this.kept.length; place++) this.tellCounted(place);
    this.kept = [];
    this.models = [];
    this.until = Number.POSITIVE_INFINITY;
    this.keys.clear();
  }

  private tellCounted(place: number): void {
    const counted = this.keys.get(place, Field.COUNTED);
    if (counted > 0) this.tell(this.models[place]!, counted);
  }

  /** The place of what the key's packet gets, if that is known and still holds at `time`; -1 if not. */
  find(key: FrameKey, time: number): number {
    const { keys } = this;
    const place = keys.find(key);
    if (place < 0 || keys.get(place, Field.LENGTH) < key.length) return -1;
    if (this.until <= time && this.kept[place]!.until <= time) return -1;
    return keys.get(place, Field.IS_SENT) === 0 || this.holdsForSent(key, place) ? place : -1;
  }

  /** Nothing waits for this very packet, and nobody's silence is explained by it. */
  private holdsForSent(key: FrameKey, place: number): boolean {
    const { open, pending } = this.setting;
    if (open.size > 0 || !this.isOldTalk(place)) return false;
    if (pending.isEmpty) return true;
    const { subjectAt, isOwn } = this.kept[place]!;
    return !pending.has(ipv4Subject(key.view, key.start + subjectAt, Number.POSITIVE_INFINITY, isOwn));
  }

  private isOldTalk(place: number): boolean {
    const { conversations } = this.setting;
    if (this.keys.get(place, Field.TALK) === conversations.version) return true;
    const { talk } = this.kept[place]!;
    if (talk !== null && !conversations.repeats(talk)) return false;
    this.keys.set(place, Field.TALK, conversations.version);
    return true;
  }

  /** What judging the key's packet would have left behind; its verdict. */
  apply(key: FrameKey, place: number, number: number): Model {
    const { node, conversations } = this.setting;
    const model = this.models[place]!;
    node.kernel.clock.now += this.keys.get(place, Field.DURATION);
    if (this.keys.get(place, Field.IS_SENT) === 0)
      rememberPacket(conversations, key.view, key.network, key.end, number, model);
    return model;
  }

  /** As `apply`, for a packet that is told of later. */
  count(key: FrameKey, place: number, number: number): void {
    this.apply(key, place, number);
    this.keys.set(place, Field.COUNTED, this.keys.get(place, Field.COUNTED) + 1);
  }

  /** A packet is about to be judged. */
  begin(): void {
    this.mark.set();
  }

  /** It was; `key` is null if it has none. */
  end(key: FrameKey | null, item: Item): void {
    const kind = item.verdict?.kind;
    if (this.mark.isOver || (key === null && kind !== 'outside')) this.clear();
    else if (key !== null && kind === 'as-programmed' && !this.mark.isExpecting) this.keep(key, item);
  }

  private keep(key: FrameKey, item: Item): void {
    const { setting, mark } = this;
    if (!this.isPassing(item)) return;
    if (this.kept.length >= LIMIT) this.clear();
    const { keys } = this;
    const found = keys.find(key);
    const holds = found >= 0 && this.kept[found]!.until > setting.node.now;
    if (found >= 0) this.tellCounted(found);
    const place = found < 0 ? keys.add(key) : found;
    const { pathsUntil } = setting.namespace.kernel;
    this.until = Math.min(this.until, pathsUntil);
    this.kept[place] = { until: pathsUntil, ...this.sentPart(item) };
    this.models[place] = modelOf(item.verdict as Verdict);
    keys.set(place, Field.LENGTH, holds ? Math.max(keys.get(place, Field.LENGTH), key.length) : key.length);
    keys.set(place, Field.DURATION, mark.duration);
    keys.set(place, Field.IS_SENT, item.direction === 'out' ? 1 : 0);
    keys.set(place, Field.TALK, setting.conversations.version);
    keys.set(place, Field.COUNTED, 0);
  }

  /** It came in by one device and left by another, and nothing else happened. */
  private isPassing({ direction, frame }: Item): boolean {
    const { node, device } = this.setting;
    const { sent, drops } = node.journal;
    if (drops.length > 0 || !sent.every((each) => isPlain(each.device))) return false;
    const cables = sent.filter((each) => !isPassage(each.device));
    if (cables.length !== 1 || (cables[0]!.device === device) !== (direction === 'out')) return false;
    return direction === 'in' || !this.isOwnMessage(frame);
  }

  /** ICMP of the node's own: its answers are looked for in what was received. */
  private isOwnMessage(frame: Frame): boolean {
    const { network } = this.setting.dissectSent(frame);
    const isOwn = this.setting.isOurs(ip.source(frame.view, network));
    return isOwn && ip.protocol(frame.view, network) === ip.IpProtocol.ICMP;
  }

  private sentPart({ direction, frame }: Item): Pick<Remembered, 'subjectAt' | 'isOwn' | 'talk'> {
    if (direction === 'in') return { subjectAt: 0, isOwn: false, talk: null };
    const { network } = this.setting.dissectSent(frame);
    const source = ip.source(frame.view, network);
    const isOwn = source === 0 || this.setting.isOurs(source);
    const destination = ip.destination(frame.view, network);
    const protocol = ip.protocol(frame.view, network);
    const talk = isOwn ? null : Conversations.keysOf(source, destination, protocol);
    return { subjectAt: network, isOwn, talk };
  }
}

/** A device that learns nothing from what it sends. */
const isPlain = ({ kind, port, vxlan }: Device): boolean =>
  port === null && (kind === Kind.VETH || kind === Kind.IPIP || (kind === Kind.VXLAN && !vxlan!.learning));

/** Without the frame, which would keep a piece of the capture. */
function modelOf(verdict: Verdict): Model {
  const { direction, kind, flow, expected, seen, differences, reason, notes, route, destination } = verdict;
  return { direction, kind, flow, expected, seen, differences, reason, notes, route, destination };
}
