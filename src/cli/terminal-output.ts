// Standard output and standard error of the command line: pieces are joined, the order of the two is kept.
import { setImmediate } from 'node:timers/promises';

const JOINED_BYTES = 1 << 16;

export class TerminalOutput {
  private pieces: Uint8Array[] = [];
  private bytes = 0;
  private stream: 'stdout' | 'stderr' = 'stdout';

  readonly sink = (stream: 'stdout' | 'stderr', bytes: Uint8Array): void => {
    if (stream !== this.stream) this.flush();
    this.stream = stream;
    this.pieces.push(bytes.slice());
    this.bytes += bytes.length;
    if (this.bytes >= JOINED_BYTES) this.flush();
  };

  /** Between two turns of the shell: what was printed is shown, and signals are heard. */
  readonly breathe = async (): Promise<void> => {
    this.flush();
    await setImmediate();
  };

  flush(): void {
    if (this.bytes === 0) return;
    process[this.stream].write(Buffer.concat(this.pieces));
    this.pieces = [];
    this.bytes = 0;
  }
}
