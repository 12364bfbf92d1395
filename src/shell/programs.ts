// The programs of the lab: where each would be on Debian, so that PATH, `command -v`, `[ -x /sbin/ip ]` and absolute
// paths find them. A program is one of ours (see registry.ts), one of just-bash's, or a shell.
import type { Namespace } from '../netns/namespace.ts';
import type { Command } from './command.ts';
import type { FileNode } from './files/nodes.ts';
import { MemoryDirectory, MemoryLink } from './files/nodes.ts';
import { absolute } from './files/paths.ts';
import { type FileTree, failed } from './files/tree.ts';

export type Program =
  | { readonly kind: 'command'; readonly command: Command; readonly name: string }
  | { readonly kind: 'bundled'; readonly name: string }
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'shell'; readonly name: string };

/** What a name leads to: a program, a script's path, or exit status and words of why not. */
export type Resolved =
  | Program
  | { readonly kind: 'script'; readonly path: string }
  | { readonly kind: 'missing'; readonly status: number; readonly why: string };

/** Those that Debian keeps in /usr/sbin; all others are in /usr/bin. */
const SYSTEM_PROGRAMS = new Set(
  'ip bridge tc sysctl ifconfig route arp brctl ethtool modprobe rmmod insmod lsmod traceroute arping'.split(
    ' ',
  ),
);

const BUILTIN_PROGRAMS = ['echo', 'printf', 'true', 'false', 'pwd', 'test', '[', 'kill'];

/** A program's file: there to be found, not to be read. */
class ProgramFile implements FileNode {
  readonly kind = 'file';
  mode = 0o755;
  modified: number;
  readonly program: Program;

  constructor(program: Program, modified: number) {
    this.program = program;
    this.modified = modified;
  }

  read(): Uint8Array {
    return new Uint8Array(0);
  }

  writeAt(): 'EPERM' {
    return 'EPERM';
  }

  truncate(): 'EPERM' {
    return 'EPERM';
  }

  size(): number {
    return 0;
  }
}

export class Programs {
  private readonly files: FileTree;
  private readonly byName = new Map<string, Program>();

  constructor(files: FileTree, commands: readonly Command[], bundled: readonly string[]) {
    this.files = files;
    for (const name of bundled) this.byName.set(name, { kind: 'bundled', name });
    for (const name of BUILTIN_PROGRAMS) this.byName.set(name, { kind: 'builtin', name });
    for (const command of commands)
      for (const name of [command.name, ...(command.aliases ?? [])])
        this.byName.set(name, { kind: 'command', command, name });
    for (const name of ['bash', 'sh', 'dash']) this.byName.set(name, { kind: 'shell', name });
    this.install();
  }

  private install(): void {
    const now = this.files.ledger.now();
    const user = new MemoryDirectory(now);
    const system = new MemoryDirectory(now);
    for (const [name, program] of this.byName)
      (SYSTEM_PROGRAMS.has(name) ? system : user).insert(name, new ProgramFile(program, now));
    for (const name of ['ip', 'lsmod', 'traceroute']) {
      const program = this.byName.get(name);
      if (program !== undefined) user.insert(name, new ProgramFile(program, now));
    }
    this.files.graft('/usr/bin', user);
    this.files.graft('/usr/sbin', system);
    this.files.root.insert('bin', new MemoryLink('usr/bin', now));
    this.files.root.insert('sbin', new MemoryLink('usr/sbin', now));
  }

  /** Looks `name` up as execvp(3) does. */
  resolve(namespace: Namespace, cwd: string, path: string, name: string): Resolved {
    if (name.includes('/')) return this.at(namespace, absolute(cwd, name));
    const found = this.search(namespace, cwd, path, name);
    return found === null
      ? { kind: 'missing', status: 127, why: 'command not found' }
      : this.at(namespace, found);
  }

  /** The path of the first file of this name in PATH that can be run, or null. */
  search(namespace: Namespace, cwd: string, path: string, name: string): string | null {
    if (name === '') return null;
    for (const directory of path.split(':')) {
      const at = `${absolute(cwd, directory === '' ? '.' : directory).replace(/\/$/, '')}/${name}`;
      const node = this.files.find(namespace, at);
      if (!failed(node) && node.kind === 'file' && (node.mode & 0o111) !== 0) return at;
    }
    return null;
  }

  /** As `search`; a name with a slash is its own path. */
  locate(namespace: Namespace, cwd: string, path: string, name: string): string | null {
    if (!name.includes('/')) return this.search(namespace, cwd, path, name);
    const node = this.files.find(namespace, absolute(cwd, name));
    return !failed(node) && node.kind === 'file' && (node.mode & 0o111) !== 0 ? name : null;
  }

  private at(namespace: Namespace, path: string): Resolved {
    const node = this.files.find(namespace, path);
    if (failed(node)) {
      const why = node === 'ENOTDIR' ? 'Not a directory' : 'No such file or directory';
      return { kind: 'missing', status: node === 'ENOTDIR' ? 126 : 127, why };
    }
    if (node.kind === 'directory') return { kind: 'missing', status: 126, why: 'Is a directory' };
    if (node instanceof ProgramFile) return node.program;
    if ((node.mode & 0o111) === 0) return { kind: 'missing', status: 126, why: 'Permission denied' };
    return { kind: 'script', path };
  }

  names(): string[] {
    return [...this.byName.keys()].sort();
  }
}
