// Open file descriptions: what the numbers 0, 1, 2 … of a shell point at. Bytes in order; nothing blocks by itself,
// a reader that would have to wait says so and is told when there is something.
import type { Process } from '../command.ts';
import type { OpenFile } from '../files/tree.ts';

const EMPTY = new Uint8Array(0);

/** '' or why not, as strerror(3) words it. */
export type WriteError = '' | 'Broken pipe' | 'Bad file descriptor' | (string & {});

export interface Stream {
  readonly isTerminal: boolean;
  /** A pipe: its reader may have to wait for its writer. */
  readonly isPipe: boolean;
  write(bytes: Uint8Array): WriteError;
  /** Up to `limit` bytes; null at the end; undefined if there is nothing now and may be later. */
  read(limit: number): Uint8Array | null | undefined;
  /** Calls `ready` when `read` would answer otherwise than undefined. */
  whenReadable(ready: () => void): void;
  /** One descriptor more, one less; a pipe's other end learns when the last is gone. */
  retain(): void;
  release(): void;
}

/** Output that leaves the lab. */
export class SinkStream implements Stream {
  readonly isPipe = false;
  readonly isTerminal: boolean;
  private readonly sink: (bytes: Uint8Array) => WriteError;

  constructor(sink: (bytes: Uint8Array) => WriteError, isTerminal = false) {
    this.sink = sink;
    this.isTerminal = isTerminal;
  }

  write(bytes: Uint8Array): WriteError {
    return this.sink(bytes);
  }

  read(): null {
    return null;
  }

  whenReadable(ready: () => void): void {
    ready();
  }

  retain(): void {}
  release(): void {}
}

/** Bytes that are all there: a here-document, the standard input that the run was given. */
export class BytesStream implements Stream {
  readonly isPipe = false;
  readonly isTerminal = false;
  private readonly bytes: Uint8Array;
  private offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  write(): WriteError {
    return 'Bad file descriptor';
  }

  read(limit: number): Uint8Array | null {
    if (this.offset >= this.bytes.length) return null;
    const start = this.offset;
    this.offset = Math.min(this.bytes.length, start + limit);
    return this.bytes.subarray(start, this.offset);
  }

  whenReadable(ready: () => void): void {
    ready();
  }

  retain(): void {}
  release(): void {}
}

/** A file of the tree that was opened, with its position. */
export class FileStream implements Stream {
  readonly isPipe = false;
  readonly isTerminal = false;
  private readonly file: OpenFile;

  constructor(file: OpenFile) {
    this.file = file;
  }

  write(bytes: Uint8Array): WriteError {
    return this.file.write(bytes);
  }

  read(limit: number): Uint8Array | null {
    const bytes = this.file.read(limit);
    return bytes.length === 0 ? null : bytes;
  }

  whenReadable(ready: () => void): void {
    ready();
  }

  retain(): void {}
  release(): void {}
}

/** Less than Linux's 65536: an endless writer whose reader has yet to start need not work so long. */
const PIPE_CAPACITY = 8192;

/** A pipe's buffer, shared by its two ends. */
class PipeBuffer {
  private chunks: Uint8Array[] = [];
  private first = 0;
  size = 0;
  readers = 0;
  writers = 0;
  readonly readerWaits: (() => void)[] = [];
  readonly writerWaits: (() => void)[] = [];

  put(bytes: Uint8Array): void {
    this.chunks.push(bytes);
    this.size += bytes.length;
  }

  /** Up to `limit` bytes of what was put first; there is some. */
  take(limit: number): Uint8Array {
    const chunk = this.chunks[this.first];
    const taken = chunk.length <= limit ? chunk : chunk.subarray(0, limit);
    if (taken === chunk) this.first++;
    else this.chunks[this.first] = chunk.subarray(limit);
    this.size -= taken.length;
    if (this.size === 0) this.clear();
    return taken;
  }

  clear(): void {
    this.chunks = [];
    this.first = 0;
    this.size = 0;
  }

  wake(waits: (() => void)[]): void {
    for (const ready of waits.splice(0)) ready();
  }
}

export class PipeWriter implements Stream {
  readonly isPipe = true;
  readonly isTerminal = false;
  private readonly buffer: PipeBuffer;

  constructor(buffer: PipeBuffer) {
    this.buffer = buffer;
  }

  write(bytes: Uint8Array): WriteError {
    if (this.buffer.readers === 0) return 'Broken pipe';
    if (bytes.length === 0) return '';
    this.buffer.put(bytes.slice());
    this.buffer.wake(this.buffer.readerWaits);
    return '';
  }

  /** The reader is far behind: an endless writer has to wait, or it fills the memory. */
  get full(): boolean {
    return this.buffer.size > PIPE_CAPACITY && this.buffer.readers > 0;
  }

  whenDrained(ready: () => void): void {
    this.buffer.writerWaits.push(ready);
  }

  read(): null {
    return null;
  }

  whenReadable(ready: () => void): void {
    ready();
  }

  retain(): void {
    this.buffer.writers++;
  }

  release(): void {
    if (--this.buffer.writers === 0) this.buffer.wake(this.buffer.readerWaits);
  }
}

export class PipeReader implements Stream {
  readonly isPipe = true;
  readonly isTerminal = false;
  private readonly buffer: PipeBuffer;

  constructor(buffer: PipeBuffer) {
    this.buffer = buffer;
  }

  write(): WriteError {
    return 'Bad file descriptor';
  }

  read(limit: number): Uint8Array | null | undefined {
    const { buffer } = this;
    if (buffer.size === 0) return buffer.writers === 0 ? null : undefined;
    const taken = buffer.take(limit);
    if (buffer.size <= PIPE_CAPACITY) buffer.wake(buffer.writerWaits);
    return taken;
  }

  whenReadable(ready: () => void): void {
    if (this.buffer.size > 0 || this.buffer.writers === 0) ready();
    else this.buffer.readerWaits.push(ready);
  }

  retain(): void {
    this.buffer.readers++;
  }

  release(): void {
    if (--this.buffer.readers === 0) {
      this.buffer.clear();
      this.buffer.wake(this.buffer.writerWaits);
    }
  }
}

export function createPipe(): { reader: PipeReader; writer: PipeWriter } {
  const buffer = new PipeBuffer();
  return { reader: new PipeReader(buffer), writer: new PipeWriter(buffer) };
}

/** Says whether so many bytes may be held at once; if not, it has ended everything. */
interface Holding {
  mayHold(bytes: number): boolean;
}

/** Reads to the end, waiting as long as it takes or until `process` is asked to end. `x=$(yes)` has to end too. */
export async function readAll(stream: Stream, process: Process, holding: Holding): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let held = 0;
  while (!process.killed && holding.mayHold(held)) {
    const chunk = stream.read(1 << 20);
    if (chunk === null) break;
    held += chunk?.length ?? 0;
    if (chunk !== undefined) chunks.push(chunk);
    else await process.wait(Number.POSITIVE_INFINITY, (wake) => stream.whenReadable(wake));
  }
  return concatenate(chunks);
}

export function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 0) return EMPTY;
  if (chunks.length === 1) return chunks[0];
  const joined = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.length;
  }
  return joined;
}
