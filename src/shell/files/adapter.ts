// The tree of files as just-bash's commands want it: asynchronous, with Node's error texts.
import type { IFileSystem } from 'just-bash';
import type { Namespace } from '../../netns/namespace.ts';
import { errorWords, type FileError } from './errors.ts';
import { MemoryDirectory, type Node } from './nodes.ts';
import { absolute, normalize } from './paths.ts';
import { type FileTree, failed } from './tree.ts';

type Content = Parameters<IFileSystem['writeFile']>[1];
type Stat = Awaited<ReturnType<IFileSystem['stat']>>;
type WriteOptions = Parameters<IFileSystem['writeFile']>[2];
type ReadOptions = Parameters<IFileSystem['readFile']>[1];

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Files that are no part of the tree: `/dev/fd/63`. Undefined for any other path. */
export type SpecialFiles = (path: string) => Promise<Uint8Array | undefined>;

const BYTES_PER_CALL = 8192;

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += BYTES_PER_CALL)
    text += String.fromCharCode(...bytes.subarray(i, i + BYTES_PER_CALL));
  return text;
}

export const fromLatin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
export const toLatin1 = latin1;

/** Throws in Node's words: just-bash's commands look for `ENOENT` in them. */
function check<T>(result: T | FileError, action: string, path: string): T {
  if (!failed(result)) return result as T;
  const error = result as FileError;
  throw new Error(`${error}: ${errorWords(error).toLowerCase()}, ${action} '${path}'`);
}

const encodingOf = (options: WriteOptions | ReadOptions): string | undefined =>
  typeof options === 'string' ? options : (options?.encoding ?? undefined);

function bytesOf(content: Content, options: WriteOptions): Uint8Array {
  if (typeof content !== 'string') return content as Uint8Array;
  const encoding = encodingOf(options);
  return encoding === 'binary' || encoding === 'latin1' ? fromLatin1(content) : encoder.encode(content);
}

export class FileAdapter implements IFileSystem {
  /** Whose /proc and /sys are seen. */
  namespace: Namespace;
  special: SpecialFiles = async () => undefined;
  private readonly tree: FileTree;

  constructor(tree: FileTree, namespace: Namespace) {
    this.tree = tree;
    this.namespace = namespace;
  }

  private async bytes(path: string): Promise<Uint8Array> {
    const special = await this.special(path);
    return special ?? check(this.tree.read(this.namespace, path), 'open', path);
  }

  async readFile(path: string, options?: ReadOptions): Promise<string> {
    const bytes = await this.bytes(path);
    const encoding = encodingOf(options);
    return encoding === 'binary' || encoding === 'latin1' ? latin1(bytes) : decoder.decode(bytes);
  }

  async readFileBytes(
    path: string,
  ): Promise<ReturnType<NonNullable<IFileSystem['readFileBytes']>> extends Promise<infer T> ? T : never> {
    return latin1(await this.bytes(path)) as never;
  }

  async readFileBuffer(path: string): Promise<Uint8Array> {
    return (await this.bytes(path)).slice();
  }

  async writeFile(path: string, content: Content, options?: WriteOptions): Promise<void> {
    check(this.tree.write(this.namespace, path, bytesOf(content, options)), 'open', path);
  }

  async appendFile(path: string, content: Content, options?: WriteOptions): Promise<void> {
    check(this.tree.append(this.namespace, path, bytesOf(content, options)), 'open', path);
  }

  async exists(path: string): Promise<boolean> {
    return !failed(this.tree.find(this.namespace, path));
  }

  async stat(path: string): Promise<Stat> {
    return this.describe(check(this.tree.find(this.namespace, path), 'stat', path));
  }

  async lstat(path: string): Promise<Stat> {
    return this.describe(check(this.tree.find(this.namespace, path, false), 'lstat', path));
  }

  private describe(node: Node): Stat {
    return {
      isFile: node.kind === 'file',
      isDirectory: node.kind === 'directory',
      isSymbolicLink: node.kind === 'link',
      mode: node.mode,
      size:
        node.kind === 'file' ? node.size(this.namespace) : node.kind === 'link' ? node.target.length : 4096,
      mtime: new Date(node.modified),
    };
  }

  async mkdir(path: string, options?: { recursive?: boolean }): Promise<void> {
    if (!options?.recursive) {
      check(this.tree.makeDirectory(this.namespace, path) as null, 'mkdir', path);
      return;
    }
    let at = '';
    for (const name of normalize(path).split('/').slice(1)) {
      at += `/${name}`;
      const there = this.tree.find(this.namespace, at);
      if (failed(there)) check(this.tree.makeDirectory(this.namespace, at) as null, 'mkdir', path);
      else if (there.kind !== 'directory') check('ENOTDIR' as never, 'mkdir', path);
    }
  }

  async readdir(path: string): Promise<string[]> {
    const node = check(this.tree.find(this.namespace, path), 'scandir', path);
    if (node.kind !== 'directory') return check('ENOTDIR' as never, 'scandir', path);
    return [...node.list(this.namespace)];
  }

  async readdirWithFileTypes(path: string) {
    const node = check(this.tree.find(this.namespace, path), 'scandir', path);
    if (node.kind !== 'directory') return check('ENOTDIR' as never, 'scandir', path);
    return node.list(this.namespace).map((name) => {
      const kind = node.lookup(this.namespace, name)?.kind;
      return {
        name,
        isFile: kind === 'file',
        isDirectory: kind === 'directory',
        isSymbolicLink: kind === 'link',
      };
    });
  }

  async rm(path: string, options?: { recursive?: boolean; force?: boolean }): Promise<void> {
    const node = this.tree.find(this.namespace, path, false);
    if (failed(node)) {
      if (options?.force) return;
      return check(node as never, 'rm', path);
    }
    const full = node.kind === 'directory' && node.list(this.namespace).length > 0;
    if (full && !options?.recursive) check('ENOTEMPTY' as never, 'rm', path);
    check(this.tree.remove(this.namespace, path) as null, 'rm', path);
  }

  async cp(from: string, to: string, options?: { recursive?: boolean }): Promise<void> {
    const node = check(this.tree.find(this.namespace, from), 'cp', from);
    if (node.kind === 'file') {
      await this.writeFile(to, await this.bytes(from));
      if (node.mode !== 0o644) await this.chmod(to, node.mode);
      return;
    }
    if (!options?.recursive) check('EISDIR' as never, 'cp', from);
    await this.mkdir(to, { recursive: true });
    for (const name of await this.readdir(from)) await this.cp(`${from}/${name}`, `${to}/${name}`, options);
  }

  async mv(from: string, to: string): Promise<void> {
    const node = check(this.tree.find(this.namespace, from, false), 'rename', from);
    if (node.kind === 'link') await this.symlink(node.target, to);
    else await this.cp(from, to, { recursive: true });
    await this.rm(from, { recursive: true });
  }

  resolvePath(base: string, path: string): string {
    return normalize(absolute(base, path));
  }

  getAllPaths(): string[] {
    const paths: string[] = [];
    const visit = (path: string, node: Node): void => {
      paths.push(path === '' ? '/' : path);
      if (node instanceof MemoryDirectory)
        for (const [name, child] of node.known()) visit(`${path}/${name}`, child);
    };
    visit('', this.tree.root);
    return paths;
  }

  async chmod(path: string, mode: number): Promise<void> {
    check(this.tree.chmod(this.namespace, path, mode) as null, 'chmod', path);
  }

  async symlink(target: string, path: string): Promise<void> {
    check(this.tree.link(this.namespace, path, target) as null, 'symlink', path);
  }

  async link(from: string, to: string): Promise<void> {
    if (await this.exists(to)) check('EEXIST' as never, 'link', to);
    await this.cp(from, to);
  }

  async readlink(path: string): Promise<string> {
    const node = check(this.tree.find(this.namespace, path, false), 'readlink', path);
    return node.kind === 'link' ? node.target : check('EINVAL' as never, 'readlink', path);
  }

  async realpath(path: string): Promise<string> {
    const place = check(this.tree.locate(this.namespace, path), 'realpath', path);
    if (place.node === null) check('ENOENT' as never, 'realpath', path);
    return place.path;
  }

  async utimes(path: string, _accessed: Date, modified: Date): Promise<void> {
    check(this.tree.find(this.namespace, path), 'utimes', path).modified = modified.getTime();
  }
}
