// A routing rule as the words behind `ip rule add`.
import { formatPrefix } from '../addr/ipv4.ts';
import { RuleAction } from '../admin/route-constants.ts';
import { ROUTE_TYPE_NAMES } from '../admin/route-names.ts';
import type { DumpedRule } from './node-dump.ts';

export function ruleWords(rule: DumpedRule): string[] {
  const words = rule.invert ? ['not'] : [];
  words.push('from', rule.sourceLength === 0 ? 'all' : formatPrefix(rule.source, rule.sourceLength));
  if (rule.destinationLength > 0) words.push('to', formatPrefix(rule.destination, rule.destinationLength));
  if (rule.tos !== 0) words.push('tos', `0x${rule.tos.toString(16)}`);
  if (rule.markMask !== 0) words.push('fwmark', `${hex(rule.mark)}/${hex(rule.markMask)}`);
  if (rule.iif !== '') words.push('iif', rule.iif);
  if (rule.oif !== '') words.push('oif', rule.oif);
  if (rule.tunnelId !== 0) words.push('tun_id', String(rule.tunnelId));
  if (rule.uidRange !== null) words.push('uidrange', rule.uidRange.join('-'));
  if (rule.ipProtocol !== 0) words.push('ipproto', String(rule.ipProtocol));
  if (rule.sourcePorts[0] !== 0) words.push('sport', rule.sourcePorts.join('-'));
  if (rule.destinationPorts[0] !== 0) words.push('dport', rule.destinationPorts.join('-'));
  return [...words, 'pref', String(rule.priority), ...actionWords(rule)];
}

const hex = (bits: number): string => `0x${(bits >>> 0).toString(16)}`;

function actionWords(rule: DumpedRule): string[] {
  const words = rule.protocol === 0 ? [] : ['proto', String(rule.protocol)];
  if (rule.l3mdev) words.push('l3mdev');
  else if (rule.table !== 0) words.push('lookup', String(rule.table));
  if (rule.suppressPrefixLength !== -1)
    words.push('suppress_prefixlength', String(rule.suppressPrefixLength));
  if (rule.suppressIfgroup !== -1) words.push('suppress_ifgroup', String(rule.suppressIfgroup));
  if (rule.action === RuleAction.GOTO) words.push('goto', String(rule.target));
  else if (rule.action === RuleAction.NOP) words.push('nop');
  else if (rule.action !== RuleAction.TO_TABLE)
    words.push(ROUTE_TYPE_NAMES[rule.action] ?? String(rule.action));
  return words;
}
