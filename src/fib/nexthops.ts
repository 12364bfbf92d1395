// The nexthop objects of one namespace: what a request may make of them, and what goes with them (net/ipv4/nexthop.c).
// The texts are the kernel's extended acknowledgements.
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import { ANY, type Ipv4 } from '../addr/ipv4.ts';
import { syncMtu } from './link-state.ts';
import {
  checkUse,
  NextHopEntry,
  Nexthop,
  type NexthopGroup,
  type NexthopMember,
  type NexthopPath,
} from './nexthop.ts';
import { type FibDevice, NextHopFlag, Scope, Table } from './route.ts';
import { checkNextHop, type RouteContext, refreshSource } from './semantics.ts';
import type { Tables } from './tables.ts';

/** AF_INET, AF_INET6. */
const INET = 2;
const INET6 = 10;
/** A weight has eight bits, and is one more than they say. */
const WEIGHT_MAX = 255;

/** A request to make or replace a nexthop (struct nh_config); what is left out was not said. */
export interface NexthopConfig {
  /** 0 for one that is free. */
  readonly id: number;
  /** AF_*, 0 for none. */
  readonly family: number;
  readonly protocol: number;
  readonly device?: FibDevice;
  readonly gateway?: Ipv4;
  readonly onlink: boolean;
  readonly blackhole: boolean;
  readonly fdb: boolean;
  readonly group?: readonly { readonly id: number; readonly weight: number }[];
  readonly replace: boolean;
  readonly loopback: FibDevice;
}

/** Hears of changes that rtnetlink tells. */
interface NexthopWatcher {
  nexthopChanged(nexthop: Nexthop, change: 'new' | 'gone'): void;
  /** The nexthop is another now: so are the routes that use it or a group that it is in. */
  routesFollow(nexthop: Nexthop): void;
}

export class Nexthops {
  private readonly byId = new Map<number, Nexthop>();
  private readonly context: RouteContext;
  private readonly tables: Tables;
  private lastAllocated = 0;

  constructor(context: RouteContext, tables: Tables) {
    this.context = context;
    this.tables = tables;
  }

  get(id: number): Nexthop | undefined {
    return this.byId.get(id);
  }

  /** By id, as the kernel's tree dumps them. */
  inOrder(): Nexthop[] {
    return [...this.byId.values()].sort((a, b) => a.id - b.id);
  }

  /** RTM_NEWNEXTHOP. */
  add(config: NexthopConfig, watcher: NexthopWatcher): Refusal | null {
    const refusal = config.group === undefined ? checkSingle(config) : this.checkGroup(config, config.group);
    if (refusal !== null) return refusal;
    if (config.replace && config.id === 0) return refuse(Errno.EINVAL, 'Replace requires nexthop id');
    const made = config.group === undefined ? this.createPath(config) : this.createGroup(config);
    return 'errno' in made ? made : this.insert(made, config, watcher);
  }

  /** RTM_DELNEXTHOP. */
  delete(id: number, watcher: NexthopWatcher): Refusal | null {
    if (id === 0) return refuse(Errno.EINVAL, 'Invalid nexthop id');
    const nexthop = this.byId.get(id);
    if (nexthop === undefined) return refuse(Errno.ENOENT);
    this.remove(nexthop, watcher);
    return null;
  }

  /** A device is down or without carrier, or leaves: its nexthops go, unheard of by anybody (nexthop_flush_dev). */
  flushDevice(device: FibDevice, leaves: boolean): void {
    for (const nexthop of [...this.byId.values()].reverse()) {
      const { path } = nexthop;
      if (path === null || path.hop.device !== device || (path.blackhole && !leaves)) continue;
      this.remove(nexthop, null);
    }
  }

  mtuChanged(device: FibDevice, mtu: number, old: number): void {
    for (const { path } of this.byId.values()) if (path !== null) syncMtu([path.hop], device, mtu, old);
  }

  // ---- what a request describes --------------------------------------------------------------------------------

  /** nh_check_attr_group. */
  private checkGroup(config: NexthopConfig, group: NonNullable<NexthopConfig['group']>): Refusal | null {
    if (config.family !== 0) return refuse(Errno.EINVAL, 'Invalid family for group');
    if (config.fdb && config.onlink) return refuse(Errno.EINVAL, BAD_FLAGS);
    for (const [place, { id, weight }] of group.entries()) {
      if (weight > WEIGHT_MAX) return refuse(Errno.EINVAL, 'Invalid value for weight');
      if (group.slice(place + 1).some((other) => other.id === id))
        return refuse(Errno.EINVAL, 'Nexthop id can not be used twice in a group');
    }
    for (const { id } of group) {
      const refusal = this.checkMember(this.byId.get(id), group.length, config.fdb);
      if (refusal !== null) return refusal;
    }
    return null;
  }

  /** valid_group_nh, nh_check_attr_fdb_group. */
  private checkMember(nexthop: Nexthop | undefined, count: number, fdb: boolean): Refusal | null {
    if (nexthop === undefined) return refuse(Errno.EINVAL, 'Invalid nexthop id');
    if (nexthop.group !== null)
      return refuse(Errno.EINVAL, 'Hash-threshold group can not be a nexthop within a group');
    if (nexthop.leadsNowhere && count > 1)
      return refuse(Errno.EINVAL, 'Blackhole nexthop can not be used in a group with more than 1 path');
    if (fdb && !nexthop.fdb) return refuse(Errno.EINVAL, 'FDB nexthop group can only have fdb nexthops');
    if (!fdb && nexthop.fdb) return refuse(Errno.EINVAL, 'Non FDB nexthop group cannot have fdb nexthops');
    return null;
  }

  private createGroup({ id, protocol, fdb, group = [] }: NexthopConfig): Nexthop {
    const members = group.map((member) => ({
      nexthop: this.byId.get(member.id) as Nexthop,
      weight: member.weight,
    }));
    return new Nexthop(id || this.unusedId(), protocol, null, { members, fdb });
  }

  /** nexthop_create: as the next hop of a route of main with scope global. */
  private createPath(config: NexthopConfig): Nexthop | Refusal {
    const { family, blackhole, fdb } = config;
    const id = config.id || this.unusedId();
    if (family === INET6) return refuse(Errno.EAFNOSUPPORT, 'IPv6 support not enabled in kernel');
    const hop = new NextHopEntry(1, config.onlink ? NextHopFlag.ONLINK : 0);
    hop.device = blackhole ? config.loopback : (config.device ?? null);
    hop.gateway = config.gateway ?? ANY;
    hop.exceptions = new Map();
    if (fdb) hop.scope = Scope.LINK;
    else {
      const refusal = checkNextHop(hop, Table.MAIN, 0, this.context);
      if (refusal !== null) return refusal;
      refreshSource({ scope: Math.max(0, hop.scope - 1) }, hop, this.context);
    }
    return new Nexthop(id, config.protocol, { family, hop, blackhole, fdb }, null);
  }

  /** nh_find_unused_id. */
  private unusedId(): number {
    do this.lastAllocated = (this.lastAllocated + 1) >>> 0;
    while (this.lastAllocated === 0 || this.byId.has(this.lastAllocated));
    return this.lastAllocated;
  }

  // ---- what it does to those that are there --------------------------------------------------------------------

  /** insert_nexthop. */
  private insert(made: Nexthop, config: NexthopConfig, watcher: NexthopWatcher): Refusal | null {
    const known = this.byId.get(made.id);
    if (known === undefined) {
      this.byId.set(made.id, made);
      joinGroup(made);
      watcher.nexthopChanged(made, 'new');
      return null;
    }
    if (!config.replace) return refuse(Errno.EEXIST);
    const refusal = checkReplacement(known, made);
    if (refusal !== null) return refusal;
    replace(known, made);
    watcher.nexthopChanged(known, 'new');
    watcher.routesFollow(known);
    return null;
  }

  /** remove_nexthop: the routes that use it go, and the groups that have no other member. */
  private remove(nexthop: Nexthop, watcher: NexthopWatcher | null): void {
    this.byId.delete(nexthop.id);
    watcher?.nexthopChanged(nexthop, 'gone');
    for (const user of nexthop.users) user.flags |= NextHopFlag.DEAD;
    if (nexthop.users.size > 0) this.tables.flushDead();
    leaveMembers(nexthop);
    for (const group of [...nexthop.groups].reverse()) this.removeMember(group, nexthop, watcher);
  }

  /** remove_nh_grp_entry. */
  private removeMember(group: Nexthop, gone: Nexthop, watcher: NexthopWatcher | null): void {
    const { members, fdb } = group.group as NexthopGroup;
    if (members.length === 1) {
      this.remove(group, watcher);
      return;
    }
    group.group = { members: members.filter(({ nexthop }) => nexthop !== gone), fdb };
    group.refresh();
    watcher?.nexthopChanged(group, 'new');
  }
}

const BAD_FLAGS = 'Unsupported nexthop flags in ancillary header';

/** rtm_to_nh_config of a nexthop that is no group. */
function checkSingle(config: NexthopConfig): Refusal | null {
  const { device, gateway, blackhole, fdb, onlink } = config;
  const refused = (message: string, errno: Errno = Errno.EINVAL) => refuse(errno, message);
  if (config.family !== INET && config.family !== INET6) return refused('Invalid address family');
  if (fdb && (device !== undefined || blackhole))
    return refused('Fdb attribute can not be used with encap, oif or blackhole');
  if (fdb && onlink) return refused(BAD_FLAGS);
  if (blackhole)
    return gateway === undefined && device === undefined
      ? null
      : refused('Blackhole attribute can not be used with gateway, oif, encap or fdb');
  if (!fdb) {
    if (device === undefined)
      return refused('Device attribute required for non-blackhole and non-fdb nexthops');
    if (!device.up) return refused('Nexthop device is not up', Errno.ENETDOWN);
    if (!device.carrier) return refused('Carrier for nexthop device is down', Errno.ENETDOWN);
  }
  if (gateway === undefined && onlink)
    return refused('ONLINK flag can not be set for nexthop without a gateway');
  return null;
}

/** Whether routes and groups can live with the new one (replace_nexthop). */
function checkReplacement(old: Nexthop, made: Nexthop): Refusal | null {
  const refusal = checkUsers(old, made) ?? checkGroups(old, made);
  if (refusal !== null) return refusal;
  if (old.group !== null && made.group === null)
    return refuse(Errno.EINVAL, 'Can not replace a nexthop group with a nexthop.');
  if (old.group === null && made.group !== null)
    return refuse(Errno.EINVAL, 'Can not replace a nexthop with a nexthop group.');
  if (old.groups.size > 0 && old.fdb !== made.fdb)
    return refuse(Errno.EINVAL, 'Cannot change nexthop FDB status while in a group');
  return null;
}

function checkGroups(old: Nexthop, made: Nexthop): Refusal | null {
  for (const { group, users } of [...old.groups].reverse()) {
    if (made.path?.blackhole === true && group !== null && group.members.length > 1)
      return refuse(Errno.EINVAL, 'Blackhole nexthop can not be a member of a group with more than one path');
    const refusal = checkUsers({ users }, made);
    if (refusal !== null) return refusal;
  }
  return null;
}

function checkUsers({ users }: Pick<Nexthop, 'users'>, made: Nexthop): Refusal | null {
  for (const user of users) {
    const refusal = checkUse(made, user.scope);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** The old object stays, and is what the new one would have been. */
function replace(old: Nexthop, made: Nexthop): void {
  leaveMembers(old);
  old.path = made.path as NexthopPath | null;
  old.group = made.group;
  if (made.path !== null) old.protocol = made.protocol;
  joinGroup(old);
  old.refresh();
}

const membersOf = ({ group }: Nexthop): readonly NexthopMember[] => group?.members ?? [];

function joinGroup(group: Nexthop): void {
  for (const { nexthop } of membersOf(group)) nexthop.groups.add(group);
}

function leaveMembers(group: Nexthop): void {
  for (const { nexthop } of membersOf(group)) nexthop.groups.delete(group);
}
