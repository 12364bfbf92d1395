// Device names: which are allowed, and the first free one of a template (dev_valid_name, __dev_alloc_name).
import { Errno } from '../addr/errno.ts';
import type { Namespace } from '../netns/namespace.ts';

/** IFNAMSIZ with the final zero. */
const NAME_SIZE = 16;
const MAX_UNITS = 8 * 4096;

/** dev_valid_name. */
export const isValidName = (name: string): boolean =>
  name.length > 0 && name.length < NAME_SIZE && name !== '.' && name !== '..' && !/[/:\s]/.test(name);

/**
 * The name that a device asking for `wanted` gets: the same, or the first free one of a template with one `%d`.
 * An errno where the name is not allowed, taken, or the template is exhausted (dev_prep_valid_name).
 */
export function pickName(namespace: Namespace, wanted: string): { name: string } | { errno: Errno } {
  if (!isValidName(wanted)) return { errno: Errno.EINVAL };
  if (!wanted.includes('%')) return namespace.names.has(wanted) ? { errno: Errno.EEXIST } : { name: wanted };
  const at = wanted.indexOf('%');
  if (wanted[at + 1] !== 'd' || wanted.includes('%', at + 1)) return { errno: Errno.EINVAL };
  const head = wanted.slice(0, at);
  const tail = wanted.slice(at + 2);
  for (let unit = 0; unit < MAX_UNITS; unit++) {
    const name = `${head}${unit}${tail}`;
    if (name.length >= NAME_SIZE) break;
    if (!namespace.names.has(name)) return { name };
  }
  return { errno: Errno.ENFILE };
}
