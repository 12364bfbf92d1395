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

/** The directory /proc/sys/PATH, '' for the root. */
export function sysctlDirectory(path = ''): VirtualDirectory {
  return new VirtualDirectory(
    (namespace) => listSysctl(namespace, path) ?? [],
    (namespace, name) => {
      const below = path === '' ? name : `${path}/${name}`;
      const stat = statSysctl(namespace, below);
      if (stat === null) return null;
      return stat.directory ? sysctlDirectory(below) : sysctlFile(below, stat.mode);
    },
  );
}
