// The captures that threads read, as the batches that they would be without: see replay-reader.ts.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { CaptureBatch } from '../capture/read.ts';
import { recordsOf } from '../replay/record-block.ts';
import type { ReaderMessage, ReaderTask } from './replay-reader.ts';

/** Blocks of a megabyte that may be under way. */
const AHEAD = 8;

/** How records are looked at where they were captured. */
export type KeyOptions = Pick<ReaderTask, 'linkLength' | 'vxlanPorts'>;

/** As built: run from its sources the command has one thread. */
const PROGRAM = new URL('./replay-reader.js', import.meta.url);

export const hasThreads = (): boolean => existsSync(PROGRAM);

const begin = (task: ReaderTask): Worker => new Worker(PROGRAM, { workerData: task });

/** Reads a file in a thread of its own. Throws what it throws; leaving the loop early ends it. */
export async function* batchesByThread(
  file: Pick<ReaderTask, 'path' | 'piece'>,
  keys: KeyOptions,
  onBytes: (count: number) => void,
  start: (task: ReaderTask) => Worker = begin,
): AsyncGenerator<CaptureBatch> {
  const worker = start({ ...file, ...keys, ahead: AHEAD });
  try {
    for await (const message of messagesOf(worker)) {
      onBytes(message.bytes);
      worker.postMessage(null);
      yield batchOf(message);
    }
  } finally {
    await worker.terminate();
  }
}

async function* messagesOf(worker: Worker): AsyncGenerator<ReaderMessage> {
  const waiting: ReaderMessage[] = [];
  let wake = (): void => {};
  worker.on('message', (message: ReaderMessage) => {
    waiting.push(message);
    wake();
  });
  const failure = once(worker, 'error').then(([error]) => Promise.reject(error));
  // Nobody may be waiting when it comes.
  failure.catch(() => {});
  for (;;) {
    const arrival = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const next = waiting.shift();
    if (next === undefined) await Promise.race([arrival, failure]);
    else {
      yield next;
      if (next.isLast) return;
    }
  }
}

const batchOf = ({ block, records, findings, info }: ReaderMessage): CaptureBatch => ({
  records: block === null ? [...records] : recordsOf(block),
  findings: [...findings],
  info,
});
