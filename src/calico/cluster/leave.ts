// What goes with a resource when it is deleted: a pool's blocks, a node's pods and blocks (libcalico-go/lib/clientv3:
// ippool.go, node.go).
import { ANY } from '../../addr/ipv4.ts';
import type { Problem } from '../resource/problem.ts';
import type { Kind } from '../resource/types.ts';
import { releaseAddress, releaseBlocksIn, releaseBlocksOf } from './block-ledger.ts';
import type { Cluster } from './cluster.ts';
import { PodAdmission } from './pod-address.ts';

export function removeResource(cluster: Cluster, kind: Kind, name: string, namespace = ''): Problem[] {
  const { store } = cluster;
  const resource = store.get(kind, name, namespace);
  if (resource?.kind === 'IPPool') releaseBlocksIn(cluster, resource.spec.cidr);
  if (resource?.kind === 'Node') empty(cluster, name);
  return store.remove(kind, name, namespace);
}

export function removePod(cluster: Cluster, name: string, namespace: string): Problem[] {
  const pod = cluster.store.getPod(name, namespace);
  if (pod !== null) new PodAdmission(cluster).release(pod);
  return cluster.store.removePod(name, namespace);
}

/** Kubernetes' garbage collector takes the pods of a node that is gone; Calico's client takes its endpoints. */
function empty(cluster: Cluster, node: string): void {
  const { store } = cluster;
  for (const { metadata, spec } of store.listPods())
    if (spec.nodeName === node) removePod(cluster, metadata.name, metadata.namespace);
  for (const { metadata, spec } of store.list('WorkloadEndpoint'))
    if (spec.node === node) store.remove('WorkloadEndpoint', metadata.name, metadata.namespace);
  const { ipip, vxlan } = cluster.graph.host(node)?.tunnel ?? { ipip: ANY, vxlan: ANY };
  for (const address of [ipip, vxlan]) if (address !== ANY) releaseAddress(cluster, address);
  releaseBlocksOf(cluster, node);
}
