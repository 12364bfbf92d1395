// Where a route leads: a next hop (struct fib_nh), and nexthop objects, which have a life of their own and are shared
// by routes and groups (struct nexthop; net/ipv4/nexthop.c).
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { ANY, type Ipv4 } from '../addr/ipv4.ts';
import { type FibDevice, type NextHop, NextHopFlag, type RouteException, Scope } from './route.ts';

export class NextHopEntry implements NextHop {
  device: FibDevice | null = null;
  gateway: Ipv4 = ANY;
  scope = 0;
  weight: number;
  flags: number;
  realms = 0;
  exceptions: Map<Ipv4, RouteException> | null = null;
  source: Ipv4 = ANY;
  /** The Fib.addressGeneration that `source` was computed in. */
  sourceGeneration = -1;
  /** Taken by hashes up to this one (fib_nh_upper_bound): 31 bits, -1 for never. */
  upperBound = -1;

  constructor(weight: number, flags: number) {
    this.weight = weight;
    this.flags = flags;
  }
}

/** Shares the 31-bit hash space among the next hops for which `usable` holds, by weight. */
export function shareHashSpace(
  hops: readonly NextHopEntry[],
  usable: (hop: NextHopEntry) => boolean = () => true,
): void {
  let total = 0;
  for (const hop of hops) if (usable(hop)) total += hop.weight;
  let weight = 0;
  for (const hop of hops) {
    hop.upperBound = -1;
    if (!usable(hop)) continue;
    weight += hop.weight;
    hop.upperBound = Math.floor((weight * 0x80000000 + Math.floor(total / 2)) / total) - 1;
  }
}

/** A route that uses a nexthop object. */
export interface NexthopUser {
  readonly scope: number;
  flags: number;
  followNexthop(nexthop: Nexthop): void;
}

/** What one nexthop is, groups aside (struct nh_info). A replacement swaps it under routes and groups. */
export interface NexthopPath {
  /** AF_INET; the kernel here has no IPv6. */
  readonly family: number;
  readonly hop: NextHopEntry;
  readonly blackhole: boolean;
  /** For VXLAN's forwarding entries, never for routes. */
  readonly fdb: boolean;
}

export interface NexthopMember {
  readonly nexthop: Nexthop;
  readonly weight: number;
}

/** What a group is (struct nh_group). */
export interface NexthopGroup {
  readonly members: readonly NexthopMember[];
  readonly fdb: boolean;
}

export class Nexthop {
  readonly id: number;
  /** RTPROT_*. */
  protocol: number;
  /** Of the two one is null, for good. */
  path: NexthopPath | null;
  group: NexthopGroup | null;
  /** Groups that it is a member of, the latest last. */
  readonly groups = new Set<Nexthop>();
  readonly users = new Set<NexthopUser>();
  /** What routes see: one next hop, or one of each member with its share of the hash space. */
  hops: readonly NextHopEntry[] = [];

  constructor(id: number, protocol: number, path: NexthopPath | null, group: NexthopGroup | null) {
    this.id = id;
    this.protocol = protocol;
    this.path = path;
    this.group = group;
    this.refresh();
  }

  /** A blackhole, or a group of nothing else (nexthop_is_blackhole). */
  get leadsNowhere(): boolean {
    const { path, group } = this;
    if (path !== null) return path.blackhole;
    return group !== null && group.members.length === 1 && group.members[0].nexthop.leadsNowhere;
  }

  get fdb(): boolean {
    return this.path?.fdb ?? this.group?.fdb ?? false;
  }

  /** Makes what routes see of it what it is now. */
  refresh(): void {
    this.hops = this.path === null ? hopsOf(this.group?.members ?? []) : [this.path.hop];
    for (const user of this.users) user.followNexthop(this);
    for (const group of this.groups) group.refresh();
  }
}

function hopsOf(members: readonly NexthopMember[]): NextHopEntry[] {
  const hops = members.map(({ nexthop, weight }) => shareOf((nexthop.path as NexthopPath).hop, weight));
  shareHashSpace(hops);
  return hops;
}

/** A member's next hop with the weight that it has in a group; what is learnt of paths is the member's own. */
function shareOf(hop: NextHopEntry, weight: number): NextHopEntry {
  return Object.assign(new NextHopEntry(weight, hop.flags), {
    device: hop.device,
    gateway: hop.gateway,
    scope: hop.scope,
    exceptions: hop.exceptions,
    source: hop.source,
    sourceGeneration: hop.sourceGeneration,
  });
}

/** Whether a route of this scope can use it (fib_check_nexthop). */
export function checkUse({ path, group, fdb }: Nexthop, scope: number): Refusal | null {
  if (fdb) return refuse(Errno.EINVAL, 'Route cannot point to a fdb nexthop');
  if (group !== null && scope === Scope.HOST)
    return refuse(Errno.EINVAL, 'Route with host scope can not have multiple nexthops');
  const first = group === null ? path : group.members[0].nexthop.path;
  const { hop } = first as NexthopPath;
  if (scope === Scope.HOST && hop.gateway !== ANY)
    return refuse(Errno.EINVAL, 'Route with host scope can not have a gateway');
  if ((hop.flags & NextHopFlag.ONLINK) !== 0 && scope >= Scope.LINK)
    return refuse(Errno.EINVAL, 'Scope mismatch with nexthop');
  return null;
}
