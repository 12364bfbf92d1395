// Several captures of one interface as one, in order of time: the pieces that `tcpdump -C` or `-G` cut, or captures with
// different filters.
import type { CaptureBatch } from './read.ts';
import type { CaptureRecord } from './record.ts';

/** A batch of one of the captures; `file` counts them from 0. */
export interface MergedBatch extends CaptureBatch {
  readonly file: number;
}

/** One capture, and the record that is next. */
class Cursor {
  readonly file: number;
  batch: CaptureBatch | null = null;
  private readonly source: AsyncIterator<CaptureBatch>;
  private readonly ahead: number;
  private at = 0;

  constructor(source: AsyncIterable<CaptureBatch>, file: number, ahead: number) {
    this.source = source[Symbol.asyncIterator]();
    this.file = file;
    this.ahead = ahead;
  }

  /** Null only once the capture is over. */
  get head(): CaptureRecord | null {
    return this.batch?.records[this.at] ?? null;
  }

  /** Reads until there is a record; what has none (findings, the end of the file) is yielded. */
  async *fill(): AsyncGenerator<MergedBatch> {
    while (this.head === null) {
      const { done, value } = await this.source.next();
      if (done === true) return;
      this.batch = value;
      this.at = 0;
      yield { ...value, records: [], file: this.file };
    }
  }

  /** Of the next record, which is there. */
  get time(): number {
    const { seconds, nanos } = this.head as CaptureRecord;
    return seconds * 1e6 + nanos / 1000 - this.ahead;
  }

  /** The next record comes before that of another; of two at one time that of the earlier file. */
  isBefore(other: Cursor): boolean {
    return this.time < other.time || (this.time === other.time && this.file < other.file);
  }

  /** The records of this batch that come before the next one of `other`, taken out; the first one in any case. */
  takeUntil(other: Cursor | null): CaptureRecord[] {
    const { records } = this.batch as CaptureBatch;
    const from = this.at++;
    while (this.at < records.length && (other === null || this.isBefore(other))) this.at++;
    return from === 0 && this.at === records.length ? records : records.slice(from, this.at);
  }

  async close(): Promise<void> {
    await this.source.return?.();
  }
}

/** Whose next record is the earliest. */
const earliest = (cursors: readonly Cursor[]): Cursor =>
  cursors.reduce((best, each) => (each.isBefore(best) ? each : best));

/**
 * Yields the batches of all captures, the records in order of time as far as each capture is; `ahead` says by how many
 * microseconds the clock of each is. Leaving the loop early closes the captures.
 */
export async function* mergedBatches(
  sources: readonly AsyncIterable<CaptureBatch>[],
  ahead: readonly number[] = [],
): AsyncGenerator<MergedBatch> {
  const cursors = sources.map((source, file) => new Cursor(source, file, ahead[file] ?? 0));
  try {
    for (const cursor of cursors) yield* cursor.fill();
    let open = cursors.filter(({ head }) => head !== null);
    while (open.length > 0) {
      const first = earliest(open);
      const others = open.filter((each) => each !== first);
      const next = others.length === 0 ? null : earliest(others);
      const { info } = first.batch as CaptureBatch;
      yield { records: first.takeUntil(next), findings: [], info, file: first.file };
      yield* first.fill();
      open = open.filter(({ head }) => head !== null);
    }
  } finally {
    for (const cursor of cursors) await cursor.close();
  }
}
