// Where a dumped table sends packets: the longest prefix of the tables that the rules ask, as fib_table_lookup takes it.
import { ANY, formatIpv4, formatPrefix, type Ipv4, inPrefix } from '../addr/ipv4.ts';
import { NextHopFlag, RouteType, RuleAction, Table } from '../admin/route-constants.ts';
import { ROUTE_TYPE_NAMES } from '../admin/route-names.ts';
import { routeText as printedRoute } from '../admin/route-text.ts';
import { LinkFlag } from './link.ts';
import { type DumpedRoute, linkOf, type NodeDump } from './node-dump.ts';

/** Tables in the order in which a packet without marks meets them. */
function tablesOf({ rules }: NodeDump): readonly number[] {
  if (rules.length === 0) return [Table.LOCAL, Table.MAIN, Table.DEFAULT];
  return rules
    .filter((rule) => rule.action === RuleAction.TO_TABLE && isForAll(rule))
    .map(({ table }) => table);
}

const isForAll = (rule: NodeDump['rules'][number]): boolean =>
  !rule.invert &&
  rule.sourceLength + rule.destinationLength + rule.tos + rule.markMask + rule.ipProtocol === 0 &&
  rule.iif === '' &&
  rule.oif === '' &&
  rule.suppressPrefixLength < 0;

/** The route for what lies at `address` and is not told apart by a prefix longer than `longest`; null for none. */
export function wayTo(dump: NodeDump, address: Ipv4, longest: number): DumpedRoute | null {
  for (const table of tablesOf(dump)) {
    const fitting = dump.routes.filter(
      (route) =>
        route.table === table &&
        route.tos === 0 &&
        route.length <= longest &&
        !isDead(route) &&
        inPrefix(address, route.destination, route.length),
    );
    const best = fitting.sort((a, b) => b.length - a.length || a.priority - b.priority)[0];
    if (best !== undefined && best.type !== RouteType.THROW) return best;
  }
  return null;
}

const isDead = ({ nextHops }: DumpedRoute): boolean =>
  nextHops.length > 0 && nextHops.every(({ flags }) => (flags & NextHopFlag.DEAD) !== 0);

/** Both lead to the same place, whatever else they say. */
export const isSameWay = (a: DumpedRoute | null, b: DumpedRoute | null): boolean => wayKey(a) === wayKey(b);

const wayKey = (route: DumpedRoute | null): string =>
  route === null
    ? ''
    : JSON.stringify([
        route.type,
        route.nextHops.map(({ device, gateway, weight }) => [device, gateway, weight]),
      ]);

/** As `ip route` prints it. */
export const routeText = (route: DumpedRoute): string =>
  printedRoute({
    ...route,
    nexthopId: 0,
    realms: 0,
    nextHops: route.nextHops.map((hop) => ({ ...hop, index: 0, realms: 0 })),
  });

const REFUSALS: Readonly<Record<number, string>> = {
  [RouteType.BLACKHOLE]: 'is dropped without a word',
  [RouteType.UNREACHABLE]: 'is refused (No route to host)',
  [RouteType.PROHIBIT]: 'is refused (Packet filtered)',
};

/** What becomes of a packet: `goes by the default route to 10.0.0.1 on eth0`. */
export function wayText(dump: NodeDump, route: DumpedRoute | null): string {
  if (route === null) return 'has no route (Network is unreachable)';
  const refusal = REFUSALS[route.type];
  if (refusal !== undefined) return `${refusal} by ${routeText(route)}`;
  const name = route.length === 0 ? `the default route ${hopText(route)}` : routeText(route);
  return `goes by ${name}${stateOf(dump, route)}`;
}

/** A way in two words, for behind `instead of`. */
export function wayName(route: DumpedRoute | null): string {
  if (route === null) return 'no route';
  if (route.nextHops.length === 0)
    return `${ROUTE_TYPE_NAMES[route.type]} ${formatPrefix(route.destination, route.length)}`;
  return hopText(route);
}

const hopText = ({ nextHops }: DumpedRoute): string =>
  nextHops
    .map(({ device, gateway }) =>
      gateway === ANY ? `straight out of ${device}` : `to ${formatIpv4(gateway)} on ${device}`,
    )
    .join(' and ');

/** A device that cannot take the packet is said to be so. */
function stateOf(dump: NodeDump, { nextHops }: DumpedRoute): string {
  const down = nextHops.filter(({ device }) => {
    const flags = linkOf(dump, device)?.flags;
    return flags !== undefined && flags !== null && (flags & LinkFlag.UP) === 0;
  });
  return down.map(({ device }) => `, and ${device} is down`).join('');
}
