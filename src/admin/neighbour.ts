// Neighbours as RTM_NEWNEIGH, RTM_DELNEIGH and RTM_GETNEIGH serve them (net/core/neighbour.c).
import { Errno, refuse } from '../addr/errno.ts';
import type { Ipv4 } from '../addr/ipv4.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Answer, NeighbourInfo, NeighbourRequest, Outcome } from './types.ts';

/** add = create + exclusive, replace = create + replace, change = replace, append = create + append. */
export type NeighbourVerb = 'add' | 'change' | 'replace' | 'append';

/** `ip neighbour add|change|replace …`, proxy entries included. */
export function changeNeighbour(
  _namespace: Namespace,
  _verb: NeighbourVerb,
  _request: NeighbourRequest,
): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** `ip neighbour del …`. */
export function deleteNeighbour(_namespace: Namespace, _request: NeighbourRequest): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** `ip neighbour get ADDRESS dev DEVICE`. */
export function getNeighbour(
  _namespace: Namespace,
  _device: string,
  _destination: Ipv4,
): Answer<NeighbourInfo> {
  return { refusal: refuse(Errno.EOPNOTSUPP) };
}

/** All entries in the order of the kernel's dump; `proxy` asks for the proxy entries instead. */
export function dumpNeighbours(
  _namespace: Namespace,
  _filter: { device?: string; proxy?: boolean },
): NeighbourInfo[] {
  return [];
}
