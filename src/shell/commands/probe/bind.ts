// bind(2) of a local address, as raw and UDP sockets check it (inet_addr_valid_or_nonlocal).
import { Errno } from '../../../addr/errno.ts';
import { type Ipv4, isLimitedBroadcast, isLoopback, isMulticast } from '../../../addr/ipv4.ts';
import type { Namespace } from '../../../netns/namespace.ts';

/** 0 if a socket may be bound to the address. */
export function bindError(namespace: Namespace, address: Ipv4): Errno {
  if (address === 0 || isMulticast(address) || isLimitedBroadcast(address)) return 0;
  if (namespace.conf.ip_nonlocal_bind !== 0 || namespace.ownerOf(address) !== null) return 0;
  const loopback = namespace.loopback.up && namespace.loopback.addresses.length > 0;
  return isLoopback(address) && loopback ? 0 : Errno.EADDRNOTAVAIL;
}
