// A thread that reads one capture for `vrouter replay --jobs`, and the keys of its records: what can be done without
// knowing what became of the packets before.
import { createReadStream } from 'node:fs';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Finding } from '../capture/finding.ts';
import { captureBatches } from '../capture/read.ts';
import type { CaptureInfo, CaptureRecord } from '../capture/record.ts';
import { FrameKey } from '../replay/frame-key.ts';
import { type BlockColumns, BlockWriter, buffersOf } from '../replay/record-block.ts';

/** What the thread is started with. */
export interface ReaderTask {
  readonly path: string;
  /** Bytes read at once. */
  readonly piece: number;
  readonly linkLength: number;
  readonly vxlanPorts: ReadonlySet<number>;
  /** Blocks that may be under way. */
  readonly ahead: number;
}

/** A block, or records that go into none; the last one says so. */
export interface ReaderMessage {
  readonly block: BlockColumns | null;
  readonly records: readonly CaptureRecord[];
  readonly findings: readonly Finding[];
  readonly info: CaptureInfo;
  /** Bytes of the file since the message before. */
  readonly bytes: number;
  readonly isLast: boolean;
}

class Reader {
  private readonly port: MessagePort;
  private readonly task: ReaderTask;
  private readonly writer: BlockWriter;
  private findings: Finding[] = [];
  private bytes = 0;
  /** Blocks that may be sent now. */
  private credit: number;
  private wake: () => void = () => {};

  constructor(port: MessagePort, task: ReaderTask) {
    this.port = port;
    this.task = task;
    this.credit = task.ahead;
    this.writer = new BlockWriter(new FrameKey((at) => task.vxlanPorts.has(at)), task.linkLength);
    port.on('message', () => {
      this.credit++;
      this.wake();
    });
  }

  async run(): Promise<void> {
    let last: CaptureInfo | null = null;
    for await (const { records, findings, info } of captureBatches(this.source())) {
      last = info;
      // Findings come before the records that were read with them.
      if (findings.length > 0) await this.sendBlock(info);
      this.findings.push(...findings);
      if (findings.length > 0 && records.length === 0) await this.send(null, [], info);
      for (const record of records) await this.add(record, info);
    }
    await this.sendBlock(last as CaptureInfo);
    this.post(null, [], last as CaptureInfo, true);
    this.port.close();
  }

  private async *source(): AsyncGenerator<Uint8Array> {
    const { path, piece } = this.task;
    for await (const chunk of createReadStream(path, { highWaterMark: piece })) {
      this.bytes += chunk.length;
      yield chunk;
    }
  }

  private async add(record: CaptureRecord, info: CaptureInfo): Promise<void> {
    if (this.writer.add(record)) return;
    await this.sendBlock(info);
    if (!this.writer.add(record)) await this.send(null, [record], info);
  }

  private async sendBlock(info: CaptureInfo): Promise<void> {
    if (this.writer.count > 0) await this.send(this.writer.take(), [], info);
  }

  /** Waits for its turn: the other thread may be slower. */
  private async send(
    block: BlockColumns | null,
    records: readonly CaptureRecord[],
    info: CaptureInfo,
  ): Promise<void> {
    while (this.credit === 0)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    this.credit--;
    this.post(block, records, info, false);
  }

  private post(
    block: BlockColumns | null,
    records: readonly CaptureRecord[],
    info: CaptureInfo,
    isLast: boolean,
  ): void {
    const { findings, bytes } = this;
    this.findings = [];
    this.bytes = 0;
    const message: ReaderMessage = { block, records, findings, info, bytes, isLast };
    this.port.postMessage(message, block === null ? [] : buffersOf(block));
  }
}

await new Reader(parentPort as MessagePort, workerData as ReaderTask).run();
