// `ip -6 route`: kept and shown (src/admin/ipv6.ts).
import {
  changeIpv6Route,
  deleteIpv6Route,
  dumpIpv6Routes,
  type Ipv6NextHop,
  type Ipv6Route,
  ipv6Prefix,
} from '../../../admin/ipv6.ts';
import { RouteProtocol, RouteType, Table } from '../../../admin/route-constants.ts';
import type { NextHopRequest, RouteVerb } from '../../../admin/types.ts';
import { Color, type Printer } from '../iproute2/printer.ts';
import type { Session } from '../iproute2/session.ts';
import type { RouteFilter } from './route-filter.ts';
import type { RouteWords } from './route-words.ts';

export function modifyIpv6(session: Session, command: RouteVerb | 'delete', words: RouteWords): number {
  const { namespace } = session;
  const unknown = unsupported(words);
  if (unknown !== '') return session.notEmulated(`${unknown} of an IPv6 route`);
  const request = requestOf(words);
  if (command === 'delete') return session.answer(deleteIpv6Route(namespace, request));
  return session.answerKept(changeIpv6Route(namespace, command, request));
}

function unsupported({ tos, source, metrics, scope }: RouteWords): string {
  if (tos !== null) return 'the tos';
  if (source !== null) return 'the source';
  if (scope !== null) return 'the scope';
  return Object.keys(metrics).length > 0 ? 'a metric' : '';
}

const requestOf = (words: RouteWords): Ipv6Route => ({
  table: words.table ?? Table.MAIN,
  destination: prefixText(words.destination),
  type: words.type ?? RouteType.UNICAST,
  protocol: words.protocol ?? RouteProtocol.BOOT,
  metric: words.priority ?? 0,
  nextHops: nextHopsOf(words),
});

const prefixText = (prefix: RouteWords['destination']): string =>
  prefix === null || prefix.wide === null ? 'default' : ipv6Prefix(prefix.wide, prefix.length);

function nextHopsOf(words: RouteWords): Ipv6NextHop[] {
  if (words.nextHops.length > 0) return words.nextHops.map((hop) => hopOf(words, hop, hop));
  const gateway = words.ipv6Gateways.get(words);
  if (gateway === undefined && words.device === '') return [];
  return [hopOf(words, words, { device: words.device, onlink: words.onlink })];
}

const hopOf = (
  words: RouteWords,
  holder: object,
  { device, weight, onlink }: Pick<NextHopRequest, 'device' | 'weight' | 'onlink'>,
): Ipv6NextHop => ({
  gateway: words.ipv6Gateways.get(holder) ?? '',
  device,
  weight: weight ?? 1,
  onlink: onlink ?? false,
});

// ---- lists -----------------------------------------------------------------------------------------------------

function matching(session: Session, filter: RouteFilter): Ipv6Route[] {
  const root = filter.root ?? filter.match;
  return dumpIpv6Routes(session.namespace).filter(
    (route) =>
      (filter.table === 0 || route.table === filter.table) &&
      (filter.protocol === null || route.protocol === filter.protocol) &&
      (filter.type === null || route.type === filter.type) &&
      (filter.device === '' || route.nextHops.some(({ device }) => device === filter.device)) &&
      (root === null || route.destination === prefixText(root)),
  );
}

export function listIpv6(session: Session, filter: RouteFilter): number {
  const out = session.printer();
  for (const route of matching(session, filter)) printRoute(session, out, filter, route);
  session.out(out.finish());
  return 0;
}

/** Of the table asked for; the subnets of addresses go with the addresses. */
export function flushIpv6(session: Session, filter: RouteFilter): number {
  for (const route of matching(session, filter)) deleteIpv6Route(session.namespace, route);
  return 0;
}

function printRoute(session: Session, out: Printer, filter: RouteFilter, route: Ipv6Route): void {
  const { names } = session;
  const [hop] = route.nextHops;
  out.openObject();
  const type = names.routeType(route.type);
  if (route.type !== RouteType.UNICAST) out.field('type', type, `${type} `);
  out.field('dst', route.destination, `${route.destination} `, Color.INET6);
  if (route.nextHops.length === 1) printHop(out, hop, filter.device === '');
  const table = names.table(route.table);
  if (filter.table === 0 && route.table !== Table.MAIN) out.field('table', table, `table ${table} `);
  const protocol = names.protocol(route.protocol);
  if (route.protocol !== RouteProtocol.BOOT) out.field('protocol', protocol, `proto ${protocol} `);
  out.field('metric', route.metric, `metric ${route.metric} `);
  if (route.nextHops.length === 1 && hop.onlink) out.text('onlink ');
  out.field('pref', 'medium', 'pref medium');
  if (route.nextHops.length > 1) printHops(out, route.nextHops);
  out.text('\n');
  out.closeObject();
}

function printHop(out: Printer, { gateway, device }: Ipv6NextHop, namesDevice: boolean): void {
  if (gateway !== '') {
    out.text('via ');
    out.field('gateway', gateway, `${gateway} `, Color.INET6);
  }
  if (device === '' || !namesDevice) return;
  out.text('dev ');
  out.field('dev', device, `${device} `, Color.INTERFACE);
}

function printHops(out: Printer, hops: readonly Ipv6NextHop[]): void {
  out.openArray('nexthops');
  for (const hop of hops) {
    out.openObject();
    out.text('\n\tnexthop ');
    printHop(out, hop, true);
    out.field('weight', hop.weight, `weight ${hop.weight} `);
    if (hop.onlink) out.text('onlink ');
    out.closeObject();
  }
  out.closeArray();
}
