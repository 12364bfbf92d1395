// The slow and obvious twin of Fib.lookup: every rule in turn, every route of its table in turn.
import { Errno } from '../../src/addr/errno.ts';
import { inPrefix } from '../../src/addr/ipv4.ts';
import { type Flow, type Route, RouteType, type Rule, RuleAction, Table } from '../../src/fib/route.ts';

const REFUSALS = new Map<number, Errno>([
  [RouteType.BLACKHOLE, Errno.EINVAL],
  [RouteType.UNREACHABLE, Errno.EHOSTUNREACH],
  [RouteType.PROHIBIT, Errno.EACCES],
  [RouteType.THROW, Errno.EAGAIN],
]);

export interface Verdict {
  errno: Errno;
  /** The route taken or refused by; null if there was none. */
  route: Route | null;
}

/** Longest prefix, then local before main, the larger TOS, the smaller metric, the older. */
const byPreference = (a: Route, b: Route): number =>
  b.length - a.length || b.table - a.table || b.tos - a.tos || a.priority - b.priority;

const fits = (route: Route, flow: Flow): boolean =>
  inPrefix(flow.destination, route.destination, route.length) &&
  (route.tos === 0 || route.tos === flow.tos) &&
  route.scope >= flow.scope;

/** `routes` in the order in which they were made. */
function inRoutes(routes: readonly Route[], flow: Flow): Verdict {
  for (const route of [...routes].sort(byPreference)) {
    if (!fits(route, flow)) continue;
    const errno = REFUSALS.get(route.type);
    if (errno !== undefined) return { errno, route };
    for (const hop of route.nextHops)
      if (flow.oif === 0 || hop.device?.index === flow.oif) return { errno: 0, route };
  }
  return { errno: Errno.EAGAIN, route: null };
}

const matches = (rule: Rule, flow: Flow, indexOf: (name: string) => number): boolean =>
  (rule.iif === '' || indexOf(rule.iif) === flow.iif) &&
  (rule.oif === '' || indexOf(rule.oif) === flow.oif) &&
  inPrefix(flow.source, rule.source, rule.sourceLength) &&
  inPrefix(flow.destination, rule.destination, rule.destinationLength) &&
  ((rule.mark ^ flow.mark) & rule.markMask) === 0 &&
  (rule.tos === 0 || rule.tos === flow.tos) &&
  (rule.ipProtocol === 0 || rule.ipProtocol === flow.protocol) &&
  (rule.destinationPorts[0] === 0 ||
    (rule.destinationPorts[0] <= flow.destinationPort && flow.destinationPort <= rule.destinationPorts[1]));

function obey(rule: Rule, routes: readonly Route[], flow: Flow): Verdict {
  if (rule.action === RuleAction.UNREACHABLE) return { errno: Errno.ENETUNREACH, route: null };
  if (rule.action === RuleAction.PROHIBIT) return { errno: Errno.EACCES, route: null };
  if (rule.action === RuleAction.BLACKHOLE) return { errno: Errno.EINVAL, route: null };
  const found = inRoutes(
    routes.filter((route) => route.table === rule.table),
    flow,
  );
  const short = found.route !== null && found.route.length <= rule.suppressPrefixLength;
  return found.errno === 0 && short ? { errno: Errno.EAGAIN, route: null } : found;
}

/** What rules say that are listed in order of priority. */
export function slowLookup(
  rules: readonly Rule[],
  routes: readonly Route[],
  flow: Flow,
  indexOf: (name: string) => number,
): Verdict {
  let from = 0;
  for (const [place, rule] of rules.entries()) {
    if (place < from || matches(rule, flow, indexOf) === rule.invert) continue;
    if (rule.action === RuleAction.NOP) continue;
    if (rule.action === RuleAction.GOTO) {
      const target = rules.findIndex((other) => other.priority === rule.target);
      from = Math.max(target, 0);
      continue;
    }
    const verdict = obey(rule, routes, flow);
    if (verdict.errno !== Errno.EAGAIN) return verdict;
  }
  return { errno: Errno.ENETUNREACH, route: null };
}

/** What happens while no rule was ever changed: local and main are one list, then default if there ever was one. */
export function slowLookupUnruled(routes: readonly Route[], hasDefault: boolean, flow: Flow): Verdict {
  const merged = routes.filter((route) => route.table === Table.LOCAL || route.table === Table.MAIN);
  const first = inRoutes(merged, flow);
  if (first.errno === 0) return first;
  const fallback = routes.filter((route) => route.table === Table.DEFAULT);
  const last = hasDefault ? inRoutes(fallback, flow) : first;
  return last.errno === Errno.EAGAIN ? { errno: Errno.ENETUNREACH, route: null } : last;
}
