// The text of a patch, YAML or JSON: a mapping, or for a JSON patch a list.
import { isRecord, readPieces } from '../../../calico/resource/read-value.ts';

/** The values of a list one by one, a mapping alone. */
export function readPatch(
  text: string,
): { readonly values: readonly unknown[] } | { readonly error: string } {
  const errors: string[] = [];
  const pieces = [...readPieces({ file: 'patch', text }, ({ reason }) => errors.push(reason))];
  const values = pieces.map(({ value }) => value);
  if (errors.length > 0) return { error: errors[0] };
  if (values.length === 0 || !values.every(isRecord)) return { error: `cannot read the patch: ${text}` };
  return { values };
}
