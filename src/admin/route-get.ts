// `ip route get`: RTM_GETROUTE for one destination (inet_rtm_getroute, rt_fill_info in net/ipv4/route.c).
import { Errno, refuse } from '../addr/errno.ts';
import { ANY } from '../addr/ipv4.ts';
import { Drop } from '../drop/reasons.ts';
import { FlowKey } from '../fib/flow.ts';
import { RouteType, Table } from '../fib/route.ts';
import { RouteFlag, RouteResult } from '../ip/route.ts';
import { InputKey, ROUTED, routeInput } from '../ip/route-input.ts';
import { routeOutput } from '../ip/route-output.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';
import { reportRoute } from './route.ts';
import type { Answer, RouteGetInfo, RouteGetRequest } from './types.ts';

/** Bits of TOS that a request may set (IPTOS_RT_MASK). */
const ROUTING_TOS = 0x1c;
const PROTOCOL_UDP = 17;
/** RTCF_DOREDIRECT: a received packet would be answered with a redirect. */
const DO_REDIRECT = 0x01000000;
/** The user that asks; the shell is always root. A received packet has none. */
const ROOT = 0;
const NOBODY = -1;

/** The route that a packet of this description would take now, sent from here or, with `iif`, received there. */
export function getRoute(namespace: Namespace, request: RouteGetRequest): Answer<RouteGetInfo> {
  const result = new RouteResult();
  const key = keyOf(namespace, request);
  if (key === null) return { refusal: refuse(Errno.ENODEV) };
  namespace.fib.table = 0;
  const errno =
    request.iif === undefined ? routeOutput(namespace, key, result) : receive(namespace, request, result);
  if (errno !== 0) return { refusal: refuse(errno) };
  if (request.fibmatch && result.route === null) return { refusal: refuse(Errno.EHOSTUNREACH) };
  return { value: describe(namespace, request, key, result) };
}

function keyOf(namespace: Namespace, request: RouteGetRequest): FlowKey | null {
  const oif = request.oif === undefined ? 0 : namespace.names.get(request.oif)?.index;
  if (oif === undefined) return null;
  const key = new FlowKey().ask(request.destination, request.source ?? ANY);
  key.oif = oif;
  key.tos = (request.tos ?? 0) & ROUTING_TOS;
  key.mark = request.mark ?? 0;
  key.uid = request.uid ?? ROOT;
  key.protocol = request.ipProtocol ?? PROTOCOL_UDP;
  key.sourcePort = request.sourcePort ?? 0;
  key.destinationPort = request.destinationPort ?? 0;
  return key;
}

/** ip_route_input_rcu: a source that fails the reverse path is EXDEV, any other martian EINVAL. */
function receive(namespace: Namespace, request: RouteGetRequest, result: RouteResult): Errno {
  const device = namespace.names.get(request.iif as string);
  if (device === undefined) return Errno.ENODEV;
  const key = new InputKey();
  key.destination = request.destination;
  key.source = request.source ?? ANY;
  key.tos = (request.tos ?? 0) & ROUTING_TOS;
  key.mark = request.mark ?? 0;
  key.protocol = request.ipProtocol ?? PROTOCOL_UDP;
  key.ports = ((request.sourcePort ?? 0) << 16) | (request.destinationPort ?? 0);
  const reason = routeInput(namespace, device, key, result);
  if (reason !== ROUTED) return reason === Drop.IP_RPFILTER ? Errno.EXDEV : Errno.EINVAL;
  // What is for this host is handed to the loopback device.
  if (result.type !== RouteType.UNICAST)
    result.device = (result.nextHop?.device as Device | undefined)?.l3mdev ?? namespace.loopback;
  return result.error;
}

/** rt_fill_info. */
function describe(
  namespace: Namespace,
  request: RouteGetRequest,
  key: FlowKey,
  result: RouteResult,
): RouteGetInfo {
  const received = request.iif !== undefined;
  const from = request.source ?? ANY;
  const { now } = namespace.kernel.clock;
  const exception = result.pathFailed ? null : result.exception;
  const left = Math.max(0, (exception?.expires ?? 0) - now);
  const learnt = left > 0 ? exception : null;
  return {
    destination: request.destination,
    from,
    type: result.type,
    table: tableOf(namespace, result),
    gateway: result.gateway,
    device: result.device.name,
    index: result.device.index,
    iif: request.iif ?? '',
    source: received || key.source === from ? ANY : key.source,
    tos: result.route?.tos ?? 0,
    mark: request.mark ?? 0,
    uid: received ? NOBODY : key.uid,
    cacheFlags: cacheFlags(result),
    mtu: learnt?.mtu ?? 0,
    mtuLocked: learnt?.mtuLocked ?? false,
    expires: left,
    metrics: result.route?.metrics ?? null,
    realms: result.realms,
    error: 0,
    route: request.fibmatch ? matched(namespace, result) : null,
  };
}

function matched(namespace: Namespace, result: RouteResult): RouteGetInfo['route'] {
  if (result.route === null) return null;
  return { ...reportRoute(namespace, result.route), table: tableOf(namespace, result) };
}

/** The table that was asked: until a rule is changed, local routes are found in the main table's trie. */
function tableOf({ fib }: Namespace, result: RouteResult): number {
  if (!fib.hasCustomRules) return Table.MAIN;
  return result.route?.table ?? fib.table;
}

const SHOWN = [RouteFlag.LOCAL, RouteFlag.BROADCAST, RouteFlag.MULTICAST, RouteFlag.REDIRECTED];

const cacheFlags = (result: RouteResult): number =>
  SHOWN.filter((flag) => (result.flags & flag) !== 0).reduce(
    (sum, flag) => sum + flag,
    result.redirect ? DO_REDIRECT : 0,
  );
