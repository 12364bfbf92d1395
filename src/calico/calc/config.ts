// A node's configuration: FelixConfiguration `default`, then `node.<name>`, over what the release has by default
// (felix/config/config_params.go), and BGPConfiguration `default` for BIRD.
import { ANY, type Ipv4, parseIpv4 } from '../../addr/ipv4.ts';
import type { BgpConfigurationSpec, FelixConfigurationSpec } from '../resource/types.ts';
import { type ClusterRoutes, clusterRoutes, type Profile } from './release.ts';

export interface FelixConfig {
  /** An interface is a pod's if its name begins with one of these. */
  readonly interfacePrefixes: readonly string[];
  readonly removeExternalRoutes: boolean;
  readonly deviceRouteProtocol: number;
  /** 0 for none. */
  readonly deviceRouteSource: Ipv4;
  readonly routeSyncDisabled: boolean;
  readonly ipForwarding: boolean;
  /** Null: the pools decide. */
  readonly ipipEnabled: boolean | null;
  readonly vxlanEnabled: boolean | null;
  /** 0: found out from the host's links. */
  readonly ipipMtu: number;
  readonly vxlanMtu: number;
  readonly vxlanPort: number;
  readonly vxlanVni: number;
  readonly mtuIfacePattern: RegExp;
  readonly floatingIps: boolean;
  /** allowSpoofedSourcePrefixes of pods count. */
  readonly sourceSpoofing: boolean;
  /** The classes that Felix writes itself. */
  readonly clusterRoutes: ClusterRoutes;
  readonly workloadRoutePriority: number;
  readonly elevatedRoutePriority: number;
}

/** Felix gives its routes this protocol unless deviceRouteProtocol says another (felix/dataplane/linux/int_dataplane.go). */
const PROTOCOL_FELIX = 80;
const PROTOCOL_BOOT = 3;

/** Of routes that are not a pod's own: blackholes, same-subnet and IPIP routes. */
export const clusterRouteProtocol = ({ deviceRouteProtocol }: FelixConfig): number =>
  deviceRouteProtocol === PROTOCOL_BOOT ? PROTOCOL_FELIX : deviceRouteProtocol;

export function felixConfig(profile: Profile, spec: FelixConfigurationSpec): FelixConfig {
  return {
    ...localRoutes(profile, spec),
    ...encapsulation(spec),
    mtuIfacePattern: pattern(spec.mtuIfacePattern, profile.mtuIfacePattern),
    clusterRoutes: clusterRoutes(profile, spec.programClusterRoutes, profile.felixClusterRoutes),
  };
}

function localRoutes(profile: Profile, spec: FelixConfigurationSpec) {
  const given: FelixConfigurationSpec = profile.hasRoutePriorities ? spec : {};
  return {
    interfacePrefixes: (spec.interfacePrefix || 'cali').split(','),
    removeExternalRoutes: spec.removeExternalRoutes ?? true,
    deviceRouteProtocol: spec.deviceRouteProtocol ?? PROTOCOL_BOOT,
    deviceRouteSource: parseIpv4(spec.deviceRouteSourceAddress ?? '') ?? ANY,
    routeSyncDisabled: spec.routeSyncDisabled ?? false,
    ipForwarding: spec.ipForwarding !== 'Disabled',
    floatingIps: profile.hasSpoofingAndFloatingIps && spec.floatingIPs === 'Enabled',
    sourceSpoofing: profile.hasSpoofingAndFloatingIps && spec.workloadSourceSpoofing === 'Any',
    workloadRoutePriority: given.ipv4NormalRoutePriority ?? profile.workloadRoutePriority,
    elevatedRoutePriority: given.ipv4ElevatedRoutePriority ?? profile.elevatedRoutePriority,
  };
}

const encapsulation = (spec: FelixConfigurationSpec) => ({
  ipipEnabled: spec.ipipEnabled ?? null,
  vxlanEnabled: spec.vxlanEnabled ?? null,
  ipipMtu: spec.ipipMTU ?? 0,
  vxlanMtu: spec.vxlanMTU ?? 0,
  vxlanPort: spec.vxlanPort ?? 4789,
  vxlanVni: spec.vxlanVNI ?? 4096,
});

/** Felix logs a pattern that is none and goes on with its default (felix/config: only die-on-fail values end it). */
function pattern(text: string | undefined, byDefault: string): RegExp {
  try {
    return new RegExp(text || byDefault);
  } catch {
    return new RegExp(byDefault);
  }
}

export interface BgpConfig {
  readonly mesh: boolean;
  readonly asNumber: number;
  /** The classes that BIRD writes into the kernel. */
  readonly clusterRoutes: ClusterRoutes;
  readonly routePriority: number;
}

const AS_NUMBER = 64512;

export const bgpConfig = (profile: Profile, spec: BgpConfigurationSpec): BgpConfig => ({
  mesh: spec.nodeToNodeMeshEnabled ?? true,
  asNumber: asNumber(spec.asNumber) ?? AS_NUMBER,
  clusterRoutes: clusterRoutes(profile, spec.programClusterRoutes, profile.birdClusterRoutes),
  routePriority: (profile.hasRoutePriorities && spec.ipv4NormalRoutePriority) || profile.birdRoutePriority,
});

/** `64512`, or in the dotted form `1.10` of RFC 5396; null for none. */
export function asNumber(text: string | undefined): number | null {
  const [, high, low] = /^(?:(\d+)\.)?(\d+)$/.exec(text ?? '') ?? [];
  return low === undefined ? null : Number(high ?? 0) * 0x10000 + Number(low);
}
