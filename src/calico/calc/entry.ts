// What the resources say about one prefix (RouteInfo in felix/calc/l3_route_resolver.go).
import type { HostInfo } from './host.ts';
import type { Pool } from './pool.ts';
import type { Prefix, RouteUpdate } from './types.ts';

/** A block, or a borrowed address of one, of a node. */
interface BlockClaim {
  readonly node: string;
  /** The block that says so. */
  readonly source: number;
}

export interface TunnelRef {
  readonly node: string;
  readonly ipip: boolean;
  readonly vxlan: boolean;
}

/** How many endpoints of the node have the prefix. */
interface WorkloadRef {
  readonly node: string;
  readonly count: number;
}

/** Of a BlockAffinity resource. */
export interface AffinityRef {
  readonly node: string;
  readonly confirmed: boolean;
}

/** Lists are in the order of node names, of blocks the smallest first: the first counts. */
export interface Entry extends Prefix {
  readonly key: number;
  pool: Pool | null;
  blocks: readonly BlockClaim[];
  hosts: readonly string[];
  tunnels: readonly TunnelRef[];
  workloads: readonly WorkloadRef[];
  affinities: readonly AffinityRef[];
  /** What nodes that have no part in it see; null until somebody asks. */
  resolved: Resolved | null;
}

/** What a prefix is to nodes that have no part in it. Those who are named see it otherwise. */
export interface Resolved {
  readonly names: readonly string[];
  readonly crossSubnet: boolean;
  /** To all others; null if only pods of some node are here. */
  readonly far: RouteUpdate | null;
  /** The same for a node in whose subnet the destination is. */
  readonly near: RouteUpdate | null;
  readonly destination: HostInfo | null;
}

/** Whether anything but pods stands here. */
export const isShared = ({ pool, blocks, hosts, tunnels }: Entry): boolean =>
  pool !== null || blocks.length > 0 || hosts.length > 0 || tunnels.length > 0;
