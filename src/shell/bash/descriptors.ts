// The file descriptors of a shell: small numbers that point at open streams.
import type { Stream } from '../process/stream.ts';

/** What stood at a descriptor before a redirection, to be put back. */
export type Saved = Map<number, Stream | null>;

export class Descriptors {
  private readonly table = new Map<number, Stream>();

  /** A copy for a subshell; every pipe end gains a holder. */
  clone(): Descriptors {
    const copy = new Descriptors();
    for (const [fd, stream] of this.table) copy.set(fd, stream);
    return copy;
  }

  get(fd: number): Stream | undefined {
    return this.table.get(fd);
  }

  set(fd: number, stream: Stream): void {
    stream.retain();
    this.table.get(fd)?.release();
    this.table.set(fd, stream);
  }

  close(fd: number): void {
    this.table.get(fd)?.release();
    this.table.delete(fd);
  }

  closeAll(): void {
    for (const fd of [...this.table.keys()]) this.close(fd);
  }

  /** As `set` (or `close` for null), keeping in `saved` what was there. */
  replace(fd: number, stream: Stream | null, saved: Saved): void {
    if (!saved.has(fd)) {
      const old = this.table.get(fd) ?? null;
      old?.retain();
      saved.set(fd, old);
    }
    if (stream === null) this.close(fd);
    else this.set(fd, stream);
  }

  restore(saved: Saved): void {
    for (const [fd, stream] of saved) {
      if (stream === null) this.close(fd);
      else {
        this.set(fd, stream);
        stream.release();
      }
    }
    saved.clear();
  }

  /** Forgets what was saved: the redirections stay (`exec`). */
  keep(saved: Saved): void {
    for (const stream of saved.values()) stream?.release();
    saved.clear();
  }

  /** The first free number from `start`. */
  free(start: number): number {
    let fd = start;
    while (this.table.has(fd)) fd++;
    return fd;
  }
}
