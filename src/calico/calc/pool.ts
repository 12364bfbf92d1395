// Pools as the calculation graph sees them, and which one an address is of.
import { type Ipv4, networkOf } from '../../addr/ipv4.ts';
import type { EncapMode, IpPool, IpPoolSpec } from '../resource/types.ts';
import { parsePrefix } from './prefix.ts';
import { PrefixIndex } from './prefix-index.ts';
import type { PoolType, Prefix } from './types.ts';

export interface Pool extends Prefix {
  readonly name: string;
  readonly type: PoolType;
  readonly ipipMode: EncapMode;
  readonly vxlanMode: EncapMode;
  readonly crossSubnet: boolean;
  readonly natOutgoing: boolean;
  readonly disabled: boolean;
  readonly disableBgpExport: boolean;
  /** The length of its blocks; of a pool that is smaller than a block, its own. */
  readonly blockLength: number;
  readonly nodeSelector: string;
  readonly forTunnels: boolean;
  readonly loadBalancerOnly: boolean;
}

/** Null for an IPv6 pool. */
export function poolOf({ metadata, spec }: IpPool): Pool | null {
  const prefix = parsePrefix(spec.cidr);
  if (prefix === null) return null;
  const { length } = prefix;
  return {
    address: networkOf(prefix.address, length),
    length,
    name: metadata.name,
    type: poolType(spec),
    ipipMode: spec.ipipMode,
    vxlanMode: spec.vxlanMode,
    crossSubnet: spec.ipipMode === 'CrossSubnet' || spec.vxlanMode === 'CrossSubnet',
    natOutgoing: spec.natOutgoing,
    disabled: spec.disabled,
    disableBgpExport: spec.disableBGPExport,
    blockLength: Math.max(spec.blockSize, length),
    nodeSelector: spec.nodeSelector,
    forTunnels: spec.allowedUses.length === 0 || spec.allowedUses.includes('Tunnel'),
    loadBalancerOnly: isLoadBalancerOnly(spec),
  };
}

/** poolTypeForPool in felix/calc/l3_route_resolver.go. */
function poolType(spec: IpPoolSpec): PoolType {
  if (isLoadBalancerOnly(spec)) return 'none';
  if (spec.vxlanMode !== 'Never') return 'vxlan';
  return spec.ipipMode !== 'Never' ? 'ipip' : 'no-encap';
}

const isLoadBalancerOnly = ({ allowedUses }: IpPoolSpec): boolean =>
  allowedUses.length === 1 && allowedUses[0] === 'LoadBalancer';

export const samePool = (a: Pool, b: Pool): boolean =>
  Object.keys(a).every((field) => a[field as keyof Pool] === b[field as keyof Pool]);

/** The pools by name and by prefix. Of two with one prefix, which no datastore would take, the lower name counts. */
export class PoolTable {
  private readonly byName = new Map<string, Pool>();
  private readonly byPrefix = new PrefixIndex<readonly Pool[]>();

  get(name: string): Pool | undefined {
    return this.byName.get(name);
  }

  /** The one at exactly this prefix. */
  at({ address, length }: Prefix): Pool | null {
    return this.byPrefix.get(address, length)?.[0] ?? null;
  }

  /** In the order of their names. */
  values(): Pool[] {
    return [...this.byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The smallest pool that the whole prefix lies in. */
  covering(address: Ipv4, length = 32): Pool | null {
    return this.byPrefix.path(address, length).at(-1)?.[0] ?? null;
  }

  set(pool: Pool): void {
    this.delete(pool.name);
    this.byName.set(pool.name, pool);
    const others = this.byPrefix.get(pool.address, pool.length) ?? [];
    const sorted = [...others, pool].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.byPrefix.set(pool.address, pool.length, sorted);
  }

  delete(name: string): void {
    const pool = this.byName.get(name);
    if (pool === undefined) return;
    this.byName.delete(name);
    const others = this.byPrefix.get(pool.address, pool.length)?.filter((other) => other !== pool) ?? [];
    if (others.length === 0) this.byPrefix.delete(pool.address, pool.length);
    else this.byPrefix.set(pool.address, pool.length, others);
  }
}
