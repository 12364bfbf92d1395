// Which rules `ip rule list` and `ip rule flush` are about (filter_nlmsg in ip/iprule.c).
import type { RuleInfo } from '../../../admin/types.ts';
import { type Arguments, exact, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import { parseDsfield, parseInetProtocol, parseProtocol } from '../iproute2/names.ts';
import { Family } from '../iproute2/options.ts';
import { coveredBy, type Prefix, takePrefix } from '../iproute2/prefix.ts';
import { deviceName, parsed, unsigned } from '../iproute2/values.ts';
import { parsePorts, parseTunnelId, parseUsers, takeMark } from './rule-words.ts';

/** Null, '' and 0 leave a field out. */
export interface RuleFilter {
  priority: number | null;
  inverted: boolean;
  tos: number | null;
  mark: number;
  markMask: number;
  iif: string;
  oif: string;
  table: number;
  source: Prefix | null;
  destination: Prefix | null;
  /** For flush only; null for any. */
  protocol: number | null;
  ipProtocol: number;
  sourcePorts: readonly [number, number];
  destinationPorts: readonly [number, number];
  l3mdev: boolean;
  uidRange: readonly [number, number] | null;
  tunnelId: number;
}

const newFilter = (): RuleFilter => ({
  priority: null,
  inverted: false,
  tos: null,
  mark: 0,
  markMask: 0,
  iif: '',
  oif: '',
  table: 0,
  source: null,
  destination: null,
  protocol: null,
  ipProtocol: 0,
  sourcePorts: [0, 0],
  destinationPorts: [0, 0],
  l3mdev: false,
  uidRange: null,
  tunnelId: 0,
});

/** Protocols are 8 bits: stands for `all`. */
const ALL_PROTOCOLS = 256;

const KEYWORDS: readonly Keyword<RuleFilter>[] = [
  prefix('preference order priority', (filter, args) => {
    filter.priority = unsigned(args, 'preference value is invalid\n');
  }),
  exact('not', (filter) => {
    filter.inverted = true;
  }),
  exact('tos dsfield', (filter, args) => {
    filter.tos = parsed(args, parseDsfield, 'TOS value is invalid\n', 0);
  }),
  exact('fwmark', (filter, args) => {
    const { mark, mask } = takeMark(args);
    filter.mark = mark;
    filter.markMask = mask ?? 0;
  }),
  exact('dev iif', (filter, args) => {
    filter.iif = deviceName(args, '"iif"/"dev" not a valid ifname');
  }),
  exact('oif', (filter, args) => {
    filter.oif = deviceName(args, '"oif" not a valid ifname');
  }),
  exact('l3mdev', (filter) => {
    filter.l3mdev = true;
  }),
  exact('uidrange', (filter, args) => {
    filter.uidRange = parsed(args, parseUsers, 'invalid UID range\n', [0, 0]);
  }),
  prefix('tun_id', (filter, args) => {
    filter.tunnelId = parsed(args, parseTunnelId, '"tun_id" value is invalid\n', 0);
  }),
  prefix('lookup table', (filter, args) => {
    filter.table = parsed(
      args,
      (text) => args.session.names.tableNumber(text),
      'table id value is invalid\n',
      0,
    );
  }),
  prefix('from src', (filter, args) => {
    filter.source = takePrefix(args, args.value(), familyOf(args));
  }),
  prefix('protocol', (filter, args) => {
    const protocol = (text: string) => parseProtocol(text) ?? (text === 'all' ? ALL_PROTOCOLS : null);
    const wanted = parsed(args, protocol, 'invalid "protocol"\n', 0);
    filter.protocol = wanted === ALL_PROTOCOLS ? null : wanted;
  }),
  exact('ipproto', (filter, args) => {
    filter.ipProtocol = parsed(args, parseInetProtocol, 'Invalid "ipproto" value\n', 0);
  }),
  exact('sport', (filter, args) => {
    filter.sourcePorts = parsed(args, parsePorts, 'invalid port range\n', [0, 0]);
  }),
  exact('dport', (filter, args) => {
    filter.destinationPorts = parsed(args, parsePorts, 'invalid dport range\n', [0, 0]);
  }),
];

const familyOf = (args: Arguments): number => args.session.options.family || Family.INET;

function takeDestination(filter: RuleFilter, args: Arguments): void {
  const text = args.begins('dst') || args.begins('to') ? args.value() : args.word;
  filter.destination = takePrefix(args, text, familyOf(args));
}

export function parseRuleFilter(args: Arguments): RuleFilter {
  const filter = newFilter();
  walk(args, KEYWORDS, filter, takeDestination);
  return filter;
}

const samePorts = (wanted: readonly [number, number], given: readonly [number, number]): boolean =>
  wanted[0] === 0 || (wanted[0] === given[0] && wanted[1] === given[1]);

const sameUsers = (wanted: RuleFilter['uidRange'], given: RuleInfo['uidRange']): boolean =>
  wanted === null || (wanted[0] === given?.[0] && wanted[1] === given[1]);

export function passes(filter: RuleFilter, rule: RuleInfo): boolean {
  if ((filter.inverted && !rule.invert) || (filter.l3mdev && !rule.l3mdev)) return false;
  if (!sameUsers(filter.uidRange, rule.uidRange)) return false;
  if (filter.tunnelId !== 0 && filter.tunnelId !== rule.tunnelId) return false;
  if (filter.priority !== null && filter.priority !== rule.priority) return false;
  if (filter.tos !== null && filter.tos !== rule.tos) return false;
  if (filter.mark !== 0 && filter.mark !== rule.mark) return false;
  if (filter.markMask !== 0 && filter.markMask !== rule.markMask) return false;
  if (filter.iif !== '' && filter.iif !== rule.iif) return false;
  if (filter.oif !== '' && filter.oif !== rule.oif) return false;
  if (filter.ipProtocol !== 0 && filter.ipProtocol !== rule.ipProtocol) return false;
  if (filter.table !== 0 && filter.table !== rule.table) return false;
  return passesEnds(filter, rule);
}

function passesEnds({ source, destination, ...filter }: RuleFilter, rule: RuleInfo): boolean {
  if (source !== null && (source.length > rule.sourceLength || !coveredBy(rule.source, source))) return false;
  if (destination !== null) {
    if (destination.length > rule.destinationLength || !coveredBy(rule.destination, destination))
      return false;
  }
  return (
    samePorts(filter.sourcePorts, rule.sourcePorts) &&
    samePorts(filter.destinationPorts, rule.destinationPorts)
  );
}

/** The protocol counts for flush; a list shows all. */
export const passesProtocol = (filter: RuleFilter, rule: RuleInfo): boolean =>
  filter.protocol === null || filter.protocol === rule.protocol;
