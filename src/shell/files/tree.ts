// The tree of files that scripts see: in memory, with the host's current directory underneath it and the virtual
// trees of /proc and /sys in it. Synchronous, so that what happens when follows from the script alone.
import type { Namespace } from '../../netns/namespace.ts';
import { errorWords, type FileError } from './errors.ts';
import type { HostFiles } from './host.ts';
import {
  type DirectoryNode,
  type FileNode,
  HostDirectory,
  type Ledger,
  MemoryDirectory,
  MemoryFile,
  MemoryLink,
  type Node,
} from './nodes.ts';
import { normalize } from './paths.ts';
import { WriteThrough } from './write-through.ts';

const LINK_LIMIT = 40;

/** Where a path leads: the directory that has (or would have) the last name, and what is there now. */
export interface Place {
  readonly directory: DirectoryNode;
  readonly name: string;
  readonly node: Node | null;
  /** The path without links. */
  readonly path: string;
}

type Found<T> = T | FileError;

export const failed = <T>(found: Found<T>): found is FileError & Found<T> => typeof found === 'string';

export interface TreeOptions {
  /** The directory that the host's files appear in, or that scripts start in. */
  readonly cwd: string;
  readonly host: HostFiles | null;
  /** All files in memory together, bytes. */
  readonly limit: number;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** An open file: its node, its position, and whether writes go to the end. */
export class OpenFile {
  private readonly node: FileNode;
  private readonly namespace: Namespace;
  private readonly append: boolean;
  private offset = 0;

  constructor(node: FileNode, namespace: Namespace, append: boolean) {
    this.node = node;
    this.namespace = namespace;
    this.append = append;
  }

  /** '' or strerror's words. */
  write(bytes: Uint8Array): string {
    if (this.append) this.offset = this.node.size(this.namespace);
    const error = this.node.writeAt(this.namespace, this.offset, bytes);
    if (error !== null) return errorWords(error);
    this.offset += bytes.length;
    return '';
  }

  read(limit: number): Uint8Array {
    const content = this.node.read(this.namespace);
    if (typeof content === 'string') return new Uint8Array(0);
    const bytes = content.subarray(this.offset, this.offset + limit);
    this.offset += bytes.length;
    return bytes;
  }
}

export class FileTree {
  readonly root: DirectoryNode;
  readonly cwd: string;
  readonly ledger: Ledger;
  private readonly through: WriteThrough;

  constructor(options: TreeOptions) {
    this.cwd = normalize(options.cwd);
    let used = 0;
    this.through = new WriteThrough(options.host, this.cwd);
    this.ledger = {
      grow: (bytes) => {
        used += bytes;
        return used <= options.limit;
      },
      changed: (file) => this.through.changed(file),
      now: options.now,
    };
    const { host } = options;
    const hostDirectory = host === null ? null : new HostDirectory(host, '', this.ledger);
    this.root =
      this.cwd === '/' && hostDirectory !== null ? hostDirectory : new MemoryDirectory(options.now());
    if (this.cwd !== '/') this.graft(this.cwd, hostDirectory ?? new MemoryDirectory(options.now()));
  }

  /** Puts a directory at `path`, making those above it. */
  graft(path: string, directory: DirectoryNode): void {
    const names = normalize(path).split('/').slice(1);
    const last = names.pop() as string;
    let at = this.root;
    for (const name of names) {
      const next = at.lookup(NOWHERE, name);
      if (next?.kind === 'directory') at = next;
      else {
        const made = new MemoryDirectory(this.ledger.now());
        at.insert(name, made);
        at = made;
      }
    }
    at.insert(last, directory);
  }

  /** Follows links, the last one too unless `follow` is false. The path is absolute. */
  locate(namespace: Namespace, path: string, follow = true): Found<Place> {
    const todo = path.split('/').reverse();
    const above: { directory: DirectoryNode; name: string }[] = [];
    let directory = this.root;
    let links = 0;
    const pathTo = (name: string): string => `/${[...above.map((step) => step.name), name].join('/')}`;
    for (;;) {
      const name = todo.pop();
      if (name === undefined) return this.top(above, directory);
      if (name === '' || name === '.') continue;
      if (name === '..') {
        directory = above.pop()?.directory ?? this.root;
        continue;
      }
      const last = todo.every((rest) => rest === '');
      const node = directory.lookup(namespace, name);
      if (node?.kind === 'link' && (follow || !last || todo.length > 0)) {
        if (++links > LINK_LIMIT) return 'ELOOP';
        if (node.target.startsWith('/')) {
          above.length = 0;
          directory = this.root;
        }
        todo.push(...node.target.split('/').reverse());
        continue;
      }
      if (last && !(todo.length > 0 && node !== null && node.kind !== 'directory'))
        return { directory, name, node, path: pathTo(name) };
      if (node === null) return 'ENOENT';
      if (node.kind !== 'directory') return 'ENOTDIR';
      above.push({ directory, name });
      directory = node;
    }
  }

  private top(above: { directory: DirectoryNode; name: string }[], directory: DirectoryNode): Place {
    const last = above.at(-1);
    if (last === undefined) return { directory, name: '', node: this.root, path: '/' };
    const path = `/${above.map((step) => step.name).join('/')}`;
    return { directory: last.directory, name: last.name, node: directory, path };
  }

  /** The node itself. */
  find(namespace: Namespace, path: string, follow = true): Found<Node> {
    const place = this.locate(namespace, path, follow);
    if (failed(place)) return place;
    return place.node ?? 'ENOENT';
  }

  read(namespace: Namespace, path: string): Found<Uint8Array> {
    const node = this.find(namespace, path);
    if (failed(node)) return node;
    return node.kind === 'file' ? node.read(namespace) : 'EISDIR';
  }

  /** Opens for reading. */
  openRead(namespace: Namespace, path: string): Found<OpenFile> {
    const node = this.find(namespace, path);
    if (failed(node)) return node;
    if (node.kind === 'directory') return new OpenFile(EMPTY_FILE, namespace, false);
    const file = node as FileNode;
    if ((file.mode & 0o444) === 0) return 'EACCES';
    return new OpenFile(file, namespace, false);
  }

  /** Opens for writing, creating the file. */
  openWrite(namespace: Namespace, path: string, mode: 'truncate' | 'append' | 'keep'): Found<OpenFile> {
    const place = this.locate(namespace, path);
    if (failed(place)) return place;
    const file = place.node ?? this.create(place, path);
    if (failed(file)) return file;
    if (file.kind !== 'file') return 'EISDIR';
    if ((file.mode & 0o222) === 0 && !(file instanceof MemoryFile)) return 'EACCES';
    if (file instanceof MemoryFile) this.through.known(place.path, file);
    if (mode === 'truncate') {
      const error = file.truncate(namespace, 0);
      if (error !== null) return error;
    }
    return new OpenFile(file, namespace, mode === 'append');
  }

  private create(place: Place, path: string): Found<FileNode> {
    if (path.endsWith('/')) return 'EISDIR';
    const file = new MemoryFile(this.ledger);
    const error = place.directory.insert(place.name, file);
    if (error !== null) return error;
    file.dirty = true;
    this.through.created(place.path, file);
    return file;
  }

  write(namespace: Namespace, path: string, bytes: Uint8Array): FileError | null {
    return this.put(namespace, path, bytes, 'truncate');
  }

  append(namespace: Namespace, path: string, bytes: Uint8Array): FileError | null {
    return this.put(namespace, path, bytes, 'append');
  }

  private put(
    namespace: Namespace,
    path: string,
    bytes: Uint8Array,
    mode: 'truncate' | 'append',
  ): FileError | null {
    const file = this.openWrite(namespace, path, mode);
    if (failed(file)) return file;
    const node = this.find(namespace, path);
    if (failed(node) || node.kind !== 'file') return 'EIO';
    return node.writeAt(namespace, mode === 'append' ? node.size(namespace) : 0, bytes);
  }

  makeDirectory(namespace: Namespace, path: string): FileError | null {
    const place = this.locate(namespace, path.replace(/\/+$/, ''));
    if (failed(place)) return place;
    if (place.node !== null) return 'EEXIST';
    const error = place.directory.insert(place.name, new MemoryDirectory(this.ledger.now()));
    if (error === null) this.through.madeDirectory(place.path);
    return error;
  }

  /** Removes a file, a link, or a directory with all that is in it. */
  remove(namespace: Namespace, path: string): FileError | null {
    const place = this.locate(namespace, path, false);
    if (failed(place)) return place;
    if (place.node === null) return 'ENOENT';
    if (place.name === '' || place.path === this.cwd) return 'EBUSY';
    const error = place.directory.remove(place.name);
    if (error === null) this.through.removed(place.path);
    return error;
  }

  link(namespace: Namespace, path: string, target: string): FileError | null {
    const place = this.locate(namespace, path, false);
    if (failed(place)) return place;
    if (place.node !== null) return 'EEXIST';
    const error = place.directory.insert(place.name, new MemoryLink(target, this.ledger.now()));
    if (error === null) this.through.linked(place.path, target);
    return error;
  }

  chmod(namespace: Namespace, path: string, mode: number): FileError | null {
    const place = this.locate(namespace, path);
    if (failed(place)) return place;
    if (place.node === null) return 'ENOENT';
    place.node.mode = mode & 0o7777;
    this.through.changedMode(place.path, mode & 0o7777);
    return null;
  }

  /** The file is one that the script was given: not one that it wrote. */
  markGiven(namespace: Namespace, path: string): void {
    const node = this.find(namespace, path);
    if (!failed(node) && node instanceof MemoryFile) node.dirty = false;
  }

  /** Hands to the host what changed since the last call. */
  flush(): void {
    this.through.flush();
  }

  /** What the script wrote and is still there: paths relative to the start directory if below it. */
  written(namespace: Namespace): Map<string, Uint8Array> {
    const files = new Map<string, Uint8Array>();
    this.collect(namespace, '', this.root, files);
    return files;
  }

  private collect(
    namespace: Namespace,
    path: string,
    directory: DirectoryNode,
    files: Map<string, Uint8Array>,
  ): void {
    if (!(directory instanceof MemoryDirectory)) return;
    for (const [name, node] of directory.known()) {
      const at = `${path}/${name}`;
      if (node.kind === 'directory') this.collect(namespace, at, node, files);
      else if (node instanceof MemoryFile && node.dirty) files.set(this.relative(at), node.content.slice());
    }
  }

  private relative(path: string): string {
    const prefix = this.cwd === '/' ? '/' : `${this.cwd}/`;
    return path.startsWith(prefix) ? path.slice(prefix.length) : path;
  }
}

/** Memory directories do not ask which namespace it is. */
const NOWHERE = null as unknown as Namespace;

const EMPTY_FILE: FileNode = {
  kind: 'file',
  mode: 0o444,
  modified: 0,
  read: () => new Uint8Array(0),
  writeAt: () => 'EISDIR',
  truncate: () => 'EISDIR',
  size: () => 0,
};
