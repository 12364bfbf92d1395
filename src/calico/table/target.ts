// What a manager wants written for one destination (felix/routetable's Target), and the kernel's route for it.
import type { Ipv4 } from '../../addr/ipv4.ts';
import { MAC_ZERO, type Mac } from '../../addr/mac.ts';
import { type Metrics, NextHopFlag, RouteType, Scope } from '../../admin/route-constants.ts';
import type { RouteInfo, RouteRequest } from '../../admin/types.ts';

export const TargetType = {
  LOCAL_WORKLOAD: 0,
  LOCAL: 1,
  GLOBAL_UNICAST: 2,
  VXLAN: 3,
  NO_ENCAP: 4,
  ONLINK: 5,
  BLACKHOLE: 6,
  PROHIBIT: 7,
  THROW: 8,
  UNREACHABLE: 9,
} as const;

/** A route in the kernel that is like none that we would write: never equal to a wanted one. */
const OTHER = 10;

export type TargetType = (typeof TargetType)[keyof typeof TargetType] | typeof OTHER;

/** One object serves every node that wants the same: it is never changed and never copied. */
export interface Target {
  readonly type: TargetType;
  /** The first address of the prefix. */
  readonly destination: Ipv4;
  readonly length: number;
  /** 0 for none. */
  readonly gateway: Ipv4;
  /** Preferred source, 0 for none. */
  readonly source: Ipv4;
  /** 0 for none. */
  readonly mtu: number;
  readonly protocol: number;
  /** The metric. */
  readonly priority: number;
  /** Else a permanent neighbour goes with the route: 0 for none. */
  readonly mac: Mac;
}

/** What the kernel is told of a type. */
interface Form {
  readonly type: number;
  readonly scope: number;
  readonly onlink: boolean;
}

const UNICAST: Form = { type: RouteType.UNICAST, scope: Scope.UNIVERSE, onlink: false };
const ONLINK: Form = { ...UNICAST, onlink: true };
const reject = (type: number): Form => ({ ...UNICAST, type });

/** By TargetType. Types that are one to the kernel share one form. */
const FORMS: readonly Form[] = [
  { ...UNICAST, scope: Scope.LINK },
  { ...UNICAST, type: RouteType.LOCAL, scope: Scope.HOST },
  UNICAST,
  ONLINK,
  ONLINK,
  ONLINK,
  reject(RouteType.BLACKHOLE),
  reject(RouteType.PROHIBIT),
  reject(RouteType.THROW),
  { ...reject(RouteType.UNREACHABLE), scope: Scope.LINK },
  { type: RouteType.UNSPEC, scope: Scope.NOWHERE, onlink: false },
];

const formOf = (target: Target): Form => FORMS[target.type] as Form;

/** Whether both are the same route to the kernel, the interface aside. */
export const sameRoute = (a: Target, b: Target): boolean =>
  a === b ||
  (a.type !== OTHER &&
    formOf(a) === formOf(b) &&
    a.gateway === b.gateway &&
    a.source === b.source &&
    a.mtu === b.mtu &&
    a.protocol === b.protocol);

/** Whether a manager asks for the same again. */
export const sameTarget = (a: Target, b: Target): boolean =>
  a === b || (sameRoute(a, b) && a.mac === b.mac && a.priority === b.priority);

/** The route as it is asked for; `device` is '' for the types that lead nowhere. */
export function requestOf(target: Target, table: number, device: string): RouteRequest {
  const { type, scope, onlink } = formOf(target);
  const { destination, length, protocol, priority, gateway } = target;
  const hop = onlink ? { device, gateway, onlink } : { device, gateway };
  const request: RouteRequest = {
    table,
    destination,
    length,
    type,
    scope,
    protocol,
    priority,
    nextHops: device === '' ? [] : [hop],
  };
  if (target.source !== 0) request.prefsrc = target.source;
  if (target.mtu !== 0) request.metrics = { mtu: target.mtu };
  return request;
}

/** The same to remove what the kernel has: what is not known of it is left out. */
export function removalOf(target: Target, tos: number, table: number, device: string): RouteRequest {
  const request = requestOf(target, table, device);
  if (target.type === OTHER) {
    delete request.type;
    delete request.scope;
  }
  return tos === 0 ? request : { ...request, tos };
}

/** A route of the kernel in our terms. */
export function targetOf(route: RouteInfo): Target {
  const { destination, length, prefsrc, protocol, priority, metrics } = route;
  const type = typeOf(route);
  return {
    type,
    destination,
    length,
    gateway: route.nextHops.length === 1 ? (route.nextHops[0]?.gateway as Ipv4) : (0 as Ipv4),
    source: prefsrc,
    mtu: metrics?.mtu ?? 0,
    protocol,
    priority,
    mac: MAC_ZERO,
  };
}

/** The first type with the route's form; it stands for all that are one to the kernel. */
function typeOf(route: RouteInfo): TargetType {
  const { nextHops } = route;
  if (nextHops.length > 1 || !isPlain(route.metrics)) return OTHER;
  const onlink = ((nextHops[0]?.flags ?? 0) & NextHopFlag.ONLINK) !== 0;
  const found = FORMS.findIndex(
    (form) => form.type === route.type && form.scope === route.scope && form.onlink === onlink,
  );
  return found < 0 ? OTHER : (found as TargetType);
}

/** Nothing but an MTU. */
const isPlain = (metrics: Metrics | null): boolean =>
  metrics === null ||
  Object.entries(metrics).every(([name, value]) => name === 'mtu' || value === 0 || value === false);
