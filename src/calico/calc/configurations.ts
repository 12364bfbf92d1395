// The configuration resources by name, and what they come to for a node.
import type {
  BgpConfiguration,
  BgpConfigurationSpec,
  BgpPeer,
  FelixConfiguration,
  FelixConfigurationSpec,
} from '../resource/types.ts';
import { type BgpConfig, bgpConfig, type FelixConfig, felixConfig } from './config.ts';
import type { Profile } from './release.ts';

export type Configuration = FelixConfiguration | BgpConfiguration | BgpPeer;

const NODE_PREFIX = 'node.';

export class Configurations {
  readonly peers = new Map<string, BgpPeer>();
  private readonly profile: Profile;
  private readonly felix = new Map<string, FelixConfigurationSpec>();
  private readonly bgpSpecs = new Map<string, BgpConfigurationSpec>();
  /** Most nodes have no configuration of their own and share the default's. */
  private readonly merged = new Map<string, FelixConfig>();
  private mergedBgp: BgpConfig | null = null;

  constructor(profile: Profile) {
    this.profile = profile;
  }

  set(resource: Configuration): void {
    const { name } = resource.metadata;
    if (resource.kind === 'FelixConfiguration') this.felix.set(name, resource.spec);
    else if (resource.kind === 'BGPConfiguration') this.bgpSpecs.set(name, resource.spec);
    else this.peers.set(name, resource);
    this.forget();
  }

  delete({ kind, metadata }: Configuration): void {
    if (kind === 'FelixConfiguration') this.felix.delete(metadata.name);
    else if (kind === 'BGPConfiguration') this.bgpSpecs.delete(metadata.name);
    else this.peers.delete(metadata.name);
    this.forget();
  }

  /** The one node that a resource is for; null for all of them. */
  nodeOf({ kind, metadata: { name } }: Configuration): string | null {
    return kind !== 'BGPPeer' && name.startsWith(NODE_PREFIX) ? name.slice(NODE_PREFIX.length) : null;
  }

  of(node: string): FelixConfig {
    const own = this.felix.get(NODE_PREFIX + node);
    const name = own === undefined ? '' : node;
    const known = this.merged.get(name);
    if (known !== undefined) return known;
    const config = felixConfig(this.profile, { ...this.felix.get('default'), ...own });
    this.merged.set(name, config);
    return config;
  }

  get bgp(): BgpConfig {
    this.mergedBgp ??= bgpConfig(this.profile, this.bgpSpecs.get('default') ?? {});
    return this.mergedBgp;
  }

  /** RouteSource is the cluster's: a node that computes its routes otherwise than the rest is not modelled. */
  get fromWorkloads(): boolean {
    return this.felix.get('default')?.routeSource === 'WorkloadIPs';
  }

  private forget(): void {
    this.merged.clear();
    this.mergedBgp = null;
  }
}
