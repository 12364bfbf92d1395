// One link as `ip link` and `ip address` print it (print_linkinfo in ip/ipaddress.c).
import { formatIpv4 } from '../../../addr/ipv4.ts';
import { formatMac } from '../../../addr/mac.ts';
import type { LinkMessage } from '../../../admin/messages.ts';
import type { LinkInfo } from '../../../admin/types.ts';
import type { Namespace } from '../../../netns/namespace.ts';
import { type Devices, printFlags, printName } from '../iproute2/device.ts';
import type { Names } from '../iproute2/names.ts';
import { Family, type Options } from '../iproute2/options.ts';
import { Color, type Printer } from '../iproute2/printer.ts';
import { slaveKindOf } from './address-filter.ts';
import { kindCalled } from './link-kinds.ts';
import { printStats } from './link-stats.ts';

/** What the print of one link needs beside the link. */
export interface LinkView extends Devices {
  readonly options: Options;
  readonly names: Names;
  /** `ip link`, as against `ip address`. */
  readonly linkOnly: boolean;
  /** `ip monitor` leaves the length of the queue out. */
  readonly withoutQueue?: boolean;
  /** The family that the list is filtered by. */
  readonly family: number;
  nameOfNamespace(namespace: Namespace | null): string | null;
  /** Ports of a bridge. */
  ports(bridge: number): LinkInfo[];
}

/** No message, but an entry of a list. */
const PLAIN = { featuresChanged: false, port: false };

const POINTOPOINT = 0x10;

const OPERATIONAL_STATES = ['UNKNOWN', 'NOTPRESENT', 'DOWN', 'LOWERLAYERDOWN', 'TESTING', 'DORMANT', 'UP'];
const STATE_DOWN = 2;
const STATE_UP = 6;
const LINK_MODES = ['DEFAULT', 'DORMANT'];

/** IFLA_ADDRESS and IFLA_BROADCAST as text: a tunnel's are its ends. */
function hardwareAddresses(info: LinkInfo): readonly [address: string, broadcast: string] | null {
  if (info.ipip !== null) return [formatIpv4(info.ipip.local), formatIpv4(info.ipip.remote)];
  return info.hasAddress ? [formatMac(info.address), formatMac(info.broadcast)] : null;
}

function printBrief(out: Printer, info: LinkInfo, view: LinkView): void {
  const lowerDown = printName(out, info, view, (name) => `${name.padEnd(16)} `);
  const state = OPERATIONAL_STATES[info.operstate] as string;
  out.field('operstate', state, `${state.padEnd(14)} `, stateColor(info.operstate));
  if (view.family !== Family.PACKET) return;
  const addresses = hardwareAddresses(info);
  if (addresses !== null) out.field('address', addresses[0], `${addresses[0]} `, Color.MAC);
  printFlags(out, info.flags, lowerDown);
  out.text('\n');
}

const stateColor = (state: number): number =>
  state === STATE_UP ? Color.STATE_UP : state === STATE_DOWN ? Color.STATE_DOWN : Color.NONE;

/** Prints the link's lines; with `-brief` the line of `ip address` stays open for the addresses. A message may say more. */
export function printLink(
  out: Printer,
  info: LinkInfo,
  view: LinkView,
  told: Pick<LinkMessage, 'featuresChanged' | 'port'> = PLAIN,
  tail = '',
): void {
  if (view.options.brief) {
    printBrief(out, info, view);
    return;
  }
  const { details, statistics } = view.options;
  printFirstLine(out, info, view, told);
  if (told.port) {
    out.newline();
    out.text(`    link/${view.names.linkType(info.hardwareType)} ${formatMac(info.address)}`);
    out.text('\n');
    return;
  }
  if (view.family === Family.UNSPEC || view.family === Family.PACKET || details)
    printAddressLine(out, info, view);
  printNamespace(out, info, view);
  out.text(tail);
  if (details) printDetails(out, info, view);
  if ((view.linkOnly || details) && info.alias !== '') {
    out.newline();
    out.field('ifalias', info.alias, `    alias ${info.alias}`);
  }
  if (view.linkOnly && statistics > 0) {
    out.newline();
    printStats(out, info, view.options);
  }
  out.text('\n');
}

function printFirstLine(out: Printer, info: LinkInfo, view: LinkView, told: typeof PLAIN): void {
  out.field('ifindex', info.index, `${info.index}: `);
  const lowerDown = printName(out, info, view, (name) => `${name}: `);
  printFlags(out, info.flags, lowerDown);
  out.field('mtu', info.mtu, `mtu ${info.mtu} `);
  if (!told.port) out.field('qdisc', info.qdisc, `qdisc ${info.qdisc} `);
  if (info.masterIndex !== 0) out.field('master', info.master, `master ${info.master} `);
  const state = OPERATIONAL_STATES[info.operstate] as string;
  out.text('state ');
  out.field('operstate', state, `${state} `, stateColor(info.operstate));
  const mode = LINK_MODES[info.mode];
  if (view.linkOnly && mode !== undefined) out.field('linkmode', mode, `mode ${mode} `);
  if (told.port) return;
  const group = view.names.group(info.group);
  out.field('group', group, `group ${group} `);
  if (info.txQueueLength !== 0 && !view.withoutQueue)
    out.field('txqlen', info.txQueueLength, `qlen ${info.txQueueLength}`);
  if (told.featuresChanged) out.text('event FEATURE CHANGE ');
}

function printAddressLine(out: Printer, info: LinkInfo, view: LinkView): void {
  out.newline();
  const type = view.names.linkType(info.hardwareType);
  out.field('link_type', type, `    link/${type} `);
  const addresses = hardwareAddresses(info);
  if (addresses === null) return;
  const [address, broadcast] = addresses;
  out.field('address', address, address, Color.MAC);
  const pointToPoint = (info.flags & POINTOPOINT) !== 0;
  out.text(pointToPoint ? ' peer ' : ' brd ');
  if (pointToPoint) out.only('link_pointtopoint', true);
  out.field('broadcast', broadcast, broadcast, Color.MAC);
}

function printNamespace(out: Printer, info: LinkInfo, view: LinkView): void {
  if (info.linkNetnsId === -1) return;
  out.only('link_netnsid', info.linkNetnsId);
  const name = view.nameOfNamespace(info.linkNamespace);
  out.text(name === null ? ` link-netnsid ${info.linkNetnsId}` : ` link-netns ${name}`);
}

// ---- details -------------------------------------------------------------------------------------------------

/** GSO_LEGACY_MAX_SIZE, and what veth and the loopback raise it to. */
const SEGMENT_SIZE = 65536;
const LARGE_SEGMENT_SIZE = 524280;
const SEGMENTS = 65535;

/** IFLA_TSO_MAX_SIZE: a bridge takes the least of its ports', VXLAN and VLAN devices that of the device below. */
function segmentSize(info: LinkInfo, view: LinkView): number {
  if (info.kind === 'veth' || info.kind === '') return LARGE_SEGMENT_SIZE;
  if (info.vlan !== null && info.linkNetnsId >= 0) return LARGE_SEGMENT_SIZE;
  const below = info.vlan === null ? (info.vxlan?.link ?? 0) : info.link;
  const lower = below === 0 ? null : view.link(below);
  if (lower !== null) return segmentSize(lower, view);
  const ports = info.bridge === null ? [] : view.ports(info.index);
  if (ports.length === 0) return SEGMENT_SIZE;
  return Math.min(...ports.map((port) => segmentSize(port, view)));
}

function printDetails(out: Printer, info: LinkInfo, view: LinkView): void {
  const count = (key: string, value: number, text: string): void =>
    out.field(key, value, `${text} ${value} `);
  count('promiscuity', info.promiscuity, ' promiscuity');
  count('allmulti', info.allmulti, ' allmulti');
  count('min_mtu', info.minMtu, 'minmtu');
  count('max_mtu', info.maxMtu, 'maxmtu');
  if (info.kind !== '' || slaveKindOf(info) !== '') printKind(out, info, view);
  count('num_tx_queues', 1, 'numtxqueues');
  count('gso_max_size', SEGMENT_SIZE, 'gso_max_size');
  count('gso_max_segs', SEGMENTS, 'gso_max_segs');
  count('tso_max_size', segmentSize(info, view), 'tso_max_size');
  count('tso_max_segs', SEGMENTS, 'tso_max_segs');
  count('gro_max_size', SEGMENT_SIZE, 'gro_max_size');
}

/** linkinfo: the kind with its data, then what it is as a port. */
function printKind(out: Printer, info: LinkInfo, view: LinkView): void {
  out.openObject('linkinfo');
  if (info.kind !== '') {
    out.newline();
    out.field('info_kind', info.kind, `    ${info.kind} `);
    printData(out, info, view, info.kind, 'info_data');
  }
  const slave = slaveKindOf(info);
  if (slave !== '') {
    out.newline();
    out.field('info_slave_kind', slave, `    ${slave}_slave `);
    printData(out, info, view, `${slave}_slave`, 'info_slave_data');
  }
  out.closeObject();
}

function printData(out: Printer, info: LinkInfo, view: LinkView, kind: string, key: string): void {
  const print = kindCalled(kind)?.print;
  if (print === undefined) return;
  out.openObject(key);
  print(out, info, (index) => view.nameOf(index));
  out.closeObject();
}
