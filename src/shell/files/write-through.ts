// What `--write` does: changes below the start directory reach the host, in the order in which they were made, and
// nothing else does. Without it (or without a host) every call here is forgotten.
import type { HostChanges, HostFiles } from './host.ts';
import type { MemoryFile } from './nodes.ts';

export class WriteThrough {
  private readonly changes: HostChanges | null;
  private readonly prefix: string;
  private readonly paths = new Map<MemoryFile, string>();
  private readonly dirty = new Set<MemoryFile>();

  constructor(host: HostFiles | null, cwd: string) {
    this.changes = host?.changes ?? null;
    this.prefix = cwd === '/' ? '/' : `${cwd}/`;
  }

  created(path: string, file: MemoryFile): void {
    this.known(path, file);
    this.changed(file);
  }

  /** Says where a file is; files that were never named are not written. */
  known(path: string, file: MemoryFile): void {
    if (this.changes !== null && path.startsWith(this.prefix)) this.paths.set(file, path);
  }

  changed(file: MemoryFile): void {
    if (this.changes !== null && this.paths.has(file)) this.dirty.add(file);
  }

  changedMode(path: string, mode: number): void {
    const below = this.below(path);
    if (below === null) return;
    this.flush();
    this.changes?.chmod(below, mode);
  }

  madeDirectory(path: string): void {
    const below = this.below(path);
    if (below !== null) this.changes?.makeDirectory(below);
  }

  removed(path: string): void {
    const below = this.below(path);
    if (below === null) return;
    for (const [file, at] of this.paths)
      if (at === path || at.startsWith(`${path}/`)) {
        this.paths.delete(file);
        this.dirty.delete(file);
      }
    this.changes?.remove(below);
  }

  linked(path: string, target: string): void {
    const below = this.below(path);
    if (below !== null) this.changes?.link(below, target);
  }

  flush(): void {
    for (const file of this.dirty) {
      const content = file.content;
      const below = this.below(this.paths.get(file) as string);
      if (
        below !== null &&
        this.changes?.write(below, content.subarray(file.flushed), file.flushed, file.mode)
      )
        file.flushed = content.length;
    }
    this.dirty.clear();
  }

  private below(path: string): string | null {
    return this.changes !== null && path.startsWith(this.prefix) ? path.slice(this.prefix.length) : null;
  }
}
