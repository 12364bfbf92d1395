// Which routes speak for a destination: the one that decides, and those that lost to it.
import { type Ipv4, inPrefix } from '../addr/ipv4.ts';
import { describeRoute } from '../admin/route.ts';
import type { RouteInfo } from '../admin/types.ts';
import { type Route, RouteType, RuleAction, Table } from '../fib/route.ts';
import type { Namespace } from '../netns/namespace.ts';

/** A route that leads nowhere, but decides. */
export const isRefusing = ({ type }: Pick<Route, 'type'>): boolean =>
  type === RouteType.BLACKHOLE || type === RouteType.UNREACHABLE || type === RouteType.PROHIBIT;

/** The order in which tables are asked while no rule was ever changed. */
const USUAL_TABLES: readonly number[] = [Table.LOCAL, Table.MAIN, Table.DEFAULT];

function tablesOf(namespace: Namespace): readonly number[] {
  if (!namespace.fib.hasCustomRules) return USUAL_TABLES;
  const asked = namespace.fib.rules.filter((rule) => rule.action === RuleAction.TO_TABLE);
  return [...new Set(asked.map((rule) => rule.table))];
}

/** The longest prefix first, then the smallest metric. */
const better = (a: Route, b: Route): number => b.length - a.length || a.priority - b.priority;

/** Every route that holds `destination`, the one that a lookup without further conditions takes first. */
function routesFor(namespace: Namespace, destination: Ipv4): Route[] {
  const found: Route[] = [];
  for (const table of tablesOf(namespace)) {
    const fitting = namespace.fib
      .dump(table)
      .filter((route) => inPrefix(destination, route.destination, route.length));
    found.push(...fitting.sort(better));
  }
  return found;
}

/** The routes that would be taken if `decided` were not there, at most `limit`. */
export function routesThatLost(
  namespace: Namespace,
  destination: Ipv4,
  decided: Route | null,
  limit: number,
): RouteInfo[] {
  const all = routesFor(namespace, destination);
  const place = decided === null ? -1 : all.indexOf(decided);
  return all.slice(place + 1, place + 1 + limit).map(describeRoute);
}
