// IPv4 addresses as RTM_NEWADDR, RTM_DELADDR and RTM_GETADDR serve them, and as the older ioctls do.
import { Errno, refuse } from '../addr/errno.ts';
import { ANY, type Ipv4, inPrefix } from '../addr/ipv4.ts';
import {
  changeAddress as change,
  detachSettings,
  FOREVER,
  insertAddress,
  lifetimeLeft,
  matchingAddress,
  removeAddress,
  setLifetime,
} from '../ip/address-list.ts';
import { runLinkWatch } from '../link/carrier.ts';
import { AddressFlag, type Device, type InterfaceAddress } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { AddressInfo, AddressRequest, Outcome } from './types.ts';

/** add = create + exclusive, change = replace, replace = create + replace. */
export type AddressVerb = 'add' | 'change' | 'replace';

/** `ip address add|change|replace … dev DEVICE` (inet_rtm_newaddr). */
export function changeAddress(
  namespace: Namespace,
  verb: AddressVerb,
  device: string,
  request: AddressRequest,
): Outcome {
  const found = namespace.names.get(device);
  if (request.length > 32) return refuse(Errno.EINVAL);
  if (found === undefined) return refuse(Errno.ENODEV);
  if (found.ipv4Disabled) return refuse(Errno.ENOBUFS);
  detachSettings(found);
  const valid = request.validLifetime ?? FOREVER;
  const preferred = request.preferredLifetime ?? FOREVER;
  if (valid === 0 || preferred > valid) return refuse(Errno.EINVAL);
  const wanted = addressOf(found, request);
  const existing = matchingAddress(found, wanted);
  if (existing === undefined) return insert(found, wanted, valid, preferred);
  if (verb === 'add') return refuse(Errno.EEXIST);
  change(found, existing, { ...wanted, validLifetime: valid, preferredLifetime: preferred });
  return null;
}

function insert(device: Device, wanted: InterfaceAddress, valid: number, preferred: number): Outcome {
  setLifetime(wanted, valid, preferred, device.namespace.kernel.clock.now);
  const refusal = insertAddress(device, wanted);
  runLinkWatch(device.namespace.kernel);
  return refusal;
}

/** rtm_to_ifaddr. */
function addressOf(device: Device, request: AddressRequest): InterfaceAddress {
  const { now } = device.namespace.kernel.clock;
  return {
    local: request.local,
    peer: request.peer,
    length: request.length,
    broadcast: request.broadcast ?? ANY,
    scope: request.scope ?? 0,
    label: request.label ?? device.name,
    flags: request.noprefixroute ? AddressFlag.NOPREFIXROUTE : 0,
    metric: request.metric ?? 0,
    validLifetime: FOREVER,
    preferredLifetime: FOREVER,
    protocol: request.protocol ?? 0,
    updatedAt: now,
    createdAt: now,
  };
}

/** What RTM_DELADDR carries: fields left out match anything; the first address that matches goes. */
export interface AddressSelector {
  local?: Ipv4;
  /** IFA_ADDRESS with its prefix length: it must lie in the subnet, and the length must be equal. */
  peer?: Ipv4;
  length?: number;
  label?: string;
}

/** `ip address del … dev DEVICE` (inet_rtm_deladdr); EADDRNOTAVAIL where nothing matches. */
export function deleteAddress(namespace: Namespace, device: string, selector: AddressSelector): Outcome {
  const found = namespace.names.get(device);
  if (found === undefined || found.ipv4Disabled) return refuse(Errno.ENODEV);
  const gone = found.addresses.find((held) => isSelected(held, selector));
  if (gone === undefined) return refuse(Errno.EADDRNOTAVAIL);
  removeAddress(found, gone);
  return null;
}

function isSelected(held: InterfaceAddress, selector: AddressSelector): boolean {
  if (selector.local !== undefined && held.local !== selector.local) return false;
  if (selector.label !== undefined && held.label !== selector.label) return false;
  if (selector.peer === undefined) return true;
  return held.length === (selector.length ?? 0) && inPrefix(selector.peer, held.peer, held.length);
}

/** Every IPv4 address of the namespace (or of one device), by index; within a device in the kernel's order. */
export function dumpAddresses(namespace: Namespace, only?: string): AddressInfo[] {
  if (only !== undefined) {
    const device = namespace.names.get(only);
    return device === undefined ? [] : device.addresses.map((held) => describeAddress(device, held));
  }
  const devices = [...namespace.devices.values()].sort((a, b) => (a.index & 255) - (b.index & 255));
  return devices.flatMap((device) => device.addresses.map((held) => describeAddress(device, held)));
}

export function describeAddress(device: Device, held: InterfaceAddress): AddressInfo {
  const { valid, preferred } = lifetimeLeft(held, device.namespace.kernel.clock.now);
  const { updatedAt: _, createdAt: __, ...rest } = held;
  return {
    ...rest,
    validLifetime: valid,
    preferredLifetime: preferred,
    index: device.index,
    deviceName: device.name,
  };
}
