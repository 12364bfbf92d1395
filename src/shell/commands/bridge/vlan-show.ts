// `bridge vlan show`: the VLANs of bridges and ports (print_vlan_info and print_vlan_rtm in bridge/vlan.c).
import type { BridgeVlanInfo, LinkInfo } from '../../../admin/types.ts';
import { Arguments } from '../iproute2/arguments.ts';
import { PORT_STATES } from '../iproute2/bridge-port.ts';
import { Color, type Printer } from '../iproute2/printer.ts';
import type { Session } from '../iproute2/session.ts';
import { listedLinks, parseShow, passes, VLAN_FILTER } from './port.ts';

/** Width of a device's name, and what the lines below it are shifted by. */
const NAME_WIDTH = 16;
const MARGIN = ' '.repeat(NAME_WIDTH + 2);
const INDENT = `${MARGIN}  `;

/** What is said of each VLAN. */
interface Layout {
  readonly details: boolean;
  readonly statistics: boolean;
  /** Counters alone are another dump, with another name for the number. */
  readonly key: 'vlan' | 'vid';
}

/** VLANs in a row that are alike; the last one's number is the first one's unless they are several. */
interface Row {
  readonly vlan: BridgeVlanInfo;
  last: number;
}

export function showVlans(session: Session, words: readonly string[]): number {
  const filter = parseShow(new Arguments(session, words), VLAN_FILTER);
  if (typeof filter === 'number') return filter;
  const { details, statistics } = session.options;
  const counted = statistics > 0 && !details;
  const layout: Layout = { details, statistics: statistics > 0, key: counted ? 'vid' : 'vlan' };
  const out = session.printer();
  out.text(counted ? 'port              vlan-id\n' : 'port              vlan-id  \n');
  for (const link of membersOf(session, counted)) {
    if (!passes(filter, link.name)) continue;
    const rows = rowsOf(vlansOf(link), details).filter(
      ({ vlan, last }) => filter.vlan === 0 || (vlan.id <= filter.vlan && filter.vlan <= last),
    );
    if (rows.length > 0) printMember(out, link.name, rows, layout);
  }
  session.out(out.finish());
  return 0;
}

const vlansOf = ({ bridge, bridgePort }: LinkInfo): readonly BridgeVlanInfo[] =>
  (bridge ?? bridgePort)?.vlans ?? [];

/** Bridges and ports as they are listed; with counters, bridges first and each by index. */
function membersOf(session: Session, counted: boolean): LinkInfo[] {
  const links = listedLinks(session);
  const bridges = links.filter((link) => link.bridge !== null);
  const ports = links.filter((link) => link.bridgePort !== null);
  if (!counted) return links.filter((link) => bridges.includes(link) || ports.includes(link));
  const byIndex = (a: LinkInfo, b: LinkInfo): number => a.index - b.index;
  return [...bridges.sort(byIndex), ...ports.sort(byIndex)];
}

/** With details the kernel tells ranges of what is alike (br_vlan_can_enter_range). */
function rowsOf(vlans: readonly BridgeVlanInfo[], ranges: boolean): Row[] {
  const rows: Row[] = [];
  for (const vlan of vlans) {
    const row = rows.at(-1);
    if (ranges && row !== undefined && row.last === vlan.id - 1 && isAlike(row.vlan, vlan))
      row.last = vlan.id;
    else rows.push({ vlan, last: vlan.id });
  }
  return rows;
}

const isAlike = (a: BridgeVlanInfo, b: BridgeVlanInfo): boolean =>
  !a.pvid && !b.pvid && a.untagged === b.untagged && a.state === b.state;

function printMember(out: Printer, name: string, rows: readonly Row[], layout: Layout): void {
  out.openObject();
  out.field('ifname', name, `${name.padEnd(NAME_WIDTH)}  `, Color.INTERFACE);
  out.openArray('vlans');
  for (const [i, row] of rows.entries()) {
    if (i > 0) out.text(MARGIN);
    printRow(out, row, layout);
  }
  out.closeArray();
  out.closeObject();
}

function printRow(out: Printer, { vlan, last }: Row, { details, statistics, key }: Layout): void {
  out.openObject();
  out.field(key, vlan.id, `${vlan.id}`);
  if (last !== vlan.id) out.field(`${key}End`, last, `-${last}`);
  printFlags(out, vlan);
  out.newline();
  if (details) printState(out, vlan);
  if (statistics) printCounters(out);
  out.closeObject();
}

function printFlags(out: Printer, { pvid, untagged }: BridgeVlanInfo): void {
  if (!pvid && !untagged) return;
  out.openArray('flags');
  if (pvid) out.item('PVID', ' PVID');
  if (untagged) out.item('Egress Untagged', ' Egress Untagged');
  out.closeArray();
}

function printState(out: Printer, { state }: BridgeVlanInfo): void {
  out.text(INDENT);
  out.field('state', PORT_STATES[state], `state ${PORT_STATES[state]} `);
  out.field('mcast_router', 1, 'mcast_router 1 ');
  out.newline();
}

/** Counted where the bridge has vlan_stats_enabled, which none has here. */
function printCounters(out: Printer): void {
  for (const direction of ['rx', 'tx']) {
    out.text(INDENT);
    out.field(`${direction}_bytes`, 0, `${direction.toUpperCase()}: 0 bytes`);
    out.field(`${direction}_packets`, 0, ' 0 packets\n');
  }
}
