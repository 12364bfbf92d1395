// What the emulated node has sent and the capture has not shown yet, in order.
import { type CompareContext, compareFrames, subjectOf } from './compare.ts';
import type { Frame } from './frame.ts';

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
/** Frames looked through for an equal one. */
const WINDOW = 64;
const LIMIT = 4096;

export class Pending {
  private readonly context: CompareContext;
  private frames: Expected[] = [];

  constructor(context: CompareContext) {
    this.context = context;
  }

  get length(): number {
    return this.frames.length;
  }

  /** Adds one; the oldest is given back when there are too many. */
  add(expected: Expected): Expected | null {
    this.frames.push(expected);
    return this.frames.length > LIMIT ? (this.frames.shift() ?? null) : null;
  }

  /** The first that `seen` is, taken out; null if it is none. */
  take(seen: Frame): Expected | null {
    const window = Math.min(this.frames.length, WINDOW);
    for (let i = 0; i < window; i++) {
      const expected = this.frames[i]!;
      if (!mayBe(expected.frame, seen) || compareFrames(expected.frame, seen, this.context).length > 0)
        continue;
      this.frames.splice(i, 1);
      return expected;
    }
    return null;
  }

  /** The first that is about the same as `seen` however it differs, taken out. */
  takeSimilar(seen: Frame): Expected | null {
    if (this.frames.length === 0) return null;
    const subject = subjectOf(seen, this.context);
    const place = this.frames.findIndex(({ frame }) => subjectOf(frame, this.context) === subject);
    return place < 0 ? null : (this.frames.splice(place, 1)[0] ?? null);
  }

  /** Takes out those that were to come before `time`. */
  expire(time: number): Expected[] {
    const [first] = this.frames;
    if (first === undefined || first.at + GRACE >= time) return [];
    const late = this.frames.filter(({ at }) => at + GRACE < time);
    this.frames = this.frames.filter(({ at }) => at + GRACE >= time);
    return late;
  }
}

/** A quick look: frames of different length are not the same, unless the link header pads them. */
const mayBe = (expected: Frame, seen: Frame): boolean =>
  expected.bytes.length === seen.bytes.length || (seen.bytes.length <= 64 && expected.bytes.length < 64);
