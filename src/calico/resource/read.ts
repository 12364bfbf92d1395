// Reads resources out of files: whatever is wrong is told, all of it, and what is right is given.

import { type AnyKindRow, kindRow, OTHER_CALICO_KINDS } from './kinds.ts';
import {
  endpointOfPod,
  kubernetesNodeSchema,
  makePod,
  mergeNodes,
  nodeOfKubernetes,
  type Pod,
  podSchema,
} from './kubernetes.ts';
import { Locator, type Piece, placeOfSpan, type Source } from './piece.ts';
import { describeProblem, type Finding, type Path, type Problem, resourceText } from './problem.ts';
import { isRecord, readPieces } from './read-value.ts';
import { metadata as metadataSchema } from './schema.ts';
import { shaped, unknownFields } from './shape.ts';
import { checkTogether } from './together.ts';
import type { Metadata, Node, Resource, WorkloadEndpoint } from './types.ts';

export interface ReadOptions {
  /** FELIX_INTERFACEPREFIX of the CNI plugin: how the interfaces of pods are called. */
  readonly interfacePrefix?: string;
}

export interface ReadResult {
  /** Without those that have errors; a pod that has an endpoint is here as a WorkloadEndpoint. */
  readonly resources: Resource[];
  readonly pods: Pod[];
  /** Those of the resources that nobody wrote down: they follow from the pods. */
  readonly derived: ReadonlySet<Resource>;
  readonly problems: Problem[];
}

/** Reads YAML or JSON, documents or lists, Calico's resources and Kubernetes' Pods and Nodes. Never throws. */
export function readResources(sources: readonly Source[], options: ReadOptions = {}): ReadResult {
  const reading = new Reading(options);
  for (const source of sources)
    for (const piece of readPieces(source, (problem) => reading.problems.push(problem))) reading.take(piece);
  return reading.finish();
}

/** Where a resource was read: the piece without its value. */
type Origin = Pick<Piece, 'span' | 'path'>;

interface Held<T> {
  readonly item: T;
  readonly origin: Origin;
}

const isCalico = (apiVersion: string): boolean =>
  apiVersion === 'projectcalico.org/v3' || apiVersion === 'crd.projectcalico.org/v1';

const keyOf = (kind: string, { namespace, name }: Metadata): string => `${kind}/${namespace}/${name}`;

/** So many problems are placed by their field, which costs another reading of the resource; the rest by the resource. */
const MOST_EXACT = 1000;

class Reading {
  readonly problems: Problem[] = [];
  readonly #interfacePrefix: string | undefined;
  readonly #locator = new Locator();
  readonly #resources = new Map<string, Held<Resource>>();
  readonly #kubernetesNodes = new Map<string, Held<Node>>();
  readonly #pods = new Map<string, Held<Pod>>();
  readonly #derived = new Set<Resource>();
  /** Kinds that are not used: where the first is, and how many. */
  readonly #unused = new Map<string, { origin: Origin; reason: string; count: number }>();

  constructor({ interfacePrefix }: ReadOptions) {
    this.#interfacePrefix = interfacePrefix;
  }

  take(piece: Piece): void {
    const { value } = piece;
    if (!isRecord(value)) {
      this.#tell(piece, '', [{ path: [], reason: 'a resource must be a mapping' }]);
      return;
    }
    const apiVersion = value.apiVersion ?? (piece.apiVersion || undefined);
    const kind = value.kind ?? (piece.kind || undefined);
    if (typeof kind !== 'string' || typeof apiVersion !== 'string') {
      const path = [typeof kind === 'string' ? 'apiVersion' : 'kind'];
      this.#tell(piece, '', [{ path, value: value[path[0]], reason: 'is required' }]);
    } else this.#dispatch(piece, value, apiVersion, kind);
  }

  #dispatch(piece: Piece, value: Record<string, unknown>, apiVersion: string, kind: string): void {
    const row = isCalico(apiVersion) ? kindRow(kind) : undefined;
    if (row !== undefined) this.#takeCalico(piece, value, kind, row);
    else if (apiVersion === 'v1' && kind === 'Pod') this.#takePod(piece, value);
    else if (apiVersion === 'v1' && kind === 'Node') this.#takeKubernetesNode(piece, value);
    else this.#countUnused(piece, apiVersion, kind);
  }

  #countUnused(origin: Origin, apiVersion: string, kind: string): void {
    const isUnknown = apiVersion.includes('projectcalico.org') && !OTHER_CALICO_KINDS.has(kind);
    const reason = isUnknown ? `unknown kind of ${apiVersion}` : 'is not used';
    const entry = this.#unused.get(`${apiVersion} ${kind}`) ?? { origin, reason, count: 0 };
    entry.count++;
    this.#unused.set(`${apiVersion} ${kind}`, entry);
  }

  #takeCalico(piece: Piece, value: Record<string, unknown>, kind: string, row: AnyKindRow): void {
    const { metadata = {}, spec } = value;
    const name = resourceName(kind, metadata);
    const head = shaped(metadataSchema, metadata ?? {}, ['metadata']);
    const body = shaped(row.schema, withStatus(kind, spec ?? {}, value.status), ['spec']);
    this.#tell(piece, name, unknownIn(value, row));
    if ('findings' in head || 'findings' in body) {
      const findings = [head, body].flatMap((part) => ('findings' in part ? part.findings : []));
      this.#tell(piece, name, findings);
      return;
    }
    const meta: Metadata = { ...head.output, namespace: namespaceOf(row, head.output.namespace) };
    const complete = row.complete(body.output, meta);
    const findings = row.check(complete, meta);
    this.#tell(piece, name, findings);
    if (findings.some(({ severity }) => severity !== 'warning')) return;
    const resource = { kind, metadata: meta, spec: complete, place: placeOfSpan(piece.span) } as Resource;
    this.#hold(this.#resources, keyOf(kind, meta), resource, piece, name);
  }

  #takePod(piece: Piece, value: Record<string, unknown>): void {
    const name = resourceName('Pod', value.metadata);
    const result = shaped(podSchema, value, []);
    if ('findings' in result) {
      this.#tell(piece, name, result.findings);
      return;
    }
    const pod = makePod(result.output, placeOfSpan(piece.span));
    this.#hold(this.#pods, keyOf('Pod', pod.metadata), pod, piece, name);
  }

  #takeKubernetesNode(piece: Piece, value: Record<string, unknown>): void {
    const name = resourceName('Node', value.metadata);
    const result = shaped(kubernetesNodeSchema, value, []);
    if ('findings' in result) {
      this.#tell(piece, name, result.findings);
      return;
    }
    const { node, findings } = nodeOfKubernetes(result.output, placeOfSpan(piece.span));
    this.#tell(piece, name, findings);
    this.#hold(this.#kubernetesNodes, node.metadata.name, node, piece, name);
  }

  /** The later of two wins, as with `apply` of one file after the other. */
  #hold<T>(held: Map<string, Held<T>>, key: string, item: T, { span, path }: Piece, name: string): void {
    if (held.has(key)) {
      const reason = 'is there twice: this one counts';
      this.#tell({ span, path }, name, [{ path: [], reason, severity: 'warning' }]);
    }
    held.set(key, { item, origin: { span, path } });
  }

  #tell(origin: Origin, name: string, findings: readonly Finding[]): void {
    for (const finding of findings)
      this.problems.push(describeProblem(name, this.#placeOf(origin, finding.path), finding));
  }

  #placeOf(origin: Origin, path: Path) {
    const isWhole = path.length === 0 && origin.path.length === 0;
    return isWhole || this.problems.length >= MOST_EXACT
      ? placeOfSpan(origin.span)
      : this.#locator.placeOf(origin, path);
  }

  finish(): ReadResult {
    this.#mergeNodes();
    this.#addEndpoints();
    const origins = new Map<Resource, Origin>();
    const resources = [...this.#resources.values()].map(({ item, origin }) => {
      origins.set(item, origin);
      return item;
    });
    for (const { resource, finding } of checkTogether(resources)) {
      const name = resourceText(resource.kind, resource.metadata);
      this.#tell(origins.get(resource) as Origin, name, [finding]);
    }
    this.#tellUnused();
    const pods = [...this.#pods.values()].map(({ item }) => item);
    return { resources, pods, derived: this.#derived, problems: this.problems };
  }

  #mergeNodes(): void {
    for (const [name, { item, origin }] of this.#kubernetesNodes) {
      const key = `Node//${name}`;
      const calico = this.#resources.get(key);
      const merged =
        calico === undefined
          ? { item, origin }
          : { item: mergeNodes(calico.item as Node, item), origin: calico.origin };
      this.#resources.set(key, merged);
    }
  }

  /** An endpoint that is written down beats the one that follows from its pod: a pod has one. */
  #addEndpoints(): void {
    const written = this.#writtenEndpoints();
    for (const { item: pod, origin } of this.#pods.values()) {
      const { endpoint, findings } = endpointOfPod(pod, this.#interfacePrefix);
      if (findings.length > 0) this.#tell(origin, resourceText('Pod', pod.metadata), findings);
      if (endpoint === null) continue;
      const own = written.get(`${pod.metadata.namespace}/${pod.metadata.name}`);
      const item = own === undefined ? endpoint : withAddress(own.item, endpoint);
      if (own === undefined) this.#derived.add(item);
      this.#resources.set(keyOf('WorkloadEndpoint', item.metadata), { item, origin: own?.origin ?? origin });
    }
  }

  #writtenEndpoints(): Map<string, Held<WorkloadEndpoint>> {
    const written = new Map<string, Held<WorkloadEndpoint>>();
    for (const { item, origin } of this.#resources.values())
      if (item.kind === 'WorkloadEndpoint' && item.spec.pod !== undefined)
        written.set(`${item.metadata.namespace}/${item.spec.pod}`, { item, origin });
    return written;
  }

  #tellUnused(): void {
    for (const [name, { origin, reason, count }] of this.#unused) {
      const kind = name.slice(name.indexOf(' ') + 1);
      const times = count === 1 ? reason : `${reason} (${count} of them)`;
      this.#tell(origin, kind, [{ path: [], reason: times, severity: 'warning' }]);
    }
  }
}

/** What only the pod's annotations tell. */
const withAddress = (own: WorkloadEndpoint, { spec: { hwAddr } }: WorkloadEndpoint): WorkloadEndpoint =>
  hwAddr === undefined || own.spec.mac !== undefined ? own : { ...own, spec: { ...own.spec, hwAddr } };

const namespaceOf = ({ isNamespaced }: AnyKindRow, namespace: string): string =>
  isNamespaced ? namespace || 'default' : '';

/** A Calico Node of the Kubernetes datastore has its pod CIDRs in the status. */
function withStatus(kind: string, spec: unknown, status: unknown): unknown {
  if (kind !== 'Node' || !isRecord(spec) || !isRecord(status) || status.podCIDRs === undefined) return spec;
  return { podCIDRs: status.podCIDRs, ...spec };
}

const TOP: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'status']);

function unknownIn(value: Record<string, unknown>, row: AnyKindRow): Finding[] {
  const top = Object.keys(value).filter((field) => !TOP.has(field));
  return [
    ...top.map(
      (field): Finding => ({
        path: [field],
        value: value[field],
        reason: 'unknown field',
        severity: 'warning',
      }),
    ),
    ...unknownFields(metadataSchema, value.metadata, ['metadata']),
    ...unknownFields(row.schema, value.spec, ['spec'], row.isKnown),
  ];
}

/** The name even of a resource that cannot be read. */
function resourceName(kind: string, metadata: unknown): string {
  const { name, namespace } = isRecord(metadata) ? metadata : {};
  const text = typeof name === 'string' ? name : '';
  return resourceText(kind, { name: text, namespace: typeof namespace === 'string' ? namespace : '' }).trim();
}
