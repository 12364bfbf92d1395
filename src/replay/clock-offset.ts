// How far the clocks of captures are apart, from packets that several of them show. Which packets are remembered is
// decided by the packet (the smallest hashes), so that all captures remember the same ones in bounded memory.
import type { CaptureRecord } from '../capture/record.ts';
import type { IsVxlanPort } from '../trace/dissect.ts';
import type { ClockOffset } from './followed.ts';
import type { Frame } from './frame.ts';
import { identify, SHALLOW, shownPayload, WHOLE } from './identity.ts';

const SAMPLES = 16_384;
/** 2 ** 52, beyond every hash. */
const ALL_HASHES = 0x10000000000000;

/** Microseconds since 1970. */
export const timeOf = ({ seconds, nanos }: Pick<CaptureRecord, 'seconds' | 'nanos'>): number =>
  seconds * 1e6 + nanos / 1000;

/** What is remembered of one capture. */
export class CaptureSpan {
  /** Microseconds of the first and the last record; infinite without any. */
  begin = Number.POSITIVE_INFINITY;
  end = Number.NEGATIVE_INFINITY;
  /** Bytes of payload that every packet shows, as far as it has them; negative if one may not show which it is. */
  depth = WHOLE;
  /** Times by hash; NaN for packets that are not alone. */
  readonly times = new Map<number, number>();
  private limit = ALL_HASHES;

  /** `frame` is null for what is none. */
  add(record: CaptureRecord, frame: Frame | null, isVxlanPort: IsVxlanPort): void {
    const time = timeOf(record);
    this.begin = Math.min(this.begin, time);
    this.end = Math.max(this.end, time);
    if (frame === null) return;
    this.depth = Math.min(this.depth, shownPayload(frame, isVxlanPort));
    const identity = identify(frame, SHALLOW, isVxlanPort);
    if (identity === null || identity.hash >= this.limit) return;
    this.times.set(identity.hash, this.times.has(identity.hash) ? Number.NaN : time);
    if (this.times.size > SAMPLES) this.thin();
  }

  private thin(): void {
    this.limit /= 2;
    for (const hash of this.times.keys()) if (hash >= this.limit) this.times.delete(hash);
  }
}

/** Each capture's clock against that of the first, by way of others where two have no packet in common. */
export function clockOffsets(names: readonly string[], spans: readonly CaptureSpan[]): ClockOffset[] {
  const known = new Map<number, ClockOffset>([[0, agreement(names, 0, 0)]]);
  while (known.size < spans.length) {
    const next = bestPair(spans, known);
    if (next === null) break;
    const { from, to, ahead, packets } = next;
    const before = known.get(from)?.ahead ?? 0;
    known.set(to, { at: names[to]!, than: names[0]!, ahead: before + ahead, packets });
  }
  return spans.map((_, i) => known.get(i) ?? agreement(names, i, 0));
}

const agreement = (names: readonly string[], at: number, packets: number): ClockOffset => ({
  at: names[at]!,
  than: names[0]!,
  ahead: 0,
  packets,
});

interface Pair {
  readonly from: number;
  readonly to: number;
  readonly ahead: number;
  readonly packets: number;
}

/** Of a known capture and an unknown one, those with most packets in common. */
function bestPair(spans: readonly CaptureSpan[], known: ReadonlyMap<number, unknown>): Pair | null {
  let best: Pair | null = null;
  for (const from of known.keys())
    for (let to = 0; to < spans.length; to++) {
      if (known.has(to)) continue;
      const gaps = commonGaps(spans[from]!, spans[to]!);
      if (gaps.length > (best?.packets ?? 0)) best = { from, to, ahead: median(gaps), packets: gaps.length };
    }
  return best;
}

/** How much later the second says it was, for every packet that both show once. */
function commonGaps(a: CaptureSpan, b: CaptureSpan): number[] {
  const gaps: number[] = [];
  for (const [hash, time] of a.times) {
    const gap = (b.times.get(hash) ?? Number.NaN) - time;
    if (!Number.isNaN(gap)) gaps.push(gap);
  }
  return gaps;
}

/** The middle: as many packets go one way as the other, or nearly, and what they take on their way cancels out. */
function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
