// What the CNI plugin and the kubelet make of a pod that is scheduled to a node: an address out of the pools, written into
// the status and the annotations (calico.md 4.2 and 4.3). One that has an address keeps it.
import { ANY, formatIpv4, type Ipv4, parseIpv4 } from '../../addr/ipv4.ts';
import { Allocation, type Assignment, selects } from '../calc/assign.ts';
import type { HostInfo } from '../calc/host.ts';
import type { Pool } from '../calc/pool.ts';
import type { Pod } from '../resource/kubernetes.ts';
import { keyOf } from '../resource/pod-endpoints.ts';
import { claimBlock, recordAddress, releaseAddress } from './block-ledger.ts';
import type { Cluster } from './cluster.ts';

const ANNOTATION = 'cni.projectcalico.org/';
const FINISHED: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Completed']);

/** Kubernetes' own names for where a pod's addresses are told. */
function podAddress({ status, metadata: { annotations } }: Pod): string {
  const told = status.podIPs[0]?.ip || status.podIP;
  if (told) return told;
  const annotated = annotations[`${ANNOTATION}podIPs`] || annotations[`${ANNOTATION}podIP`] || '';
  return annotated.split(',')[0].split('/')[0];
}

/** Pods that have no address yet, though they should: they are tried again when something has changed. */
const waiting = new WeakMap<Cluster, Set<string>>();

/** Gives addresses to pods that wait for one; whether there were any for whom that was possible. */
export function admitWaiting(cluster: Cluster): boolean {
  const keys = waiting.get(cluster) ?? new Set();
  const admission = new PodAdmission(cluster);
  let hasAdmitted = false;
  for (const key of keys) {
    const [namespace, name] = key.split('/');
    const before = cluster.store.getPod(name, namespace);
    const { pod, reason } = before === null ? { pod: null, reason: null } : admission.admit(before);
    if (reason !== null) continue;
    keys.delete(key);
    if (pod === null) continue;
    cluster.store.putPod(pod);
    admission.record(pod);
    hasAdmitted = true;
  }
  return hasAdmitted;
}

/** The same pod before it had an address. */
export function withoutAddress(pod: Pod): Pod {
  const { [`${ANNOTATION}podIP`]: _, [`${ANNOTATION}podIPs`]: __, ...annotations } = pod.metadata.annotations;
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    status: { phase: '', podIP: '', podIPs: [], hostIP: '' },
  };
}

interface Admitted {
  readonly pod: Pod;
  /** Why it has no address, if it should have one. */
  readonly reason: string | null;
}

/** Pods that are given addresses in one go: those of one command. */
export class PodAdmission {
  private readonly cluster: Cluster;
  private allocation: Allocation | null = null;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** The pod as it is once its sandbox is there. */
  admit(pod: Pod): Admitted {
    const { pod: admitted, reason } = this.start(pod);
    const keys = waiting.get(this.cluster) ?? new Set();
    const key = keyOf(pod.metadata.name, pod.metadata.namespace);
    if (reason === null) keys.delete(key);
    else keys.add(key);
    waiting.set(this.cluster, keys);
    return { pod: admitted, reason };
  }

  private start(pod: Pod): Admitted {
    const host = this.cluster.graph.host(pod.spec.nodeName);
    if (FINISHED.has(pod.status.phase)) return { pod, reason: null };
    if (podAddress(pod) !== '' && pod.spec.nodeName !== '') return { pod: started(pod, host), reason: null };
    if (pod.spec.nodeName === '') return { pod: pending(pod), reason: null };
    if (host === null) return { pod: pending(pod), reason: `there is no node "${pod.spec.nodeName}"` };
    if (pod.spec.hostNetwork) return { pod: started(addressed(pod, host.address), host), reason: null };
    return this.assign(pod, host);
  }

  /** IPAM writes down what the pod has. */
  record(pod: Pod): void {
    const address = parseIpv4(podAddress(pod));
    if (
      address === null ||
      pod.spec.hostNetwork ||
      pod.spec.nodeName === '' ||
      FINISHED.has(pod.status.phase)
    )
      return;
    const { name, namespace } = pod.metadata;
    recordAddress(this.cluster, address, { namespace, pod: name, node: pod.spec.nodeName });
  }

  release(pod: Pod): void {
    const address = parseIpv4(podAddress(pod));
    if (address !== null && !pod.spec.hostNetwork) releaseAddress(this.cluster, address);
  }

  private assign(pod: Pod, host: HostInfo): Admitted {
    const wanted = listAnnotation(pod, 'ipAddrs')
      .map(parseIpv4)
      .find((address) => address !== null);
    if (wanted !== undefined) return { pod: started(addressed(pod, wanted as Ipv4), host), reason: null };
    const pools = this.poolsFor(pod, host);
    if (typeof pools === 'string') return { pod: pending(pod), reason: pools };
    const chosen = this.choose(host.name, pools);
    if (chosen !== null) return { pod: started(addressed(pod, chosen.address), host), reason: null };
    const cidrs = pools.map(({ address, length }) => `${formatIpv4(address)}/${length}`).join(' ');
    return { pod: pending(pod), reason: `No IPs available in pools: [${cidrs}]` };
  }

  private choose(node: string, pools: readonly Pool[]): Assignment | null {
    this.allocation ??= new Allocation(this.cluster.graph);
    const chosen = this.allocation.assign(node, pools) ?? this.allocation.borrow(node, pools);
    if (chosen !== null) claimBlock(this.cluster, chosen, node);
    return chosen;
  }

  private poolsFor(pod: Pod, host: HostInfo): Pool[] | string {
    const { graph, store } = this.cluster;
    const requested = listAnnotation(pod, 'ipv4pools');
    if (requested.length > 0) return this.requestedPools(requested);
    const automatic = store.list('IPPool').filter(({ spec }) => {
      return spec.assignmentMode === 'Automatic' && spec.allowedUses.includes('Workload');
    });
    return automatic
      .map(({ metadata }) => graph.pools.get(metadata.name))
      .filter((pool): pool is Pool => pool !== undefined && !pool.disabled && selects(pool, host));
  }

  /** By name or CIDR; the node selector does not count. */
  private requestedPools(requested: readonly string[]): Pool[] | string {
    const pools: Pool[] = [];
    for (const text of requested) {
      const named = this.cluster.store
        .list('IPPool')
        .find(({ metadata, spec }) => metadata.name === text || spec.cidr === text);
      const pool = this.cluster.graph.pools.get(named?.metadata.name ?? '');
      if (pool === undefined || pool.disabled)
        return `the given pool (${text}) does not exist, or is not enabled`;
      pools.push(pool);
    }
    return pools;
  }
}

const pending = (pod: Pod): Pod => ({
  ...pod,
  status: { ...pod.status, phase: pod.status.phase || 'Pending' },
});

/** What is running already stays as it is told. */
function started(pod: Pod, host: HostInfo | null): Pod {
  const { phase, hostIP } = pod.status;
  if (phase !== '' && phase !== 'Pending') return pod;
  const address = podAddress(pod);
  const own = host === null || host.address === ANY ? '' : formatIpv4(host.address);
  return {
    ...pod,
    status: {
      phase: 'Running',
      podIP: address,
      podIPs: pod.status.podIPs.length > 0 ? pod.status.podIPs : [{ ip: address }],
      hostIP: hostIP || own,
    },
  };
}

/** A pod of the host's network is not the CNI plugin's: it annotates nothing. */
function addressed(pod: Pod, address: Ipv4): Pod {
  const text = formatIpv4(address);
  const status = { ...pod.status, podIP: text, podIPs: [{ ip: text }] };
  if (pod.spec.hostNetwork) return { ...pod, status };
  const annotations = {
    ...pod.metadata.annotations,
    [`${ANNOTATION}podIP`]: `${text}/32`,
    [`${ANNOTATION}podIPs`]: `${text}/32`,
  };
  return { ...pod, metadata: { ...pod.metadata, annotations }, status };
}

/** A JSON list of texts; one that cannot be read is told when the pod's endpoint is made. */
function listAnnotation({ metadata: { annotations } }: Pod, name: string): string[] {
  try {
    const parsed: unknown = JSON.parse(annotations[ANNOTATION + name] ?? '[]');
    return Array.isArray(parsed) ? parsed.filter((item) => typeof item === 'string') : [];
  } catch {
    return [];
  }
}
