// The routing table as route and netstat print it from /proc/net/route (lib/inet_gr.c of net-tools).
import { formatIpv4, type Ipv4, ipv4, maskOf } from '../../../addr/ipv4.ts';
import { dumpRoutes } from '../../../admin/route.ts';
import { RouteType, Table } from '../../../admin/route-constants.ts';
import type { RouteInfo } from '../../../admin/types.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import type { Resolver } from '../probe/resolver.ts';

/** 1 as `route`, 2 as `route -e` and `netstat -r`, 3 as `route -ee`. */
export type Detail = 1 | 2 | 3;

const COLUMNS: Readonly<Record<Detail, string>> = {
  1: 'Flags Metric Ref    Use Iface',
  2: 'Flags   MSS Window  irtt Iface',
  3: 'Flags Metric Ref    Use Iface    MSS   Window irtt',
};

const TCP_IP_HEADERS = 40;
const COLUMN = 15;

/** The names of /etc/networks as Debian has it. */
const NETWORK_NAMES: ReadonlyMap<Ipv4, string> = new Map([
  [ipv4(0x7f000000), 'loopback'],
  [ipv4(0xa9fe0000), 'link-local'],
]);

/** `route -C`: Linux has no routing cache to show any more. */
export const CACHE_TEXT =
  'Kernel IP routing cache\nSource          Destination     Gateway         Flags Metric Ref    Use Iface\n';

/** The table with its header; `resolver` is null for -n. */
export function routeTableText(namespace: Namespace, detail: Detail, resolver: Resolver | null): string {
  const rows = dumpRoutes(namespace, Table.MAIN)
    .filter(({ type }) => type !== RouteType.BROADCAST && type !== RouteType.MULTICAST)
    .map((route) => rowText(route, detail, resolver));
  return `Kernel IP routing table\nDestination     Gateway         Genmask         ${COLUMNS[detail]}\n${rows.join('')}`;
}

const isReject = ({ type }: RouteInfo): boolean =>
  type === RouteType.UNREACHABLE || type === RouteType.PROHIBIT;

const cell = (text: string): string => text.slice(0, COLUMN).padEnd(COLUMN);

/** The names of hosts are shown with -n left out, those of networks too, and 0.0.0.0/0 as `default`. */
function destinationText(route: RouteInfo, resolver: Resolver | null): string {
  if (resolver === null) return formatIpv4(route.destination);
  if (route.length === 32) return resolver.nameOf(route.destination);
  if (route.destination === 0) return 'default';
  return NETWORK_NAMES.get(route.destination) ?? formatIpv4(route.destination);
}

function rowText(route: RouteInfo, detail: Detail, resolver: Resolver | null): string {
  const destination = cell(destinationText(route, resolver));
  const mask = cell(formatIpv4(ipv4(maskOf(route.length))));
  const host = route.length === 32 ? 'H' : '';
  if (isReject(route)) {
    const flags = `!${host}`.padEnd(5);
    return `${destination} -               ${mask} ${flags} ${rejectColumns(route, detail)}\n`;
  }
  const gateway = route.nextHops[0]?.gateway ?? 0;
  const via =
    gateway !== 0 && resolver !== null ? resolver.nameOf(gateway as Ipv4) : formatIpv4(ipv4(gateway));
  const flags = `U${gateway !== 0 ? 'G' : ''}${host}`.padEnd(5);
  return `${destination} ${cell(via)} ${mask} ${flags} ${columns(route, detail)}\n`;
}

function rejectColumns({ priority }: RouteInfo, detail: Detail): string {
  if (detail === 2) return '    - -          - -';
  const base = `${String(priority).padEnd(6)} -  ${'0'.padStart(7)} -`;
  return detail === 1 ? base : `${base}        -     -      -`;
}

function columns({ priority, metrics, nextHops }: RouteInfo, detail: Detail): string {
  const device = nextHops[0]?.device || '*';
  const mss = metrics?.advmss ? metrics.advmss + TCP_IP_HEADERS : 0;
  const window = metrics?.window ?? 0;
  const rtt = (metrics?.rtt ?? 0) >> 3;
  const metric = String(priority).padEnd(6);
  if (detail === 1) return `${metric} ${'0'.padEnd(2)} ${'0'.padStart(7)} ${device}`;
  if (detail === 2)
    return `${String(mss).padStart(5)} ${String(window).padEnd(5)} ${String(rtt).padStart(6)} ${device}`;
  const name = device.slice(0, 6).padEnd(6);
  const numbers = `${String(mss).padEnd(5)} ${String(window).padEnd(6)} ${rtt}`;
  return `${metric} ${'0'.padEnd(3)} ${'0'.padStart(6)} ${name}   ${numbers}`;
}
