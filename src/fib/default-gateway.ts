// Several default routes of one metric: the kernel takes the one whose gateway it believes alive (fib_select_default).
import type { RouteEntry } from './entry.ts';
import type { FibHost } from './host.ts';
import { type Flow, type NextHop, NextHopFlag, RouteType, Scope } from './route.ts';

/** NUD_* states of a neighbour. */
const Nud = { INCOMPLETE: 1, REACHABLE: 2, VALID: 0xde } as const;

/** The candidates in order, as far as the kernel would look. */
function candidates(head: RouteEntry, found: RouteEntry, flow: Flow): RouteEntry[] {
  const list: RouteEntry[] = [];
  let priority = found.priority;
  let tos = 0;
  for (let entry: RouteEntry | null = head; entry !== null; entry = entry.next) {
    if (entry.tos !== 0 && entry.tos !== (flow.tos & 0xfc)) continue;
    if (entry.table !== found.table) continue;
    if (entry.priority > priority && entry.tos === tos) {
      if (tos !== 0) continue;
      break;
    }
    if ((entry.body.flags & NextHopFlag.DEAD) !== 0) continue;
    tos = entry.tos;
    priority = entry.priority;
    if (entry.scope !== found.scope || entry.type !== RouteType.UNICAST) continue;
    const hop: NextHop = entry.nextHops[0];
    if (hop.gateway === 0 || hop.scope !== Scope.LINK) continue;
    if (list.length === 0 && entry.body !== found.body) break;
    list.push(entry);
  }
  return list;
}

/**
 * The default route to take instead of `found`, the first of the list `head`: the one that was taken last is kept
 * while its gateway may be alive (fib_detect_death), else the next whose gateway is reachable or unknown.
 */
export function selectDefault(head: RouteEntry, found: RouteEntry, flow: Flow, host: FibHost): RouteEntry {
  const list = candidates(head, found, flow);
  const first = list[0];
  if (first === undefined) return found;
  if (list.length === 1) {
    first.chosenDefault = -1;
    return found;
  }
  let lastResort = -1;
  for (let order = 0; order < list.length; order++) {
    const state = gatewayState(list[order], host);
    const valid = (state & Nud.VALID) !== 0;
    if (state < 0 || state === Nud.REACHABLE || (valid && order !== first.chosenDefault)) {
      first.chosenDefault = order;
      return list[order];
    }
    if (valid || (lastResort < 0 && order > first.chosenDefault && state !== Nud.INCOMPLETE))
      lastResort = order;
  }
  first.chosenDefault = lastResort;
  return lastResort < 0 ? found : list[lastResort];
}

/** -1 without a neighbour entry. */
function gatewayState(entry: RouteEntry, host: FibHost): number {
  const hop: NextHop = entry.nextHops[0];
  return hop.device === null ? -1 : host.neighbourState(hop.device, hop.gateway);
}
