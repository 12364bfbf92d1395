// Both ends of a virtual cable (drivers/net/veth.c).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { type Device, Kind } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { carrierOff } from './carrier.ts';
import { createDevice, drawAddress, type LinkAttributes, validateNewAddress } from './create.ts';
import { changeFlags, unregisterDevices } from './lifecycle.ts';
import { registerDevice } from './registry.ts';

/** veth_validate. */
export function validateVeth(attributes: LinkAttributes): Refusal | null {
  const refusal = validateNewAddress(attributes);
  if (refusal !== null) return refusal;
  const { mtu } = attributes;
  return mtu !== undefined && (mtu < 68 || mtu > 65535) ? refuse(Errno.EINVAL) : null;
}

/** What a request says of the other end; without any of it the other end takes after the first. */
export interface PeerAttributes extends LinkAttributes {
  namespace: Namespace;
  /** IFF_* that it is to have, in the form in which flags are reported. */
  flags: number;
}

/**
 * veth_newlink: the other end is made and registered first, then `device`, which createDevice has made and whose
 * address may be still to draw. Unless it says where, the other end is in the namespace of the request.
 */
export function registerPair(
  requested: Namespace,
  device: Device,
  own: LinkAttributes,
  other: PeerAttributes | null,
): Refusal | null {
  const attributes = other ?? { ...own, name: 'veth%d', index: 0 };
  if (other !== null) {
    const refusal = validateVeth(other);
    if (refusal !== null) return refusal;
  }
  const made = createDevice(other?.namespace ?? requested, Kind.VETH, attributes);
  if ('refusal' in made) return made.refusal;
  const peer = made.device;
  if (other?.address === undefined) drawAddress(peer);
  const refused = registerPeer(peer, device, other) ?? registerFirst(device, own);
  if (refused !== null) {
    unregisterDevices([peer]);
    return refused;
  }
  device.peer = peer;
  peer.peer = device;
  return null;
}

function registerPeer(peer: Device, device: Device, other: PeerAttributes | null): Refusal | null {
  // The kernel looks at the other end's index only where the first end has one.
  if (device.index === 0) peer.index = 0;
  const refusal = registerDevice(peer);
  if (refusal !== null) return refusal;
  carrierOff(peer);
  return other === null ? null : changeFlags(peer, peer.flags | other.flags);
}

function registerFirst(device: Device, own: LinkAttributes): Refusal | null {
  if (own.address === undefined) drawAddress(device);
  const refusal = registerDevice(device);
  if (refusal === null) carrierOff(device);
  return refusal;
}
