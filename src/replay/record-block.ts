// Records of a capture as columns of numbers, with their keys: so one thread reads a capture while another judges it, and
// nothing is copied between them. A block holds plain records only; those with a word of their own (a comment, a
// direction) go from thread to thread as they are.
import type { CaptureRecord } from '../capture/record.ts';
import type { FrameKey } from './frame-key.ts';

/** What goes from one thread to the other. */
export interface BlockColumns {
  /** The captured bytes, record behind record. */
  readonly bytes: Uint8Array;
  /** Where each record begins in `bytes`, and where the last one ends. */
  readonly begins: Uint32Array;
  readonly numbers: Float64Array;
  readonly seconds: Float64Array;
  readonly nanos: Uint32Array;
  readonly originals: Uint32Array;
  /** Where each record's key begins in `keys`. */
  readonly keyBegins: Uint32Array;
  readonly keys: Int32Array;
  /** Of all records of the block. */
  readonly linkType: number;
  readonly interface: number;
}

const BYTES = 1 << 20;
const RECORDS = 8192;
/** A key's words, and four numbers in front; see `putKey`. */
const KEY_FRONT = 4;
const KEY_WORDS = 32;

/** A record of no special kind. */
const isPlain = ({ comment, direction, originalLength }: CaptureRecord): boolean =>
  comment === undefined && direction === undefined && originalLength <= 0xffffffff;

/** Collects records until the block is full. */
export class BlockWriter {
  private readonly key: FrameKey;
  private readonly linkLength: number;
  private readonly bytes = new Uint8Array(BYTES);
  private readonly begins = new Uint32Array(RECORDS + 1);
  private readonly numbers = new Float64Array(RECORDS);
  private readonly seconds = new Float64Array(RECORDS);
  private readonly nanos = new Uint32Array(RECORDS);
  private readonly originals = new Uint32Array(RECORDS);
  private readonly keyBegins = new Uint32Array(RECORDS);
  private readonly keys = new Int32Array(RECORDS * KEY_WORDS);
  private linkType = 0;
  private interface = 0;
  private keyed = 0;
  count = 0;

  /** Keys as a device with link headers of this length would see them. */
  constructor(key: FrameKey, linkLength: number) {
    this.key = key;
    this.linkLength = linkLength;
  }

  /** False if the record does not fit in, or into no block at all if this one is empty. */
  add(record: CaptureRecord): boolean {
    const { count } = this;
    const { data, linkType } = record;
    if (!isPlain(record) || count === RECORDS || this.begins[count]! + data.length > BYTES) return false;
    if (count === 0) {
      this.linkType = linkType;
      this.interface = record.interface;
    } else if (linkType !== this.linkType || record.interface !== this.interface) return false;
    this.put(record, count);
    this.putKey(record);
    this.count++;
    return true;
  }

  private put({ number, seconds, nanos, data, originalLength }: CaptureRecord, at: number): void {
    const begin = this.begins[at]!;
    this.bytes.set(data, begin);
    this.begins[at + 1] = begin + data.length;
    this.numbers[at] = number;
    this.seconds[at] = seconds;
    this.nanos[at] = nanos;
    this.originals[at] = originalLength;
  }

  /** Its hash, where the innermost packet begins and ends behind the record's beginning, how many words, the words. */
  private putKey(record: CaptureRecord): void {
    const { key, keys } = this;
    const at = this.keyed;
    this.keyBegins[this.count] = at;
    const isKeyed = key.read(record, this.linkLength);
    keys[at + 3] = isKeyed ? key.count : 0;
    this.keyed += KEY_FRONT;
    if (!isKeyed) return;
    keys[at] = key.hash;
    keys[at + 1] = key.network - key.start;
    keys[at + 2] = key.end - key.start;
    for (let i = 0; i < key.count; i++) keys[at + KEY_FRONT + i] = key.words[i]!;
    this.keyed += key.count;
  }

  /** The block; the next record begins another. */
  take(): BlockColumns {
    const { count } = this;
    const columns = {
      bytes: this.bytes.slice(0, this.begins[count]!),
      begins: this.begins.slice(0, count + 1),
      numbers: this.numbers.slice(0, count),
      seconds: this.seconds.slice(0, count),
      nanos: this.nanos.slice(0, count),
      originals: this.originals.slice(0, count),
      keyBegins: this.keyBegins.slice(0, count),
      keys: this.keys.slice(0, this.keyed),
      linkType: this.linkType,
      interface: this.interface,
    };
    this.count = 0;
    this.keyed = 0;
    return columns;
  }
}

/** The memory of a block, to be handed over. */
export const buffersOf = (block: BlockColumns): ArrayBuffer[] =>
  [
    block.bytes,
    block.begins,
    block.numbers,
    block.seconds,
    block.nanos,
    block.originals,
    block.keyBegins,
    block.keys,
  ].map(({ buffer }) => buffer as ArrayBuffer);

/** The records of a block; each looks into it. */
export function recordsOf(columns: BlockColumns): BlockRecord[] {
  const view = new DataView(columns.bytes.buffer);
  return Array.from(columns.numbers, (number, at) => new BlockRecord(columns, view, at, number));
}

/** One record of a block. */
export class BlockRecord implements CaptureRecord {
  readonly number: number;
  private readonly columns: BlockColumns;
  private readonly view: DataView;
  private readonly at: number;

  constructor(columns: BlockColumns, view: DataView, at: number, number: number) {
    this.columns = columns;
    this.view = view;
    this.at = at;
    this.number = number;
  }

  /** The same under another number. */
  numbered(number: number): BlockRecord {
    return new BlockRecord(this.columns, this.view, this.at, number);
  }

  get seconds(): number {
    return this.columns.seconds[this.at]!;
  }

  get nanos(): number {
    return this.columns.nanos[this.at]!;
  }

  get data(): Uint8Array {
    const { bytes, begins } = this.columns;
    return bytes.subarray(begins[this.at], begins[this.at + 1]);
  }

  get originalLength(): number {
    return this.columns.originals[this.at]!;
  }

  get linkType(): number {
    return this.columns.linkType;
  }

  get interface(): number {
    return this.columns.interface;
  }

  /** Gives `key` what it would read; false if the record has none. */
  readKey(key: FrameKey): boolean {
    const { keys, keyBegins, begins, originals } = this.columns;
    const from = keyBegins[this.at]!;
    const count = keys[from + 3]!;
    if (count === 0) return false;
    key.lookInto(this.view);
    key.start = begins[this.at]!;
    key.length = originals[this.at]!;
    key.hash = keys[from]!;
    key.network = key.start + keys[from + 1]!;
    key.end = key.start + keys[from + 2]!;
    key.count = count;
    for (let i = 0; i < count; i++) key.words[i] = keys[from + KEY_FRONT + i]!;
    return true;
  }
}
