// /proc/sys: the settings of a namespace as files.
import { Errno, type Refusal } from '../../addr/errno.ts';
import { listSysctl, readSysctl, statSysctl, writeSysctl } from '../../admin/sysctl.ts';
import type { FileError } from './errors.ts';
import type { Node } from './nodes.ts';
import { VirtualDirectory, VirtualFile } from './virtual-nodes.ts';

const BY_NUMBER = new Map<number, FileError>([
  [Errno.ENOENT, 'ENOENT'],
  [Errno.EACCES, 'EACCES'],
  [Errno.EPERM, 'EPERM'],
  [Errno.EBUSY, 'EBUSY'],
  [Errno.EINVAL, 'EINVAL'],
  [Errno.ERANGE, 'ERANGE'],
  [Errno.EIO, 'EIO'],
  [Errno.ENODEV, 'ENODEV'],
  [Errno.EOPNOTSUPP, 'EOPNOTSUPP'],
]);

const errorOf = (refusal: Refusal): FileError => BY_NUMBER.get(refusal.errno) ?? 'EIO';

function sysctlFile(path: string, mode: number): Node {
  return new VirtualFile(
    (namespace) => {
      const answer = readSysctl(namespace, path);
      return 'value' in answer ? `${answer.value}\n` : { error: errorOf(answer.refusal) };
    },
    (namespace, text) => {
      const refusal = writeSysctl(namespace, path, text);
      return refusal === null ? null : errorOf(refusal);
    },
    mode,
  );
}

/** The directory /proc/sys/PATH, '' for the root; `others` are files by path that are no settings of a namespace. */
export function sysctlDirectory(others: ReadonlyMap<string, Node>, path = ''): VirtualDirectory {
  const start = path === '' ? '' : `${path}/`;
  const below = [...others.keys()].filter((other) => other.startsWith(start));
  const names = below.map((other) => other.slice(start.length).split('/')[0]);
  return new VirtualDirectory(
    (namespace) => [...new Set([...(listSysctl(namespace, path) ?? []), ...names])],
    (namespace, name) => {
      const at = start + name;
      const other = others.get(at);
      if (other !== undefined) return other;
      const stat = statSysctl(namespace, at);
      if (stat === null) return names.includes(name) ? sysctlDirectory(others, at) : null;
      return stat.directory ? sysctlDirectory(others, at) : sysctlFile(at, stat.mode);
    },
  );
}
