// Which endpoint a pod has: the one that follows from it, unless one is written down for it or under that name.
import { endpointOfPod, type Pod } from './kubernetes.ts';
import type { Finding } from './problem.ts';
import type { WorkloadEndpoint } from './types.ts';

/** `namespace/name`, of a pod as of an endpoint. */
export const keyOf = (name: string, namespace: string): string => `${namespace}/${name}`;

export const keyOfEndpoint = ({ metadata }: WorkloadEndpoint): string =>
  keyOf(metadata.name, metadata.namespace);

const podKeyOf = ({ spec, metadata }: WorkloadEndpoint): string => keyOf(spec.pod ?? '', metadata.namespace);

export class PodEndpoints {
  readonly pods = new Map<string, Pod>();
  readonly #interfacePrefix: string | undefined;
  /** By pod. */
  readonly #followed = new Map<string, WorkloadEndpoint>();
  /** The pods from whom an endpoint of this name would follow. */
  readonly #podOfName = new Map<string, string>();
  /** By name. */
  readonly #written = new Map<string, WorkloadEndpoint>();
  /** How many are written down for a pod. */
  readonly #writtenFor = new Map<string, number>();

  constructor(interfacePrefix: string | undefined) {
    this.#interfacePrefix = interfacePrefix;
  }

  /** Takes a pod in; what is wrong with it if it cannot be. */
  putPod(pod: Pod): readonly Finding[] {
    const { endpoint, findings } = endpointOfPod(pod, this.#interfacePrefix);
    if (findings.length > 0) return findings;
    const key = keyOf(pod.metadata.name, pod.metadata.namespace);
    this.removePod(key);
    this.pods.set(key, pod);
    if (endpoint === null) return [];
    this.#followed.set(key, endpoint);
    this.#podOfName.set(keyOfEndpoint(endpoint), key);
    return [];
  }

  removePod(key: string): void {
    this.pods.delete(key);
    const endpoint = this.#followed.get(key);
    if (endpoint !== undefined) this.#podOfName.delete(keyOfEndpoint(endpoint));
    this.#followed.delete(key);
  }

  /** Notes an endpoint that is written down; the pods whose own may have to go or come. */
  write(endpoint: WorkloadEndpoint): string[] {
    const affected = this.unwrite(keyOfEndpoint(endpoint));
    this.#written.set(keyOfEndpoint(endpoint), endpoint);
    this.#count(podKeyOf(endpoint), 1);
    return [...affected, podKeyOf(endpoint)];
  }

  unwrite(key: string): string[] {
    const endpoint = this.#written.get(key);
    const sameName = this.#podOfName.get(key);
    const affected = sameName === undefined ? [] : [sameName];
    if (endpoint === undefined) return affected;
    this.#written.delete(key);
    this.#count(podKeyOf(endpoint), -1);
    return [...affected, podKeyOf(endpoint)];
  }

  #count(podKey: string, by: number): void {
    this.#writtenFor.set(podKey, (this.#writtenFor.get(podKey) ?? 0) + by);
  }

  /** The endpoint that follows from a pod, if it is to be there. */
  wanted(podKey: string): WorkloadEndpoint | null {
    const endpoint = this.#followed.get(podKey);
    if (endpoint === undefined || this.#written.has(keyOfEndpoint(endpoint))) return null;
    return (this.#writtenFor.get(podKey) ?? 0) > 0 ? null : endpoint;
  }
}
