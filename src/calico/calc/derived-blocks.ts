// Blocks where the resources have none: an operator who dumped pods and pools but no IPAM still has routes by blocks.
// A block belongs to the node with most addresses in it, of two the one with the lowest; the others have borrowed theirs.
import { type Ipv4, networkOf } from '../../addr/ipv4.ts';
import type { Entry } from './entry.ts';
import type { Pool } from './pool.ts';
import { addressOfKey, lengthOfKey } from './prefix.ts';
import { PrefixIndex } from './prefix-index.ts';
import type { RouteTrie } from './route-trie.ts';
import { type Prefix, prefixKey } from './types.ts';

interface DerivedBlock extends Prefix {
  readonly key: number;
  readonly claims: ReadonlyMap<number, string>;
}

const NO_CLAIMS: ReadonlyMap<number, string> = new Map();

/** The pool whose blocks are to be derived at this address, null if blocks are given or there is no pool. */
type DerivingPool = (address: Ipv4) => Pool | null;

/** Whose address it is: a pod's or a tunnel's, of the lowest name if several have it; '' if nobody's. */
function holderOf({ workloads, tunnels }: Entry): string {
  if (workloads.length === 0) return tunnels[0]?.node ?? '';
  const [{ node }] = workloads;
  return tunnels.length > 0 && tunnels[0].node < node ? tunnels[0].node : node;
}

export class DerivedBlocks {
  private readonly trie: RouteTrie;
  private readonly poolAt: DerivingPool;
  private readonly blocks = new PrefixIndex<DerivedBlock>();
  private readonly dirty = new Set<number>();

  constructor(trie: RouteTrie, poolAt: DerivingPool) {
    this.trie = trie;
    this.poolAt = poolAt;
  }

  /** Somebody took or gave up the address. */
  addressChanged(address: Ipv4): void {
    const key = this.blockAt(address);
    if (key !== null) this.dirty.add(key);
  }

  /** A pool or its blocks changed: what was derived around and within it may be wrong now. */
  rangeChanged(range: Prefix): void {
    for (const { key } of this.blocks.path(range.address, range.length)) this.dirty.add(key);
    for (const { key } of this.blocks.within(range.address, range.length)) this.dirty.add(key);
    for (const entry of this.trie.within(range))
      if (entry.length === 32 && holderOf(entry) !== '') this.addressChanged(entry.address);
  }

  /** Before a given block of the same prefix takes its place. */
  withdraw(key: number): void {
    this.replace(key, NO_CLAIMS);
  }

  settle(): void {
    for (const key of this.dirty) this.replace(key, this.claimsOf(key));
    this.dirty.clear();
  }

  /** The key of the block that the address would be in. */
  private blockAt(address: Ipv4): number | null {
    const pool = this.poolAt(address);
    return pool === null ? null : prefixKey(networkOf(address, pool.blockLength), pool.blockLength);
  }

  private claimsOf(key: number): ReadonlyMap<number, string> {
    const holders = new Map<Ipv4, string>();
    const block = { address: addressOfKey(key), length: lengthOfKey(key) };
    for (const entry of this.trie.within(block)) {
      const holder = entry.length === 32 ? holderOf(entry) : '';
      if (holder !== '' && this.blockAt(entry.address) === key) holders.set(entry.address, holder);
    }
    const claims = new Map<number, string>();
    const owner = ownerOf(holders);
    for (const [address, node] of holders) if (node !== owner) claims.set(prefixKey(address, 32), node);
    return owner === '' ? NO_CLAIMS : claims.set(key, owner);
  }

  private replace(key: number, claims: ReadonlyMap<number, string>): void {
    const address = addressOfKey(key);
    const length = lengthOfKey(key);
    const old = this.blocks.get(address, length)?.claims ?? NO_CLAIMS;
    for (const claimed of old.keys()) if (!claims.has(claimed)) this.trie.setBlock(claimed, key, null);
    for (const [claimed, node] of claims)
      if (old.get(claimed) !== node) this.trie.setBlock(claimed, key, node);
    if (claims.size === 0) this.blocks.delete(address, length);
    else this.blocks.set(address, length, { address, length, key, claims });
  }
}

function ownerOf(holders: ReadonlyMap<Ipv4, string>): string {
  const shares = new Map<string, { count: number; lowest: number }>();
  for (const [address, node] of holders) {
    const share = shares.get(node);
    if (share === undefined) shares.set(node, { count: 1, lowest: address >>> 0 });
    else shares.set(node, { count: share.count + 1, lowest: Math.min(share.lowest, address >>> 0) });
  }
  const [first] = [...shares].sort(([, a], [, b]) => b.count - a.count || a.lowest - b.lowest);
  return first?.[0] ?? '';
}
