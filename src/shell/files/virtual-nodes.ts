// Files and directories that are computed when somebody looks, for the namespace of the process that looks.
import type { Namespace } from '../../netns/namespace.ts';
import type { FileError } from './errors.ts';
import type { DirectoryNode, FileNode, Node } from './nodes.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

type Read = (namespace: Namespace) => string | { readonly error: FileError };
type Write = (namespace: Namespace, text: string) => FileError | null;

export class VirtualFile implements FileNode {
  readonly kind = 'file';
  mode: number;
  modified = 0;
  private readonly content: Read;
  private readonly store: Write | null;

  constructor(content: Read, store: Write | null = null, mode = store === null ? 0o444 : 0o644) {
    this.content = content;
    this.store = store;
    this.mode = mode;
  }

  read(namespace: Namespace): Uint8Array | FileError {
    const content = this.content(namespace);
    return typeof content === 'string' ? encoder.encode(content) : content.error;
  }

  writeAt(namespace: Namespace, _offset: number, bytes: Uint8Array): FileError | null {
    return this.store === null ? 'EACCES' : this.store(namespace, decoder.decode(bytes));
  }

  /** Opening a setting with `>` changes nothing yet. */
  truncate(): FileError | null {
    return this.store === null ? 'EACCES' : null;
  }

  size(): number {
    return 0;
  }
}

export class VirtualDirectory implements DirectoryNode {
  readonly kind = 'directory';
  mode = 0o555;
  modified = 0;
  private readonly names: (namespace: Namespace) => readonly string[];
  private readonly child: (namespace: Namespace, name: string) => Node | null;

  constructor(
    names: (namespace: Namespace) => readonly string[],
    child: (namespace: Namespace, name: string) => Node | null,
  ) {
    this.names = names;
    this.child = child;
  }

  lookup(namespace: Namespace, name: string): Node | null {
    return this.child(namespace, name);
  }

  list(namespace: Namespace): string[] {
    return [...this.names(namespace)].sort();
  }

  /** A new file cannot be: open(2) with O_CREAT finds no such entry. */
  insert(): FileError {
    return 'ENOENT';
  }

  remove(): FileError {
    return 'EPERM';
  }
}

/** A directory whose names are always the same. */
export const directoryOf = (entries: Readonly<Record<string, Node>>): VirtualDirectory =>
  new VirtualDirectory(
    () => Object.keys(entries),
    (_namespace, name) => (Object.hasOwn(entries, name) ? entries[name] : null),
  );
