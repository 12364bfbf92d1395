// The captures of one vantage point as a stream of batches: files of the host, or standard input.
import { accessSync, closeSync, constants, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { startsGzip } from '../capture/gunzip.ts';
import { type MergedBatch, mergedBatches } from '../capture/merge.ts';
import { batchesInPlace, type CaptureBatch, captureBatches } from '../capture/read.ts';
import { reasonOf } from './host-error.ts';
import { STANDARD_INPUT, type VantagePlan } from './replay-plan.ts';
import { batchesByThread, hasThreads, type KeyOptions } from './replay-thread.ts';
import type { Wrong } from './wrong.ts';

/** Bytes of a capture read at once. */
const PIECE = 1 << 18;

/** Called with the bytes of each piece that was read. */
export type OnBytes = (count: number) => void;

/** Null if all files can be read; with several vantage points each is read twice, which a pipe cannot be. */
export function checkCaptures(plans: readonly VantagePlan[]): Wrong | null {
  const several = plans.length > 1;
  for (const name of plans.flatMap(({ captures }) => captures)) {
    if (name === STANDARD_INPUT) continue;
    const wrong = checkFile(name, several);
    if (wrong !== null) return wrong;
  }
  return null;
}

function checkFile(path: string, twice: boolean): Wrong | null {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return { wrong: `${path}: Is a directory` };
    // A pipe can be opened once only, by whoever reads it.
    if (stat.isFile()) accessSync(path, constants.R_OK);
    else if (twice)
      return { wrong: `${path}: captures of several interfaces are read twice, and it is no file` };
    return null;
  } catch (error) {
    return { wrong: `${path}: ${reasonOf(error)}` };
  }
}

/** Bytes of all captures together; 0 if some have no length. */
export function totalBytes(plans: readonly VantagePlan[]): number {
  let total = 0;
  for (const name of plans.flatMap(({ captures }) => captures)) {
    const stat = name === STANDARD_INPUT ? null : statSync(name, { throwIfNoEntry: false });
    if (stat?.isFile() !== true) return 0;
    total += stat.size;
  }
  return total;
}

/** Whose captures are read by threads of their own. */
export interface Threads {
  readonly isFor: (capture: string) => boolean;
  readonly keys: KeyOptions;
}

/** The batches of all captures of a vantage point, in order of time. Who keeps a record copies its bytes. */
export function readCaptures(
  { captures }: VantagePlan,
  onBytes: OnBytes,
  threads: Threads | null = null,
): AsyncGenerator<MergedBatch> {
  const batches = (name: string): AsyncGenerator<CaptureBatch> =>
    threads?.isFor(name) === true
      ? batchesByThread({ path: name, piece: PIECE }, threads.keys, onBytes)
      : batchesHere(name, onBytes);
  return mergedBatches(captures.map(batches));
}

/** A file is read while nothing else is done: a page of it comes sooner from the cache than from another thread. */
async function* batchesHere(name: string, onBytes: OnBytes): AsyncGenerator<CaptureBatch> {
  if (isFile(name)) {
    const fd = openSync(name, 'r');
    try {
      if (!isGzip(fd)) {
        yield* batchesInPlace((memory) => {
          const count = readSync(fd, memory);
          onBytes(count);
          return count;
        });
        return;
      }
    } finally {
      closeSync(fd);
    }
  }
  yield* captureBatches(counted(openSource(name), onBytes));
}

function isGzip(fd: number): boolean {
  const head = new Uint8Array(2);
  return startsGzip(head.subarray(0, readSync(fd, head, 0, head.length, 0)));
}

/** Captures that threads read beside the one that judges: of as many files as there are jobs for them. */
export function captureThreads(captures: readonly string[], jobs: number): ReadonlySet<string> {
  if (!hasThreads()) return new Set();
  return new Set(captures.filter(isFile).slice(0, jobs - 1));
}

const isFile = (name: string): boolean =>
  name !== STANDARD_INPUT && statSync(name, { throwIfNoEntry: false })?.isFile() === true;

const openSource = (name: string): AsyncIterable<Uint8Array> =>
  name === STANDARD_INPUT ? process.stdin : createReadStream(name, { highWaterMark: PIECE });

async function* counted(source: AsyncIterable<Uint8Array>, onBytes: OnBytes): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    onBytes(chunk.length);
    yield chunk;
  }
}
