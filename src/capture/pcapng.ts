// pcapng: cuts the file into blocks, finds the thread again where it is lost, and hands blocks to the section.

import type { ByteQueue } from './byte-queue.ts';
import type { FindingWhat } from './finding.ts';
import type { CaptureParser, CaptureSink } from './parser.ts';
import {
  BLOCK_ENHANCED_PACKET,
  BLOCK_PACKET,
  BLOCK_SECTION,
  BYTE_ORDER_MAGIC,
  CAPTURED_LENGTH_AT,
  KNOWN_BLOCKS,
  LARGEST_BLOCK,
  PACKET_DATA_AT,
  SMALLEST_BLOCK,
  smallestLength,
} from './pcapng-blocks.ts';
import { PcapngSection } from './pcapng-section.ts';

const NO = 0;
const YES = 1;
const WAIT = 2;

/**
 * Reads a pcapng file. A block whose two lengths are impossible or differ loses the thread: the parser then
 * looks, behind the packet bytes of that block where it has some, for the next block of a known type whose
 * two lengths agree. A block cut off by the end of the file is a finding and not delivered.
 */
export class PcapngParser implements CaptureParser {
  readonly #sink: CaptureSink;
  readonly #queue: ByteQueue;
  readonly #section: PcapngSection;
  /** File offset where the thread was lost, or -1. */
  #lostAt = -1;
  /** Whether it was lost because the file ends inside a block, which needs no word about skipped bytes. */
  #cutOff = false;
  /** Record number lost there; 0 when the block was no packet. */
  #lostNumber = 0;
  /** File offset before which a search does not look. */
  #searchFrom = 0;

  constructor(sink: CaptureSink, queue: ByteQueue) {
    this.#sink = sink;
    this.#queue = queue;
    this.#section = new PcapngSection(sink);
  }

  read(): void {
    this.#advance(false);
  }

  end(): void {
    this.#advance(true);
    if (this.#lostAt >= 0 && !this.#cutOff) this.#closeGap(this.#queue.length);
  }

  #advance(ended: boolean): void {
    while (this.#lostAt >= 0 ? this.#resync(ended) : this.#readBlock(ended)) {}
  }

  /** Reads the block at the start of the queue; true when there is more to do at once. */
  #readBlock(ended: boolean): boolean {
    const available = this.#queue.length;
    if (available === 0) return false;
    // The captured length is waited for, so that where a search starts does not depend on the chunks.
    if (available < PACKET_DATA_AT && !ended && this.#isLong(available)) return false;
    if (available < SMALLEST_BLOCK) return ended && this.#lose('truncated-block', available);
    const order = this.#byteOrderAt(0);
    if (order === undefined) return this.#lose('bad-byte-order-magic', hex32(this.#queue.u32(8, false)));
    const length = this.#queue.u32(4, order);
    if (!plausibleLength(length)) return this.#lose('bad-block-length', length);
    if (available < length) return ended && this.#lose('truncated-block', available);
    return this.#readWhole(length, order);
  }

  #readWhole(length: number, littleEndian: boolean): boolean {
    const trailing = this.#queue.u32(length - 4, littleEndian);
    if (trailing !== length) return this.#lose('trailing-length-mismatch', trailing);
    const type = this.#queue.u32(0, littleEndian);
    const { view, start, offset } = this.#queue;
    if (length < smallestLength(type)) this.#section.skip(type, offset, 'block-too-short', length);
    else this.#section.block(type, view, start, length, offset, littleEndian);
    this.#queue.discard(length);
    return true;
  }

  /** Whether more than the 12 bytes of the smallest block must be seen before it can be judged. */
  #isLong(available: number): boolean {
    return available < SMALLEST_BLOCK || hasCapturedLength(this.#queue.u32(0, this.#section.littleEndian));
  }

  /** True for little endian; a section header says it itself, and undefined when it says nonsense. */
  #byteOrderAt(at: number): boolean | undefined {
    if (this.#queue.u32(at, false) !== BLOCK_SECTION) return this.#section.littleEndian;
    if (this.#queue.u32(at + 8, true) === BYTE_ORDER_MAGIC) return true;
    return this.#queue.u32(at + 8, false) === BYTE_ORDER_MAGIC ? false : undefined;
  }

  #lose(what: FindingWhat, value: number | string): boolean {
    const { offset } = this.#queue;
    this.#lostAt = offset;
    this.#cutOff = what === 'truncated-block';
    this.#searchFrom = offset + this.#harmless();
    this.#lostNumber = this.#section.skip(this.#typeAtStart(), offset, what, value);
    return true;
  }

  /** The type of the block at the start, or 0 when even that is cut off. */
  #typeAtStart(): number {
    return this.#queue.length < 4 ? 0 : this.#queue.u32(0, this.#section.littleEndian);
  }

  /**
   * Bytes of the lost block that a search leaves out. A packet may itself contain a pcapng file on its way
   * over the network, whose blocks must not be taken for ours.
   */
  #harmless(): number {
    if (this.#queue.length < PACKET_DATA_AT || !hasCapturedLength(this.#typeAtStart())) return 4;
    const captured = this.#queue.u32(CAPTURED_LENGTH_AT, this.#section.littleEndian);
    return captured <= LARGEST_BLOCK ? PACKET_DATA_AT + captured : PACKET_DATA_AT;
  }

  /** Looks for a block to go on with; true when there is one. */
  #resync(ended: boolean): boolean {
    this.#queue.discard(Math.max(0, this.#searchFrom - this.#queue.offset));
    const last = this.#queue.length - SMALLEST_BLOCK;
    let at = 0;
    let verdict = NO;
    while (at <= last) {
      verdict = this.#looksLikeBlock(at, ended);
      if (verdict !== NO) break;
      at++;
    }
    if (verdict === YES) this.#closeGap(at);
    else this.#queue.discard(at);
    return verdict === YES;
  }

  #looksLikeBlock(at: number, ended: boolean): number {
    const order = this.#byteOrderAt(at);
    if (order === undefined || !KNOWN_BLOCKS.has(this.#queue.u32(at, order))) return NO;
    const length = this.#queue.u32(at + 4, order);
    if (!plausibleLength(length)) return NO;
    if (at + length > this.#queue.length) return ended ? NO : WAIT;
    return this.#queue.u32(at + length - 4, order) === length ? YES : NO;
  }

  /** Ends the search: everything from where the thread was lost to `at` is skipped. */
  #closeGap(at: number): void {
    this.#queue.discard(at);
    const value = this.#queue.offset - this.#lostAt;
    this.#sink.findings.push({
      number: this.#lostNumber,
      offset: this.#lostAt,
      what: 'skipped-bytes',
      value,
    });
    this.#lostAt = -1;
  }
}

function plausibleLength(length: number): boolean {
  return length >= SMALLEST_BLOCK && length <= LARGEST_BLOCK && length % 4 === 0;
}

function hasCapturedLength(type: number): boolean {
  return type === BLOCK_ENHANCED_PACKET || type === BLOCK_PACKET;
}

function hex32(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
