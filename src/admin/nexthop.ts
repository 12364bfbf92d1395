// Nexthop objects as RTM_NEWNEXTHOP, RTM_DELNEXTHOP and RTM_GETNEXTHOP serve them (net/ipv4/nexthop.c).
import { Errno, refuse } from '../addr/errno.ts';
import { ANY, type Ipv4 } from '../addr/ipv4.ts';
import type { Nexthop } from '../fib/nexthop.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Answer, Outcome } from './types.ts';

/** What `ip nexthop add|replace` says; what is left out was not said. */
export interface NexthopRequest {
  id?: number;
  /** AF_*, 0 for none. */
  family: number;
  protocol?: number;
  device?: string;
  gateway?: Ipv4;
  onlink?: boolean;
  blackhole?: boolean;
  fdb?: boolean;
  group?: { id: number; weight: number }[];
}

/** One member of a group, with its weight of 1 to 256. */
interface NexthopMemberInfo {
  readonly id: number;
  readonly weight: number;
}

/** A nexthop as it is reported (nh_fill_node). */
export interface NexthopInfo {
  readonly id: number;
  readonly family: number;
  readonly protocol: number;
  readonly scope: number;
  /** RTNH_F_*. */
  readonly flags: number;
  /** 0 for none. */
  readonly gateway: Ipv4;
  /** '' for none. */
  readonly device: string;
  readonly index: number;
  readonly blackhole: boolean;
  readonly fdb: boolean;
  /** null if it is no group. */
  readonly group: readonly NexthopMemberInfo[] | null;
}

/** Which nexthops a dump is about (nh_dump_filtered). */
export interface NexthopFilter {
  readonly family: number;
  readonly device: string;
  /** A bridge or VRF that the device belongs to. */
  readonly master: string;
  readonly groups: boolean;
}

/** `ip nexthop add|replace …`. */
export function addNexthop(namespace: Namespace, verb: 'add' | 'replace', request: NexthopRequest): Outcome {
  const { device: name, ...rest } = request;
  const device = name === undefined ? undefined : namespace.names.get(name);
  if (name !== undefined && device === undefined) return refuse(Errno.EINVAL, 'Invalid device index');
  return namespace.fib.addNexthop({
    onlink: false,
    blackhole: false,
    fdb: false,
    ...rest,
    id: request.id ?? 0,
    protocol: request.protocol ?? 0,
    ...(device !== undefined && { device }),
    replace: verb === 'replace',
    loopback: namespace.loopback,
  });
}

/** `ip nexthop del id ID`. */
export const deleteNexthop = (namespace: Namespace, id: number): Outcome => namespace.fib.deleteNexthop(id);

/** `ip nexthop get id ID`. */
export function getNexthop(namespace: Namespace, id: number): Answer<NexthopInfo> {
  if (id === 0) return { refusal: refuse(Errno.EINVAL, 'Invalid nexthop id') };
  const nexthop = namespace.fib.nexthop(id);
  return nexthop === undefined ? { refusal: refuse(Errno.ENOENT) } : { value: describeNexthop(nexthop) };
}

/** By id. */
export const dumpNexthops = (namespace: Namespace, filter: NexthopFilter): NexthopInfo[] =>
  namespace.fib.nexthops
    .inOrder()
    .filter((nexthop) => passes(nexthop, filter))
    .map(describeNexthop);

function passes({ path }: Nexthop, { family, device: name, master, groups }: NexthopFilter): boolean {
  if (groups && path !== null) return false;
  if (name === '' && master === '' && family === 0) return true;
  if (path === null || (family !== 0 && path.family !== family)) return false;
  const device = path.hop.device as Device | null;
  if (name !== '' && device?.name !== name) return false;
  return master === '' || device?.master?.name === master;
}

/** nh_fill_node. */
export function describeNexthop({ id, protocol, path, group, fdb }: Nexthop): NexthopInfo {
  const shown = path === null || path.blackhole ? null : path.hop;
  return {
    id,
    protocol,
    family: path?.family ?? 0,
    scope: shown?.scope ?? 0,
    flags: path?.hop.flags ?? 0,
    gateway: shown?.gateway ?? ANY,
    device: shown?.device?.name ?? '',
    index: shown?.device?.index ?? 0,
    blackhole: path?.blackhole ?? false,
    fdb,
    group: group?.members.map(({ nexthop, weight }) => ({ id: nexthop.id, weight })) ?? null,
  };
}
