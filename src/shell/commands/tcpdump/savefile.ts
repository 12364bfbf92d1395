// The file of -w: buffered as the C library does, or written packet by packet with -U.
import { PcapWriter } from '../../../capture/pcap-writer.ts';
import type { RecordToWrite } from '../../../capture/record.ts';
import type { Context } from '../../command.ts';

/** stdio's buffer. */
const BUFFER = 4096;

export class Savefile {
  private readonly context: Context;
  private readonly path: string;
  private readonly writer: PcapWriter;
  private readonly prompt: boolean;
  private pending: Uint8Array[] = [];
  private size = 0;

  /** `prompt` writes every packet at once (-U). */
  constructor(
    context: Context,
    path: string,
    linkType: number,
    snapLength: number,
    nanos: boolean,
    prompt: boolean,
  ) {
    this.context = context;
    this.path = path;
    this.writer = new PcapWriter({ linkType, snapLength, nanos });
    this.prompt = prompt;
  }

  /** Creates the file; why not (strerror), or null. */
  async open(): Promise<string | null> {
    const error = this.path === '-' ? null : await this.context.writeFile(this.path, new Uint8Array(0));
    if (error === null) await this.add(this.writer.header());
    return error;
  }

  write(record: RecordToWrite): Promise<void> {
    return this.add(this.writer.record(record));
  }

  private async add(bytes: Uint8Array): Promise<void> {
    this.pending.push(bytes);
    this.size += bytes.length;
    if (this.prompt || this.size >= BUFFER) await this.flush();
  }

  /** Writes what is pending. */
  async flush(): Promise<void> {
    const bytes = new Uint8Array(this.size);
    let at = 0;
    for (const piece of this.pending) {
      bytes.set(piece, at);
      at += piece.length;
    }
    this.pending = [];
    this.size = 0;
    if (this.path === '-') this.context.outBytes(bytes);
    else if (bytes.length > 0) await this.context.appendFile(this.path, bytes);
  }
}
