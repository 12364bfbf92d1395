// `ip route save`, `restore` and `showdump`: routes as messages of a dump (fib_dump_info in net/ipv4/fib_semantics.c,
// iproute_restore in ip/iproute.c).
import { Errno, type Refusal, refuse } from '../../../addr/errno.ts';
import { type Ipv4, ipv4 } from '../../../addr/ipv4.ts';
import { changeRoute } from '../../../admin/route.ts';
import { NextHopFlag, NO_METRICS } from '../../../admin/route-constants.ts';
import type { NextHopInfo, RouteInfo } from '../../../admin/types.ts';
import { eachMessage, isRestored, ROUTE_DUMP, readDump, writeMessages } from '../iproute2/dump-file.ts';
import {
  AF_INET,
  Attributes,
  AttributeWriter,
  type DumpIdentity,
  type Message,
  messageBytes,
  tableByte,
  u16,
  u32,
} from '../iproute2/netlink-bytes.ts';
import type { Session } from '../iproute2/session.ts';
import { layoutOfSession, printRoute } from './route-print.ts';

const RTM_NEWROUTE = 24;
const FIXED = 12;
/** RTA_*. */
const Attribute = {
  DST: 1,
  OIF: 4,
  GATEWAY: 5,
  PRIORITY: 6,
  PREFSRC: 7,
  METRICS: 8,
  MULTIPATH: 9,
  FLOW: 11,
  TABLE: 15,
  NH_ID: 30,
} as const;
const RTNEXTHOP = 8;

/** RTAX_*: metrics that are numbers, by type. */
const METRICS = [
  [2, 'mtu'],
  [3, 'window'],
  [4, 'rtt'],
  [5, 'rttvar'],
  [6, 'ssthresh'],
  [7, 'cwnd'],
  [8, 'advmss'],
  [9, 'reordering'],
  [10, 'hoplimit'],
  [11, 'initcwnd'],
  [12, 'features'],
  [13, 'rtoMin'],
  [14, 'initrwnd'],
  [15, 'quickack'],
] as const;
const RTAX_LOCK = 1;
const MTU_LOCK = 1 << 2;

/** A route as a dump tells it. */
function encode(route: RouteInfo, identity: DumpIdentity): number[] {
  const { table, length, tos, protocol, scope, type, nextHops } = route;
  const single = nextHops.length === 1 ? nextHops[0] : undefined;
  const flags = single?.flags ?? route.flags;
  const fixed = [AF_INET, length, 0, tos, tableByte(table), protocol, scope, type, ...u32(flags)];
  const attributes = new AttributeWriter();
  attributes.u32(Attribute.TABLE, table);
  if (length !== 0) attributes.address(Attribute.DST, route.destination);
  attributes.some(Attribute.PRIORITY, route.priority);
  if (route.metrics !== null) attributes.put(Attribute.METRICS, encodeMetrics(route.metrics));
  if (route.prefsrc !== 0) attributes.address(Attribute.PREFSRC, route.prefsrc);
  attributes.some(Attribute.NH_ID, route.nexthopId);
  if (single !== undefined) putHop(attributes, single, route.realms);
  else if (nextHops.length > 1) attributes.put(Attribute.MULTIPATH, nextHops.flatMap(encodeHop));
  return messageBytes(RTM_NEWROUTE, fixed, attributes, identity);
}

function encodeMetrics(metrics: NonNullable<RouteInfo['metrics']>): readonly number[] {
  const nested = new AttributeWriter();
  if (metrics.mtuLocked) nested.u32(RTAX_LOCK, MTU_LOCK);
  for (const [type, name] of METRICS) nested.some(type, metrics[name]);
  return nested.done;
}

function putHop(attributes: AttributeWriter, hop: NextHopInfo, realms: number): void {
  if (hop.gateway !== 0) attributes.address(Attribute.GATEWAY, hop.gateway);
  attributes.some(Attribute.OIF, hop.index);
  attributes.some(Attribute.FLOW, realms);
}

/** struct rtnexthop, which names the device itself. */
function encodeHop(hop: NextHopInfo): number[] {
  const own = new AttributeWriter();
  putHop(own, { ...hop, index: 0 }, hop.realms);
  const length = RTNEXTHOP + own.done.length;
  return [...u16(length), hop.flags & 255, (hop.weight - 1) & 255, ...u32(hop.index), ...own.done];
}

function decode(session: Session, { body }: Message): RouteInfo {
  const attributes = new Attributes(body, FIXED);
  const flags = body.getUint32(8, true);
  const realms = attributes.u32(Attribute.FLOW);
  return {
    table: attributes.u32(Attribute.TABLE, body.getUint8(4)),
    destination: ipv4(attributes.address(Attribute.DST)),
    length: body.getUint8(1),
    tos: body.getUint8(3),
    type: body.getUint8(7),
    protocol: body.getUint8(5),
    scope: body.getUint8(6),
    priority: attributes.u32(Attribute.PRIORITY),
    prefsrc: ipv4(attributes.address(Attribute.PREFSRC)),
    metrics: decodeMetrics(attributes.value(Attribute.METRICS)),
    flags,
    realms,
    nextHops: decodeHops(session, attributes, flags),
    nexthopId: attributes.u32(Attribute.NH_ID),
  };
}

function decodeMetrics(view: DataView | undefined): RouteInfo['metrics'] {
  if (view === undefined) return null;
  const given = new Attributes(view, 0);
  const metrics = { ...NO_METRICS, mtuLocked: (given.u32(RTAX_LOCK) & MTU_LOCK) !== 0 };
  for (const [type, name] of METRICS) metrics[name] = given.u32(type);
  return metrics;
}

function decodeHops(session: Session, attributes: Attributes, flags: number): NextHopInfo[] {
  const several = attributes.value(Attribute.MULTIPATH);
  if (several !== undefined) return [...hopsIn(session, several)];
  const gateway = ipv4(attributes.address(Attribute.GATEWAY));
  const index = attributes.u32(Attribute.OIF);
  return gateway === 0 && index === 0
    ? []
    : [hopOf(session, { index, gateway, weight: 1, flags, realms: 0 })];
}

function* hopsIn(session: Session, view: DataView): Generator<NextHopInfo> {
  for (let at = 0; at + RTNEXTHOP <= view.byteLength; ) {
    const length = view.getUint16(at, true);
    if (length < RTNEXTHOP || at + length > view.byteLength) return;
    const own = new Attributes(new DataView(view.buffer, view.byteOffset + at, length), RTNEXTHOP);
    const gateway: Ipv4 = ipv4(own.address(Attribute.GATEWAY));
    const [flags, weight] = [view.getUint8(at + 2), view.getUint8(at + 3) + 1];
    const index = view.getUint32(at + 4, true);
    yield hopOf(session, { index, gateway, weight, flags, realms: own.u32(Attribute.FLOW) });
    at += (length + 3) & ~3;
  }
}

const hopOf = (session: Session, hop: Omit<NextHopInfo, 'device'>): NextHopInfo => ({
  ...hop,
  device: hop.index === 0 ? '' : session.nameOf(hop.index),
});

export const saveRoutes = (session: Session, routes: readonly RouteInfo[]): void =>
  writeMessages(session, routes, encode);

/** Routes to addresses of ours, to networks of ours, by gateways: in this order, whatever theirs in the file is. */
function turnOf({ body }: Message): number {
  const attributes = new Attributes(body, FIXED);
  if (attributes.has(Attribute.GATEWAY)) return 2;
  const isOwn =
    !attributes.has(Attribute.PREFSRC) ||
    (attributes.has(Attribute.DST) &&
      attributes.address(Attribute.PREFSRC) === attributes.address(Attribute.DST));
  return isOwn ? 0 : 1;
}

export async function restore(session: Session): Promise<number> {
  const bytes = await readDump(session, ROUTE_DUMP);
  if (bytes === null) return session.statuses.failed;
  for (const turn of [0, 1, 2]) {
    const take = (message: Message): boolean =>
      turnOf(message) !== turn || isRestored(session, add(session, decode(session, message)));
    if (eachMessage(session, bytes, take) !== 0) return session.statuses.refused;
  }
  return 0;
}

const UNWANTED = NextHopFlag.DEAD | NextHopFlag.LINKDOWN;

/** RTM_NEWROUTE with NLM_F_CREATE alone. */
function add(session: Session, route: RouteInfo): Refusal | null {
  const hops = route.nextHops;
  if (hops.some(({ flags }) => (flags & UNWANTED) !== 0)) return refuse(Errno.EINVAL, unwanted(hops));
  for (const hop of hops)
    if (hop.index !== 0 && session.linkByIndex(hop.index) === null) return noDevice(hop);
  const { flags: _, metrics, nextHops, ...rest } = route;
  return changeRoute(session.namespace, 'prepend', {
    ...rest,
    ...(metrics === null ? {} : { metrics }),
    multipath: nextHops.length > 1,
    nextHops: nextHops.map(({ device, gateway, weight, flags, realms }) => ({
      device,
      gateway,
      weight,
      realms,
      onlink: (flags & NextHopFlag.ONLINK) !== 0,
      pervasive: (flags & NextHopFlag.PERVASIVE) !== 0,
    })),
  });
}

/** fib_check_nh: where no such device is, no gateway is behind it. */
function noDevice({ gateway, flags }: NextHopInfo): Refusal {
  if (gateway === 0) return refuse(Errno.ENODEV);
  return (flags & NextHopFlag.ONLINK) !== 0
    ? refuse(Errno.ENODEV, 'Nexthop device required for onlink')
    : refuse(Errno.ENETUNREACH, 'Nexthop has invalid gateway');
}

const unwanted = (hops: readonly NextHopInfo[]): string =>
  hops.length > 1
    ? 'Invalid flags for nexthop - can not contain DEAD or LINKDOWN'
    : 'Invalid rtm_flags for route - can not contain DEAD or LINKDOWN';

export async function showDump(session: Session): Promise<number> {
  const bytes = await readDump(session, ROUTE_DUMP);
  if (bytes === null) return session.statuses.failed;
  const layout = layoutOfSession(session);
  const status = eachMessage(session, bytes, (message) => {
    const out = session.textPrinter();
    printRoute(out, decode(session, message), layout);
    session.out(out.finish());
    return true;
  });
  return status === 0 ? 0 : session.statuses.refused;
}
