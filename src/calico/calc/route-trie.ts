// What the resources say about each prefix, and which prefixes a change may have touched (RouteTrie in
// felix/calc/l3_route_resolver.go). One trie serves all nodes: only pods' own addresses are a node's alone.
import { type Ipv4, networkOf } from '../../addr/ipv4.ts';
import { type AffinityRef, type Entry, isShared, type TunnelRef } from './entry.ts';
import type { Pool } from './pool.ts';
import { addressOfKey, lengthOfKey } from './prefix.ts';
import { PrefixIndex } from './prefix-index.ts';
import { type Prefix, prefixKey } from './types.ts';

const NONE: readonly never[] = [];

type Named = { readonly node: string };

/** `list` with the one of `ref.node` replaced, or without it. */
function withRef<R extends Named>(list: readonly R[], node: string, ref: R | null): readonly R[] {
  const others = list.filter((other) => other.node !== node);
  if (ref === null) return others;
  return [...others, ref].sort((a, b) => (a.node < b.node ? -1 : 1));
}

const isEmpty = (entry: Entry): boolean =>
  !isShared(entry) && entry.workloads.length === 0 && entry.affinities.length === 0;

export class RouteTrie {
  private readonly index = new PrefixIndex<Entry>();
  /** Prefixes that the nodes have a part in, but for their pods. */
  private readonly claims = new Map<string, Map<number, number>>();
  /** Prefixes that may have another route than at the last flush. */
  readonly dirty = new Set<number>();
  /** Prefixes that only this node may see otherwise. */
  readonly dirtyLocal = new Map<string, Set<number>>();

  get(key: number): Entry | null {
    return this.index.get(addressOfKey(key), lengthOfKey(key)) ?? null;
  }

  path({ address, length }: Prefix): Entry[] {
    return this.index.path(address, length);
  }

  within({ address, length }: Prefix): Iterable<Entry> {
    return this.index.within(address, length);
  }

  entries(): Iterable<Entry> {
    return this.index.values();
  }

  setPool({ address, length }: Prefix, pool: Pool | null): void {
    const entry = this.at(address, length);
    entry.pool = pool;
    this.changed(entry);
  }

  /** `node` null: the block at `source` says nothing of the prefix any more. */
  setBlock(key: number, source: number, node: string | null): void {
    const entry = this.at(addressOfKey(key), lengthOfKey(key));
    for (const claim of entry.blocks) if (claim.source === source) this.unclaim(claim.node, key);
    const others = entry.blocks.filter((claim) => claim.source !== source);
    const all = node === null ? others : [...others, { node, source }];
    entry.blocks = all.sort((a, b) => lengthOfKey(b.source) - lengthOfKey(a.source));
    if (node !== null) this.claim(node, key);
    this.changed(entry);
  }

  addHost(address: Ipv4, node: string): void {
    const entry = this.at(address, 32);
    entry.hosts = [...entry.hosts, node].sort();
    this.claim(node, entry.key);
    this.changed(entry);
  }

  removeHost(address: Ipv4, node: string): void {
    const entry = this.at(address, 32);
    entry.hosts = entry.hosts.filter((other) => other !== node);
    this.unclaim(node, entry.key);
    this.changed(entry);
  }

  setTunnel(address: Ipv4, node: string, ref: TunnelRef | null): void {
    const entry = this.at(address, 32);
    if (entry.tunnels.some((other) => other.node === node)) this.unclaim(node, entry.key);
    entry.tunnels = withRef(entry.tunnels, node, ref);
    if (ref !== null) this.claim(node, entry.key);
    this.changed(entry);
  }

  setAffinity({ address, length }: Prefix, node: string, ref: AffinityRef | null): void {
    const entry = this.at(networkOf(address, length), length);
    if (entry.affinities.some((other) => other.node === node)) this.unclaim(node, entry.key);
    entry.affinities = withRef(entry.affinities, node, ref);
    if (ref !== null) this.claim(node, entry.key);
    this.changed(entry);
  }

  /** `by` is 1 or -1. */
  countWorkload({ address, length }: Prefix, node: string, by: number): void {
    const entry = this.at(networkOf(address, length), length);
    const count = (entry.workloads.find((ref) => ref.node === node)?.count ?? 0) + by;
    entry.workloads = withRef(entry.workloads, node, count > 0 ? { node, count } : null);
    if (length === 32) this.touchLocal(node, entry.key);
    else for (const { key } of this.index.within(entry.address, length)) this.touchLocal(node, key);
    this.changed(entry);
  }

  /** The node's address is another: so is the next hop of all that it has a part in. */
  touchNode(node: string): void {
    for (const key of this.claims.get(node)?.keys() ?? []) {
      const entry = this.get(key);
      if (entry !== null) this.changed(entry);
    }
  }

  touchAll(): void {
    for (const entry of this.index.values()) this.touch(entry);
  }

  touch(entry: Entry): void {
    entry.resolved = null;
    this.dirty.add(entry.key);
  }

  touchLocal(node: string, key: number): void {
    const keys = this.dirtyLocal.get(node);
    if (keys === undefined) this.dirtyLocal.set(node, new Set([key]));
    else keys.add(key);
  }

  /** What lies within inherits pool, owner and borrowing, so it may be another route too. */
  private changed(entry: Entry): void {
    if (entry.length === 32) this.touch(entry);
    else for (const inner of this.index.within(entry.address, entry.length)) this.touch(inner);
    if (isEmpty(entry)) this.index.delete(entry.address, entry.length);
  }

  private at(address: Ipv4, length: number): Entry {
    return this.index.get(address, length) ?? this.begin(address, length);
  }

  private begin(address: Ipv4, length: number): Entry {
    const entry: Entry = {
      address,
      length,
      key: prefixKey(address, length),
      pool: null,
      blocks: NONE,
      hosts: NONE,
      tunnels: NONE,
      workloads: NONE,
      affinities: NONE,
      resolved: null,
    };
    this.index.set(address, length, entry);
    return entry;
  }

  private claim(node: string, key: number): void {
    const keys = this.claims.get(node) ?? new Map<number, number>();
    this.claims.set(node, keys.set(key, (keys.get(key) ?? 0) + 1));
  }

  private unclaim(node: string, key: number): void {
    const keys = this.claims.get(node) as Map<number, number>;
    const count = (keys.get(key) as number) - 1;
    if (count > 0) keys.set(key, count);
    else keys.delete(key);
    if (keys.size === 0) this.claims.delete(node);
  }
}
