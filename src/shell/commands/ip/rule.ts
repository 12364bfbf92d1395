// `ip rule`: its verbs, and the requests of add and delete (ip/iprule.c).
import { Errno, type Refusal, refuse } from '../../../addr/errno.ts';
import { addIpv6Rule, deleteIpv6Rule, dumpIpv6Rules } from '../../../admin/ipv6-rule.ts';
import { RouteType, RuleAction, Table } from '../../../admin/route-constants.ts';
import { addRule, deleteRule, dumpRules } from '../../../admin/rule.ts';
import type { RuleInfo, RuleRequest } from '../../../admin/types.ts';
import { Arguments, exact, type Keyword, prefix, walk } from '../iproute2/arguments.ts';
import {
  parseDsfield,
  parseGroup,
  parseInetProtocol,
  parseProtocol,
  parseRouteType,
} from '../iproute2/names.ts';
import { parseInteger } from '../iproute2/numbers.ts';
import { prefixVerb, runVerb, type Verb } from '../iproute2/object.ts';
import { Family } from '../iproute2/options.ts';
import { takeAddress, takePrefix } from '../iproute2/prefix.ts';
import type { Session } from '../iproute2/session.ts';
import { deviceName, parsed, unsigned } from '../iproute2/values.ts';
import { restore, save } from './rule-dump.ts';
import { parseRuleFilter, passes, passesProtocol } from './rule-filter.ts';
import { printRule } from './rule-print.ts';
import { parsePorts, parseTunnelId, parseUsers, takeMark } from './rule-words.ts';
import { RULE_USAGE } from './usage.ts';

/** What iprule_modify hands to exit(3): -EINVAL. */
const EINVAL_STATUS = 234;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

interface RuleWords {
  readonly rule: Writable<RuleRequest>;
  tableGiven: boolean;
  /** By `table`, not by an action that needs none. */
  tableNamed: boolean;
  refusal: Refusal | null;
}

type Take = Keyword<RuleWords>['take'];

/** `from` and `to`: an address of another family is found out by the kernel only. */
const end =
  (address: 'source' | 'destination', length: 'sourceLength' | 'destinationLength'): Take =>
  (words, args) => {
    const prefix = takePrefix(args, args.value(), args.session.options.family);
    if (prefix.family === Family.INET6) words.refusal ??= refuse(Errno.EINVAL, `Invalid ${address} address`);
    words.rule[address] = prefix.address;
    words.rule[length] = prefix.length;
  };

const ports =
  (name: 'sourcePorts' | 'destinationPorts', message: string): Take =>
  (words, args) => {
    const range = parsed(args, parsePorts, message, [0, 0]);
    if (range[0] === 0 || range[0] > range[1])
      words.refusal ??= refuse(Errno.EINVAL, `Invalid ${name === 'sourcePorts' ? 'sport' : 'dport'} range`);
    words.rule[name] = range;
  };

const takeSuppressor: Take = (words, args) => {
  const length = (text: string) => {
    const value = parseInteger(text);
    return value !== null && value >= 0 ? value : null;
  };
  words.rule.suppressPrefixLength = parsed(args, length, 'suppress_prefixlength value is invalid\n', 0);
};

const takeSuppressedGroup: Take = (words, args) => {
  words.rule.suppressIfgroup = parsed(args, parseGroup, 'Invalid "suppress_ifgroup" value\n', 0);
};

const takeTos: Take = (words, args) => {
  words.rule.tos = parsed(args, parseDsfield, 'TOS value is invalid\n', 0);
};

const takeTable: Take = (words, args) => {
  words.rule.table = parsed(args, (text) => args.session.names.tableNumber(text), 'invalid table ID\n', 0);
  words.tableGiven = true;
  words.tableNamed = true;
};

/** Kernels since 2.6 know no such rule: it lets nothing pass, and its address is forgotten. */
const takeTranslation: Take = (words, args) => {
  const address = takeAddress(args, args.value(), Family.INET);
  if (args.failure !== 0) return;
  args.session.context.err('Warning: route NAT is deprecated\n');
  words.refusal ??= address.family === Family.INET ? null : refuse(Errno.EINVAL);
  words.rule.action = RouteType.NAT;
};

/** In the order of comparison of iprule_modify. */
const KEYWORDS: readonly Keyword<RuleWords>[] = [
  exact('not', ({ rule }) => {
    rule.invert = true;
  }),
  exact('from', end('source', 'sourceLength')),
  exact('to', end('destination', 'destinationLength')),
  prefix('preference order priority', ({ rule }, args) => {
    rule.priority = unsigned(args, 'preference value is invalid\n');
  }),
  exact('tos', takeTos),
  prefix('dsfield', takeTos),
  exact('fwmark', ({ rule }, args) => {
    const { mark, mask } = takeMark(args);
    rule.mark = mark;
    if (mask !== null) rule.markMask = mask;
  }),
  prefix('realms', ({ rule }, args) => {
    rule.realms = parsed(args, (text) => args.session.names.realmsNumber(text), 'invalid realms\n', 0);
  }),
  prefix('protocol', ({ rule }, args) => {
    rule.protocol = parsed(args, parseProtocol, '"protocol" value is invalid\n', 0);
  }),
  prefix('tun_id', ({ rule }, args) => {
    rule.tunnelId = parsed(args, parseTunnelId, '"tun_id" value is invalid\n', 0);
  }),
  prefix('table', takeTable),
  exact('lookup', takeTable),
  prefix('suppress_prefixlength', takeSuppressor),
  exact('sup_pl', takeSuppressor),
  prefix('suppress_ifgroup', takeSuppressedGroup),
  exact('sup_group', takeSuppressedGroup),
  exact('dev iif', ({ rule }, args) => {
    rule.iif = deviceName(args, '"iif"/"dev" not a valid ifname');
  }),
  exact('oif', ({ rule }, args) => {
    rule.oif = deviceName(args, '"oif" not a valid ifname');
  }),
  exact('l3mdev', (words) => {
    words.rule.l3mdev = true;
    words.tableGiven = true;
  }),
  exact('uidrange', (words, args) => {
    words.rule.uidRange = parsed(args, parseUsers, 'invalid UID range\n', [0, 0]);
  }),
  exact('nat', takeTranslation),
  prefix('map-to', takeTranslation),
  exact('ipproto', ({ rule }, args) => {
    rule.ipProtocol = parsed(args, parseInetProtocol, 'Invalid "ipproto" value\n', 0);
  }),
  exact('sport', ports('sourcePorts', 'invalid port range\n')),
  exact('dport', ports('destinationPorts', 'invalid dport range\n')),
];

/** What remains is an action, with or without `type` in front. */
function takeAction(words: RuleWords, args: Arguments): void {
  const text = args.is('type') ? args.value() : args.word;
  if (args.failure !== 0) return;
  if (args.begins('help')) {
    args.usage(RULE_USAGE);
    return;
  }
  words.tableGiven = true;
  if (args.begins('goto')) {
    words.rule.target = unsigned(args, 'invalid target\n');
    words.rule.action = RuleAction.GOTO;
  } else if (args.begins('nop')) {
    words.rule.action = RuleAction.NOP;
  } else {
    const type = parseRouteType(text);
    if (type === null) args.wrong('Failed to parse rule type', text);
    else words.rule.action = type;
  }
}

const modify =
  (command: 'add' | 'del') =>
  (session: Session, rest: readonly string[]): number => {
    if (rest.length === 0) return session.fail(`"ip rule ${command}" requires arguments.`);
    const args = new Arguments(session, rest);
    const words: RuleWords = { rule: {}, tableGiven: false, tableNamed: false, refusal: null };
    walk(args, KEYWORDS, words, takeAction);
    if (args.failure !== 0) return args.failure;
    if (words.rule.l3mdev && words.tableNamed)
      return session.fail('table can not be specified for l3mdev rules', EINVAL_STATUS);
    if (keepsIpv6(session)) return modifyIpv6Rule(session, command, words);
    if (!session.ipv4) return session.answer(refuse(Errno.EAFNOSUPPORT));
    return session.answer(words.refusal ?? send(session, command, words));
  };

function send(session: Session, command: 'add' | 'del', { rule, tableGiven }: RuleWords): Refusal | null {
  if (command === 'del') return deleteRule(session.namespace, rule);
  rule.action ??= RuleAction.TO_TABLE;
  if (!tableGiven) rule.table = Table.MAIN;
  return addRule(session.namespace, rule);
}

const keepsIpv6 = ({ options, namespace }: Session): boolean =>
  options.family === Family.INET6 && !namespace.kernel.ipv6Disabled;

/** Kept and shown, without addresses (src/admin/ipv6-rule.ts). */
function modifyIpv6Rule(
  session: Session,
  command: 'add' | 'del',
  { rule, tableGiven, refusal }: RuleWords,
): number {
  if (rule.sourceLength || rule.destinationLength || refusal !== null)
    return session.notEmulated('an IPv6 rule with addresses');
  if (command === 'del') return session.answer(deleteIpv6Rule(session.namespace, rule));
  const table = tableGiven ? {} : { table: Table.MAIN };
  return session.answerKept(
    addIpv6Rule(session.namespace, { action: RuleAction.TO_TABLE, ...rule, ...table }),
  );
}

function list(session: Session, rest: readonly string[]): number {
  const args = new Arguments(session, rest);
  const filter = parseRuleFilter(args);
  if (args.failure !== 0) return args.failure;
  const wide = keepsIpv6(session);
  if (!session.ipv4 && !wide) return noFamily(session);
  const out = session.printer();
  const { details } = session.options;
  for (const rule of wide ? dumpIpv6Rules(session.namespace) : dumpRules(session.namespace))
    if (passes(filter, rule)) printRule(out, rule, { names: session.names, details });
  session.out(out.finish());
  return 0;
}

/** A dump for a family whose rules the kernel has not. */
function noFamily(session: Session): number {
  session.explain(refuse(Errno.EAFNOSUPPORT));
  return session.fail('Dump terminated', 255);
}

/** Rules of priority 0 carry none, and so stay. */
/** What a dump tells of a rule: a target only of one that jumps, ports only where it asks for some. */
function requestFor(rule: RuleInfo): RuleRequest {
  const { iifDetached: _, oifDetached: __, unresolved: ___, ...rest } = rule;
  const { target, sourcePorts, destinationPorts, table, ...request } = rest;
  return {
    ...request,
    ...(rule.l3mdev ? {} : { table }),
    ...(rule.action === RuleAction.GOTO ? { target } : {}),
    ...(sourcePorts[0] === 0 ? {} : { sourcePorts }),
    ...(destinationPorts[0] === 0 ? {} : { destinationPorts }),
  };
}

function flush(session: Session, rest: readonly string[]): number {
  const args = new Arguments(session, rest);
  const filter = parseRuleFilter(args);
  if (args.failure !== 0) return args.failure;
  if (!session.ipv4) return noFamily(session);
  for (const rule of dumpRules(session.namespace)) {
    if (rule.priority === 0 || !passes(filter, rule) || !passesProtocol(filter, rule)) continue;
    const refusal = deleteRule(session.namespace, requestFor(rule));
    if (refusal === null) continue;
    session.explain(refusal);
    return session.fail('Dump terminated', 255);
  }
  return 0;
}

const VERBS: readonly Verb[] = [
  prefixVerb('list lst show', list),
  prefixVerb('save', save),
  prefixVerb('restore', restore),
  prefixVerb('add', modify('add')),
  prefixVerb('delete', modify('del')),
  prefixVerb('flush', flush),
  prefixVerb('help', (session) => session.usage(RULE_USAGE)),
];

export const rule = (session: Session, words: readonly string[]): number | Promise<number> =>
  runVerb(session, words, VERBS, list, 'ip rule');
