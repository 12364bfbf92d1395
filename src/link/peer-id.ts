// Ids that one namespace has for another (struct net's netns_ids, net/core/net_namespace.c).
import { type Device, Kind } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';

/** The id that `namespace` has for `peer`, -1 for none (peernet2id). */
export const peerId = (namespace: Namespace, peer: Namespace): number => namespace.peerIds.get(peer) ?? -1;

/** The id that `namespace` has for `peer`: the smallest free one is given if there is none (peernet2id_alloc). */
export function obtainPeerId(namespace: Namespace, peer: Namespace): number {
  const held = peerId(namespace, peer);
  if (held >= 0 || namespace.gone || peer.gone) return held;
  const id = smallestFree(namespace);
  assignPeerId(namespace, peer, id);
  namespace.peerIdsFrom = id + 1;
  return id;
}

/** All below `peerIdsFrom` are taken; if that many there are, no other is, and a thousand pods need no search. */
function smallestFree({ peerIds, peerIdsFrom }: Namespace): number {
  if (peerIds.size === peerIdsFrom) return peerIdsFrom;
  const taken = new Set(peerIds.values());
  let id = peerIdsFrom;
  while (taken.has(id)) id++;
  return id;
}

/** Gives `peer`, which has none, an id that is free. */
export function assignPeerId(namespace: Namespace, peer: Namespace, id: number): void {
  namespace.peerIds.set(peer, id);
  peer.knownBy.add(namespace);
  namespace.netlink?.peerId(peer, id, 'new');
}

/** A namespace ends: those that have an id for it forget it (unhash_nsid). */
export function forgetPeer(gone: Namespace): void {
  for (const namespace of gone.knownBy) {
    const id = namespace.peerIds.get(gone) as number;
    namespace.peerIds.delete(gone);
    namespace.netlink?.peerId(gone, id, 'gone');
    namespace.peerIdsFrom = Math.min(namespace.peerIdsFrom, id);
  }
  for (const peer of gone.peerIds.keys()) peer.knownBy.delete(gone);
}

/** The namespace of a device's other end (rtnl_link_ops.get_link_net): its own for kinds that have none. */
export function linkNamespace(device: Device): Namespace {
  if (device.kind === Kind.VETH) return device.peer?.namespace ?? device.namespace;
  if (device.vlan !== null) return device.vlan.real.namespace;
  return device.tunnel === null && device.vxlan === null ? device.namespace : device.underlay;
}

/**
 * What every link message does, whether anybody listens or not: the other end's namespace gets an id
 * (rtmsg_ifinfo, rtnl_fill_link_netnsid).
 */
export function announceLink(device: Device): void {
  const other = linkNamespace(device);
  if (other !== device.namespace) obtainPeerId(device.namespace, other);
  if (device.registered) device.namespace.netlink?.link(device, 'new', null);
}

/** The device below a VXLAN device is told as one that has another above it, or has no more (NETDEV_CHANGEUPPER). */
export function announceLower({ underlay, vxlan }: Device): void {
  const lower = vxlan === null ? undefined : underlay.devices.get(vxlan.link);
  if (lower !== undefined) announceLink(lower);
}
