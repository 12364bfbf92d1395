// bind(2) of a local address, as raw and UDP sockets check it (inet_addr_valid_or_nonlocal), and the device that a
// socket is bound to from its beginning.
import { Errno } from '../../../addr/errno.ts';
import { type Ipv4, isLimitedBroadcast, isMulticast } from '../../../addr/ipv4.ts';
import { isLocalAddress } from '../../../admin/socket.ts';
import type { Device } from '../../../netns/device.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import type { Context } from '../../command.ts';

/** 0 if a socket that is bound to `device` may be bound to the address: in a VRF, to those of the VRF. */
export function bindError(namespace: Namespace, address: Ipv4, device: Device | null = null): Errno {
  if (address === 0 || isMulticast(address) || isLimitedBroadcast(address)) return 0;
  if (namespace.conf.ip_nonlocal_bind !== 0) return 0;
  return isLocalAddress(namespace, address, device) ? 0 : Errno.EADDRNOTAVAIL;
}

/** The VRF device that `ip vrf exec` bound the process's sockets to; null for none. */
export const vrfOf = ({ namespace, process }: Context): Device | null =>
  namespace.device(process.vrf) ?? null;
