// IPAM blocks from the datastore: whose they are, which of their addresses others have borrowed, which are taken
// (routesFromBlock in felix/calc/l3_route_resolver.go, NonAffineAllocations in libcalico-go/lib/backend/model/block.go).
import { type Ipv4, ipv4, networkOf } from '../../addr/ipv4.ts';
import type { IpamBlock, IpamBlockSpec } from '../resource/types.ts';
import { parsePrefix } from './prefix.ts';
import { type Prefix, prefixKey } from './types.ts';

export interface Block extends Prefix {
  readonly key: number;
  /** The node that it is affine to; '' for none, or a load balancer's. */
  readonly node: string;
  /** Prefix key → node: itself, and a /32 for each address that another node has. */
  readonly claims: ReadonlyMap<number, string>;
  readonly allocated: ReadonlySet<Ipv4>;
}

/** Null for an IPv6 block, or one that is deleted. */
export function blockOf({ spec }: IpamBlock): Block | null {
  const prefix = parsePrefix(spec.cidr);
  if (prefix === null || spec.deleted) return null;
  const { length } = prefix;
  const address = networkOf(prefix.address, length);
  const key = prefixKey(address, length);
  const node = spec.affinity.startsWith('host:') ? spec.affinity.slice('host:'.length) : '';
  const claims = borrowed(spec, address, node);
  if (node !== '') claims.set(key, node);
  return { address, length, key, node, claims, allocated: allocated(spec, address) };
}

/** An allocation whose node was not written down makes no route. */
function borrowed(
  { allocations, attributes }: IpamBlockSpec,
  base: Ipv4,
  owner: string,
): Map<number, string> {
  const claims = new Map<number, string>();
  for (const [ordinal, index] of allocations.entries()) {
    const node = index === null ? undefined : attributes[index]?.secondary?.node;
    if (node && node !== owner) claims.set(prefixKey(ipv4(base + ordinal), 32), node);
  }
  return claims;
}

function allocated({ allocations }: IpamBlockSpec, base: Ipv4): Set<Ipv4> {
  const taken = new Set<Ipv4>();
  for (const [ordinal, index] of allocations.entries()) if (index !== null) taken.add(ipv4(base + ordinal));
  return taken;
}
