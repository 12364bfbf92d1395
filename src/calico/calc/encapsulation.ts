// Which encapsulations are on (felix/calc/encapsulation_resolver.go): what is configured, else what the pools ask for.
// v3.20 has a plain boolean that the client library sets when such a pool is made; the effect is the same.
import type { FelixConfig } from './config.ts';
import type { Pool } from './pool.ts';

export interface Encapsulation {
  readonly ipip: boolean;
  readonly vxlan: boolean;
  /** Felix itself has routes of unencapsulated pools to write. */
  readonly noEncap: boolean;
}

/** Disabled pools count as any other. */
export function encapsulationOf(pools: Iterable<Pool>, config: FelixConfig): Encapsulation {
  const used = { ipip: false, vxlan: false, noEncap: false };
  for (const { ipipMode, vxlanMode } of pools) {
    if (ipipMode !== 'Never') used.ipip = true;
    if (vxlanMode !== 'Never') used.vxlan = true;
    if (ipipMode === 'Never' && vxlanMode === 'Never') used.noEncap = true;
  }
  return {
    ipip: config.ipipEnabled ?? used.ipip,
    vxlan: config.vxlanEnabled ?? used.vxlan,
    noEncap: used.noEncap && config.clusterRoutes.noEncap,
  };
}
