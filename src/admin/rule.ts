// Routing rules as RTM_NEWRULE, RTM_DELRULE and RTM_GETRULE serve them (net/core/fib_rules.c, net/ipv4/fib_rules.c).
import type { RuleEntry } from '../fib/rules.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Outcome, RuleInfo, RuleRequest } from './types.ts';

/** `ip rule add …`; a priority left out is one less than that of the first rule behind rule 0. */
export const addRule = (namespace: Namespace, request: RuleRequest): Outcome =>
  namespace.fib.addRule(request);

/** The same where one that is there already is no reason to refuse (RTM_NEWRULE without NLM_F_EXCL). */
export const restoreRule = (namespace: Namespace, request: RuleRequest): Outcome =>
  namespace.fib.addRule(request, 'also');

/** `ip rule del …`: the first rule that has everything the request names; ENOENT without one. */
export const deleteRule = (namespace: Namespace, request: RuleRequest): Outcome =>
  namespace.fib.deleteRule(request);

/** In order of priority. */
export const dumpRules = (namespace: Namespace): RuleInfo[] => namespace.fib.rules.map(describeRule);

export const describeRule = (rule: RuleEntry): RuleInfo => ({
  priority: rule.priority,
  source: rule.source,
  sourceLength: rule.sourceLength,
  destination: rule.destination,
  destinationLength: rule.destinationLength,
  tos: rule.tos,
  mark: rule.mark,
  markMask: rule.markMask,
  iif: rule.iif,
  oif: rule.oif,
  action: rule.action,
  table: rule.table,
  target: rule.target,
  suppressPrefixLength: rule.suppressPrefixLength,
  suppressIfgroup: rule.suppressIfgroup,
  invert: rule.invert,
  protocol: rule.protocol,
  ipProtocol: rule.ipProtocol,
  sourcePorts: rule.sourcePorts,
  destinationPorts: rule.destinationPorts,
  l3mdev: rule.l3mdev,
  uidRange: rule.uidRange,
  tunnelId: rule.tunnelId,
  realms: rule.realms,
  iifDetached: rule.iifDetached,
  oifDetached: rule.oifDetached,
  unresolved: rule.unresolved,
});
