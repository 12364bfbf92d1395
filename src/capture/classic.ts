// Classic pcap: cuts the file into records that can be believed, and decodes them; the package pcap-parser reads the
// header of the file and the records of the rarer format.

import type { ByteQueue } from './byte-queue.ts';
import type { FindingWhat } from './finding.ts';
import type { CaptureParser, CaptureSink } from './parser.ts';
import { type ClassicHeader, openPcapParser } from './pcap-parser.ts';
import { MAX_SNAP_LENGTH, PlacedRecord } from './record.ts';

//                        File header (pcap-savefile(5))
//    0 +---------------+---------------+---------------+---------------+
//      |                             Magic                             |
//    4 |         Major version         |         Minor version         |
//    8 |                  Reserved (was: zone offset)                  |
//   12 |               Reserved (was: timestamp accuracy)              |
//   16 |                        Snapshot length                        |
//   20 |FCS len|  |P|                  |           Link type           |
//   24 +---------------------------------------------------------------+
const FILE_HEADER_LENGTH = 24;
const VERSION_AT = 4;

//                        Record header
//    0 +---------------------------------------------------------------+
//      |                           Seconds                             |
//    4 |                 Microseconds or nanoseconds                   |
//    8 |                       Captured length                         |
//   12 |                       Original length                         |
//   16 +---------------------------------------------------------------+
// The "modified" format of Alexey Kuznetzov's patches has 8 bytes more: ifindex, protocol, packet type.
const RECORD_HEADER_LENGTH = 16;
const MODIFIED_HEADER_LENGTH = 24;
const SUBSECONDS_AT = 4;
const CAPTURED_AT = 8;
const ORIGINAL_AT = 12;

const MAGIC_MICROS = 0xa1b2c3d4;
const MAGIC_NANOS = 0xa1b23c4d;
const MAGIC_MODIFIED = 0xa1b2cd34;

/** Bit of the link type field that says the FCS length in its top four bits counts (pcap-savefile(5)). */
const FCS_PRESENT = 0x0400_0000;

/** While searching: how far from the last good record a time may be to look like a record, in seconds. */
const BELIEVABLE_GAP = 86_400;
/** While searching: the longest packet on the wire that looks like one, in bytes. */
const BELIEVABLE_LENGTH = 1_048_576;

const NO = 0;
const YES = 1;
const WAIT = 2;

/** What a magic says, or undefined when it is no classic capture. `magic` is read big-endian. */
export function classicVariant(magic: number): Variant | undefined {
  return variantOf(magic, false) ?? variantOf(swap32(magic), true);
}

interface Variant {
  readonly littleEndian: boolean;
  readonly unitsPerSecond: number;
  readonly recordHeaderLength: number;
}

function variantOf(magic: number, littleEndian: boolean): Variant | undefined {
  if (magic === MAGIC_MICROS)
    return { littleEndian, unitsPerSecond: 1e6, recordHeaderLength: RECORD_HEADER_LENGTH };
  if (magic === MAGIC_NANOS)
    return { littleEndian, unitsPerSecond: 1e9, recordHeaderLength: RECORD_HEADER_LENGTH };
  if (magic !== MAGIC_MODIFIED) return undefined;
  return { littleEndian, unitsPerSecond: 1e6, recordHeaderLength: MODIFIED_HEADER_LENGTH };
}

function swap32(value: number): number {
  return ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}

/**
 * Reads a classic capture. A record whose captured length nobody can have written loses the thread: the
 * parser then looks for the next place where two headers in a row are believable (or one that ends exactly
 * at the end of the file), and goes on there. A last record that is cut off is a finding and not delivered.
 */
export class ClassicParser implements CaptureParser {
  readonly #sink: CaptureSink;
  readonly #variant: Variant;
  readonly #queue: ByteQueue;
  readonly #feed: (bytes: Uint8Array) => void;
  #headerRead = false;
  #linkType = 0;
  #number = 0;
  /** Seconds of the last record delivered, or -1 before the first. */
  #lastSeconds = -1;
  /** File offset of the record that is delivered next. */
  #recordOffset = FILE_HEADER_LENGTH;
  /** File offset where the thread was lost, or -1. */
  #lostAt = -1;

  constructor(variant: Variant, sink: CaptureSink, queue: ByteQueue) {
    this.#variant = variant;
    this.#sink = sink;
    this.#queue = queue;
    this.#feed = openPcapParser({
      header: (header) => this.#onHeader(header),
      packet: (seconds, subseconds, length, data) => this.#onPacket(seconds, subseconds, length, data),
    });
  }

  read(): void {
    this.#advance(false);
  }

  end(): void {
    this.#advance(true);
    if (!this.#headerRead) this.#find('truncated-header', this.#queue.length, 0);
    else if (this.#lostAt >= 0) this.#closeGap(this.#queue.length);
    else if (this.#queue.length > 0) this.#truncated();
  }

  #advance(ended: boolean): void {
    if (!this.#headerRead && !this.#readHeader()) return;
    while (this.#lostAt >= 0 ? this.#resync(ended) : this.#readRun(ended)) {}
  }

  /** Gives pcap-parser the header with the magic and version it knows; the rest of it stays as it is. */
  #readHeader(): boolean {
    if (this.#queue.length < FILE_HEADER_LENGTH) return false;
    const header = this.#queue.bytes(0, FILE_HEADER_LENGTH).slice();
    const view = new DataView(header.buffer);
    this.#checkVersion(view);
    view.setUint32(0, MAGIC_MICROS, this.#variant.littleEndian);
    this.#feed(header);
    this.#queue.discard(FILE_HEADER_LENGTH);
    return true;
  }

  #checkVersion(view: DataView): void {
    const { littleEndian } = this.#variant;
    const major = view.getUint16(VERSION_AT, littleEndian);
    const minor = view.getUint16(VERSION_AT + 2, littleEndian);
    if (major !== 2 || minor !== 4) this.#find('unsupported-version', `${major}.${minor}`, 0);
    view.setUint16(VERSION_AT, 2, littleEndian);
    view.setUint16(VERSION_AT + 2, 4, littleEndian);
  }

  #onHeader({ snapshotLength, linkLayerType }: ClassicHeader): void {
    this.#headerRead = true;
    this.#linkType = linkLayerType & 0xffff;
    this.#sink.info.interfaces.push({
      linkType: this.#linkType,
      snapLength: snapshotLength,
      // The four bits count 16-bit words.
      fcsLength: linkLayerType & FCS_PRESENT ? (linkLayerType >>> 28) * 2 : 0,
      resolution: 1 / this.#variant.unitsPerSecond,
      name: undefined,
    });
  }

  #onPacket(seconds: number, subseconds: number, originalLength: number, data: Uint8Array): void {
    const { unitsPerSecond, recordHeaderLength } = this.#variant;
    const number = ++this.#number;
    const offset = this.#recordOffset;
    const carry = Math.floor(subseconds / unitsPerSecond);
    if (carry > 0) this.#find('bad-subseconds', subseconds, number, offset);
    if (data.length > originalLength) this.#find('captured-exceeds-original', data.length, number, offset);
    this.#lastSeconds = seconds;
    this.#recordOffset += recordHeaderLength + data.length;
    this.#sink.records.push({
      number,
      seconds: seconds + carry,
      nanos: (subseconds - carry * unitsPerSecond) * (1e9 / unitsPerSecond),
      data,
      originalLength,
      linkType: this.#linkType,
      interface: 0,
      comment: undefined,
      direction: undefined,
    });
  }

  /** Delivers the whole records at the start of the queue; true when there is more to do at once. */
  #readRun(ended: boolean): boolean {
    const run = this.#runLength();
    this.#recordOffset = this.#queue.offset;
    this.#feedRun(run);
    this.#queue.discard(run);
    if (this.#queue.length < this.#variant.recordHeaderLength) return false;
    const captured = this.#captured(0);
    if (captured > MAX_SNAP_LENGTH) return this.#lose('captured-length-too-large', captured);
    // The end cuts this record off. If it contradicts itself, its length is wrong and others may follow.
    if (ended && captured > this.#original(0)) return this.#lose('captured-exceeds-original', captured);
    return false;
  }

  /** Bytes of the whole and believable records that the queue starts with. */
  #runLength(): number {
    const { recordHeaderLength } = this.#variant;
    const available = this.#queue.length;
    let at = 0;
    while (at + recordHeaderLength <= available) {
      const captured = this.#captured(at);
      const next = at + recordHeaderLength + captured;
      if (captured > MAX_SNAP_LENGTH || next > available) break;
      at = next;
    }
    return at;
  }

  #feedRun(run: number): void {
    if (run === 0) return;
    const { recordHeaderLength } = this.#variant;
    if (recordHeaderLength !== RECORD_HEADER_LENGTH) this.#feedModified(run);
    else if (this.#sink.inPlace) this.#placeRun(run);
    else this.#decodeRun(run);
  }

  /** Records that look into the queue; those with a finding are decoded as elsewhere. */
  #placeRun(run: number): void {
    const { view, start } = this.#queue;
    const { littleEndian, unitsPerSecond } = this.#variant;
    const nanosPerUnit = 1e9 / unitsPerSecond;
    const { records } = this.#sink;
    const linkType = this.#linkType;
    for (let at = start; at < start + run; ) {
      const subseconds = view.getUint32(at + SUBSECONDS_AT, littleEndian);
      const captured = view.getUint32(at + CAPTURED_AT, littleEndian);
      const original = view.getUint32(at + ORIGINAL_AT, littleEndian);
      const data = at + RECORD_HEADER_LENGTH;
      if (subseconds >= unitsPerSecond || captured > original) this.#decode(at - start);
      else {
        const seconds = view.getUint32(at, littleEndian);
        this.#number++;
        this.#lastSeconds = seconds;
        this.#recordOffset += RECORD_HEADER_LENGTH + captured;
        records.push(
          new PlacedRecord(
            this.#number,
            seconds,
            subseconds * nanosPerUnit,
            linkType,
            original,
            view,
            data,
            captured,
          ),
        );
      }
      at = data + captured;
    }
  }

  /**
   * The common case without pcap-parser, which takes four times as long for its buffers and events; test/capture has it
   * as the judge of this.
   */
  #decodeRun(run: number): void {
    for (let at = 0; at < run; ) at += this.#decode(at);
  }

  /** Delivers one record; the bytes that it takes. */
  #decode(at: number): number {
    const queue = this.#queue;
    const { littleEndian } = this.#variant;
    const captured = this.#captured(at);
    const data = queue.bytes(at + RECORD_HEADER_LENGTH, captured);
    const subseconds = queue.u32(at + SUBSECONDS_AT, littleEndian);
    this.#onPacket(queue.u32(at, littleEndian), subseconds, this.#original(at), data);
    return RECORD_HEADER_LENGTH + captured;
  }

  /** pcap-parser knows no longer record header: it gets the first 16 bytes of each, then the packet. */
  #feedModified(run: number): void {
    for (let at = 0; at < run; ) {
      const body = at + MODIFIED_HEADER_LENGTH;
      const captured = this.#captured(at);
      this.#feed(this.#queue.bytes(at, RECORD_HEADER_LENGTH));
      this.#feed(this.#queue.bytes(body, captured));
      at = body + captured;
    }
  }

  #lose(what: FindingWhat, value: number): boolean {
    this.#number++;
    this.#find(what, value, this.#number, this.#queue.offset);
    this.#lostAt = this.#queue.offset;
    this.#queue.discard(1);
    return true;
  }

  /** Looks for a record to go on with; true when there is one. */
  #resync(ended: boolean): boolean {
    const last = this.#queue.length - this.#variant.recordHeaderLength;
    let at = 0;
    let verdict = NO;
    while (at <= last) {
      verdict = this.#looksLikeRecord(at, ended);
      if (verdict !== NO) break;
      at++;
    }
    if (verdict === YES) this.#closeGap(at);
    else this.#queue.discard(at);
    return verdict === YES;
  }

  /** Ends the search: everything from where the thread was lost to `at` is skipped. */
  #closeGap(at: number): void {
    this.#queue.discard(at);
    this.#find('skipped-bytes', this.#queue.offset - this.#lostAt, this.#number, this.#lostAt);
    this.#lostAt = -1;
  }

  #looksLikeRecord(at: number, ended: boolean): number {
    if (!this.#believable(at)) return NO;
    const next = at + this.#variant.recordHeaderLength + this.#captured(at);
    if (next + this.#variant.recordHeaderLength <= this.#queue.length)
      return this.#believable(next) ? YES : NO;
    if (!ended) return WAIT;
    return next === this.#queue.length ? YES : NO;
  }

  #believable(at: number): boolean {
    const captured = this.#captured(at);
    const original = this.#original(at);
    if (captured === 0 || captured > MAX_SNAP_LENGTH) return false;
    if (captured > original || original > BELIEVABLE_LENGTH) return false;
    const { littleEndian, unitsPerSecond } = this.#variant;
    if (this.#queue.u32(at + SUBSECONDS_AT, littleEndian) >= unitsPerSecond) return false;
    const gap = Math.abs(this.#queue.u32(at, littleEndian) - this.#lastSeconds);
    return this.#lastSeconds < 0 || gap <= BELIEVABLE_GAP;
  }

  #truncated(): void {
    this.#number++;
    this.#find('truncated-record', this.#queue.length, this.#number, this.#queue.offset);
  }

  #captured(at: number): number {
    return this.#queue.u32(at + CAPTURED_AT, this.#variant.littleEndian);
  }

  #original(at: number): number {
    return this.#queue.u32(at + ORIGINAL_AT, this.#variant.littleEndian);
  }

  #find(what: FindingWhat, value: number | string, number: number, offset = 0): void {
    this.#sink.findings.push({ number, offset, what, value });
  }
}
