// The calculation graph: resources in, and for every node the routes, tunnel ends and endpoints that its Felix would be
// told of (felix/calc). One graph serves the whole cluster; a change costs what depends on it.
import type { BgpPeer, Resource } from '../resource/types.ts';
import { ChangeLog, type Changes } from './changes.ts';
import type { BgpConfig, FelixConfig } from './config.ts';
import { type Configuration, Configurations } from './configurations.ts';
import { type Encapsulation, encapsulationOf } from './encapsulation.ts';
import { type Endpoint, endpointId, endpointOf } from './endpoint.ts';
import { EndpointTable } from './endpoint-table.ts';
import { type Entry, isShared, type Resolved } from './entry.ts';
import { type HostInfo, hostOf, inSubnetOf, vtepOf } from './host.ts';
import { HostTable } from './host-table.ts';
import { Ipam } from './ipam.ts';
import type { PoolTable } from './pool.ts';
import { type Profile, profileOf, type Release } from './release.ts';
import { resolveFor, resolveForOthers, type Setting } from './resolve.ts';
import { RouteTrie } from './route-trie.ts';
import type { RouteUpdate, Vtep } from './types.ts';

export class CalcGraph {
  readonly profile: Profile;
  private readonly trie = new RouteTrie();
  private readonly addresses: Ipam;
  private readonly configurations: Configurations;
  private readonly hosts: HostTable;
  private readonly endpoints: EndpointTable;
  private readonly log = new ChangeLog();
  /** The prefixes that concern more than the nodes whose pods have them. */
  private readonly published = new Set<number>();
  private setting: Setting;
  private settled = true;
  /** Which encapsulations the pools ask for, as text: with another answer Felix would start anew. */
  private usedModes = '';

  constructor(release: Release) {
    this.profile = profileOf(release);
    this.addresses = new Ipam(this.trie);
    this.hosts = new HostTable(this.trie, this.addresses);
    this.endpoints = new EndpointTable(this.trie, this.addresses, this.log);
    this.configurations = new Configurations(this.profile);
    this.setting = this.newSetting();
  }

  put(resource: Resource): void {
    this.settled = false;
    const { kind, metadata } = resource;
    if (kind === 'IPPool') this.addresses.putPool(resource);
    else if (kind === 'IPAMBlock') this.addresses.putBlock(resource);
    else if (kind === 'BlockAffinity') this.addresses.putAffinity(resource);
    else if (kind === 'Node') this.replaceHost(metadata.name, hostOf(resource));
    else if (kind === 'WorkloadEndpoint') this.endpoints.put(endpointOf(resource));
    else {
      this.configurations.set(resource);
      this.configurationChanged(resource);
    }
  }

  remove(resource: Resource): void {
    this.settled = false;
    const { kind, metadata } = resource;
    if (kind === 'IPPool') this.addresses.removePool(metadata.name);
    else if (kind === 'IPAMBlock') this.addresses.removeBlock(metadata.name);
    else if (kind === 'BlockAffinity') this.addresses.removeAffinity(metadata.name);
    else if (kind === 'Node') this.replaceHost(metadata.name, null);
    else if (kind === 'WorkloadEndpoint') this.endpoints.remove(endpointId(resource));
    else {
      this.configurations.delete(resource);
      this.configurationChanged(resource);
    }
  }

  /** What may be different since the last time. */
  flush(): Changes {
    this.settle();
    return this.log.take();
  }

  /** The route of a prefix as the node sees it; nodes without a part in it get one object. */
  route(node: string, key: number): RouteUpdate | null {
    const entry = this.entry(key);
    if (entry === null) return null;
    const resolved = this.resolved(entry);
    if (resolved.names.includes(node)) return resolveFor(node, this.trie.path(entry), this.setting);
    const { far, near, crossSubnet, destination } = resolved;
    if (!crossSubnet || destination === null) return far;
    const self = this.hosts.get(node);
    return self !== null && inSubnetOf(self, destination) ? near : far;
  }

  /** Those that concern all nodes; a node has routes for the networks of its own endpoints besides. */
  prefixes(): Iterable<number> {
    this.settle();
    return this.published;
  }

  /** All nodes may have a route for it. */
  isShared(key: number): boolean {
    this.settle();
    return this.published.has(key);
  }

  /** Who has a part in a prefix, for BIRD. */
  entry(key: number): Entry | null {
    this.settle();
    return this.trie.get(key);
  }

  /** Null unless the node has both addresses. */
  vtep(node: string): Vtep | null {
    const host = this.hosts.get(node);
    return host === null ? null : vtepOf(host);
  }

  host(node: string): HostInfo | null {
    return this.hosts.get(node);
  }

  nodes(): Iterable<string> {
    return this.hosts.names();
  }

  endpoint(id: string): Endpoint | null {
    return this.endpoints.get(id);
  }

  endpointsOf(node: string): Iterable<Endpoint> {
    return this.endpoints.of(node);
  }

  /** Whose blocks and addresses are. */
  get ipam(): Ipam {
    this.settle();
    return this.addresses;
  }

  get pools(): PoolTable {
    return this.addresses.pools;
  }

  get bgp(): BgpConfig {
    return this.configurations.bgp;
  }

  get peers(): Iterable<BgpPeer> {
    return this.configurations.peers.values();
  }

  config(node: string): FelixConfig {
    return this.configurations.of(node);
  }

  encapsulation(node: string): Encapsulation {
    return encapsulationOf(this.pools.values(), this.config(node));
  }

  private resolved(entry: Entry): Resolved {
    entry.resolved ??= resolveForOthers(this.trie.path(entry), this.setting);
    return entry.resolved;
  }

  private newSetting(): Setting {
    return {
      fromWorkloads: this.configurations.fromWorkloads,
      kindsAddUp: this.profile.directTunnelRoutes,
      host: (name) => this.hosts.get(name),
    };
  }

  private configurationChanged(resource: Configuration): void {
    const node = this.configurations.nodeOf(resource);
    if (node === null) this.log.addAllConfiguration();
    else this.log.addConfiguration(node);
    if (this.setting.fromWorkloads === this.configurations.fromWorkloads) return;
    this.setting = this.newSetting();
    this.trie.touchAll();
  }

  private replaceHost(name: string, host: HostInfo | null): void {
    if (!this.hosts.replace(name, host)) return;
    this.endpoints.touchNode(name);
    this.log.addHost(name);
    this.log.addConfiguration(name);
  }

  private settle(): void {
    if (this.settled) return;
    this.settled = true;
    this.addresses.settle();
    for (const key of this.trie.dirty) this.publish(key);
    for (const [node, keys] of this.trie.dirtyLocal) for (const key of keys) this.log.addLocal(node, key);
    this.trie.dirty.clear();
    this.trie.dirtyLocal.clear();
    this.compareModes();
  }

  private publish(key: number): void {
    const entry = this.trie.get(key);
    const shared = entry !== null && this.concernsAll(entry);
    if (this.published.has(key)) this.log.addShared(key);
    else if (shared) this.log.addNewlyShared(key);
    if (shared) this.published.add(key);
    else this.published.delete(key);
    for (const { node } of entry?.workloads ?? []) this.log.addLocal(node, key);
  }

  /** BIRD announces a pod's own address where it is in a pool but in no block of its node: all learn it. */
  private concernsAll(entry: Entry): boolean {
    if (isShared(entry) || entry.affinities.length > 0) return true;
    if (entry.workloads.length === 0) return false;
    if (this.setting.fromWorkloads) return true;
    const pool = this.pools.covering(entry.address, entry.length);
    return (
      pool !== null && entry.workloads.some(({ node }) => this.addresses.ownBlock(node, entry) === 'outside')
    );
  }

  private compareModes(): void {
    const asked = this.pools
      .values()
      .map(({ ipipMode, vxlanMode }) => [ipipMode, vxlanMode].map(isOn).join());
    const modes = [...new Set(asked)].sort().join(' ');
    if (modes !== this.usedModes) this.log.addAllConfiguration();
    this.usedModes = modes;
  }
}

const isOn = (mode: string): boolean => mode !== 'Never';
