// Changes to resources as data: JSON Merge Patch (RFC 7386), JSON Patch (RFC 6902), and what `kubectl apply` makes of the
// manifest that was applied before, the one that is applied now, and what is there.
import { isRecord } from './read-value.ts';

/** MergePatch of RFC 7386 section 2: null removes, mappings merge, all else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** Fields that the manifest had and has no longer go; those that others set stay. */
export const applyManifest = (before: unknown, manifest: unknown, current: unknown): unknown =>
  mergePatch(mergePatch(current, removals(before, manifest)), manifest);

function removals(before: unknown, manifest: unknown): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  if (!isRecord(before) || !isRecord(manifest)) return patch;
  for (const [key, value] of Object.entries(before)) {
    if (!(key in manifest)) patch[key] = null;
    else if (isRecord(value) && isRecord(manifest[key])) patch[key] = removals(value, manifest[key]);
  }
  return patch;
}

// ---- RFC 6902 ------------------------------------------------------------------------------------------------

/** The document after all operations, or why one of them cannot be done: then none is. */
export function jsonPatch(
  document: unknown,
  operations: readonly unknown[],
): { readonly value: unknown } | { readonly error: string } {
  const root = { value: structuredClone(document) };
  for (const operation of operations) {
    const error = isRecord(operation) ? perform(root, operation) : 'an operation must be a mapping';
    if (error !== null) return { error };
  }
  return root;
}

interface Root {
  value: unknown;
}

/** Where a pointer leads: what holds the value, and under which key. */
interface Slot {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string;
}

/** As Operation.Kind of evanphx/json-patch names what has no name. */
const kindOf = (op: unknown): string => (typeof op === 'string' ? op : 'unknown');

function perform(root: Root, { op, path, from, value }: Record<string, unknown>): string | null {
  if (typeof path !== 'string') return `op "${kindOf(op)}" needs a path`;
  if (op === 'add') return add(root, path, value);
  if (op === 'remove') return remove(root, path);
  if (op === 'replace') return replace(root, path, value);
  if (op === 'test') return test(root, path, value);
  if ((op !== 'move' && op !== 'copy') || typeof from !== 'string')
    return `unexpected kind of operation: ${kindOf(op)}`;
  const source = read(root, from);
  if (source === null) return missing(String(op), from);
  const error = op === 'move' ? remove(root, from) : null;
  return error ?? add(root, path, structuredClone(source.value));
}

function add(root: Root, path: string, value: unknown): string | null {
  const slot = slotOf(root, path);
  if (slot === null) return missing('add', path);
  const { holder, key } = slot;
  if (!Array.isArray(holder)) holder[key] = value;
  else if (key === '-') holder.push(value);
  else if (!isIndex(key, holder.length)) return missing('add', path);
  else holder.splice(Number(key), 0, value);
  return null;
}

function remove(root: Root, path: string): string | null {
  const slot = slotOf(root, path);
  if (slot === null || read(root, path) === null) return missing('remove', path);
  const { holder, key } = slot;
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
  return null;
}

function replace(root: Root, path: string, value: unknown): string | null {
  const slot = slotOf(root, path);
  if (slot === null || read(root, path) === null) return missing('replace', path);
  (slot.holder as Record<string, unknown>)[slot.key] = value;
  return null;
}

const test = (root: Root, path: string, value: unknown): string | null =>
  equal(read(root, path)?.value, value) ? null : `testing value ${path} failed: test failed`;

const missing = (op: string, path: string): string =>
  `${op} operation does not apply: doc is missing path: "${path}"`;

function slotOf(root: Root, path: string): Slot | null {
  const keys = pointerKeys(path);
  if (keys === null) return null;
  if (keys.length === 0) return { holder: root as unknown as Record<string, unknown>, key: 'value' };
  let holder: unknown = root.value;
  for (const key of keys.slice(0, -1)) holder = childOf(holder, key);
  const isHolder = isRecord(holder) || Array.isArray(holder);
  return isHolder ? { holder: holder as Slot['holder'], key: keys.at(-1) as string } : null;
}

function read(root: Root, path: string): { value: unknown } | null {
  const slot = slotOf(root, path);
  if (slot === null) return null;
  const { holder, key } = slot;
  const isThere = Array.isArray(holder) ? isIndex(key, holder.length - 1) : Object.hasOwn(holder, key);
  return isThere ? { value: childOf(holder, key) } : null;
}

function childOf(holder: unknown, key: string): unknown {
  if (Array.isArray(holder)) return isIndex(key, holder.length - 1) ? holder[Number(key)] : undefined;
  return isRecord(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined;
}

const isIndex = (key: string, most: number): boolean => /^(0|[1-9]\d*)$/.test(key) && Number(key) <= most;

/** The keys of a JSON pointer (RFC 6901 section 4); null if it is none. */
function pointerKeys(path: string): string[] | null {
  if (path === '') return [];
  if (!path.startsWith('/')) return null;
  const keys = path.slice(1).split('/');
  return keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Mappings are equal whatever the order of their keys (RFC 6902 section 4.6). */
export function equal(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, at) => equal(item, b[at]));
  if (!isRecord(a) || !isRecord(b)) return a === b;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]))
  );
}
