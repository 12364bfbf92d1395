// /proc/net/dev, arp and route, as the kernel prints them for the namespace that looks.
import { formatIpv4 } from '../../addr/ipv4.ts';
import { formatMac } from '../../addr/mac.ts';
import { dumpLinks } from '../../admin/link.ts';
import { dumpNeighbours } from '../../admin/neighbour.ts';
import { dumpRoutes } from '../../admin/route.ts';
import type { NeighbourInfo, RouteInfo } from '../../admin/types.ts';
import type { Namespace } from '../../netns/namespace.ts';
import { procNetstat, procSnmp } from './proc-snmp.ts';
import { directoryOf, type VirtualDirectory, VirtualFile } from './virtual-nodes.ts';

const MAIN_TABLE = 254;

/** net/core/net-procfs.c: dev_seq_show. */
function devices(namespace: Namespace): string {
  const rows = dumpLinks(namespace).map(({ name, stats: s }) => {
    const received = [s.rxBytes, s.rxPackets, s.rxErrors, s.rxDropped, 0, s.rxFrameErrors, 0, s.multicast];
    const sent = [s.txBytes, s.txPackets, s.txErrors, s.txDropped, 0, s.collisions, s.txCarrierErrors, 0];
    const cells = [...received, ...sent].map((value, index) => String(value).padStart(WIDTHS[index]));
    return `${name.padStart(6)}: ${cells.join(' ')}\n`;
  });
  return DEVICE_HEAD + rows.join('');
}

const WIDTHS = [7, 7, 4, 4, 4, 5, 10, 9, 8, 7, 4, 4, 4, 5, 7, 10];
const DEVICE_HEAD = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;

const PERMANENT = 0x80;
const NOARP = 0x40;
/** NUD_VALID: permanent, noarp, reachable, probe, stale, delay. */
const VALID = 0xde;

/** net/ipv4/arp.c: arp_format_neigh_entry. */
function neighbours(namespace: Namespace): string {
  const rows = dumpNeighbours(namespace, {}).filter((entry) => (entry.state & NOARP) === 0);
  const proxies = dumpNeighbours(namespace, { proxy: true });
  return ARP_HEAD + rows.map(neighbourRow).join('') + proxies.map(proxyRow).join('');
}

const ARP_HEAD = 'IP address       HW type     Flags       HW address            Mask     Device\n';

/** arp_format_pneigh_entry: published and permanent, with no address of its own. */
function proxyRow(entry: NeighbourInfo): string {
  const [type, device] = entry.index === 0 ? ['0', '*'] : ['1', entry.device];
  const address = formatIpv4(entry.destination).padEnd(16);
  return `${address} 0x${type.padEnd(10)}0x${'c'.padEnd(10)}00:00:00:00:00:00     *        ${device}\n`;
}

function neighbourRow(entry: NeighbourInfo): string {
  const flags = (entry.state & PERMANENT) !== 0 ? 6 : (entry.state & VALID) !== 0 ? 2 : 0;
  const address = formatIpv4(entry.destination).padEnd(16);
  return `${address} 0x${'1'.padEnd(10)}0x${String(flags).padEnd(10)}${formatMac(entry.lladdr)}     *        ${entry.device}\n`;
}

/** An address as the kernel prints the 32 bits that it keeps in network order, on a little-endian machine. */
const swapped = (value: number): string => {
  const bytes = [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255];
  return bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
};

const ROUTE_HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
const ROUTE_WIDTH = 127;

/** net/ipv4/fib_trie.c: fib_route_seq_show. */
function routes(namespace: Namespace): string {
  const rows = dumpRoutes(namespace, MAIN_TABLE).filter((route) => route.type !== 3 && route.type !== 5);
  return [ROUTE_HEAD, ...rows.map(routeRow)].map((row) => `${row.padEnd(ROUTE_WIDTH)}\n`).join('');
}

const UNREACHABLE = 7;
const PROHIBIT = 8;

function routeRow(route: RouteInfo): string {
  const hop = route.nextHops[0];
  const gateway = hop?.gateway ?? 0;
  let flags = 1;
  if (route.type === UNREACHABLE || route.type === PROHIBIT) flags |= 0x200;
  if (gateway !== 0) flags |= 2;
  if (route.length === 32) flags |= 4;
  const mask = route.length === 0 ? 0 : -1 << (32 - route.length);
  const cells = [
    hop?.device || '*',
    swapped(route.destination),
    swapped(gateway),
    flags.toString(16).toUpperCase().padStart(4, '0'),
    '0',
    '0',
    route.priority,
    swapped(mask),
    '0',
    '0',
    '0',
  ];
  return cells.join('\t');
}

export const procNet = (): VirtualDirectory =>
  directoryOf({
    arp: new VirtualFile(neighbours),
    dev: new VirtualFile(devices),
    netstat: procNetstat(),
    route: new VirtualFile(routes),
    snmp: procSnmp(),
  });
