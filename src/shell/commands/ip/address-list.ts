// `ip link show`, `ip address show` and `ip address flush` (ipaddr_list_flush_or_save in ip/ipaddress.c).
import { deleteAddress, dumpAddresses } from '../../../admin/address.ts';
import type { Ipv6AddressInfo } from '../../../admin/ipv6.ts';
import { dumpLinks } from '../../../admin/link.ts';
import type { AddressInfo, LinkInfo } from '../../../admin/types.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { ADDRESS_DUMP, writeMagic } from '../iproute2/dump-file.ts';
import { Family } from '../iproute2/options.ts';
import type { Printer } from '../iproute2/printer.ts';
import type { Session } from '../iproute2/session.ts';
import { saveAddresses } from './address-dump.ts';
import {
  addressKeeps,
  kernelKeeps,
  type ListFilter,
  parseFilter,
  printKeeps,
  SECONDARY,
} from './address-filter.ts';
import { type AddressLayout, printAddress, printIpv6Address } from './address-print.ts';
import { flushIpv6Addresses, ipv6AddressesFor } from './ipv6-address.ts';
import { type LinkView, printLink } from './link-print.ts';
import { printStats } from './link-stats.ts';
import { linkView } from './link-view.ts';

/** A filter with the link that its `dev` names, or an exit status. */
function prepare(
  session: Session,
  rest: readonly string[],
  linkOnly: boolean,
): { filter: ListFilter; link: LinkInfo | null } | number {
  const args = new Arguments(session, rest);
  const filter = parseFilter(args, linkOnly, linkOnly ? Family.PACKET : session.options.family);
  if (args.failure !== 0) return args.failure;
  const link = filter.device === '' ? null : session.link(filter.device);
  if (filter.device !== '' && link === null) return session.fail(`Device "${filter.device}" does not exist.`);
  return { filter, link };
}

/** `ip link show …` with `linkOnly`, else `ip address show …`. */
export function list(session: Session, rest: readonly string[], linkOnly: boolean): number {
  const prepared = prepare(session, rest, linkOnly);
  if (typeof prepared === 'number') return prepared;
  const { filter, link } = prepared;
  const out = session.printer();
  const links =
    link === null ? dumpLinks(session.namespace).filter((one) => kernelKeeps(filter, one)) : [link];
  if (filter.family === Family.PACKET) listLinks(session, out, filter, links);
  else listAddresses(session, out, filter, links);
  session.out(out.finish());
  return 0;
}

function listLinks(session: Session, out: Printer, filter: ListFilter, links: readonly LinkInfo[]): void {
  const view = linkView(session, filter.linkOnly, filter.family);
  for (const link of links) {
    out.openObject();
    if (filter.label === '' && printKeeps(filter, link)) printOneLink(session, out, filter, link, view);
    out.closeObject();
  }
}

function printOneLink(
  session: Session,
  out: Printer,
  filter: ListFilter,
  link: LinkInfo,
  view: LinkView,
): void {
  printLink(out, link, view);
  if (filter.linkOnly || session.options.brief) return;
  printLinkStats(session, out, link);
}

/** Counters of `ip -s address` stand behind the addresses. */
function printLinkStats(session: Session, out: Printer, link: LinkInfo): void {
  if (session.options.statistics === 0) return;
  printStats(out, link, session.options);
  out.newline();
}

function listAddresses(session: Session, out: Printer, filter: ListFilter, links: readonly LinkInfo[]): void {
  const view = linkView(session, false, filter.family);
  const addresses = dumpAddresses(session.namespace);
  const ipv6Addresses = ipv6AddressesFor(session, filter);
  for (const link of links) {
    const own = addresses.filter((address) => address.index === link.index);
    const wide = ipv6Addresses.filter((address) => address.index === link.index);
    if (!shows(filter, own) && wide.length === 0) continue;
    out.openObject();
    printWithAddresses(session, out, filter, link, { own, wide }, view);
    out.closeObject();
  }
}

interface OfLink {
  readonly own: readonly AddressInfo[];
  readonly wide: readonly Ipv6AddressInfo[];
}

/** ipaddr_filter: a device without addresses is shown unless a family is asked for. */
const shows = (filter: ListFilter, own: readonly AddressInfo[]): boolean =>
  own.length === 0 ? filter.family === Family.UNSPEC : own.some((address) => addressKeeps(filter, address));

function printWithAddresses(
  session: Session,
  out: Printer,
  filter: ListFilter,
  link: LinkInfo,
  addresses: OfLink,
  view: LinkView,
): void {
  const { brief, oneline } = session.options;
  const linkLines = brief || !oneline;
  if (linkLines && !printKeeps(filter, link)) return;
  // A label leaves the lines of the link out.
  const linkPrinted = linkLines && filter.label === '';
  if (linkPrinted) printLink(out, link, view);
  printAddresses(session, out, filter, link, addresses);
  if (linkPrinted && !brief) printLinkStats(session, out, link);
}

function printAddresses(
  session: Session,
  out: Printer,
  filter: ListFilter,
  link: LinkInfo,
  { own, wide }: OfLink,
): void {
  const { brief, oneline } = session.options;
  const layout: AddressLayout = { names: session.names, brief, named: oneline };
  const hidden = filter.up && !(link.flags & 1);
  out.openArray('addr_info');
  for (const address of hidden || filter.family === Family.INET6 ? [] : own) {
    out.openObject();
    if (addressKeeps(filter, address)) printAddress(out, address, layout);
    out.closeObject();
  }
  for (const address of hidden ? [] : wide) {
    out.openObject();
    printIpv6Address(out, address, layout);
    out.closeObject();
  }
  out.closeArray();
  if (brief) out.text('\n');
}

/** The addresses of the device that is asked for, or of all, as messages. */
export function save(session: Session, rest: readonly string[]): number {
  const prepared = prepare(session, rest, false);
  if (typeof prepared === 'number') return prepared;
  if (!writeMagic(session, ADDRESS_DUMP)) return session.statuses.failed;
  const { link } = prepared;
  const { family } = session.options;
  const all = family === Family.UNSPEC || family === Family.INET ? dumpAddresses(session.namespace) : [];
  saveAddresses(
    session,
    all.filter((address) => link === null || address.index === link.index),
  );
  return 0;
}

// ---- flush ---------------------------------------------------------------------------------------------------

/** `ip address flush …`: rounds of a dump and a delete for every address that passes, until none is left. */
export function flush(session: Session, rest: readonly string[]): number {
  if (rest.length === 0) return session.fail('Flush requires arguments.');
  if (session.options.family === Family.PACKET) return session.fail('Cannot flush link addresses.');
  const prepared = prepare(session, rest, false);
  if (typeof prepared === 'number') return prepared;
  const { filter, link } = prepared;
  const { loops, statistics } = session.options;
  flushIpv6Addresses(session, filter);
  for (let round = 0; loops === 0 || round < loops; round++) {
    const matching = dumpAddresses(session.namespace).filter(
      (address) => (link === null || address.index === link.index) && addressKeeps(filter, address),
    );
    if (matching.length === 0) return flushed(session, round);
    deleteAll(session, matching);
    if (statistics > 0) session.out(`\n*** Round ${round + 1}, deleting ${matching.length} addresses ***\n`);
    // Secondaries that become primaries are spared where only primaries were meant.
    if (!(filter.flags & SECONDARY) && filter.flagMask & SECONDARY) return flushed(session, round + 1);
  }
  return session.fail(`*** Flush remains incomplete after ${loops} rounds. ***`, 255);
}

/** Addresses that an earlier delete took along are no error. */
function deleteAll(session: Session, addresses: readonly AddressInfo[]): void {
  const layout: AddressLayout = { names: session.names, brief: session.options.brief, named: true };
  const out = session.textPrinter();
  for (const address of addresses) {
    if (session.options.statistics > 1) printAddress(out, address, layout);
    deleteAddress(session.namespace, address.deviceName, {
      local: address.local,
      peer: address.peer,
      length: address.length,
      label: address.label,
    });
  }
  if (session.options.statistics > 1) session.out(out.finish());
}

function flushed(session: Session, rounds: number): number {
  if (session.options.statistics === 0) return 0;
  if (rounds === 0) session.out('Nothing to flush.\n');
  else session.out(`*** Flush is complete after ${rounds} round${rounds > 1 ? 's' : ''} ***\n`);
  return 0;
}
