// The datastore: resources by kind and name, changes checked against what is there. Pods stay pods beside their endpoints.
import type { Pod } from './kubernetes.ts';
import { keyOf, keyOfEndpoint, PodEndpoints } from './pod-endpoints.ts';
import {
  describeProblem,
  type Finding,
  hasErrors,
  type Path,
  type Problem,
  resourceText,
} from './problem.ts';
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

/** By namespace and name in the order of their bytes, as etcd and Kubernetes list. */
function inOrder<T extends { metadata: { name: string; namespace: string } }>(items: Iterable<T>): T[] {
  return [...items].sort(
    ({ metadata: a }, { metadata: b }) => compare(a.namespace, b.namespace) || compare(a.name, b.name),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export class ResourceStore {
  readonly #kinds = new Map<Kind, Map<string, Resource>>();
  readonly #pods: PodEndpoints;
  /** Endpoints that are there because they follow from a pod, by the pod. */
  readonly #followed = new Map<string, WorkloadEndpoint>();
  readonly #listeners = new Set<(change: Change) => void>();

  constructor({ interfacePrefix }: StoreOptions = {}) {
    this.#pods = new PodEndpoints(interfacePrefix);
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
    if (hasErrors(problems)) return problems;
    if (resource.kind === 'WorkloadEndpoint') this.#settle(this.#pods.write(resource));
    this.#set(resource);
    return problems;
  }

  remove(kind: Kind, name: string, namespace = ''): Problem[] {
    const before = this.get(kind, name, namespace);
    if (before === null) return [missing(kind, name, namespace)];
    if (before.kind === 'WorkloadEndpoint' && this.#follows(before)) return [ofPod(before)];
    this.#delete(before);
    if (before.kind === 'WorkloadEndpoint') this.#settle(this.#pods.unwrite(keyOfEndpoint(before)));
    return [];
  }

  get<K extends Kind>(kind: K, name: string, namespace = ''): ResourceOf<K> | null {
    return (this.#kinds.get(kind)?.get(keyOf(name, namespace)) as ResourceOf<K> | undefined) ?? null;
  }

  #follows(endpoint: WorkloadEndpoint): boolean {
    const { pod = '' } = endpoint.spec;
    return this.#followed.get(keyOf(pod, endpoint.metadata.namespace)) === endpoint;
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
    const findings = this.#pods.putPod(pod);
    const { name, namespace } = pod.metadata;
    this.#settle([keyOf(name, namespace)]);
    return findings.map((finding) => describeProblem(resourceText('Pod', pod.metadata), pod.place, finding));
  }

  removePod(name: string, namespace = 'default'): Problem[] {
    const key = keyOf(name, namespace);
    if (!this.#pods.pods.has(key)) return [missing('Pod', name, namespace)];
    this.#pods.removePod(key);
    this.#settle([key]);
    return [];
  }

  getPod(name: string, namespace = 'default'): Pod | null {
    return this.#pods.pods.get(keyOf(name, namespace)) ?? null;
  }

  listPods(namespace?: string): Pod[] {
    const all = [...this.#pods.pods.values()];
    return inOrder(all.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace));
  }

  /** Makes the endpoints of these pods what they are to be. */
  #settle(podKeys: readonly string[]): void {
    for (const key of podKeys) {
      const wanted = this.#pods.wanted(key);
      const current = this.#followed.get(key);
      if (wanted === (current ?? null)) continue;
      if (current !== undefined && current.metadata.name !== wanted?.metadata.name) this.#delete(current);
      if (wanted === null) this.#followed.delete(key);
      else {
        this.#followed.set(key, wanted);
        this.#set(wanted);
      }
    }
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
    if (resource.kind === 'IPAMBlock') return outsidePools(resource, this.list('IPPool'));
    return resource.kind === 'IPPool' ? overlapping(resource, othersThan(resource, this.list('IPPool'))) : [];
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

/** An endpoint of a pod goes with the pod (resources/workloadendpoint.go of the Kubernetes datastore). */
const ofPod = ({ kind, metadata: { namespace, name } }: WorkloadEndpoint): Problem =>
  describeProblem('', null, {
    path: [],
    reason: `operation Delete is not supported on ${kind}(${namespace}/${name})`,
  });
