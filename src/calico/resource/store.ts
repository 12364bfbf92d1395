// The datastore: resources by kind and name, changes checked against what is there. Pods stay pods beside their endpoints.
import { endpointOfPod, type Pod } from './kubernetes.ts';
import { describeProblem, type Finding, type Path, type Problem, resourceText } from './problem.ts';
import { type OwnedFinding, outsidePools, overlapping } from './together.ts';
import type { IpPool, Kind, Resource, ResourceOf, WorkloadEndpoint } from './types.ts';

export interface Change {
  /** Null for a resource that is new. */
  readonly before: Resource | null;
  /** Null for one that is gone. */
  readonly after: Resource | null;
}

export interface StoreOptions {
  /** How the interfaces of pods are called (FELIX_INTERFACEPREFIX of the CNI plugin). */
  readonly interfacePrefix?: string;
}

const keyOf = (name: string, namespace: string): string => `${namespace}/${name}`;

/** By namespace and name in the order of their bytes, as etcd and Kubernetes list. */
function inOrder<T extends { metadata: { name: string; namespace: string } }>(items: Iterable<T>): T[] {
  return [...items].sort(
    ({ metadata: a }, { metadata: b }) => compare(a.namespace, b.namespace) || compare(a.name, b.name),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export class ResourceStore {
  readonly #kinds = new Map<Kind, Map<string, Resource>>();
  readonly #pods = new Map<string, Pod>();
  /** Endpoints by their pod, `namespace/pod`: a pod has one. */
  readonly #podEndpoints = new Map<string, WorkloadEndpoint>();
  /** Those of them that follow from the pod. */
  readonly #derived = new Set<string>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #interfacePrefix: string | undefined;

  constructor({ interfacePrefix }: StoreOptions = {}) {
    this.#interfacePrefix = interfacePrefix;
  }

  /** Tells every change from now on; the function returned ends that. */
  watch(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Creates or updates. With an error among the problems nothing has changed. */
  put(resource: Resource): Problem[] {
    const before = this.get(resource.kind, resource.metadata.name, resource.metadata.namespace);
    const problems = this.#check(resource, before);
    if (problems.some(({ severity }) => severity === 'error')) return problems;
    if (resource.kind === 'WorkloadEndpoint') this.#putEndpoint(resource);
    else this.#set(resource);
    return problems;
  }

  remove(kind: Kind, name: string, namespace = ''): Problem[] {
    const before = this.get(kind, name, namespace);
    if (before === null) return [missing(kind, name, namespace)];
    this.#delete(before);
    if (before.kind === 'WorkloadEndpoint') this.#forgetEndpoint(before);
    return [];
  }

  get<K extends Kind>(kind: K, name: string, namespace = ''): ResourceOf<K> | null {
    return (this.#kinds.get(kind)?.get(keyOf(name, namespace)) as ResourceOf<K> | undefined) ?? null;
  }

  /** In name order; of one namespace, or of all. */
  list<K extends Kind>(kind: K, namespace?: string): ResourceOf<K>[] {
    const all = [...(this.#kinds.get(kind)?.values() ?? [])] as ResourceOf<K>[];
    return inOrder(all.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace));
  }

  /** Every resource, kind by kind. */
  all(): Resource[] {
    return [...this.#kinds.keys()].flatMap((kind) => this.list(kind));
  }

  /** Creates or updates a pod, and with it the endpoint that follows from it. */
  putPod(pod: Pod): Problem[] {
    const { endpoint, findings } = endpointOfPod(pod, this.#interfacePrefix);
    const name = resourceText('Pod', pod.metadata);
    if (findings.length > 0) return findings.map((finding) => describeProblem(name, pod.place, finding));
    this.#pods.set(keyOf(pod.metadata.name, pod.metadata.namespace), pod);
    this.#follow(pod, endpoint);
    return [];
  }

  removePod(name: string, namespace = 'default'): Problem[] {
    const pod = this.getPod(name, namespace);
    if (pod === null) return [missing('Pod', name, namespace)];
    this.#pods.delete(keyOf(name, namespace));
    this.#follow(pod, null);
    return [];
  }

  getPod(name: string, namespace = 'default'): Pod | null {
    return this.#pods.get(keyOf(name, namespace)) ?? null;
  }

  listPods(namespace?: string): Pod[] {
    const all = [...this.#pods.values()];
    return inOrder(all.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace));
  }

  /** The endpoint that follows from a pod comes, changes and goes with it, unless one is written down for it. */
  #follow({ metadata }: Pod, endpoint: WorkloadEndpoint | null): void {
    const key = keyOf(metadata.name, metadata.namespace);
    const current = this.#podEndpoints.get(key);
    if (current !== undefined && !this.#derived.has(key)) return;
    if (current !== undefined && current.metadata.name !== endpoint?.metadata.name) this.#delete(current);
    if (endpoint === null) {
      this.#podEndpoints.delete(key);
      this.#derived.delete(key);
      return;
    }
    this.#podEndpoints.set(key, endpoint);
    this.#derived.add(key);
    this.#set(endpoint);
  }

  /** An endpoint that is written down takes the place of the pod's own. */
  #putEndpoint(endpoint: WorkloadEndpoint): void {
    const { pod } = endpoint.spec;
    const key = keyOf(pod ?? '', endpoint.metadata.namespace);
    const current = this.#podEndpoints.get(key);
    if (pod !== undefined && current !== undefined && this.#derived.delete(key))
      if (current.metadata.name !== endpoint.metadata.name) this.#delete(current);
    if (pod !== undefined) this.#podEndpoints.set(key, endpoint);
    this.#set(endpoint);
  }

  /** Behind an endpoint that was written down the pod's own comes to light again. */
  #forgetEndpoint({ spec, metadata }: WorkloadEndpoint): void {
    const key = keyOf(spec.pod ?? '', metadata.namespace);
    if (this.#podEndpoints.get(key)?.metadata.name !== metadata.name) return;
    const wasDerived = this.#derived.delete(key);
    this.#podEndpoints.delete(key);
    const pod = this.#pods.get(key);
    if (pod !== undefined && !wasDerived)
      this.#follow(pod, endpointOfPod(pod, this.#interfacePrefix).endpoint);
  }

  #set(resource: Resource): void {
    const { kind, metadata } = resource;
    const held = this.#kinds.get(kind) ?? new Map<string, Resource>();
    const key = keyOf(metadata.name, metadata.namespace);
    const before = held.get(key) ?? null;
    this.#kinds.set(kind, held.set(key, resource));
    this.#tell({ before, after: resource });
  }

  #delete(resource: Resource): void {
    const { kind, metadata } = resource;
    if (this.#kinds.get(kind)?.delete(keyOf(metadata.name, metadata.namespace)))
      this.#tell({ before: resource, after: null });
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  #check(resource: Resource, before: Resource | null): Problem[] {
    const findings = [...this.#immutable(resource, before), ...this.#againstOthers(resource)];
    const name = resourceText(resource.kind, resource.metadata);
    return findings.map((finding) => describeProblem(name, resource.place, finding));
  }

  /** What an update may not touch (libcalico-go/lib/clientv3/ippool.go). */
  #immutable(resource: Resource, before: Resource | null): Finding[] {
    if (resource.kind !== 'IPPool' || before?.kind !== 'IPPool') return [];
    return [
      ...changed(['spec', 'cidr'], before.spec.cidr, resource.spec.cidr, 'IPPool CIDR cannot be modified'),
      ...changed(
        ['spec', 'blockSize'],
        before.spec.blockSize,
        resource.spec.blockSize,
        'IPPool BlockSize cannot be modified',
      ),
    ];
  }

  #againstOthers(resource: Resource): Finding[] {
    return this.#owned(resource).map(({ finding }) => finding);
  }

  #owned(resource: Resource): OwnedFinding[] {
    const pools = this.list('IPPool');
    if (resource.kind === 'IPAMBlock') return outsidePools(resource, pools);
    return resource.kind === 'IPPool' ? overlapping(resource, othersThan(resource, pools)) : [];
  }
}

const othersThan = ({ metadata }: IpPool, pools: readonly IpPool[]): IpPool[] =>
  pools.filter((pool) => pool.metadata.name !== metadata.name);

const changed = <T>(path: Path, before: T, value: T, reason: string): Finding[] =>
  before === value ? [] : [{ path, value, reason }];

/** calicoctl's words for what is not there (errors.ErrorResourceDoesNotExist). */
const missing = (kind: string, name: string, namespace: string): Problem =>
  describeProblem('', null, {
    path: [],
    reason: `resource does not exist: ${kind}(${namespace === '' ? '' : `${namespace}/`}${name})`,
  });
