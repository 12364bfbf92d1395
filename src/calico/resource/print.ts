// Resources as `calicoctl get -o yaml|json` and `kubectl get pods -o yaml|json` print them: fields that are empty left
// out, one alone as it is, several as a list.
import * as yaml from 'js-yaml';
import type { Pod } from './kubernetes.ts';
import { isRecord } from './read-value.ts';
import type { Kind, Metadata, Resource } from './types.ts';

export type Format = 'yaml' | 'json';

/** Go's omitempty: nothing, false, 0, empty text, list or mapping is not printed. */
const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  value === 0 ||
  value === '' ||
  hasNothing(value);

const hasNothing = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** Without what is empty, at every depth. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutEmpty(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => !isEmpty(inner)));
}

/** Fields of an IPAM object that are said even when they are empty. */
const SAID: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  IPAMBlock: ['allocations', 'unallocated', 'attributes', 'deleted'],
  BlockAffinity: ['state', 'node', 'cidr', 'deleted'],
};

/** Configurations have pointers: what is set is said, false and 0 too. */
const POINTERS: ReadonlySet<Kind> = new Set(['FelixConfiguration', 'BGPConfiguration']);

function specObject({ kind, spec }: Resource): Record<string, unknown> {
  const fields = spec as unknown as Readonly<Record<string, unknown>>;
  const said = POINTERS.has(kind) ? Object.keys(fields) : (SAID[kind] ?? []);
  const object = {
    ...(withoutEmpty(fields) as Record<string, unknown>),
    ...Object.fromEntries(said.map((field) => [field, fields[field]])),
  };
  // The CRD has this one as text.
  if (kind === 'BlockAffinity') object.deleted = String(fields.deleted);
  // Of the CNI plugin, not of the endpoint.
  delete object.hwAddr;
  return withAsNumbers(object);
}

/** AS numbers are printed as numbers; they are text inside. */
function withAsNumbers(object: Record<string, unknown>): Record<string, unknown> {
  const { asNumber, bgp } = object;
  return {
    ...object,
    ...(asNumber === undefined ? {} : { asNumber: Number(asNumber) }),
    ...(isRecord(bgp) ? { bgp: withAsNumbers(bgp) } : {}),
  };
}

/** Metadata as the API has it. */
export const metadataObject = ({
  name,
  namespace,
  uid,
  resourceVersion,
  creationTimestamp,
  ...rest
}: Metadata) => ({
  ...(withoutEmpty({ name, namespace, uid, resourceVersion }) as object),
  creationTimestamp: creationTimestamp ?? null,
  ...(withoutEmpty({ labels: rest.labels, annotations: rest.annotations }) as object),
});

/** A resource as the API has it. */
export const resourceObject = (resource: Resource): Record<string, unknown> => ({
  kind: resource.kind,
  apiVersion: 'projectcalico.org/v3',
  metadata: metadataObject(resource.metadata),
  spec: specObject(resource),
});

/** A Pod as the API has it. */
export const podObject = ({ metadata, spec, status }: Pod): Record<string, unknown> => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadataObject(metadata),
  spec: withoutEmpty(spec),
  status: withoutEmpty(status),
});

const INDENT = { calicoctl: 2, kubectl: 4 };

function print(value: unknown, format: Format, indent: number): string {
  if (format === 'json') return `${JSON.stringify(value, null, indent)}\n`;
  // go-yaml: keys in order, dashes in the column of their key, double quotes where text could be taken for more.
  return yaml.dump(JSON.parse(JSON.stringify(value)), {
    sortKeys: true,
    seqNoIndent: true,
    quoteStyle: 'double',
    lineWidth: -1,
    noRefs: true,
  });
}

/** Anything as calicoctl and as kubectl print it. */
export const printValue = (value: unknown, format: Format, program: keyof typeof INDENT): string =>
  print(value, format, INDENT[program]);

/** `calicoctl get KIND NAME -o …`. */
export const printResource = (resource: Resource, format: Format): string =>
  print(resourceObject(resource), format, INDENT.calicoctl);

/** `calicoctl get KIND -o …`: an IPPoolList, a NodeList… */
export function printResources(kind: Kind, resources: readonly Resource[], format: Format): string {
  const list = {
    kind: `${kind}List`,
    apiVersion: 'projectcalico.org/v3',
    metadata: {},
    items: resources.map(resourceObject),
  };
  return print(list, format, INDENT.calicoctl);
}

/** Several objects, as kubectl lists them. */
export const listObject = (items: readonly unknown[]): Record<string, unknown> => ({
  apiVersion: 'v1',
  items,
  kind: 'List',
  metadata: { resourceVersion: '' },
});

/** `kubectl get pods -o …`. */
export const printPods = (pods: readonly Pod[], format: Format): string =>
  print(listObject(pods.map(podObject)), format, INDENT.kubectl);
