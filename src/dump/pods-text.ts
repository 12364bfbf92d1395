// Pods in a sentence: a handful by name, the rest as a number.
const SHOWN = 4;

/** ` (3 pods: a, b, c)`, '' for none. */
export function podsText(pods: readonly string[]): string {
  if (pods.length === 0) return '';
  const rest = pods.length - SHOWN;
  const names = pods.slice(0, SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  return ` (${pods.length} ${pods.length === 1 ? 'pod' : 'pods'}: ${names})`;
}
