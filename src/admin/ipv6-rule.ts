// IPv6 rules, kept and read back as IPv6 routes are (ipv6.ts). They name no addresses: `from` and `to` are refused.
import { Errno, type Refusal, refuse } from '../addr/errno.ts';
import type { FibHost } from '../fib/host.ts';
import { checkTos, RuleEntry, RuleList } from '../fib/rules.ts';
import type { Namespace } from '../netns/namespace.ts';
import { type Kept, keepIpv6 } from './ipv6.ts';
import { Table } from './route-constants.ts';
import { describeRule } from './rule.ts';
import type { Outcome, RuleInfo, RuleRequest } from './types.ts';

const lists = new WeakMap<Namespace, RuleList>();

function listOf(namespace: Namespace): RuleList {
  const list = lists.get(namespace) ?? newList(namespace.fib.host);
  lists.set(namespace, list);
  return list;
}

/** fib6_rules_net_init: IPv6 has no table `default`. */
function newList(host: FibHost): RuleList {
  const list = new RuleList(host);
  const last = list.rules.find(({ table }) => table === Table.DEFAULT);
  if (last !== undefined) list.remove(last);
  return list;
}

export const addIpv6Rule = (namespace: Namespace, request: RuleRequest): Kept =>
  keepIpv6(namespace.kernel, () => add(listOf(namespace), request));

function add(list: RuleList, request: RuleRequest): Refusal | null {
  const rule = list.parse(request);
  if (!(rule instanceof RuleEntry)) return rule;
  if (list.has(rule)) return refuse(Errno.EEXIST);
  const refusal = checkTos(rule);
  if (refusal === null) list.add(rule);
  return refusal;
}

export function deleteIpv6Rule(namespace: Namespace, request: RuleRequest): Outcome {
  const list = listOf(namespace);
  const wanted = list.parse(request);
  if (!(wanted instanceof RuleEntry)) return wanted;
  const rule = list.find(wanted, request.priority !== undefined);
  if (rule === null) return refuse(Errno.ENOENT);
  list.remove(rule);
  return null;
}

/** In order of priority. */
export const dumpIpv6Rules = (namespace: Namespace): RuleInfo[] => listOf(namespace).rules.map(describeRule);
