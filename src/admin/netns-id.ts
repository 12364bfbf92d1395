// Ids that a namespace has for its peers: RTM_NEWNSID, RTM_GETNSID (net/core/net_namespace.c).
import { Errno, refuse } from '../addr/errno.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Outcome } from './types.ts';

export interface NamespaceIdInfo {
  id: number;
  peer: Namespace;
}

/** `ip netns set NAME ID`: EEXIST where the peer has an id or the id is taken; -1 lets the kernel choose. */
export function setNamespaceId(_namespace: Namespace, _peer: Namespace, _id: number): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** The id that `namespace` has for `peer`, -1 for none (RTM_GETNSID): asking gives none away. */
export function namespaceId(_namespace: Namespace, _peer: Namespace): number {
  return -1;
}

/** `ip netns list-id`, by id. */
export function dumpNamespaceIds(_namespace: Namespace): NamespaceIdInfo[] {
  return [];
}
