// One directory of the host as the shell sees it: read as it is, written only where that was asked for, and never
// anything outside of it, whatever links there are.
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { HostChanges, HostFiles, HostStat } from '../shell/files/host.ts';

/** `attempt`, or `otherwise` if the host refuses. */
function orElse<T>(attempt: () => T, otherwise: T): T {
  try {
    return attempt();
  } catch {
    return otherwise;
  }
}

export function openHostFiles(directory: string, writable: boolean): HostFiles {
  const root = realpathSync(directory);
  return {
    lstat: (path) => orElse(() => statOf(join(root, path)), null),
    list: (path) => orElse(() => readdirSync(join(root, path)), []),
    read: (path) => orElse(() => readRegular(join(root, path)), null),
    readlink: (path) => orElse(() => readlinkSync(join(root, path)), ''),
    changes: writable ? changesBelow(root) : null,
  };
}

function statOf(path: string): HostStat {
  const stat = lstatSync(path);
  const kind = stat.isFile()
    ? 'file'
    : stat.isDirectory()
      ? 'directory'
      : stat.isSymbolicLink()
        ? 'link'
        : 'other';
  return { kind, size: stat.size, mode: stat.mode & 0o7777, modified: stat.mtimeMs };
}

function readRegular(path: string): Uint8Array {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The host's path, or an error where a directory on the way is a link: it would lead elsewhere. */
function safe(root: string, path: string): string {
  const full = join(root, path);
  const above = dirname(full);
  if (path === '' || path.split('/').includes('..') || realpathSync(above) !== above)
    throw new Error(`${path} is not below the directory`);
  return full;
}

function changesBelow(root: string): HostChanges {
  const done = (change: (path: string) => void, path: string): boolean =>
    orElse(() => {
      change(safe(root, path));
      return true;
    }, false);
  return {
    write: (path, bytes, offset, mode) => done((full) => writeRegular(full, bytes, offset, mode), path),
    makeDirectory: (path) => done((full) => mkdirSync(full), path),
    remove: (path) => done((full) => rmSync(full, { recursive: true }), path),
    link: (path, target) => done((full) => symlinkSync(target, full), path),
    chmod: (path, mode) =>
      done((full) => {
        if (!lstatSync(full).isSymbolicLink()) chmodSync(full, mode);
      }, path),
  };
}

/** Never through a link, into a device, or into a file that has a second name elsewhere. */
function writeRegular(path: string, bytes: Uint8Array, offset: number, mode: number): void {
  const old = lstatSync(path, { throwIfNoEntry: false });
  if (old !== undefined && !old.isFile()) throw new Error(`${path} is no file`);
  if (old !== undefined && old.nlink > 1 && offset === 0) rmSync(path);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;
  const fd = openSync(path, flags, mode);
  try {
    if (!fstatSync(fd).isFile()) throw new Error(`${path} is no file`);
    ftruncateSync(fd, offset);
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, offset + at);
  } finally {
    closeSync(fd);
  }
}
