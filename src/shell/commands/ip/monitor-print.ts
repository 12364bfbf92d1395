// Messages as `ip monitor` prints them: the object as `ip` lists it, `Deleted` in front of one that is gone (accept_msg
// in ip/ipmonitor.c). What is about another device than the one that was asked for leaves its label behind.
import { formatIpv4 } from '../../../addr/ipv4.ts';
import { formatMac } from '../../../addr/mac.ts';
import type { LinkMessage, Message } from '../../../admin/messages.ts';
import { NudState } from '../../../admin/neighbour-constants.ts';
import { namespaceId } from '../../../admin/netns-id.ts';
import type { NexthopInfo } from '../../../admin/nexthop.ts';
import type { AddressInfo, FdbInfo, NeighbourInfo, RouteInfo, RuleInfo } from '../../../admin/types.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import type { LinkNames } from '../iproute2/link-names.ts';
import type { MessagePrinter } from '../iproute2/monitor.ts';
import type { Printer } from '../iproute2/printer.ts';
import type { Session } from '../iproute2/session.ts';
import { printAddress } from './address-print.ts';
import { printLink } from './link-print.ts';
import { linkView } from './link-view.ts';
import { printNeighbour } from './neighbour-print.ts';
import { printNetconf } from './netconf-print.ts';
import { printNexthop } from './nexthop-print.ts';
import { layoutOfSession, printRoute } from './route-print.ts';
import { printRule } from './rule-print.ts';

type Kind = Message['kind'];

const LABELS: Readonly<Record<Kind, string>> = {
  link: '[LINK]',
  address: '[ADDR]',
  route: '[ROUTE]',
  rule: '[RULE]',
  nexthop: '[NEXTHOP]',
  neighbour: '[NEIGH]',
  fdb: '[NEIGH]',
  netconf: '[NETCONF]',
  nsid: '[NSID]',
};

/** Namespaces that have a name, and an id here. */
function knownNamespaces({ namespace, lab }: Session): ReadonlyMap<Namespace, string> {
  const known = new Map<Namespace, string>();
  for (const [name, peer] of lab.names) if (namespaceId(namespace, peer) >= 0) known.set(peer, name);
  return known;
}

export class MonitorPrinter implements MessagePrinter {
  readonly remembersNames = true;
  private readonly session: Session;
  private readonly wants: (kind: Kind) => boolean;
  private readonly device: number;
  private readonly namespaces: ReadonlyMap<Namespace, string>;

  constructor(session: Session, wants: (kind: Kind) => boolean, device: number) {
    this.namespaces = knownNamespaces(session);
    this.session = session;
    this.wants = wants;
    this.device = device;
  }

  label({ kind }: Message): string | null {
    return this.wants(kind) ? LABELS[kind] : null;
  }

  text(message: Message, names: LinkNames): string {
    // There is no array around messages that never end: -json is of no effect.
    const out = this.session.textPrinter();
    const index = indexOf(message);
    if (this.device !== 0 && index !== null && index !== this.device) return '';
    if (message.gone) out.text('Deleted ');
    this.print(out, message, names);
    return out.finish();
  }

  private print(out: Printer, message: Message, names: LinkNames): void {
    if (message.kind === 'link') this.printLink(out, message, names);
    else if (message.kind === 'address') this.printAddress(out, message.address, names);
    else if (message.kind === 'route') this.printRoute(out, message.route, names);
    else if (message.kind === 'rule') this.printRule(out, message.rule);
    else if (message.kind === 'nexthop') this.printNexthop(out, message.nexthop, names);
    else if (message.kind === 'neighbour') this.printNeighbour(out, message.neighbour, names);
    else if (message.kind === 'fdb') this.printFdb(out, message.entry, names);
    else if (message.kind === 'netconf') printNetconf(out, message.netconf, (index) => names.nameOf(index));
    else out.text(`nsid ${message.id} ${this.namespaceText(message.peer)}\n`);
  }

  /** Who does not listen to ids knows those of its beginning (netns_map_init). */
  private nameOfNamespace(namespace: Namespace | null): string | null {
    if (namespace === null) return null;
    return this.wants('nsid') ? this.session.lab.nameOf(namespace) : (this.namespaces.get(namespace) ?? null);
  }

  private namespaceText(peer: Namespace): string {
    const name = this.nameOfNamespace(peer);
    return name === null ? '' : `(iproute2 netns name: ${name})`;
  }

  private printLink(out: Printer, message: LinkMessage, names: LinkNames): void {
    const view = {
      ...linkView(this.session, false, 0),
      nameOf: (index: number) => names.nameOf(index),
      nameOfNamespace: (namespace: Namespace | null) => this.nameOfNamespace(namespace),
      withoutQueue: true,
    };
    printLink(out, message.link, view, message, this.moveText(message));
  }

  private moveText({ move }: LinkMessage): string {
    if (move === null) return '';
    const name = this.nameOfNamespace(move.namespace);
    const place = name === null ? `new-netnsid ${move.netnsId}` : `new-netns ${name}`;
    return ` ${place} new-ifindex ${move.index}`;
  }

  private printAddress(out: Printer, address: AddressInfo, names: LinkNames): void {
    const { names: words, options } = this.session;
    const deviceName = names.nameOf(address.index);
    printAddress(out, { ...address, deviceName }, { names: words, brief: options.brief, named: true });
  }

  private printRoute(out: Printer, route: RouteInfo, names: LinkNames): void {
    const nextHops = route.nextHops.map((hop) => ({
      ...hop,
      device: hop.device === '' ? '' : names.nameOf(hop.index),
    }));
    printRoute(
      out,
      { ...route, nextHops },
      {
        ...layoutOfSession(this.session),
        hideDevice: this.device !== 0,
      },
    );
  }

  private printRule(out: Printer, rule: RuleInfo): void {
    printRule(out, rule, { names: this.session.names, details: this.session.options.details });
  }

  private printNexthop(out: Printer, nexthop: NexthopInfo, names: LinkNames): void {
    const device = nexthop.device === '' ? '' : names.nameOf(nexthop.index);
    printNexthop(
      out,
      { ...nexthop, device },
      {
        names: this.session.names,
        details: this.session.options.details,
      },
    );
    out.text('\n');
  }

  private printNeighbour(out: Printer, neighbour: NeighbourInfo, names: LinkNames): void {
    const device = names.nameOf(neighbour.index);
    printNeighbour(
      out,
      { ...neighbour, device },
      {
        options: this.session.options,
        withDevice: this.device === 0,
        names: this.session.names,
      },
    );
  }

  /** A forwarding entry looks like a neighbour with a remote for an address, or without one. */
  private printFdb(out: Printer, entry: FdbInfo, names: LinkNames): void {
    if (entry.destination !== 0) out.text(`${formatIpv4(entry.destination)} `);
    if (this.device === 0) out.text(`dev ${names.nameOf(entry.index)} `);
    out.text(`lladdr ${formatMac(entry.mac)} `);
    for (const [name, bit] of Object.entries(NudState)) if (entry.state & bit) out.text(`${name} `);
    out.text('\n');
  }
}

/** The device that a message is about; null for what is about none or is told in any case. */
function indexOf(message: Message): number | null {
  switch (message.kind) {
    case 'link':
      return message.link.index;
    case 'address':
      return message.address.index;
    case 'route':
      return message.route.nextHops.length === 1 ? message.route.nextHops[0].index : 0;
    case 'neighbour':
      return message.neighbour.index;
    case 'fdb':
      return message.entry.index;
    case 'netconf':
      return message.netconf.index;
    default:
      return null;
  }
}
