// What the calculation graph tells the managers of one node, as Felix's does (felix/calc, felix/proto): which prefix is
// whose, and how the pool it lies in is to be carried.
import type { Ipv4 } from '../../addr/ipv4.ts';
import type { Mac } from '../../addr/mac.ts';

export interface Prefix {
  readonly address: Ipv4;
  readonly length: number;
}

/** A prefix as a Map key: unique and exact. */
export const prefixKey = (address: Ipv4, length: number): number => (address >>> 0) * 64 + length;

/** Bits of RouteUpdate.types; 0 is CIDR_INFO, a pool that is no route. */
export const RouteKind = {
  REMOTE_HOST: 1,
  LOCAL_HOST: 2,
  REMOTE_WORKLOAD: 4,
  LOCAL_WORKLOAD: 8,
  REMOTE_TUNNEL: 16,
  LOCAL_TUNNEL: 32,
} as const;

export type PoolType = 'none' | 'no-encap' | 'vxlan' | 'ipip';

/** One prefix as one node sees it (proto.RouteUpdate). */
export interface RouteUpdate extends Prefix {
  readonly types: number;
  readonly poolType: PoolType;
  /** '' for a pool's own. */
  readonly node: string;
  /** The node's address, 0 if it has none that is known. */
  readonly nodeAddress: Ipv4;
  readonly sameSubnet: boolean;
  readonly natOutgoing: boolean;
  /** It is an endpoint of this node. */
  readonly localWorkload: boolean;
  /** Which of the node's tunnel addresses it is. */
  readonly tunnel: { readonly ipip: boolean; readonly vxlan: boolean };
  readonly borrowed: boolean;
}

/** One remote end of VXLAN (proto.VXLANTunnelEndpointUpdate): only for nodes that have both addresses. */
export interface Vtep {
  readonly node: string;
  readonly mac: Mac;
  /** The address of its vxlan.calico. */
  readonly address: Ipv4;
  /** The node's own address. */
  readonly parent: Ipv4;
}
