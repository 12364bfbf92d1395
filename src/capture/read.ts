// Reads captures: whole in memory, or as a stream, in any of the formats, told apart by their magic.

import { ByteQueue } from './byte-queue.ts';
import { ClassicParser, classicVariant } from './classic.ts';
import type { Finding, FindingWhat } from './finding.ts';
import { gunzip, gunzipWhole, startsGzip } from './gunzip.ts';
import type { CaptureParser, CaptureSink } from './parser.ts';
import { PcapngParser } from './pcapng.ts';
import { BLOCK_SECTION } from './pcapng-blocks.ts';
import type { CaptureInfo, CaptureRecord } from './record.ts';

/** What was read since the batch before. */
export interface CaptureBatch {
  readonly records: CaptureRecord[];
  readonly findings: Finding[];
  /** The same object in every batch; it grows with the file. */
  readonly info: CaptureInfo;
}

/** Bytes parsed at once: what a batch can hold at most, besides one record or block. */
const PIECE = 65_536;
/** The same where a file is read into the memory that it is parsed in: as much as a processor's second cache holds. */
const ROOM = 262_144;
const MAGIC_LENGTH = 4;
const GZIP_MAGIC_LENGTH = 2;
/** A gzip stream that ends before this many bytes is unpacked in one go. */
const SMALL_GZIP = 65_536;
/** The most a gzip file read whole may unpack to, in bytes. Streams have no limit, they keep nothing. */
const UNPACKED_LIMIT = 1_073_741_824;

/** Puts the next bytes of a file into memory: how many, 0 at its end. */
export type Fill = (memory: Uint8Array) => number;

/** Chooses the parser by the first four bytes and collects what it reads. */
class CaptureReader {
  readonly #sink: CaptureSink;
  readonly #queue = new ByteQueue();
  #parser: CaptureParser | undefined;

  constructor(inPlace = false) {
    this.#sink = {
      info: { format: 'unknown', bigEndian: false, gzip: false, interfaces: [] },
      inPlace,
      records: [],
      findings: [],
    };
  }

  get info(): CaptureInfo {
    return this.#sink.info;
  }

  push(chunk: Uint8Array): void {
    this.#queue.append(chunk);
    this.#read();
  }

  /** Reads what `fill` has next; false at the end of its file. */
  pull(fill: Fill): boolean {
    const count = fill(this.#queue.room(ROOM));
    this.#queue.filled(count);
    this.#read();
    return count > 0;
  }

  #read(): void {
    if (this.#parser === undefined && this.#queue.length >= MAGIC_LENGTH)
      this.#parser = this.#choose(this.#queue.u32(0, false));
    this.#parser?.read();
  }

  get #bytes(): number {
    return this.#queue.offset + this.#queue.length;
  }

  /** A problem of the file as a whole, at the place reached. */
  find(what: FindingWhat, value: number | string): void {
    this.#sink.findings.push({ number: 0, offset: this.#bytes, what, value });
  }

  end(): void {
    if (this.#parser !== undefined) this.#parser.end();
    else if (this.#bytes === 0) this.find('empty-file', 0);
    else this.#unknown();
  }

  /** Everything read since the last call. */
  take(): CaptureBatch {
    const { records, findings, info } = this.#sink;
    this.#sink.records = [];
    this.#sink.findings = [];
    return { records, findings, info };
  }

  get hasNews(): boolean {
    return this.#sink.records.length > 0 || this.#sink.findings.length > 0;
  }

  #choose(magic: number): CaptureParser {
    const { info } = this.#sink;
    if (magic === BLOCK_SECTION) {
      info.format = 'pcapng';
      return new PcapngParser(this.#sink, this.#queue);
    }
    const variant = classicVariant(magic);
    if (variant === undefined) return this.#unknown();
    info.format = 'pcap';
    info.bigEndian = !variant.littleEndian;
    return new ClassicParser(variant, this.#sink, this.#queue);
  }

  /** Says how the file starts, and passes over the rest of it. */
  #unknown(): CaptureParser {
    const queue = this.#queue;
    const start = queue.bytes(0, Math.min(MAGIC_LENGTH, queue.length));
    const value = Array.from(start, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    this.#sink.findings.push({ number: 0, offset: 0, what: 'unknown-magic', value });
    return { read: () => queue.discard(queue.length), end() {} };
  }
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

/**
 * Reads a capture that is whole in memory, gzipped or not. Never throws for what the bytes contain. The
 * records do not share memory with `bytes`.
 */
export function readCapture(bytes: Uint8Array): CaptureBatch {
  const reader = new CaptureReader();
  for (const file of startsGzip(bytes) ? unpack(bytes, reader) : [bytes]) {
    for (const piece of pieces(file)) reader.push(piece);
  }
  reader.end();
  return reader.take();
}

/** Yields a gzip file unpacked; what was wrong with it is said when those bytes were taken, at their end. */
function* unpack(bytes: Uint8Array, reader: CaptureReader): Generator<Uint8Array> {
  reader.info.gzip = true;
  const { bytes: unpacked, damage, tooLarge } = gunzipWhole(bytes, UNPACKED_LIMIT);
  yield unpacked;
  if (damage !== undefined) reader.find('gzip-damage', damage);
  if (tooLarge) reader.find('gzip-too-large', UNPACKED_LIMIT);
}

/**
 * Reads a capture as it comes, gzipped or not, and asks for more bytes only when the batch before was taken.
 * The last batch comes after the end of the source and may be empty, so that every capture has one. Throws
 * what `source` throws, nothing else; leaving the loop early closes the source.
 */
export async function* captureBatches(source: AsyncIterable<Uint8Array>): AsyncGenerator<CaptureBatch> {
  const reader = new CaptureReader();
  for await (const chunk of unpackStream(source, reader)) {
    for (const piece of pieces(chunk)) {
      reader.push(piece);
      if (reader.hasNews) yield reader.take();
    }
  }
  reader.end();
  yield reader.take();
}

/**
 * Reads a capture that is not gzipped in place: the memory of a batch's records is used again for the next, so who keeps
 * one copies its bytes. The batches are otherwise those of `captureBatches`. Throws what `fill` throws.
 */
export function* batchesInPlace(fill: Fill): Generator<CaptureBatch> {
  const reader = new CaptureReader(true);
  while (reader.pull(fill)) if (reader.hasNews) yield reader.take();
  reader.end();
  yield reader.take();
}

/** The bytes of the source, unpacked when the first two say so. */
async function* unpackStream(
  source: AsyncIterable<Uint8Array>,
  reader: CaptureReader,
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  const head = new ByteQueue();
  try {
    await fill(head, GZIP_MAGIC_LENGTH, iterator);
    if (startsGzip(head.bytes(0, head.length))) yield* gunzipStream(head, iterator, reader);
    else yield* chain(head, iterator);
  } finally {
    await iterator.return?.();
  }
}

/** A small file is unpacked whole, because that saves more of a damaged one than a stream does. */
async function* gunzipStream(
  head: ByteQueue,
  rest: AsyncIterator<Uint8Array>,
  reader: CaptureReader,
): AsyncGenerator<Uint8Array> {
  const ended = await fill(head, SMALL_GZIP, rest);
  if (ended) {
    yield* unpack(head.bytes(0, head.length), reader);
    return;
  }
  reader.info.gzip = true;
  yield* gunzip(chain(head, rest), (message) => reader.find('gzip-damage', message));
}

/** Adds chunks until there are `length` bytes; true when the source ended before. */
async function fill(head: ByteQueue, length: number, source: AsyncIterator<Uint8Array>): Promise<boolean> {
  while (head.length < length) {
    const { done, value } = await source.next();
    if (done) return true;
    head.append(value);
  }
  return false;
}

async function* chain(head: ByteQueue, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head.bytes(0, head.length);
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
