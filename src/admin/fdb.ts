// Forwarding entries of bridges and VXLAN devices: RTM_NEWNEIGH and so on of family AF_BRIDGE (net/core/rtnetlink.c,
// net/bridge/br_fdb.c, drivers/net/vxlan/vxlan_core.c).
import { Errno, refuse } from '../addr/errno.ts';
import type { Namespace } from '../netns/namespace.ts';
import type { Answer, FdbInfo, FdbRequest, Outcome } from './types.ts';

/** add = create + exclusive, append = create + append, replace = create + replace. */
export type FdbVerb = 'add' | 'append' | 'replace';

/** `bridge fdb add|append|replace …`. */
export function changeFdb(_namespace: Namespace, _verb: FdbVerb, _request: FdbRequest): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** `bridge fdb del …`. */
export function deleteFdb(_namespace: Namespace, _request: FdbRequest): Outcome {
  return refuse(Errno.EOPNOTSUPP);
}

/** `bridge fdb get …`. */
export function getFdb(_namespace: Namespace, _request: FdbRequest): Answer<FdbInfo> {
  return { refusal: refuse(Errno.EOPNOTSUPP) };
}

/** As `bridge fdb show [br BRIDGE] [brport PORT]`: names of devices, '' or left out for all. */
export interface FdbFilter {
  bridge?: string;
  port?: string;
}

/** All entries in the order of the kernel's dump (rtnl_fdb_dump): device by device, a device's unicast list included. */
export function dumpFdb(_namespace: Namespace, _filter: FdbFilter): FdbInfo[] {
  return [];
}
