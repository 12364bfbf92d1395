// Neighbours as RTM_NEWNEIGH, RTM_DELNEIGH and RTM_GETNEIGH serve them (net/core/neighbour.c).
import { Errno, refuse } from '../addr/errno.ts';
import type { Ipv4 } from '../addr/ipv4.ts';
import { MAC_ZERO } from '../addr/mac.ts';
import { constructEntry, neighbourKey } from '../ip/arp-entry.ts';
import { type Neighbour, NeighbourFlag, NUD_VALID, NudState } from '../neigh/neighbour.ts';
import { UpdateFlag } from '../neigh/table.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { SECOND } from '../time/clock.ts';
import type { Answer, NeighbourInfo, NeighbourRequest, Outcome } from './types.ts';

/** add = create + exclusive, replace = create + replace, change = replace, append = create + append. */
export type NeighbourVerb = 'add' | 'change' | 'replace' | 'append';

/** `ip neighbour add|change|replace …`, proxy entries included (neigh_add). */
export function changeNeighbour(
  namespace: Namespace,
  verb: NeighbourVerb,
  request: NeighbourRequest,
): Outcome {
  const device = namespace.names.get(request.device);
  if (request.device !== '' && device === undefined) return refuse(Errno.ENODEV);
  if (request.proxy) return addProxy(namespace, device, request);
  if (device === undefined) return refuse(Errno.EINVAL, 'Device not specified');
  const { neighbours } = namespace;
  const key = neighbourKey(device, request.destination);
  let neighbour = neighbours.lookup(device, key);
  if (neighbour === null) {
    if (verb === 'change') return refuse(Errno.ENOENT);
    if (request.managed && (request.state ?? NudState.PERMANENT) === NudState.PERMANENT)
      return refuse(Errno.EINVAL, 'Invalid NTF_* flag for permanent entry');
    neighbour = isExempt(request) ? neighbours.obtainExempt(device, key) : neighbours.obtain(device, key);
    if (neighbour === null) return refuse(Errno.ENOBUFS);
    constructEntry(device, neighbour);
  } else if (verb === 'add') return refuse(Errno.EEXIST);
  return update(namespace, neighbour, request, verb === 'append' ? UpdateFlag.ADMIN : OVERRIDING);
}

/** No limit of the table is about it (exempt_from_gc in neigh_add). */
const isExempt = ({ state = NudState.PERMANENT, externLearn }: NeighbourRequest): boolean =>
  (state & NudState.PERMANENT) !== 0 || externLearn === true;

/** What an administrator's request may do unless it only appends. */
const OVERRIDING = UpdateFlag.ADMIN | UpdateFlag.OVERRIDE | UpdateFlag.OVERRIDE_ISROUTER;

function addProxy(namespace: Namespace, device: Device | undefined, request: NeighbourRequest): Outcome {
  if (request.managed) return refuse(Errno.EINVAL, 'Invalid NTF_* flag combination');
  namespace.neighbours.addProxy(device?.index ?? 0, request.destination, request.protocol ?? 0);
  return null;
}

/** __neigh_update as an administrator. */
function update(
  namespace: Namespace,
  neighbour: Neighbour,
  request: NeighbourRequest,
  flags: number,
): Outcome {
  const state = request.state ?? NudState.PERMANENT;
  if (request.protocol) neighbour.protocol = request.protocol;
  setFlag(neighbour, NeighbourFlag.EXT_LEARNED, request.externLearn === true);
  setFlag(neighbour, NeighbourFlag.MANAGED, request.managed === true);
  if (request.managed || request.use) {
    namespace.neighbours.resolve(neighbour);
    return null;
  }
  if ((state & NUD_VALID) !== 0 && request.lladdr === undefined && !neighbour.valid)
    return refuse(Errno.EINVAL, 'No link layer address given');
  namespace.neighbours.update(neighbour, request.lladdr ?? null, state, flags);
  if ((flags & UpdateFlag.OVERRIDE_ISROUTER) !== 0)
    setFlag(neighbour, NeighbourFlag.ROUTER, request.router === true);
  return null;
}

function setFlag(neighbour: Neighbour, flag: number, on: boolean): void {
  neighbour.flags = on ? neighbour.flags | flag : neighbour.flags & ~flag;
}

/** `ip neighbour del …` (neigh_delete). */
export function deleteNeighbour(namespace: Namespace, request: NeighbourRequest): Outcome {
  const { neighbours } = namespace;
  const device = namespace.names.get(request.device);
  if (request.device !== '' && device === undefined) return refuse(Errno.ENODEV);
  if (request.proxy) {
    const gone = neighbours.removeProxy(device?.index ?? 0, request.destination);
    return gone ? null : refuse(Errno.ENOENT);
  }
  if (device === undefined) return refuse(Errno.EINVAL);
  const neighbour = neighbours.lookup(device, neighbourKey(device, request.destination));
  if (neighbour === null) return refuse(Errno.ENOENT);
  neighbours.update(neighbour, null, NudState.FAILED, UpdateFlag.ADMIN | UpdateFlag.OVERRIDE);
  neighbours.remove(neighbour);
  return null;
}

/** `ip neighbour get ADDRESS dev DEVICE`; ENOENT without one. */
export function getNeighbour(namespace: Namespace, device: string, destination: Ipv4): Answer<NeighbourInfo> {
  const found = namespace.names.get(device);
  if (found === undefined) return { refusal: refuse(Errno.ENODEV, 'Unknown device ifindex') };
  const neighbour = namespace.neighbours.lookup(found, destination);
  if (neighbour === null) return { refusal: refuse(Errno.ENOENT, 'Neighbour entry not found') };
  return { value: describeNeighbour(namespace, neighbour) };
}

/**
 * All entries (or a device's), device by device; `proxy` asks for the proxy entries instead. The kernel's own order is that of a
 * hash with a random seed.
 */
export function dumpNeighbours(
  namespace: Namespace,
  filter: { device?: string; proxy?: boolean },
): NeighbourInfo[] {
  const { proxy, device } = filter;
  if (proxy) return dumpProxies(namespace).filter((info) => device === undefined || info.device === device);
  const only = device === undefined ? undefined : namespace.names.get(device);
  if (device !== undefined && only === undefined) return [];
  return [...namespace.neighbours.entries(only)].map((one) => describeNeighbour(namespace, one));
}

/** neigh_fill_info. */
export function describeNeighbour(namespace: Namespace, neighbour: Neighbour): NeighbourInfo {
  const { now } = namespace.kernel.clock;
  const ago = (then: number) => Math.floor((now - then) / SECOND);
  return {
    destination: neighbour.address,
    device: neighbour.device.name,
    index: neighbour.device.index,
    lladdr: neighbour.mac,
    hasLladdr: neighbour.valid,
    state: neighbour.state,
    flags: neighbour.flags,
    protocol: neighbour.protocol,
    refcount: neighbour.timer === null ? 0 : 1,
    used: ago(neighbour.used),
    confirmed: ago(neighbour.confirmed),
    updated: ago(neighbour.updated),
    probes: neighbour.probes,
  };
}

/** The bucket, of 16, of a proxy entry (pneigh_hash): the kernel dumps bucket by bucket, latest first in each. */
function proxyBucket(address: Ipv4): number {
  // The kernel hashes the address as it lies in memory, its first octet lowest.
  let hash =
    ((address << 24) | ((address & 0xff00) << 8) | ((address >>> 8) & 0xff00) | (address >>> 24)) >>> 0;
  hash ^= hash >>> 16;
  hash ^= hash >>> 8;
  hash ^= hash >>> 4;
  return hash & 15;
}

const proxiesInOrder = (namespace: Namespace) =>
  [...namespace.neighbours.proxyEntries()]
    .reverse()
    .sort((a, b) => proxyBucket(a.address) - proxyBucket(b.address));

const dumpProxies = (namespace: Namespace): NeighbourInfo[] =>
  proxiesInOrder(namespace).map(({ deviceIndex, address, protocol }) => ({
    destination: address,
    device: namespace.devices.get(deviceIndex)?.name ?? '',
    index: deviceIndex,
    lladdr: MAC_ZERO,
    hasLladdr: false,
    state: NudState.NONE,
    flags: NeighbourFlag.PROXY,
    protocol,
    refcount: 0,
    used: 0,
    confirmed: 0,
    updated: 0,
    probes: 0,
  }));
