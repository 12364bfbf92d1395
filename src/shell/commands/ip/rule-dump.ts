// `ip rule save` and `restore`: rules as messages of a dump (fib_nl_fill_rule in net/core/fib_rules.c, iprule_restore in
// ip/iprule.c).
import { ipv4 } from '../../../addr/ipv4.ts';
import { dumpRules, restoreRule } from '../../../admin/rule.ts';
import type { RuleInfo, RuleRequest } from '../../../admin/types.ts';
import {
  eachMessage,
  isRestored,
  RULE_DUMP,
  readDump,
  writeMagic,
  writeMessages,
} from '../iproute2/dump-file.ts';
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

const RTM_NEWRULE = 32;
const FIXED = 12;
const GOTO = 2;
const NONE = 0xffffffff;
/** FRA_*. */
const Attribute = {
  DST: 1,
  SRC: 2,
  IIFNAME: 3,
  GOTO: 4,
  PRIORITY: 6,
  FWMARK: 10,
  FLOW: 11,
  TUN_ID: 12,
  SUPPRESS_IFGROUP: 13,
  SUPPRESS_PREFIXLEN: 14,
  TABLE: 15,
  FWMASK: 16,
  OIFNAME: 17,
  L3MDEV: 19,
  UID_RANGE: 20,
  PROTOCOL: 21,
  IP_PROTO: 22,
  SPORT_RANGE: 23,
  DPORT_RANGE: 24,
} as const;
/** FIB_RULE_*. */
const RuleFlag = { INVERT: 2, UNRESOLVED: 4, IIF_DETACHED: 8, OIF_DETACHED: 16 } as const;

const flagsOf = (rule: RuleInfo): number =>
  (rule.invert ? RuleFlag.INVERT : 0) |
  (rule.unresolved ? RuleFlag.UNRESOLVED : 0) |
  (rule.iifDetached ? RuleFlag.IIF_DETACHED : 0) |
  (rule.oifDetached ? RuleFlag.OIF_DETACHED : 0);

function encode(rule: RuleInfo, identity: DumpIdentity): number[] {
  const { destinationLength, sourceLength, tos, action } = rule;
  const table = tableByte(rule.table);
  const fixed = [AF_INET, destinationLength, sourceLength, tos, table, 0, 0, action, ...u32(flagsOf(rule))];
  const attributes = new AttributeWriter();
  attributes.u32(Attribute.TABLE, rule.table);
  attributes.u32(Attribute.SUPPRESS_PREFIXLEN, rule.suppressPrefixLength);
  attributes.u8(Attribute.PROTOCOL, rule.protocol);
  if (rule.iif !== '') attributes.text(Attribute.IIFNAME, rule.iif);
  if (rule.oif !== '') attributes.text(Attribute.OIFNAME, rule.oif);
  attributes.some(Attribute.PRIORITY, rule.priority);
  putSelectors(attributes, rule);
  if (rule.suppressIfgroup !== -1) attributes.u32(Attribute.SUPPRESS_IFGROUP, rule.suppressIfgroup);
  if (destinationLength !== 0) attributes.address(Attribute.DST, rule.destination);
  if (sourceLength !== 0) attributes.address(Attribute.SRC, rule.source);
  attributes.some(Attribute.FLOW, rule.realms);
  return messageBytes(RTM_NEWRULE, fixed, attributes, identity);
}

function putSelectors(attributes: AttributeWriter, rule: RuleInfo): void {
  const { mark, markMask, uidRange, sourcePorts, destinationPorts } = rule;
  attributes.some(Attribute.FWMARK, mark);
  attributes.some(Attribute.FWMASK, markMask);
  if (rule.action === GOTO) attributes.some(Attribute.GOTO, rule.target);
  if (rule.tunnelId !== 0) attributes.put(Attribute.TUN_ID, bigEndian(rule.tunnelId));
  if (rule.l3mdev) attributes.u8(Attribute.L3MDEV, 1);
  if (uidRange !== null) attributes.put(Attribute.UID_RANGE, uidRange.flatMap(u32));
  if (sourcePorts[0] !== 0) attributes.put(Attribute.SPORT_RANGE, sourcePorts.flatMap(u16));
  if (destinationPorts[0] !== 0) attributes.put(Attribute.DPORT_RANGE, destinationPorts.flatMap(u16));
  if (rule.ipProtocol !== 0) attributes.u8(Attribute.IP_PROTO, rule.ipProtocol);
}

/** 64 bits. */
const bigEndian = (value: number): number[] =>
  [...u32(value >>> 0), ...u32(Math.floor(value / 2 ** 32))].reverse();

function decode({ body }: Message): RuleRequest {
  const given = new Attributes(body, FIXED);
  const tunnel = given.value(Attribute.TUN_ID);
  return {
    ...(given.has(Attribute.PRIORITY) ? { priority: given.u32(Attribute.PRIORITY) } : {}),
    source: ipv4(given.address(Attribute.SRC)),
    sourceLength: body.getUint8(2),
    destination: ipv4(given.address(Attribute.DST)),
    destinationLength: body.getUint8(1),
    tos: body.getUint8(3),
    action: body.getUint8(7),
    invert: (body.getUint32(8, true) & RuleFlag.INVERT) !== 0,
    iif: given.text(Attribute.IIFNAME),
    oif: given.text(Attribute.OIFNAME),
    suppressPrefixLength: given.u32(Attribute.SUPPRESS_PREFIXLEN, NONE) | 0,
    suppressIfgroup: given.u32(Attribute.SUPPRESS_IFGROUP, NONE) | 0,
    protocol: given.u8(Attribute.PROTOCOL),
    ipProtocol: given.u8(Attribute.IP_PROTO),
    l3mdev: given.u8(Attribute.L3MDEV) !== 0,
    tunnelId: tunnel === undefined ? 0 : tunnel.getUint32(0) * 2 ** 32 + tunnel.getUint32(4),
    realms: given.u32(Attribute.FLOW),
    ...optional(given, body.getUint8(4)),
  };
}

/** What must not be named where it is not given. */
function optional(given: Attributes, shownTable: number): RuleRequest {
  const [mark, mask] = [given.u32(Attribute.FWMARK), given.u32(Attribute.FWMASK, NONE)];
  const users = given.value(Attribute.UID_RANGE);
  const from = given.value(Attribute.SPORT_RANGE);
  const to = given.value(Attribute.DPORT_RANGE);
  const hasMark = given.has(Attribute.FWMARK) || given.has(Attribute.FWMASK);
  return {
    ...(given.u8(Attribute.L3MDEV) !== 0 ? {} : { table: given.u32(Attribute.TABLE, shownTable) }),
    ...(hasMark ? { mark, markMask: mask } : {}),
    ...(given.has(Attribute.GOTO) ? { target: given.u32(Attribute.GOTO) } : {}),
    ...(users === undefined
      ? {}
      : { uidRange: [users.getUint32(0, true), users.getUint32(4, true)] as const }),
    ...(from === undefined ? {} : { sourcePorts: portsIn(from) }),
    ...(to === undefined ? {} : { destinationPorts: portsIn(to) }),
  };
}

const portsIn = (view: DataView): readonly [number, number] => [
  view.getUint16(0, true),
  view.getUint16(2, true),
];

export function save(session: Session, rest: readonly string[]): number {
  if (rest.length > 0) return session.fail('"ip rule save" does not take any arguments.');
  if (!writeMagic(session, RULE_DUMP)) return session.statuses.failed;
  writeMessages(session, dumpRules(session.namespace), encode);
  return 0;
}

/** exit(-1). */
const FAILED = 255;

export async function restore(session: Session): Promise<number> {
  const bytes = await readDump(session, RULE_DUMP);
  if (bytes === null) return FAILED;
  const take = (message: Message): boolean =>
    isRestored(session, restoreRule(session.namespace, decode(message)));
  return eachMessage(session, bytes, take) === 0 ? 0 : FAILED;
}
