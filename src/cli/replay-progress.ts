// How far a replay is, on one line of a terminal: packets, how much of the files, packets a second.

const WIDTH = 24;
/** Milliseconds between two drawings. */
const INTERVAL = 200;
const CLEAR = '\r\x1b[K';

export interface ProgressOptions {
  /** Writes to the terminal. */
  readonly write: (text: string) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Bytes of all that is to be read; 0 if nobody knows. */
  readonly total: number;
}

export class Progress {
  private readonly options: ProgressOptions;
  private readonly began: number;
  private drawn: number;
  private isShown = false;
  private packets = 0;
  private bytes = 0;

  constructor(options: ProgressOptions) {
    this.options = options;
    this.began = options.now();
    this.drawn = this.began;
  }

  read(bytes: number): void {
    this.bytes += bytes;
  }

  /** So many packets more are judged. */
  advance(packets: number): void {
    this.packets += packets;
    const now = this.options.now();
    if (now - this.drawn < INTERVAL) return;
    this.drawn = now;
    this.isShown = true;
    this.options.write(`${CLEAR}${this.text(now)}`);
  }

  /** Takes the line away, so that something else can be written. */
  clear(): void {
    if (this.isShown) this.options.write(CLEAR);
    this.isShown = false;
  }

  private text(now: number): string {
    const speed = Math.round((this.packets * 1000) / Math.max(1, now - this.began));
    const sums = `${this.packets} packets  ${megabytes(this.bytes)}`;
    const { total } = this.options;
    if (total === 0) return `${sums}  ${speed} packets/s`;
    const part = Math.min(1, this.bytes / total);
    const full = Math.round(part * WIDTH);
    const bar = `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${String(Math.floor(part * 100)).padStart(3)} %`;
    return `${bar}  ${sums} of ${megabytes(total)}  ${speed} packets/s`;
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
