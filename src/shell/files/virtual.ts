// /proc and /sys: what the kernel shows of a namespace as files. Each look is a fresh one, in the namespace of the
// process that looks.
import { Errno, type Refusal } from '../../addr/errno.ts';
import { listSysctl, readSysctl, statSysctl, writeSysctl } from '../../admin/sysctl.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Namespace } from '../../netns/namespace.ts';
import { KERNEL_RELEASE } from '../commands/modprobe/release.ts';
import type { FileError } from './errors.ts';
import type { DirectoryNode, FileNode, Node } from './nodes.ts';
import type { FileTree } from './tree.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const BY_NUMBER = new Map<number, FileError>([
  [Errno.ENOENT, 'ENOENT'],
  [Errno.EACCES, 'EACCES'],
  [Errno.EPERM, 'EPERM'],
  [Errno.EINVAL, 'EINVAL'],
  [Errno.ERANGE, 'ERANGE'],
  [Errno.EIO, 'EIO'],
  [Errno.ENODEV, 'ENODEV'],
  [Errno.EOPNOTSUPP, 'EOPNOTSUPP'],
]);

const errorOf = (refusal: Refusal): FileError => BY_NUMBER.get(refusal.errno) ?? 'EIO';

class SysctlFile implements FileNode {
  readonly kind = 'file';
  mode: number;
  modified = 0;
  private readonly path: string;

  constructor(path: string, mode: number) {
    this.path = path;
    this.mode = mode;
  }

  read(namespace: Namespace): Uint8Array | FileError {
    const answer = readSysctl(namespace, this.path);
    return 'value' in answer ? encoder.encode(`${answer.value}\n`) : errorOf(answer.refusal);
  }

  writeAt(namespace: Namespace, _offset: number, bytes: Uint8Array): FileError | null {
    const refusal = writeSysctl(namespace, this.path, decoder.decode(bytes));
    return refusal === null ? null : errorOf(refusal);
  }

  truncate(): null {
    return null;
  }

  size(): number {
    return 0;
  }
}

class SysctlDirectory implements DirectoryNode {
  readonly kind = 'directory';
  mode = 0o555;
  modified = 0;
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  lookup(namespace: Namespace, name: string): Node | null {
    const path = this.path === '' ? name : `${this.path}/${name}`;
    const stat = statSysctl(namespace, path);
    if (stat === null) return null;
    return stat.directory ? new SysctlDirectory(path) : new SysctlFile(path, stat.mode);
  }

  list(namespace: Namespace): string[] {
    return [...(listSysctl(namespace, this.path) ?? [])].sort();
  }

  insert(): FileError {
    return 'ENOENT';
  }

  remove(): FileError {
    return 'EPERM';
  }
}

/** A file whose content is computed. */
class TextFile implements FileNode {
  readonly kind = 'file';
  mode = 0o444;
  modified = 0;
  private readonly text: (namespace: Namespace) => string | FileError;

  constructor(text: (namespace: Namespace) => string) {
    this.text = text;
  }

  read(namespace: Namespace): Uint8Array | FileError {
    return encoder.encode(this.text(namespace));
  }

  writeAt(): FileError {
    return 'EACCES';
  }

  truncate(): FileError {
    return 'EACCES';
  }

  size(): number {
    return 0;
  }
}

/** A directory whose names are computed. */
class ListDirectory implements DirectoryNode {
  readonly kind = 'directory';
  mode = 0o555;
  modified = 0;
  private readonly names: (namespace: Namespace) => string[];
  private readonly child: (namespace: Namespace, name: string) => Node | null;

  constructor(
    names: (namespace: Namespace) => string[],
    child: (namespace: Namespace, name: string) => Node | null,
  ) {
    this.names = names;
    this.child = child;
  }

  lookup(namespace: Namespace, name: string): Node | null {
    return this.child(namespace, name);
  }

  list(namespace: Namespace): string[] {
    return this.names(namespace).sort();
  }

  insert(): FileError {
    return 'EPERM';
  }

  remove(): FileError {
    return 'EPERM';
  }
}

const fixed = (entries: Readonly<Record<string, Node>>): ListDirectory =>
  new ListDirectory(
    () => Object.keys(entries),
    (_namespace, name) => entries[name] ?? null,
  );

export function graftVirtualFiles(files: FileTree, lab: Lab): void {
  const uptime = (): string => {
    const seconds = ((lab.kernel.clock.now - lab.kernel.clock.bootedAt) / 1e6).toFixed(2);
    return `${seconds} ${seconds}\n`;
  };
  const modules = (): string =>
    [...lab.kernel.modules].map((name) => `${name} 16384 0 - Live 0x0000000000000000\n`).join('');
  const proc = fixed({
    modules: new TextFile(modules),
    sys: new SysctlDirectory(''),
    uptime: new TextFile(uptime),
    version: new TextFile(() => `Linux version ${KERNEL_RELEASE} (vrouter)\n`),
  });
  files.graft('/proc', proc);
  const names = new ListDirectory(
    () => [...lab.names.keys()],
    (_namespace, name) => (lab.names.has(name) ? new TextFile(() => '') : null),
  );
  files.graft('/run/netns', names);
  files.link(lab.kernel.initial, '/var/run', '/run');
}
