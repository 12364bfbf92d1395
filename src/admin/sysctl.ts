// /proc/sys: reading, writing and listing the settings of a namespace by path.
import { Errno, refuse } from '../addr/errno.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Answer, Outcome } from './types.ts';

/**
 * The content of /proc/sys/PATH without its last newline; `path` is like `net/ipv4/conf/eth0.5/rp_filter` (a device's
 * name may have dots). ENOENT where there is no such file, EACCES where it can only be written, EIO …
 */
export function readSysctl(_namespace: Namespace, _path: string): Answer<string> {
  return { refusal: refuse(Errno.EOPNOTSUPP) };
}

/** What write(2) of `text` to /proc/sys/PATH ends with. */
export function writeSysctl(_namespace: Namespace, _path: string, _text: string): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** What stat(2) tells of /proc/sys/PATH: a file, a directory, or null for neither; `mode` is its permission bits. */
export function statSysctl(
  _namespace: Namespace,
  _path: string,
): { readonly directory: boolean; readonly mode: number } | null {
  return null;
}

/** Names in the directory /proc/sys/PATH ('' for the root) in the kernel's order; null if it is no directory. */
export function listSysctl(_namespace: Namespace, _path: string): string[] | null {
  return null;
}
