// What rtnetlink tells those who listen (`ip monitor`): each change as the kernel reports the object at that moment.
import type { Nexthop } from '../fib/nexthop.ts';
import type { Route } from '../fib/route.ts';
import type { RuleEntry } from '../fib/rules.ts';
import { peerId } from '../link/peer-id.ts';
import type { Neighbour } from '../neigh/neighbour.ts';
import type { Device, InterfaceAddress } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import {
  type Change,
  type FdbSubject,
  type LinkDetail,
  listen,
  type NetconfSetting,
  type NetlinkListener,
} from '../netns/netlink.ts';
import { describeAddress } from './address.ts';
import { describeFdb } from './fdb.ts';
import { describeLink } from './link-info.ts';
import { describeNeighbour } from './neighbour.ts';
import { describeNetconf, type NetconfInfo } from './netconf.ts';
import { describeNexthop, type NexthopInfo } from './nexthop.ts';
import { reportRoute } from './route.ts';
import { describeRule } from './rule.ts';
import type { AddressInfo, FdbInfo, LinkInfo, NeighbourInfo, RouteInfo, RuleInfo } from './types.ts';

/** A device that leaves for another namespace: the id that this one has for it, and the index there. */
interface LinkMove {
  readonly netnsId: number;
  readonly namespace: Namespace;
  readonly index: number;
}

/** A link message: `port` ones are a bridge's, of family AF_BRIDGE. */
export interface LinkMessage {
  readonly link: LinkInfo;
  readonly move: LinkMove | null;
  readonly featuresChanged: boolean;
  readonly port: boolean;
}

export type Message = { readonly gone: boolean } & (
  | ({ readonly kind: 'link' } & LinkMessage)
  | { readonly kind: 'address'; readonly address: AddressInfo }
  | { readonly kind: 'route'; readonly route: RouteInfo }
  | { readonly kind: 'rule'; readonly rule: RuleInfo }
  | { readonly kind: 'nexthop'; readonly nexthop: NexthopInfo }
  | { readonly kind: 'neighbour'; readonly neighbour: NeighbourInfo }
  | { readonly kind: 'fdb'; readonly entry: FdbInfo }
  | { readonly kind: 'netconf'; readonly netconf: NetconfInfo }
  | { readonly kind: 'nsid'; readonly id: number; readonly peer: Namespace }
);

/** Tells `hear` of every change in a namespace, as it happens; returns what ends that. */
export const subscribe = (namespace: Namespace, hear: (message: Message) => void): (() => void) =>
  listen(namespace, new Reporter(namespace, hear));

/**
 * A link as a bridge tells of its port: no namespace of the other end is told, whose index is so taken for one of a device
 * here, and left out where the port itself has the same (br_fill_ifinfo).
 */
export const asPort = (link: LinkInfo): LinkInfo => ({
  ...link,
  linkNetnsId: -1,
  hasLink: link.hasLink && link.link !== link.index,
});

class Reporter implements NetlinkListener {
  private readonly namespace: Namespace;
  private readonly hear: (message: Message) => void;

  constructor(namespace: Namespace, hear: (message: Message) => void) {
    this.namespace = namespace;
    this.hear = hear;
  }

  link(device: Device, change: Change, detail: LinkDetail | null): void {
    const link = describeLink(device);
    this.hear({
      kind: 'link',
      gone: change === 'gone',
      link: detail?.kind === 'port' ? asPort(link) : link,
      move:
        detail?.kind === 'moved' ? { ...detail, netnsId: peerId(this.namespace, detail.namespace) } : null,
      featuresChanged: detail?.kind === 'features',
      port: detail?.kind === 'port',
    });
  }

  address(device: Device, address: InterfaceAddress, change: Change): void {
    this.hear({ kind: 'address', gone: change === 'gone', address: describeAddress(device, address) });
  }

  route(route: Route, change: Change): void {
    this.hear({ kind: 'route', gone: change === 'gone', route: reportRoute(this.namespace, route) });
  }

  rule(rule: RuleEntry, change: Change): void {
    this.hear({ kind: 'rule', gone: change === 'gone', rule: describeRule(rule) });
  }

  nexthop(nexthop: Nexthop, change: Change): void {
    this.hear({ kind: 'nexthop', gone: change === 'gone', nexthop: describeNexthop(nexthop) });
  }

  neighbour(entry: Neighbour, change: Change): void {
    const neighbour = describeNeighbour(this.namespace, entry);
    this.hear({ kind: 'neighbour', gone: change === 'gone', neighbour });
  }

  fdb(subject: FdbSubject, change: Change): void {
    this.hear({ kind: 'fdb', gone: change === 'gone', entry: describeFdb(subject) });
  }

  netconf(of: Device | 'all' | 'default', setting: NetconfSetting | null, change: Change): void {
    const told = change === 'gone' ? [] : setting === null ? undefined : [setting];
    const netconf = describeNetconf(this.namespace, of, told);
    this.hear({ kind: 'netconf', gone: change === 'gone', netconf });
  }

  peerId(peer: Namespace, id: number, change: Change): void {
    this.hear({ kind: 'nsid', gone: change === 'gone', id, peer });
  }
}
