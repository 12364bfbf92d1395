// The packets between one vantage point and the next: each that is seen at one end waits for its like at the other.
import type { Ipv4 } from '../addr/ipv4.ts';
import type { Crossing, LossKind, LostPacket, Way } from './followed.ts';

/** Microseconds that a packet waits for its like: its way, and what is wrong with the clocks. */
const PATIENCE = 2_000_000;
/** A packet may be on its way for so long (microseconds) when a capture begins or ends. */
const IN_FLIGHT = 100_000;
/** Packets that wait at once. */
const WAITING_LIMIT = 1 << 20;
const CROSSING_LIMIT = 1000;

/** The time in which both captures ran, in microseconds. */
export interface Common {
  readonly begin: number;
  readonly end: number;
}

/** What a packet is to the network between. */
export interface Kind {
  readonly what: string;
  readonly source: Ipv4;
  readonly destination: Ipv4;
}

/** A packet that was seen at one end. */
export interface Sighting {
  readonly hash: number;
  /** Microseconds by the first capture's clock. */
  readonly time: number;
  readonly number: number;
  /** Who talks to whom, for those of which nothing can be said. */
  readonly flow: number;
  readonly kind: Kind;
  /** Words for the packet, asked for if it was lost. */
  readonly text: () => string;
}

interface Waiting extends Sighting {
  readonly isStart: boolean;
  readonly isCommon: boolean;
  isMet: boolean;
}

export interface LaneNames {
  readonly from: string;
  readonly to: string;
  readonly fromHost: string;
  readonly toHost: string;
}

export class Lane {
  private readonly names: LaneNames;
  private readonly common: Common;
  private readonly examples: number;
  private readonly crossings = new Map<string, Crossing>();
  private further = 0;
  private apart = 0;
  /** Not met yet, by hash, the latest last; those at the start and those at the end. */
  private readonly starts = new Map<number, Waiting[]>();
  private readonly ends = new Map<number, Waiting[]>();
  /** In order of time; the first `over` are done with. */
  private order: Waiting[] = [];
  private over = 0;

  constructor(names: LaneNames, common: Common, examples: number) {
    this.names = names;
    this.common = common;
    this.examples = examples;
  }

  /**
   * A packet at the start of the lane or at its end. Of several alike it meets the latest, and none that is long past as
   * long as a nearer one may come: an earlier one that is still alone was lost.
   */
  add(sighting: Sighting, isStart: boolean): void {
    const { hash, time, number, flow, kind, text } = sighting;
    const isCommon = this.isCommon(time, isStart);
    const met = this.takeLike(hash, isStart ? this.ends : this.starts, time - IN_FLIGHT);
    if (met !== null) {
      if (isCommon || met.isCommon) this.count(isStart ? kind : met.kind, isStart ? met.kind : kind);
      return;
    }
    if (!isCommon) this.apart++;
    const waiting = { hash, time, number, flow, kind, text, isStart, isCommon, isMet: false };
    const mine = isStart ? this.starts : this.ends;
    const known = mine.get(hash);
    if (known === undefined) mine.set(hash, [waiting]);
    else known.push(waiting);
    this.order.push(waiting);
  }

  /** The latest of those alike that is not from before `earliest`, taken out. */
  private takeLike(hash: number, from: Map<number, Waiting[]>, earliest: number): Waiting | null {
    const alike = from.get(hash);
    const met = alike?.at(-1);
    if (alike === undefined || met === undefined || met.time < earliest) return null;
    this.remove(met, from);
    return met;
  }

  private remove(waiting: Waiting, from: Map<number, Waiting[]>): void {
    const { hash } = waiting;
    const alike = from.get(hash)?.filter((each) => each !== waiting) ?? [];
    if (alike.length === 0) from.delete(hash);
    else from.set(hash, alike);
    waiting.isMet = true;
    if (!waiting.isCommon) this.apart--;
  }

  /** One that left and came. */
  private count(start: Kind, end: Kind): void {
    const [left, came] = [this.crossingOf(start), this.crossingOf(end)];
    if (left === null || came === null) this.further++;
    if (left !== null) left.left++;
    if (came !== null) came.came++;
  }

  /** Gives up those that waited too long; `isUnknown` says of which flows nothing is known. */
  expire(time: number, isUnknown: (flow: number) => boolean): void {
    while (this.over < this.order.length && this.isOver(this.order[this.over]!, time))
      this.giveUp(this.order[this.over++]!, isUnknown);
    if (this.over < 4096 && this.over < this.order.length) return;
    this.order = this.order.slice(this.over);
    this.over = 0;
  }

  private isOver({ time, isMet }: Waiting, now: number): boolean {
    return isMet || time + PATIENCE < now || this.order.length - this.over > WAITING_LIMIT;
  }

  private giveUp(waiting: Waiting, isUnknown: (flow: number) => boolean): void {
    if (waiting.isMet) return;
    const { hash, isStart, isCommon, flow, kind } = waiting;
    this.remove(waiting, isStart ? this.starts : this.ends);
    const met = this.takeLike(hash, isStart ? this.ends : this.starts, Number.NEGATIVE_INFINITY);
    if (met !== null) {
      if (isCommon || met.isCommon) this.count(isStart ? kind : met.kind, isStart ? met.kind : kind);
      return;
    }
    if (!isCommon) this.apart++;
    else if (!isUnknown(flow)) this.lose(waiting);
  }

  private lose({ isStart, kind, number, text }: Waiting): void {
    const crossing = this.crossingOf(kind);
    if (crossing === null) {
      this.further++;
      return;
    }
    if (isStart) crossing.left++;
    else crossing.came++;
    const what: LossKind = isStart ? 'lost' : 'unsent';
    const loss = crossing.losses[what];
    loss.count++;
    const examples = loss.examples as LostPacket[];
    if (examples.length < this.examples) examples.push({ number, packet: text() });
  }

  /** Both captures ran when it was on its way. */
  private isCommon(time: number, isStart: boolean): boolean {
    const { begin, end } = this.common;
    return isStart ? time >= begin && time <= end - IN_FLIGHT : time >= begin + IN_FLIGHT && time <= end;
  }

  private crossingOf({ what, source, destination }: Kind): Crossing | null {
    const key = `${what} ${source} ${destination}`;
    const known = this.crossings.get(key);
    if (known !== undefined || this.crossings.size >= CROSSING_LIMIT) return known ?? null;
    const losses = { lost: { count: 0, examples: [] }, unsent: { count: 0, examples: [] } };
    const made: Crossing = { what, source, destination, left: 0, came: 0, losses };
    this.crossings.set(key, made);
    return made;
  }

  /** What became of all; `expire` was called for the end of time. */
  way(): Way {
    const { common, further, apart } = this;
    const seconds = common.begin < common.end ? { begin: common.begin / 1e6, end: common.end / 1e6 } : null;
    return { ...this.names, crossings: [...this.crossings.values()], further, apart, common: seconds };
  }
}
