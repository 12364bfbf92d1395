// What the emulated node has sent and the capture has not shown yet, in order.
import { type CompareContext, compareFrames } from './compare.ts';
import type { Frame } from './frame.ts';
import { subjectOf } from './subject.ts';

/** A frame that the capture is to show. */
export interface Expected {
  readonly frame: Frame;
  /** Number of the packet that brought it about; 0 for a timer. */
  readonly because: number;
  /** Time of that packet, in microseconds. */
  readonly at: number;
  /** Nothing follows if it does not come: a limit, a socket that the lab does not have, a timer. */
  readonly optional: boolean;
  /** What the node does with it, for people. */
  readonly what: string;
  /** What is told with it if it comes: of the packet that it was made from. */
  readonly origin: object | null;
}

/** Microseconds within which an answer comes: proxy ARP waits up to 0.8 s by default. */
const GRACE = 2_000_000;
const LIMIT = 65_536;
const NONE: readonly Expected[] = [];

export class Pending {
  /** Grows with every frame that is expected or taken out. */
  changes = 0;
  private readonly context: CompareContext;
  /** By what they are about, the oldest first: frames about one thing are few. */
  private readonly bySubject = new Map<number, Expected[]>();
  /** In order; those that came are still in it until their time is over. */
  private order: { readonly expected: Expected; readonly subject: number }[] = [];

  constructor(context: CompareContext) {
    this.context = context;
  }

  /** Something about this is expected. */
  has(subject: number): boolean {
    return this.bySubject.has(subject);
  }

  get isEmpty(): boolean {
    return this.bySubject.size === 0;
  }

  /** Until when nothing of it is over. */
  get quietUntil(): number {
    return this.order.length === 0 ? Number.POSITIVE_INFINITY : this.order[0]!.expected.at + GRACE;
  }

  /** Adds one. Beyond a limit the oldest are forgotten without a word. */
  add(expected: Expected): void {
    this.changes++;
    const subject = subjectOf(expected.frame, this.context);
    const known = this.bySubject.get(subject);
    if (known === undefined) this.bySubject.set(subject, [expected]);
    else known.push(expected);
    this.order.push({ expected, subject });
    if (this.order.length > LIMIT) this.shorten();
  }

  /** The first that `seen` is, taken out; null if it is none. */
  take(seen: Frame): Expected | null {
    return this.takeFirst(seen, ({ frame }) => compareFrames(frame, seen, this.context).length === 0);
  }

  /** The first that is about the same as `seen` however it differs, taken out. */
  takeSimilar(seen: Frame): Expected | null {
    return this.takeFirst(seen, () => true);
  }

  /** Takes out those that were to come before `time`. */
  expire(time: number): readonly Expected[] {
    if (time <= this.quietUntil) return NONE;
    let over = 0;
    while (over < this.order.length && this.order[over]!.expected.at + GRACE < time) over++;
    return this.order.splice(0, over).flatMap(({ expected, subject }) => {
      return this.remove(subject, expected) ? [expected] : [];
    });
  }

  private takeFirst(seen: Frame, fits: (expected: Expected) => boolean): Expected | null {
    if (this.bySubject.size === 0) return null;
    const subject = subjectOf(seen, this.context);
    const found = this.bySubject.get(subject)?.find(fits);
    if (found === undefined) return null;
    this.changes++;
    this.remove(subject, found);
    return found;
  }

  /** Forgets those that came, and of too many the older half: a capture without times never lets any expire. */
  private shorten(): void {
    this.order = this.order.filter(({ expected, subject }) =>
      this.bySubject.get(subject)?.includes(expected),
    );
    if (this.order.length <= LIMIT / 2) return;
    for (const { expected, subject } of this.order.splice(0, LIMIT / 2)) this.remove(subject, expected);
  }

  /** False if it was taken before. */
  private remove(subject: number, expected: Expected): boolean {
    const known = this.bySubject.get(subject);
    const place = known?.indexOf(expected) ?? -1;
    if (known === undefined || place < 0) return false;
    known.splice(place, 1);
    if (known.length === 0) this.bySubject.delete(subject);
    return true;
  }
}
