// What decided about a packet of the node: a route, a route or a rule that refuses, or that forwarding is off.
import { ANY, type Ipv4, inPrefix } from '../addr/ipv4.ts';
import { Drop } from '../drop/reasons.ts';
import { type Route, type Rule, RuleAction } from '../fib/route.ts';
import type { RouteChoice } from '../trace/journal.ts';
import { isRefusing } from '../trace/route-choice.ts';
import type { Node } from './node.ts';

export interface Decider {
  /** The route, which may be one that refuses; null if none did. */
  readonly route: Route | null;
  /** The rule that refuses; null if none did. */
  readonly rule: Rule | null;
  /** What the route was looked up for; 0 if routes had no say. */
  readonly destination: Ipv4;
}

/** How a packet ends for which routing found nothing (ip_error). */
const REFUSALS: ReadonlySet<number> = new Set([
  Drop.IP_INADDRERRORS,
  Drop.IP_INNOROUTES,
  Drop.ROUTE_PROHIBIT,
  Drop.BLACKHOLE,
]);

export function deciderOf({ journal, ownRoute, ownRule }: Node): Decider {
  const choice = journal.choices.at(-1);
  if (choice === undefined)
    return { route: ownRoute, rule: refusingRule(ownRoute, ownRule), destination: ANY };
  const { route, destination } = choice;
  const refused = route === null && journal.drops.some(({ reason }) => REFUSALS.has(reason));
  return refused ? refuserOf(choice) : { route: route ?? ownRoute, rule: null, destination };
}

function refuserOf({ destination, input, refusing }: RouteChoice): Decider {
  if (input?.conf.forwarding === 0) return { route: null, rule: null, destination: ANY };
  const { route } = refusing;
  const holds = route !== null && inPrefix(destination, route.destination, route.length);
  if (holds && isRefusing(route)) return { route, rule: null, destination };
  const rule = refusingRule(route, refusing.rule);
  return { route: null, rule, destination: rule === null ? destination : ANY };
}

const refusingRule = (route: Route | null, rule: Rule | null): Rule | null =>
  route === null && rule !== null && rule.action !== RuleAction.TO_TABLE ? rule : null;
