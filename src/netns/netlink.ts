// Who hears of changes in a namespace, as rtnetlink's multicast groups do. The objects are the machine's own and as they
// are at that moment: whoever wants to know later takes down what it needs.

import type { Mac } from '../addr/mac.ts';
import type { Nexthop } from '../fib/nexthop.ts';
import type { Route } from '../fib/route.ts';
import type { RuleEntry } from '../fib/rules.ts';
import type { Neighbour } from '../neigh/neighbour.ts';
import type { BridgeFdbEntry, Device, InterfaceAddress, VxlanFdbEntry, VxlanRemote } from './device.ts';
import type { Namespace } from './namespace.ts';

/** RTM_NEW… or RTM_DEL…. */
export type Change = 'new' | 'gone';

/** What a link message is about where it is not the device as such; null for that. */
export type LinkDetail =
  /** It leaves for another namespace, where it has this index. */
  | { readonly kind: 'moved'; readonly namespace: Namespace; readonly index: number }
  /** A bridge's features follow those of its ports (NETDEV_FEAT_CHANGE). */
  | { readonly kind: 'features' }
  /** A bridge tells of its port (br_ifinfo_notify). */
  | { readonly kind: 'port' };

/** The settings that are told of (NETCONFA_*), one or all. */
export type NetconfSetting =
  | 'forwarding'
  | 'rp_filter'
  | 'mc_forwarding'
  | 'proxy_arp'
  | 'ignore_routes_with_linkdown';

/** An entry of a bridge's or a VXLAN device's table, or an address that a user gave to a device's own (`self`). */
export type FdbSubject =
  | {
      readonly kind: 'bridge';
      readonly bridge: Device;
      readonly entry: BridgeFdbEntry;
    }
  | {
      readonly kind: 'vxlan';
      readonly device: Device;
      readonly entry: VxlanFdbEntry;
      readonly remote: VxlanRemote;
    }
  | { readonly kind: 'self'; readonly device: Device; readonly mac: Mac; readonly state: number };

export interface NetlinkListener {
  link(device: Device, change: Change, detail: LinkDetail | null): void;
  address(device: Device, address: InterfaceAddress, change: Change): void;
  route(route: Route, change: Change): void;
  rule(rule: RuleEntry, change: Change): void;
  nexthop(nexthop: Nexthop, change: Change): void;
  neighbour(neighbour: Neighbour, change: Change): void;
  fdb(subject: FdbSubject, change: Change): void;
  /** Of a device, of all or of default; `setting` is null for all of them. */
  netconf(of: Device | 'all' | 'default', setting: NetconfSetting | null, change: Change): void;
  peerId(peer: Namespace, id: number, change: Change): void;
}

/** All who listen in one namespace, as one listener. */
export class NetlinkGroup implements NetlinkListener {
  readonly members = new Set<NetlinkListener>();

  link(device: Device, change: Change, detail: LinkDetail | null): void {
    for (const member of this.members) member.link(device, change, detail);
  }

  address(device: Device, address: InterfaceAddress, change: Change): void {
    for (const member of this.members) member.address(device, address, change);
  }

  route(route: Route, change: Change): void {
    for (const member of this.members) member.route(route, change);
  }

  rule(rule: RuleEntry, change: Change): void {
    for (const member of this.members) member.rule(rule, change);
  }

  nexthop(nexthop: Nexthop, change: Change): void {
    for (const member of this.members) member.nexthop(nexthop, change);
  }

  neighbour(neighbour: Neighbour, change: Change): void {
    for (const member of this.members) member.neighbour(neighbour, change);
  }

  fdb(subject: FdbSubject, change: Change): void {
    for (const member of this.members) member.fdb(subject, change);
  }

  netconf(of: Device | 'all' | 'default', setting: NetconfSetting | null, change: Change): void {
    for (const member of this.members) member.netconf(of, setting, change);
  }

  peerId(peer: Namespace, id: number, change: Change): void {
    for (const member of this.members) member.peerId(peer, id, change);
  }
}

/** Begins to listen; returns what ends it. While nobody does, nothing is told and nothing is asked but whether somebody does. */
export function listen(namespace: Namespace, listener: NetlinkListener): () => void {
  namespace.pay();
  const group = namespace.netlink ?? new NetlinkGroup();
  group.members.add(listener);
  namespace.netlink = group;
  namespace.fib.watcher = group;
  namespace.neighbours.watcher = group;
  return () => {
    group.members.delete(listener);
    if (group.members.size > 0 || namespace.netlink !== group) return;
    namespace.netlink = null;
    namespace.fib.watcher = null;
    namespace.neighbours.watcher = null;
  };
}
