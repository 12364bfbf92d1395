// What is wrong with a resource, told as calicoctl tells it: field = 'value' (reason), with the place in front.
import type { Place } from './types.ts';

export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly place: Place | null;
  /** `IPPool default-pool`; '' where no resource could be read. */
  readonly resource: string;
  /** `spec.cidr`; '' for the resource as a whole. */
  readonly field: string;
  /** As text; '' for none. */
  readonly value: string;
  readonly reason: string;
}

export type Path = readonly (string | number)[];

/** What a check finds in one resource; the reader adds whose it is and where it stands. */
export interface Finding {
  readonly path: Path;
  readonly value?: unknown;
  readonly reason: string;
  readonly severity?: Problem['severity'];
}

/** One line: `pools.yaml:7:9: error: IPPool a: spec.cidr = '10.0.0.0/33' (IPPool CIDR must be a valid subnet)`. */
export function problemText({ severity, place, resource, field, value, reason }: Problem): string {
  const where = place === null ? '' : `${place.file}:${place.line}:${place.column}: `;
  const whose = resource === '' ? '' : `${resource}: `;
  const what = field === '' ? reason : `${field} = '${value}' (${reason})`;
  return `${where}${severity}: ${whose}${what}`;
}

/** `spec.orchRefs[0].nodeName`. */
function fieldText(path: Path): string {
  return path.map((key, at) => (typeof key === 'number' ? `[${key}]` : (at === 0 ? '' : '.') + key)).join('');
}

const LONGEST_VALUE = 200;

/** A value within a problem: text as it stands, all else as JSON, cut where nobody would read on. */
function valueText(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

export const describeProblem = (resource: string, place: Place | null, finding: Finding): Problem => ({
  severity: finding.severity ?? 'error',
  place,
  resource,
  field: fieldText(finding.path),
  value: valueText(finding.value),
  reason: finding.reason,
});

/** `WorkloadEndpoint default/node1-k8s-web-eth0`: how a resource is called in problems. */
export const resourceText = (
  kind: string,
  { name, namespace = '' }: { name: string; namespace?: string },
): string => (namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`);

export const hasErrors = (problems: readonly Problem[]): boolean =>
  problems.some(({ severity }) => severity === 'error');
