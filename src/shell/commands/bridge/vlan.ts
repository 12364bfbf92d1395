// `bridge vlan`: every bridge and port is in VLAN 1 and in no other, its default (bridge/vlan.c).
import type { LinkInfo } from '../../../admin/types.ts';
import { Arguments, exact, type Keyword, walk } from '../iproute2/arguments.ts';
import { leadingInteger } from '../iproute2/numbers.ts';
import { exactVerb, prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import { Color, type Printer } from '../iproute2/printer.ts';
import type { Session } from '../iproute2/session.ts';
import { listedLinks, parseShow, passes, VLAN_FILTER } from './port.ts';
import { VLAN_USAGE } from './usage.ts';

const DEFAULT_VLAN = 1;
const FLAGS = ['PVID', 'Egress Untagged'];
const MAX_VLAN = 4096;

/** Width of a device's name, and what the lines below it are shifted by. */
const NAME_WIDTH = 16;
const INDENT = ' '.repeat(NAME_WIDTH + 4);

type Body = (out: Printer) => void;

function show(session: Session, words: readonly string[]): number {
  const filter = parseShow(new Arguments(session, words), VLAN_FILTER);
  if (typeof filter === 'number') return filter;
  const { details, statistics } = session.options;
  const counted = statistics > 0 && !details;
  const out = session.printer();
  out.text(counted ? 'port              vlan-id\n' : 'port              vlan-id  \n');
  const members = filter.vlan === 0 || filter.vlan === DEFAULT_VLAN ? membersOf(session, counted) : [];
  const body = bodyOf(details, statistics);
  for (const link of members) if (passes(filter, link.name)) printMember(out, link.name, counted, body);
  session.out(out.finish());
  return 0;
}

/** Bridges and ports as they are listed; with counters, bridges first and each by index. */
function membersOf(session: Session, counted: boolean): LinkInfo[] {
  const links = listedLinks(session);
  const bridges = links.filter((link) => link.bridge !== null);
  const ports = links.filter((link) => link.bridgePort !== null);
  if (!counted) return links.filter((link) => bridges.includes(link) || ports.includes(link));
  const byIndex = (a: LinkInfo, b: LinkInfo): number => a.index - b.index;
  return [...bridges.sort(byIndex), ...ports.sort(byIndex)];
}

function bodyOf(details: boolean, statistics: number): Body {
  return (out) => {
    if (details) printState(out);
    if (statistics > 0) printCounters(out);
  };
}

function printMember(out: Printer, name: string, counted: boolean, body: Body): void {
  out.openObject();
  out.field('ifname', name, `${name.padEnd(NAME_WIDTH)}  `, Color.INTERFACE);
  out.openArray('vlans');
  out.openObject();
  out.field(counted ? 'vid' : 'vlan', DEFAULT_VLAN, `${DEFAULT_VLAN}`);
  out.openArray('flags');
  for (const flag of FLAGS) out.item(flag, ` ${flag}`);
  out.closeArray();
  out.newline();
  body(out);
  out.closeObject();
  out.closeArray();
  out.closeObject();
}

function printState(out: Printer): void {
  out.text(INDENT);
  out.field('state', 'forwarding', 'state forwarding ');
  out.field('mcast_router', 1, 'mcast_router 1 ');
  out.newline();
}

/** Counted where a bridge filters VLANs, which none does here. */
function printCounters(out: Printer): void {
  for (const direction of ['rx', 'tx']) {
    out.text(INDENT);
    out.field(`${direction}_bytes`, 0, `${direction.toUpperCase()}: 0 bytes`);
    out.field(`${direction}_packets`, 0, ' 0 packets\n');
  }
}

/** VLANs that are mapped to tunnels: none. */
function showTunnels(session: Session, words: readonly string[]): number {
  const filter = parseShow(new Arguments(session, words), VLAN_FILTER);
  if (typeof filter === 'number') return filter;
  const out = session.printer();
  out.text('port              vlan-id    tunnel-id\n');
  session.out(out.finish());
  return 0;
}

// ---- changes, which are refused once their words are right --------------------------------------------------------

interface VlanWords {
  device: string;
  vlan: number;
}

const KEYWORDS: readonly Keyword<VlanWords>[] = [
  exact('dev', (words, args) => {
    words.device = args.value();
  }),
  exact('vid', (words, args) => {
    words.vlan = leadingInteger(args.value());
  }),
];

const change =
  (what: string) =>
  (session: Session, rest: readonly string[]): number => {
    const args = new Arguments(session, rest);
    const words: VlanWords = { device: '', vlan: -1 };
    walk(args, KEYWORDS, words, () => {});
    if (args.failure !== 0) return args.failure;
    if (words.device === '' || words.vlan === -1)
      return session.fail('Device and VLAN ID are required arguments.');
    if (session.link(words.device) === null)
      return session.fail(`Cannot find ${what === 'set' ? 'network' : 'bridge'} device "${words.device}"`);
    if (words.vlan >= MAX_VLAN) return session.fail(`Invalid VLAN ID "${words.vlan}"`);
    return session.notEmulated(`bridge vlan ${what}`);
  };

const VERBS: readonly Verb[] = [
  prefixVerb('add', change('add')),
  prefixVerb('delete', change('delete')),
  prefixVerb('show lst list', show),
  prefixVerb('tunnelshow', showTunnels),
  prefixVerb('set', change('set')),
  exactVerb('global', (session) => session.notEmulated('bridge vlan global')),
  prefixVerb('help', (session) => session.usage(VLAN_USAGE)),
];

export const vlan = (session: Session, words: readonly string[]): number | Promise<number> =>
  runVerb(session, words, VERBS, show, 'bridge vlan');
