// Entries set and deleted as the ioctls SIOCSARP and SIOCDARP do it (arp_ioctl in net/ipv4/arp.c).
import { Errno, type Refusal, refuse } from '../../../addr/errno.ts';
import type { Ipv4 } from '../../../addr/ipv4.ts';
import type { Mac } from '../../../addr/mac.ts';
import { dumpLinks } from '../../../admin/link.ts';
import { changeNeighbour, deleteNeighbour } from '../../../admin/neighbour.ts';
import { getRoute } from '../../../admin/route-get.ts';
import type { Namespace } from '../../../netns/namespace.ts';

const STALE = 4;
const PERMANENT = 0x80;

export interface ArpRequest {
  readonly address: Ipv4;
  readonly hardware: Mac;
  readonly permanent: boolean;
  readonly published: boolean;
  /** '' lets the kernel find it. */
  readonly device: string;
}

/** The device on whose link the address is (a lookup with RTO_ONLINK). */
function onLinkDevice(namespace: Namespace, address: Ipv4): string | Refusal {
  const answer = getRoute(namespace, { destination: address });
  if ('refusal' in answer) return answer.refusal;
  return answer.value.gateway === 0 ? answer.value.device : refuse(Errno.ENETUNREACH);
}

export function setEntry(namespace: Namespace, request: ArpRequest): Refusal | null {
  if (request.device !== '' && namespace.device(request.device) === undefined) return refuse(Errno.ENODEV);
  const device = request.device !== '' ? request.device : findDevice(namespace, request);
  if (typeof device !== 'string') return device;
  const { address: destination, hardware: lladdr } = request;
  if (request.published) return changeNeighbour(namespace, 'replace', { destination, device, proxy: true });
  const state = request.permanent ? PERMANENT : STALE;
  return changeNeighbour(namespace, 'replace', { destination, device, lladdr, state });
}

/** A published entry goes to the device that has the hardware address. */
function findDevice(namespace: Namespace, request: ArpRequest): string | Refusal {
  if (!request.published) return onLinkDevice(namespace, request.address);
  const owner = dumpLinks(namespace).find((link) => link.address === request.hardware);
  return owner === undefined ? refuse(Errno.ENODEV) : owner.name;
}

/** Deletes a cached entry, or a published one. ENXIO or ENOENT: there is none. */
export function deleteEntry(
  namespace: Namespace,
  destination: Ipv4,
  device: string,
  published: boolean,
): Refusal | null {
  if (device !== '' && namespace.device(device) === undefined) return refuse(Errno.ENODEV);
  // Without a device only a published entry of no device would match, and there are none.
  if (published && device === '') return refuse(Errno.ENOENT);
  const found = device !== '' ? device : onLinkDevice(namespace, destination);
  if (typeof found !== 'string') return found;
  return deleteNeighbour(namespace, { destination, device: found, ...(published && { proxy: true }) });
}
