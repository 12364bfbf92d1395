// Who was seen to talk to whom. A packet that the model drops in silence leaves no trace at one interface; an answer to
// it does.
import type { Ipv4 } from '../addr/ipv4.ts';

/** A received packet that the model dropped without a word to anybody. */
export interface SilentDrop {
  readonly number: number;
  readonly at: number;
  readonly reason: string;
  readonly notes: readonly string[];
}

const LIMIT = 16_384;
/** Microseconds within which an answer is taken to be one. */
const ANSWER_TIME = 3_000_000;

/** Forgets the oldest beyond a limit. */
class Memory<Value> {
  private readonly entries = new Map<string, Value>();
  private readonly forgets: () => void;

  constructor(forgets: () => void = () => {}) {
    this.forgets = forgets;
  }

  get(key: string): Value | undefined {
    return this.entries.get(key);
  }

  set(key: string, value: Value): void {
    this.entries.set(key, value);
    if (this.entries.size <= LIMIT) return;
    this.forget(this.entries.keys().next().value as string);
    this.forgets();
  }

  forget(key: string): void {
    this.entries.delete(key);
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }
}

/** Where it is told what the model did, in words that may never be asked for. */
export interface Telling {
  readonly expected: string;
}

const NOTHING: Telling = { expected: '' };

/** The last LIMIT packets that were handled, by numbers: written for each packet, asked for only now and then. */
class Ring {
  private readonly keys = new Float64Array(LIMIT).fill(-1);
  private readonly numbers = new Float64Array(LIMIT);
  private readonly tellings: Telling[] = new Array(LIMIT).fill(NOTHING);
  private next = 0;

  add(key: number, number: number, telling: Telling): void {
    const at = this.next;
    this.keys[at] = key;
    this.numbers[at] = number;
    this.tellings[at] = telling;
    this.next = (at + 1) % LIMIT;
  }

  /** The latest by this key. */
  find(key: number): Handled | null {
    for (let i = 1; i <= LIMIT; i++) {
      const at = (this.next - i + LIMIT) % LIMIT;
      if (this.keys[at] === key) return { number: this.numbers[at]!, what: this.tellings[at]!.expected };
    }
    return null;
  }
}

const keyOf = (source: Ipv4, destination: Ipv4, protocol: number): string =>
  `${source} ${destination} ${protocol}`;

export class Conversations {
  private readonly talked = new Memory<true>(() => this.version++);
  private readonly drops = new Memory<SilentDrop>();
  private readonly handled = new Ring();
  /** Grows when `repeats` may say no where it said yes. */
  version = 0;

  /** The node sent a packet on for `source`. Returns the dropped packet that it answers, once. */
  sent(source: Ipv4, destination: Ipv4, protocol: number, now: number): SilentDrop | null {
    this.talked.set(keyOf(source, destination, protocol), true);
    const asked = keyOf(destination, source, protocol);
    const drop = this.drops.get(asked);
    if (drop === undefined) return null;
    this.drops.forget(asked);
    return drop.at + ANSWER_TIME >= now ? drop : null;
  }

  /** A packet from `source` was dropped in silence. True if its destination was seen to talk to it. */
  dropped(source: Ipv4, destination: Ipv4, protocol: number, drop: SilentDrop): boolean {
    if (this.talked.get(keyOf(destination, source, protocol)) === true) return true;
    this.drops.set(keyOf(source, destination, protocol), drop);
    this.version++;
    return false;
  }

  /** The keys of one who talks to another, for `repeats`. */
  static keysOf(source: Ipv4, destination: Ipv4, protocol: number): TalkKeys {
    return { talked: keyOf(source, destination, protocol), asked: keyOf(destination, source, protocol) };
  }

  /** `sent` would find nothing and change nothing. */
  repeats({ talked, asked }: TalkKeys): boolean {
    return this.talked.has(talked) && !this.drops.has(asked);
  }

  /** Remembers what the model did with a received packet, by a key of its own. */
  remember(key: number, number: number, telling: Telling): void {
    this.handled.add(key, number, telling);
  }

  recall(key: number): Handled | null {
    return this.handled.find(key);
  }
}

/** Who talked, and the packet that it would answer. */
export interface TalkKeys {
  readonly talked: string;
  readonly asked: string;
}

/** What became of a received packet in the model. */
export interface Handled {
  readonly number: number;
  readonly what: string;
}
