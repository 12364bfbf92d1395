// What the shell may see of the host: one directory. The command line implements it; tests use a map.

export interface HostStat {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

/** Paths are relative to the root, without `.` or `..`; '' is the root itself. Links are not followed. */
export interface HostFiles {
  lstat(path: string): HostStat | null;
  list(path: string): string[];
  read(path: string): Uint8Array | null;
  readlink(path: string): string;
  /** Null unless changes go through to the host. */
  readonly changes: HostChanges | null;
}

/** Each answers whether it was done; a refused change stays in memory only. */
export interface HostChanges {
  /** Writes `bytes` at `offset` of a file of that length (creating it for 0, replacing what was there). */
  write(path: string, bytes: Uint8Array, offset: number, mode: number): boolean;
  makeDirectory(path: string): boolean;
  /** With all that is below it. */
  remove(path: string): boolean;
  link(path: string, target: string): boolean;
  chmod(path: string, mode: number): boolean;
}
