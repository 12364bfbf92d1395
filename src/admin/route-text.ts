// A route as `ip route` prints it in one line (print_route in iproute2's ip/iproute.c).
import { formatIpv4, formatPrefix } from '../addr/ipv4.ts';
import { type Metrics, NextHopFlag, RouteProtocol, RouteType, Scope, Table } from '../fib/route.ts';
import { PROTOCOL_NAMES, ROUTE_TYPE_NAMES } from './route-names.ts';
import type { NextHopInfo, RouteInfo } from './types.ts';

const SCOPES: ReadonlyMap<number, string> = new Map([
  [Scope.NOWHERE, 'nowhere'],
  [Scope.HOST, 'host'],
  [Scope.LINK, 'link'],
  [Scope.SITE, 'site'],
]);

const TABLES: ReadonlyMap<number, string> = new Map([
  [Table.LOCAL, 'local'],
  [Table.DEFAULT, 'default'],
]);

/** Words of iproute2's tables for numbers. */
export const typeText = (type: number): string => ROUTE_TYPE_NAMES[type] ?? String(type);
export const protocolText = (protocol: number): string => PROTOCOL_NAMES.get(protocol) ?? String(protocol);
export const tableText = (table: number): string => TABLES.get(table) ?? String(table);

/** `192.168.202.0/26 via 10.211.55.9 dev tunl0 proto bird onlink`, without iproute2's space at the end. */
export function routeText(route: RouteInfo): string {
  const [hop] = route.nextHops;
  const several = route.nextHops.length > 1;
  const words = [destinationText(route)];
  if (route.tos !== 0) words.push(`tos 0x${route.tos.toString(16).padStart(2, '0')}`);
  if (hop !== undefined && !several) words.push(...hopWords(hop));
  if (route.table !== Table.MAIN) words.push(`table ${tableText(route.table)}`);
  if (route.protocol !== RouteProtocol.BOOT) words.push(`proto ${protocolText(route.protocol)}`);
  if (route.scope !== Scope.UNIVERSE) words.push(`scope ${SCOPES.get(route.scope) ?? route.scope}`);
  if (route.prefsrc !== 0) words.push(`src ${formatIpv4(route.prefsrc)}`);
  if (route.priority !== 0) words.push(`metric ${route.priority}`);
  if (hop !== undefined && !several) words.push(...flagWords(hop.flags));
  if (route.metrics !== null) words.push(...metricWords(route.metrics));
  if (several) for (const each of route.nextHops) words.push('nexthop', ...severalWords(each));
  return words.join(' ');
}

function destinationText({ type, destination, length }: RouteInfo): string {
  const prefix =
    length === 0 ? 'default' : length === 32 ? formatIpv4(destination) : formatPrefix(destination, length);
  return type === RouteType.UNICAST ? prefix : `${typeText(type)} ${prefix}`;
}

function hopWords({ gateway, device }: NextHopInfo): string[] {
  const words = [];
  if (gateway !== 0) words.push(`via ${formatIpv4(gateway)}`);
  if (device !== '') words.push(`dev ${device}`);
  return words;
}

const severalWords = (hop: NextHopInfo): string[] => [
  ...hopWords(hop),
  `weight ${hop.weight}`,
  ...flagWords(hop.flags),
];

const FLAG_WORDS: readonly (readonly [bit: number, word: string])[] = [
  [NextHopFlag.DEAD, 'dead'],
  [NextHopFlag.ONLINK, 'onlink'],
  [NextHopFlag.PERVASIVE, 'pervasive'],
  [NextHopFlag.LINKDOWN, 'linkdown'],
];

const flagWords = (flags: number): string[] =>
  FLAG_WORDS.filter(([bit]) => (flags & bit) !== 0).map(([, word]) => word);

/** The metrics that decide about packets; the rest is TCP's. */
function metricWords({ mtu, mtuLocked, hoplimit, advmss }: Metrics): string[] {
  const words = [];
  if (mtu !== 0) words.push(mtuLocked ? `mtu lock ${mtu}` : `mtu ${mtu}`);
  if (advmss !== 0) words.push(`advmss ${advmss}`);
  if (hoplimit !== 0) words.push(`hoplimit ${hoplimit}`);
  return words;
}
