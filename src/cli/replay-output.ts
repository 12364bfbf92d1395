// Where the reports of a replay go: standard output in pieces, and a file for JUnit.
import { once } from 'node:events';

/** Characters written at once. */
const PIECE = 1 << 16;

/** Standard output in pieces, as fast as its reader is. */
export class Output {
  private pieces: string[] = [];
  private length = 0;
  private full = false;

  add(text: string): void {
    if (text === '') return;
    this.pieces.push(text);
    this.length += text.length;
    if (this.length >= PIECE) this.flush();
  }

  flush(): void {
    if (this.length === 0) return;
    this.full = !process.stdout.write(this.pieces.join(''));
    this.pieces = [];
    this.length = 0;
  }

  async breathe(): Promise<void> {
    if (!this.full) return;
    await once(process.stdout, 'drain');
    this.full = false;
  }
}
