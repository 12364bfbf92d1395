// Routing rules as RTM_NEWRULE, RTM_DELRULE and RTM_GETRULE serve them (net/core/fib_rules.c, net/ipv4/fib_rules.c).
import { Errno, refuse } from '../addr/errno.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Outcome, RuleInfo, RuleRequest } from './types.ts';

/** `ip rule add …`; a priority left out is one less than that of the first rule behind rule 0. */
export function addRule(_namespace: Namespace, _request: RuleRequest): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** `ip rule del …`: the first rule that has everything the request names; ENOENT without one. */
export function deleteRule(_namespace: Namespace, _request: RuleRequest): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** In order of priority. */
export function dumpRules(_namespace: Namespace): RuleInfo[] {
  return [];
}
