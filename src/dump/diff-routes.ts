// Routes and rules: compared table by table, prefix by prefix; the consequence is where the prefix goes now.
import { formatPrefix } from '../addr/ipv4.ts';
import { NextHopFlag, RouteProtocol, RouteType, Table } from '../admin/route-constants.ts';
import type { Comparison, Difference } from './diff.ts';
import { type DumpedRoute, isCovered, linkOf, type NodeDump } from './node-dump.ts';
import { podsText } from './pods-text.ts';
import { ruleWords } from './rule-words.ts';
import { isSameWay, routeText, wayName, wayText, wayTo } from './way.ts';

export function diffRoutes(comparison: Comparison): Difference[] {
  const { programmed, dumped } = comparison;
  const wanted = groups(programmed.routes.filter((route) => isCompared(comparison, route)));
  const held = groups(dumped.routes.filter((route) => isCompared(comparison, route)));
  const keys = new Set([...wanted.keys(), ...held.keys()]);
  return [...keys].flatMap((key) => diffGroup(comparison, wanted.get(key) ?? [], held.get(key) ?? []));
}

/** The kernel's own tables follow from the addresses; the loopback is nobody's matter. */
const isCompared = ({ withLocalTable }: Comparison, route: DumpedRoute): boolean =>
  (withLocalTable || (route.table !== Table.LOCAL && route.type !== RouteType.LOCAL)) &&
  route.type !== RouteType.BROADCAST &&
  route.type !== RouteType.MULTICAST &&
  route.nextHops.every(({ device }) => device !== 'lo');

/** Routes to the same destination, which may replace each other. */
function groups(routes: readonly DumpedRoute[]): Map<string, DumpedRoute[]> {
  const found = new Map<string, DumpedRoute[]>();
  for (const route of routes) {
    const key = `${route.table} ${route.destination}/${route.length} ${route.tos}`;
    const group = found.get(key);
    if (group === undefined) found.set(key, [route]);
    else group.push(route);
  }
  return found;
}

/** What of a next hop's flags its device's state gives it is no difference of the route. */
const STATE_FLAGS = NextHopFlag.DEAD | NextHopFlag.LINKDOWN;

const identity = (route: DumpedRoute): string =>
  JSON.stringify({
    ...route,
    flags: route.flags & ~STATE_FLAGS,
    nextHops: route.nextHops.map(({ device, gateway, weight, flags }) => [
      device,
      gateway,
      weight,
      flags & NextHopFlag.ONLINK,
    ]),
  });

function diffGroup(
  comparison: Comparison,
  wanted: readonly DumpedRoute[],
  held: readonly DumpedRoute[],
): Difference[] {
  const has = (routes: readonly DumpedRoute[]) => new Set(routes.map(identity));
  const [inHeld, inWanted] = [has(held), has(wanted)];
  const lost = wanted.filter((route) => !inHeld.has(identity(route)) && isTold(comparison, route));
  const found = held.filter((route) => !inWanted.has(identity(route)));
  return Array.from({ length: Math.max(lost.length, found.length) }, (_, i) =>
    routeDifference(comparison, lost[i] ?? null, found[i] ?? null),
  );
}

const isTold = ({ dumped }: Comparison, { table, nextHops }: DumpedRoute): boolean =>
  isCovered(dumped, 'route', nextHops[0]?.device ?? '', table);

function routeDifference(
  comparison: Comparison,
  lost: DumpedRoute | null,
  found: DumpedRoute | null,
): Difference {
  const { destination, length } = (lost ?? found) as DumpedRoute;
  const pods = comparison.podsIn(destination, length);
  return {
    section: 'route',
    kind: found === null ? 'missing' : lost === null ? 'extra' : 'different',
    programmed: lost === null ? '' : routeText(lost),
    dumped: found === null ? '' : routeText(found),
    consequence: routeConsequence(comparison, lost, found, pods),
    pods: length === 0 ? [] : pods,
    isForeign: lost === null && isForeign(comparison, found as DumpedRoute, pods),
  };
}

/** On devices that nobody programmed, and of no pod. */
const isForeign = (
  { programmed }: Comparison,
  { nextHops, protocol, length }: DumpedRoute,
  pods: readonly string[],
): boolean =>
  nextHops.length > 0 &&
  (pods.length === 0 || length === 0 || protocol === RouteProtocol.KERNEL) &&
  nextHops.every(({ device }) => linkOf(programmed, device) === undefined && !device.startsWith('cali'));

function routeConsequence(
  { programmed, dumped }: Comparison,
  lost: DumpedRoute | null,
  found: DumpedRoute | null,
  pods: readonly string[],
): string {
  const { destination, length } = (lost ?? found) as DumpedRoute;
  const before = wayTo(programmed, destination, length);
  const after = wayTo(dumped, destination, length);
  const prefix = length === 0 ? 'what no other route takes' : formatPrefix(destination, length);
  const subject = `${prefix}${length === 0 ? '' : podsText(pods)}`;
  if (isSameWay(before, after)) return sameWayText(subject, dumped, before, after);
  return `${subject} ${wayText(dumped, after)} instead of ${wayName(before)}${blockText(before)}`;
}

/** A local block's blackhole catches what has no pod. */
const blockText = (before: DumpedRoute | null): string =>
  before?.type === RouteType.BLACKHOLE ? '; addresses of it without a pod are no longer dropped here' : '';

/** The way is the same: what is left is the source, the MTU, or nothing. */
function sameWayText(
  subject: string,
  dumped: NodeDump,
  before: DumpedRoute | null,
  after: DumpedRoute | null,
): string {
  const [oldMtu, newMtu] = [before?.metrics?.mtu ?? 0, after?.metrics?.mtu ?? 0];
  if (oldMtu !== newMtu)
    return `${subject} goes the same way, with ${mtuText(newMtu)} instead of ${mtuText(oldMtu)}`;
  if (before !== null && after !== null && before.prefsrc !== after.prefsrc)
    return `${subject} goes the same way; the node's own packets have another source address`;
  return `${subject} goes the same way: it ${wayText(dumped, after)}`;
}

const mtuText = (mtu: number): string => (mtu === 0 ? "the device's MTU" : `MTU ${mtu}`);

// ---- rules -------------------------------------------------------------------------------------------------------

export function diffRules({ programmed, dumped }: Comparison): Difference[] {
  if (!isCovered(dumped, 'rule')) return [];
  const wanted = new Map(programmed.rules.map((rule) => [ruleWords(rule).join(' '), rule]));
  const held = new Map(dumped.rules.map((rule) => [ruleWords(rule).join(' '), rule]));
  const missing = [...wanted].filter(([text]) => !held.has(text));
  const extra = [...held].filter(([text]) => !wanted.has(text));
  return [
    ...missing.map(([text, { table }]) => ruleDifference(dumped, 'missing', text, table)),
    ...extra.map(([text, { table }]) => ruleDifference(dumped, 'extra', text, table)),
  ];
}

function ruleDifference(
  dumped: NodeDump,
  kind: 'missing' | 'extra',
  text: string,
  table: number,
): Difference {
  const routes = dumped.routes.filter((route) => route.table === table).length;
  return {
    section: 'rule',
    kind,
    programmed: kind === 'missing' ? text : '',
    dumped: kind === 'extra' ? text : '',
    consequence:
      table === 0
        ? 'packets that it selects are not looked up as programmed'
        : `packets that it selects are ${kind === 'missing' ? 'not ' : ''}looked up in table ${table}, of which ${routes} routes were dumped`,
    pods: [],
    isForeign: false,
  };
}
