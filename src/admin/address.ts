// IPv4 addresses as RTM_NEWADDR, RTM_DELADDR and RTM_GETADDR serve them.
import { Errno, refuse } from '../addr/errno.ts';
import type { Ipv4 } from '../addr/ipv4.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { AddressInfo, AddressRequest, Outcome } from './types.ts';

/** add = create + exclusive, change = replace, replace = create + replace. */
export type AddressVerb = 'add' | 'change' | 'replace';

/** `ip address add|change|replace … dev DEVICE`. */
export function changeAddress(
  _namespace: Namespace,
  _verb: AddressVerb,
  _device: string,
  _request: AddressRequest,
): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** What RTM_DELADDR carries: fields left out match anything; the first address that matches goes. */
export interface AddressSelector {
  local?: Ipv4;
  /** IFA_ADDRESS with its prefix length: compared as inet_ifa_match, and the length must be equal. */
  peer?: Ipv4;
  length?: number;
  label?: string;
}

/** `ip address del … dev DEVICE`. */
export function deleteAddress(_namespace: Namespace, _device: string, _selector: AddressSelector): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** Every IPv4 address of the namespace, device by device in order of index; within a device in the kernel's order. */
export function dumpAddresses(_namespace: Namespace): AddressInfo[] {
  return [];
}
