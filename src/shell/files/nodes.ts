// What a tree of files is made of: files, directories and symbolic links in memory, some of them still on the host
// until somebody looks. Virtual trees such as /proc/sys implement the same shapes (see virtual.ts).
import type { Namespace } from '../../netns/namespace.ts';
import type { FileError } from './errors.ts';
import type { HostFiles, HostStat } from './host.ts';

export type Node = FileNode | DirectoryNode | LinkNode;

interface NodeBase {
  mode: number;
  /** Milliseconds since the epoch. */
  modified: number;
}

export interface FileNode extends NodeBase {
  readonly kind: 'file';
  /** Of a namespace's view: what `cat` would print, or why not. */
  read(namespace: Namespace): Uint8Array | FileError;
  /** Replaces `length` bytes at `offset`, or tells the kernel, for a virtual file. */
  writeAt(namespace: Namespace, offset: number, bytes: Uint8Array): FileError | null;
  truncate(namespace: Namespace, length: number): FileError | null;
  size(namespace: Namespace): number;
}

export interface DirectoryNode extends NodeBase {
  readonly kind: 'directory';
  lookup(namespace: Namespace, name: string): Node | null;
  /** In order of name. */
  list(namespace: Namespace): string[];
  /** EPERM for a virtual one. */
  insert(name: string, node: Node): FileError | null;
  remove(name: string): FileError | null;
}

interface LinkNode extends NodeBase {
  readonly kind: 'link';
  readonly target: string;
}

/** Where the bytes of a tree are accounted and its changes heard of. */
export interface Ledger {
  /** False if `bytes` more are too many. */
  grow(bytes: number): boolean;
  changed(node: MemoryFile): void;
  now(): number;
}

const EMPTY = new Uint8Array(0);

export class MemoryFile implements FileNode {
  readonly kind = 'file';
  mode: number;
  modified: number;
  private bytes: Uint8Array;
  private length: number;
  private load: (() => Uint8Array | null) | null;
  private readonly ledger: Ledger;
  /** How much of it is known to be on the host, unchanged. */
  flushed = 0;
  /** The script wrote it. */
  dirty = false;

  constructor(
    ledger: Ledger,
    bytes: Uint8Array = EMPTY,
    mode = 0o644,
    load: (() => Uint8Array | null) | null = null,
    size = bytes.length,
  ) {
    this.ledger = ledger;
    this.bytes = bytes;
    this.length = size;
    this.mode = mode;
    this.load = load;
    this.modified = ledger.now();
  }

  /** The content; valid until the next write. */
  get content(): Uint8Array {
    this.fetch();
    return this.bytes.subarray(0, this.length);
  }

  read(): Uint8Array {
    return this.content;
  }

  size(): number {
    return this.length;
  }

  writeAt(_namespace: Namespace | null, offset: number, bytes: Uint8Array): FileError | null {
    this.fetch();
    const end = offset + bytes.length;
    if (!this.reserve(end)) return 'ENOSPC';
    if (offset > this.length) this.bytes.fill(0, this.length, offset);
    this.bytes.set(bytes, offset);
    if (offset < this.flushed) this.flushed = 0;
    this.length = Math.max(this.length, end);
    this.touch();
    return null;
  }

  truncate(_namespace: Namespace | null, length: number): FileError | null {
    if (length === 0) this.load = null;
    this.fetch();
    if (!this.reserve(length)) return 'ENOSPC';
    if (length > this.length) this.bytes.fill(0, this.length, length);
    this.length = length;
    this.flushed = 0;
    this.touch();
    return null;
  }

  private touch(): void {
    this.modified = this.ledger.now();
    this.dirty = true;
    this.ledger.changed(this);
  }

  private fetch(): void {
    if (this.load === null) return;
    this.bytes = this.load() ?? EMPTY;
    this.length = this.bytes.length;
    this.load = null;
  }

  /** Room for `size` bytes, in a buffer of its own. */
  private reserve(size: number): boolean {
    if (this.dirty && size <= this.bytes.length) return true;
    const capacity = Math.max(size, this.dirty ? this.bytes.length * 2 : size, 64);
    if (!this.ledger.grow(capacity - (this.dirty ? this.bytes.length : 0))) return false;
    const larger = new Uint8Array(capacity);
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.dirty = true;
    return true;
  }
}

export class MemoryLink implements LinkNode {
  readonly kind = 'link';
  mode = 0o777;
  modified: number;
  readonly target: string;

  constructor(target: string, modified: number) {
    this.target = target;
    this.modified = modified;
  }
}

export class MemoryDirectory implements DirectoryNode {
  readonly kind = 'directory';
  mode = 0o755;
  modified: number;
  private readonly entries = new Map<string, Node>();
  private sorted: string[] | null = null;

  constructor(modified: number) {
    this.modified = modified;
  }

  lookup(_namespace: Namespace | null, name: string): Node | null {
    return this.entries.get(name) ?? null;
  }

  list(_namespace: Namespace | null): string[] {
    this.sorted ??= [...this.entries.keys()].sort();
    return this.sorted;
  }

  /** What is in memory now, without a look at the host. */
  known(): Iterable<[string, Node]> {
    return this.entries;
  }

  insert(name: string, node: Node): FileError | null {
    if (!this.entries.has(name)) this.sorted = null;
    this.entries.set(name, node);
    return null;
  }

  remove(name: string): FileError | null {
    this.sorted = null;
    return this.entries.delete(name) ? null : 'ENOENT';
  }
}

/** A directory of the host: what is in it is looked at when it is asked for, and changed in memory. */
export class HostDirectory extends MemoryDirectory {
  private readonly host: HostFiles;
  /** Relative to the host's root. */
  readonly path: string;
  private readonly ledger: Ledger;
  private readonly seen = new Set<string>();
  private listed = false;

  constructor(host: HostFiles, path: string, ledger: Ledger) {
    super(ledger.now());
    this.host = host;
    this.path = path;
    this.ledger = ledger;
  }

  override lookup(namespace: Namespace | null, name: string): Node | null {
    this.look(name);
    return super.lookup(namespace, name);
  }

  override list(namespace: Namespace | null): string[] {
    if (!this.listed) {
      this.listed = true;
      for (const name of this.host.list(this.path)) this.look(name);
    }
    return super.list(namespace);
  }

  override insert(name: string, node: Node): FileError | null {
    this.seen.add(name);
    return super.insert(name, node);
  }

  private look(name: string): void {
    if (this.seen.has(name)) return;
    this.seen.add(name);
    const path = this.path === '' ? name : `${this.path}/${name}`;
    const stat = this.host.lstat(path);
    if (stat !== null && stat.kind !== 'other') super.insert(name, this.nodeOf(path, stat));
  }

  private nodeOf(path: string, stat: HostStat): Node {
    if (stat.kind === 'directory') return new HostDirectory(this.host, path, this.ledger);
    if (stat.kind === 'link') return new MemoryLink(this.host.readlink(path), stat.modified);
    const file = new MemoryFile(this.ledger, EMPTY, stat.mode, () => this.host.read(path), stat.size);
    file.modified = stat.modified;
    return file;
  }
}
