// The steps of routing: the route that decided, the rule that led to it, the one that lost, the way back to the source.
import { ANY, formatIpv4, type Ipv4, inPrefix } from '../addr/ipv4.ts';
import { describeRoute } from '../admin/route.ts';
import { routeText, tableText } from '../admin/route-text.ts';
import { FlowKey, LOOPBACK_INDEX } from '../fib/flow.ts';
import { type Route, type RouteException, RouteType, type Rule, RuleAction, Table } from '../fib/route.ts';
import type { Device } from '../netns/device.ts';
import type { PacketRoute } from '../netns/kernel.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Packet } from '../packet/packet.ts';
import { SECOND } from '../time/clock.ts';
import * as ip from '../wire/ipv4.ts';
import { isRefusing, routesThatLost } from './route-choice.ts';
import { ruleText } from './rule-text.ts';
import { settingText } from './setting-text.ts';
import type { RouteStep, SourceStep } from './trace-types.ts';

/** RT_TOS, without the bits that routing does not see. */
const ROUTING_TOS = 0x1c;
/** FIB_RULE_MAX of the rules that every namespace begins with: local, main and default. */
const USUAL_PRIORITIES: ReadonlySet<number> = new Set([0, 32766, 32767]);

const key = new FlowKey();

/** What a lookup ends with. */
export interface Found {
  readonly route: Route | null;
  readonly rule: Rule | null;
}

/** Asks the FIB without a trace: the stack goes on with the result of its own last lookup. */
export function lookUp(namespace: Namespace, flow: FlowKey): Found {
  const { fib } = namespace;
  const { route, nextHop, table, rule } = fib;
  fib.lookup(flow);
  const found = { route: fib.route, rule: fib.rule };
  Object.assign(fib, { route, nextHop, table, rule });
  return found;
}

/** The question that the stack asks for a packet at its IPv4 header. */
export function flowOf({ view, head, mark }: Packet, inputIndex: number): FlowKey {
  key.ask(ip.destination(view, head), ip.source(view, head));
  key.iif = inputIndex === 0 ? LOOPBACK_INDEX : inputIndex;
  key.tos = ip.tos(view, head) & ROUTING_TOS;
  key.mark = mark;
  key.protocol = ip.protocol(view, head);
  return key;
}

export const routeLine = (route: Route): string => routeText(describeRoute(route));

/** The rule that led to `route`, if it is none that is always there. */
function ruleOf(namespace: Namespace, packet: Packet, route: Route | null): string | null {
  if (!namespace.fib.hasCustomRules) return null;
  const found = lookUp(namespace, flowOf(packet, packet.inputIndex));
  if (found.route !== route || found.rule === null || USUAL_PRIORITIES.has(found.rule.priority)) return null;
  return ruleText(found.rule);
}

/** `cache expires 598sec mtu 1480`, as `ip route get` prints what was learnt. */
function cacheText(exception: RouteException | null, now: number): string | null {
  if (exception === null) return null;
  const words = [exception.gateway === ANY ? 'cache' : 'cache <redirected>'];
  if (exception.gateway !== ANY) words.push(`via ${formatIpv4(exception.gateway)}`);
  if (exception.expires !== 0) words.push(`expires ${Math.floor((exception.expires - now) / SECOND)}sec`);
  if (exception.mtu !== 0) words.push(`mtu ${exception.mtuLocked ? 'lock ' : ''}${exception.mtu}`);
  return words.join(' ');
}

const tableName = (route: Route): string => (route.table === Table.MAIN ? 'main' : tableText(route.table));

/** The packet's head is its IPv4 header. */
export function routeStep(
  namespace: Namespace,
  packet: Packet,
  chosen: PacketRoute,
  direction: RouteStep['direction'],
): RouteStep {
  const { route, destination, gateway, type } = chosen;
  const target = destination === ANY ? ip.destination(packet.view, packet.head) : destination;
  const [lost] = route === null ? [] : routesThatLost(namespace, target, route, 1);
  return {
    kind: 'route',
    times: 1,
    destination: formatIpv4(target),
    direction,
    route: route === null ? null : routeLine(route),
    table: route === null ? '' : tableName(route),
    rule: ruleOf(namespace, packet, route),
    cache: cacheText(chosen.exception, namespace.kernel.clock.now),
    device: type === RouteType.LOCAL ? '' : chosen.device.name,
    via: gateway === ANY ? '' : formatIpv4(gateway),
    lost: lost === undefined ? null : routeText(lost),
  };
}

/** A route or a rule that refuses, as the end of a lookup for `destination`; null if neither did. */
export function refusalStep(
  namespace: Namespace,
  destination: Ipv4,
  { route, rule }: Found,
  direction: RouteStep['direction'],
): RouteStep | null {
  const refuses =
    route !== null && isRefusing(route) && inPrefix(destination, route.destination, route.length);
  const refusedByRule = route === null && rule !== null && rule.action !== RuleAction.TO_TABLE;
  if (!refuses && !refusedByRule) return null;
  const [lost] = routesThatLost(namespace, destination, route, 1);
  const unusual = rule !== null && !USUAL_PRIORITIES.has(rule.priority);
  return {
    kind: 'route',
    times: 1,
    destination: formatIpv4(destination),
    direction,
    route: route === null ? null : routeLine(route),
    table: route === null ? '' : tableName(route),
    rule: unusual ? ruleText(rule) : null,
    cache: null,
    device: '',
    via: '',
    lost: lost === undefined ? null : routeText(lost),
  };
}

/** Why a lookup for `destination` led nowhere. */
export function refusalText(destination: Ipv4, { route, rule }: Found): string {
  const target = formatIpv4(destination);
  if (route !== null && isRefusing(route) && inPrefix(destination, route.destination, route.length))
    return `the longest match for ${target} is ${routeLine(route)}`;
  if (rule !== null && rule.action !== RuleAction.TO_TABLE) return `the rule ${ruleText(rule)} decides`;
  return route === null || isRefusing(route)
    ? `there is no route to ${target}`
    : `the route is ${routeLine(route)}`;
}

/** The route by which an answer to `source` would leave (fib_validate_source). */
export function routeBack(namespace: Namespace, source: Ipv4, destination: Ipv4): Route | null {
  return lookUp(namespace, key.ask(source, destination)).route;
}

/** rp_filter in force: the larger of the device's and all's (IN_DEV_RPFILTER). */
export const reversePathFilter = (device: Device): number =>
  Math.max(device.conf.rp_filter, device.namespace.confAll.rp_filter);

/** A packet that passed the reverse path filter, its head at its IPv4 header. */
export function sourceStep(namespace: Namespace, device: Device, { view, head }: Packet): SourceStep {
  const source = ip.source(view, head);
  const back = routeBack(namespace, source, ip.destination(view, head));
  return {
    kind: 'source',
    times: 1,
    device: device.name,
    sysctl: settingText(device, 'rp_filter'),
    source: formatIpv4(source),
    route: back === null ? null : routeLine(back),
  };
}
