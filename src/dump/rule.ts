// A routing rule: the object of `ip -j rule` as data, and the line of `ip rule` as that object (print_rule in ip/iprule.c).
import { RouteProtocol, RuleAction, Table } from '../admin/route-constants.ts';
import {
  DSFIELD_NAMES,
  INET_PROTOCOL_NAMES,
  PROTOCOL_NAMES,
  ROUTE_TYPE_NAMES,
} from '../admin/route-names.ts';
import { Fields, type Json, type Reading, reading } from './fields.ts';
import type { DumpedRule } from './node-dump.ts';
import { parsePrefix, tableNumber } from './route.ts';

const ALL_BITS = 0xffffffff;
const ACTIONS: ReadonlyMap<number, string> = new Map([...ROUTE_TYPE_NAMES.entries()]);

export function ruleOf(record: Json): Reading<DumpedRule> {
  const fields = new Fields(record);
  const source = prefixOf(fields, 'src');
  const destination = prefixOf(fields, 'dst');
  const mark = fields.number('fwmark');
  const table = tableNumber(fields, 'table', Table.UNSPEC);
  fields.ignore('iif_detached', 'oif_detached', 'unresolved', 'flow_from', 'flow_to');
  return reading(fields, {
    priority: fields.number('priority'),
    source: source.address,
    sourceLength: source.length,
    destination: destination.address,
    destinationLength: destination.length,
    tos: fields.named('tos', DSFIELD_NAMES, 0),
    mark,
    markMask: fields.has('fwmask') ? fields.number('fwmask') : mark === 0 ? 0 : ALL_BITS,
    iif: fields.text('iif'),
    oif: fields.text('oif'),
    action: actionOf(fields),
    table,
    target: fields.number('goto'),
    suppressPrefixLength: fields.number('suppress_prefixlen', -1),
    suppressIfgroup: fields.named('suppress_ifgroup', GROUP_NAMES, -1),
    invert: fields.flag('not'),
    protocol: fields.named('protocol', PROTOCOL_NAMES, kernelsOwn(fields, table)),
    ipProtocol: fields.named('ipproto', INET_PROTOCOL_NAMES, 0),
    sourcePorts: portsOf(fields, 'sport'),
    destinationPorts: portsOf(fields, 'dport'),
    l3mdev: fields.flag('l3mdev'),
    uidRange: fields.has('uid_start') ? [fields.number('uid_start'), fields.number('uid_end')] : null,
    tunnelId: fields.number('tun_id'),
  });
}

const GROUP_NAMES: ReadonlyMap<number, string> = new Map([[0, 'default']]);

/** Of the rule that the first VRF device brings. */
const VRF_PRIORITY = 1000;

/** `ip rule` names the kernel as protocol only with -d: its rules are known by their places. */
function kernelsOwn(fields: Fields, table: number): number {
  const priority = fields.number('priority');
  const isOwn =
    (priority === 0 && table === Table.LOCAL) ||
    (priority === VRF_PRIORITY && fields.flag('l3mdev')) ||
    (priority === 32766 && table === Table.MAIN) ||
    (priority === 32767 && table === Table.DEFAULT);
  return isOwn ? RouteProtocol.KERNEL : RouteProtocol.UNSPEC;
}

function prefixOf(fields: Fields, key: 'src' | 'dst'): { address: DumpedRule['source']; length: number } {
  const prefix = parsePrefix(fields.text(key, 'all'));
  const length = fields.number(`${key}len`, prefix?.length ?? 0);
  if (prefix === null) fields.wrong ||= `${key} is "${fields.text(key)}"`;
  return { address: (prefix?.address ?? 0) as DumpedRule['source'], length };
}

function actionOf(fields: Fields): number {
  if (fields.has('goto')) return RuleAction.GOTO;
  if (fields.flag('nop')) return RuleAction.NOP;
  return fields.named('action', ACTIONS, RuleAction.TO_TABLE);
}

function portsOf(fields: Fields, key: 'sport' | 'dport'): readonly [number, number] {
  if (fields.has(key)) return [fields.number(key), fields.number(key)];
  return [fields.number(`${key}_start`), fields.number(`${key}_end`)];
}

// ---- lines ---------------------------------------------------------------------------------------------------

const KEYS: Readonly<Record<string, string>> = {
  from: 'src',
  to: 'dst',
  tos: 'tos',
  iif: 'iif',
  oif: 'oif',
  ipproto: 'ipproto',
  lookup: 'table',
  table: 'table',
  goto: 'goto',
  tun_id: 'tun_id',
  realms: 'flow_to',
  proto: 'protocol',
  suppress_prefixlength: 'suppress_prefixlen',
  suppress_ifgroup: 'suppress_ifgroup',
};

/** What stands for the table of a rule that asks the VRF's. */
const L3MDEV = '[l3mdev-table]';

const BARE: Readonly<Record<string, string>> = { not: 'not', nop: 'nop' };

/** The object of `32766: from all lookup main`; what is wrong otherwise. */
export function ruleRecord(line: string): Reading<Json> {
  const [priority, ...words] = line.trim().split(/\s+/);
  const draft: Record<string, unknown> = { priority: (priority as string).replace(/:$/, '') };
  while (words.length > 0) {
    const wrong = takeWord(words.shift() as string, words, draft);
    if (wrong !== '') return { wrong };
  }
  return { value: draft };
}

function takeWord(word: string, rest: string[], draft: Record<string, unknown>): string {
  const key = KEYS[word];
  const bare = BARE[word];
  if (word === 'lookup' && rest[0] === L3MDEV) {
    rest.shift();
    draft.l3mdev = null;
  } else if (key !== undefined) draft[key] = rest.shift() ?? '';
  else if (bare !== undefined) draft[bare] = null;
  else if (word === 'fwmark') [draft.fwmark, draft.fwmask] = markOf(rest.shift() ?? '');
  else if (word === 'uidrange') [draft.uid_start, draft.uid_end] = (rest.shift() ?? '').split('-');
  else if (word === 'sport' || word === 'dport') takePorts(word, rest.shift() ?? '', draft);
  else if (ROUTE_TYPE_NAMES.includes(word)) draft.action = word;
  else if (word !== '[detached]' && word !== '[unresolved]') return `unknown word "${word}"`;
  return '';
}

const markOf = (text: string): readonly [string, string] => {
  const [mark, mask] = text.split('/');
  return [mark as string, mask ?? '0xffffffff'];
};

function takePorts(word: string, text: string, draft: Record<string, unknown>): void {
  const [first, last] = text.split('-');
  draft[`${word}_start`] = first;
  draft[`${word}_end`] = last ?? first;
}
