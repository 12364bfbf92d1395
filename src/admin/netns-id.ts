// Ids that a namespace has for its peers: RTM_NEWNSID, RTM_GETNSID (net/core/net_namespace.c).
import { Errno, refuse } from '../addr/errno.ts';
import { assignPeerId, obtainPeerId, peerId } from '../link/peer-id.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Outcome } from './types.ts';

export interface NamespaceIdInfo {
  id: number;
  peer: Namespace;
}

/**
 * `ip netns set NAME ID`: EEXIST with the kernel's words where the peer has an id or the id is taken; a negative one
 * lets the kernel choose (`auto`).
 */
export function setNamespaceId(namespace: Namespace, peer: Namespace, id: number): Outcome {
  if (peerId(namespace, peer) >= 0) return refuse(Errno.EEXIST, 'Peer netns already has a nsid assigned');
  if (id < 0) {
    obtainPeerId(namespace, peer);
    return null;
  }
  if ([...namespace.peerIds.values()].includes(id))
    return refuse(Errno.EEXIST, 'The specified nsid is already used');
  assignPeerId(namespace, peer, id);
  return null;
}

/** The id that `namespace` has for `peer`, -1 for none (RTM_GETNSID): asking gives none away. */
export const namespaceId = (namespace: Namespace, peer: Namespace): number => peerId(namespace, peer);

/** `ip netns list-id`, by id. */
export const dumpNamespaceIds = (namespace: Namespace): NamespaceIdInfo[] =>
  [...namespace.peerIds].map(([peer, id]) => ({ id, peer })).sort((a, b) => a.id - b.id);
