// The cluster's objects as the Kubernetes API has them: read, written and deleted as plain data. A Node is Calico's and
// Kubernetes' at once; a pod gets what scheduling, the CNI plugin and the kubelet would give it.
import type { Cluster } from '../../../calico/cluster/cluster.ts';
import { removePod, removeResource } from '../../../calico/cluster/leave.ts';
import { PodAdmission, withoutAddress } from '../../../calico/cluster/pod-address.ts';
import type { Pod } from '../../../calico/resource/kubernetes.ts';
import { kubernetesNodeObject } from '../../../calico/resource/kubernetes-node.ts';
import { podObject, resourceObject } from '../../../calico/resource/print.ts';
import { hasErrors, type Problem } from '../../../calico/resource/problem.ts';
import { readResources } from '../../../calico/resource/read.ts';
import { isRecord } from '../../../calico/resource/read-value.ts';
import type { Kind, Resource } from '../../../calico/resource/types.ts';
import { type ApiType, apiVersionOf } from './types.ts';

export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export interface Written {
  /** With errors among them nothing was written. */
  readonly problems: readonly Problem[];
  /** What the user should know besides. */
  readonly notes: readonly string[];
}

export class ApiServer {
  private readonly cluster: Cluster;
  private admission: PodAdmission;
  /** Nodes have come that have not started: they take the addresses of their tunnels before any pod. */
  private hasNewNodes = false;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.admission = new PodAdmission(cluster);
  }

  get(type: ApiType, name: string, namespace: string): ApiObject | null {
    const { store } = this.cluster;
    if (type.kind === 'Pod') {
      const pod = store.getPod(name, namespace);
      return pod === null ? null : (podObject(pod) as ApiObject);
    }
    const resource = store.get(type.kind, name);
    return resource === null ? null : objectOf(type, resource);
  }

  /** Of all namespaces without one. */
  list(type: ApiType, namespace?: string): ApiObject[] {
    const { store } = this.cluster;
    if (type.kind === 'Pod') return store.listPods(namespace).map((pod) => podObject(pod) as ApiObject);
    return store.list(type.kind).map((resource) => objectOf(type, resource));
  }

  pod(name: string, namespace: string): Pod | null {
    return this.cluster.store.getPod(name, namespace);
  }

  /** `stated` is what the user wrote of it: an address that is not in there may be changed. */
  put(type: ApiType, object: unknown, stated: unknown): Written {
    const { pods, resources, problems } = readResources([{ file: '', text: JSON.stringify(object) }]);
    const read = problems.map((problem): Problem => ({ ...problem, place: null }));
    if (hasErrors(read)) return { problems: read, notes: [] };
    if (type.kind === 'Pod') return this.putPod({ ...pods[0], place: null }, stated);
    if (type.kind === 'Node') this.hasNewNodes = true;
    const written = this.cluster.store.put({ ...resources[0], place: null } as Resource);
    return { problems: [...read, ...written], notes: [] };
  }

  remove(type: ApiType, name: string, namespace: string): void {
    if (type.kind === 'Pod') removePod(this.cluster, name, namespace);
    else removeResource(this.cluster, type.kind satisfies Kind, name);
  }

  private putPod(asked: Pod, stated: unknown): Written {
    const { store } = this.cluster;
    const { name, namespace } = asked.metadata;
    const before = store.getPod(name, namespace);
    const hasMoved =
      before !== null && before.spec.nodeName !== '' && before.spec.nodeName !== asked.spec.nodeName;
    const fresh = hasMoved && !statesAddress(stated) ? withoutAddress(asked) : asked;
    if (this.hasNewNodes) this.startNodes();
    const { pod, reason } = this.admission.admit(fresh);
    const problems = store.putPod(pod);
    if (hasErrors(problems)) return { problems, notes: [] };
    if (before !== null) this.admission.release(before);
    this.admission.record(pod);
    const notes = hasMoved ? [`a pod cannot change its node: pod/${name} was deleted and created again`] : [];
    return { problems, notes: reason === null ? notes : [...notes, `pod/${name} has no address: ${reason}`] };
  }

  /** What cannot be done is tried again, and told, when the command ends. */
  private startNodes(): void {
    this.hasNewNodes = false;
    this.cluster.settle();
    this.admission = new PodAdmission(this.cluster);
  }
}

function objectOf(type: ApiType, resource: Resource): ApiObject {
  if (resource.kind === 'Node') return kubernetesNodeObject(resource) as unknown as ApiObject;
  return { ...resourceObject(resource), apiVersion: apiVersionOf(type) } as unknown as ApiObject;
}

/** Whether a manifest or a patch says which address the pod has. A JSON patch speaks for itself. */
function statesAddress(stated: unknown): boolean {
  if (Array.isArray(stated)) return stated.some((operation) => /podIP/.test(JSON.stringify(operation)));
  const { status, metadata } = isRecord(stated) ? stated : {};
  const annotations = isRecord(metadata) && isRecord(metadata.annotations) ? metadata.annotations : {};
  return (
    (isRecord(status) && (status.podIP !== undefined || status.podIPs !== undefined)) ||
    Object.keys(annotations).some((name) => /^cni\.projectcalico\.org\/podIPs?$/.test(name))
  );
}
