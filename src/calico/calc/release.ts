// What differs between Calico's releases where a packet can tell: routes, devices, settings. As data, with its source.
// The rows are those of the reference's release map (calico.md section 0).
import type { ProgramClusterRoutes } from '../resource/types.ts';

export type Release = 'v3.20' | 'v3.31' | 'v3.32' | 'v3.33';

export const RELEASES: readonly Release[] = ['v3.20', 'v3.31', 'v3.32', 'v3.33'];

/** The newest released line that the reference has read. */
export const DEFAULT_RELEASE: Release = 'v3.32';

export interface Profile {
  readonly release: Release;
  /**
   * The values that programClusterRoutes may have (felix/config/config_params.go); none before v3.31. Anything else
   * counts as the default.
   */
  readonly clusterRouteOptions: readonly ProgramClusterRoutes[];
  /** Felix's default for programClusterRoutes. */
  readonly felixClusterRoutes: ProgramClusterRoutes;
  /** BIRD's (BGPConfiguration). */
  readonly birdClusterRoutes: ProgramClusterRoutes;
  /** Of a pod's route on its node: ipv4NormalRoutePriority from v3.32 on, before it no metric at all. */
  readonly workloadRoutePriority: number;
  /** While a pod migrates (ipv4ElevatedRoutePriority). */
  readonly elevatedRoutePriority: number;
  /** Of routes that BIRD learned and wrote (SetMetricForBGPRoutes in confd/pkg/backends/calico). */
  readonly birdRoutePriority: number;
  /** The resources' two priorities above may be changed: v3.32. */
  readonly hasRoutePriorities: boolean;
  /** rp_filter on cali*, from v3.23 on (felix/dataplane/linux/endpoint_mgr.go). */
  readonly writesRpFilter: boolean;
  /** workloadSourceSpoofing and the floatingIPs annotation, from v3.23 on. */
  readonly hasSpoofingAndFloatingIps: boolean;
  /** With the parent device unknown same-subnet routes take the tunnel (v3.29); else the manager waits. */
  readonly fallsBackToTunnel: boolean;
  /** Routes of their own for borrowed tunnel addresses and those of /32 blocks, and the flag for it (v3.30). */
  readonly directTunnelRoutes: boolean;
  /** Tunnel routes carry the tunnel's MTU (v3.31). */
  readonly tunnelRouteMtu: boolean;
  /** disableBGPExport of pools (v3.21). */
  readonly hasDisableBgpExport: boolean;
  /** The mesh leaves out nodes with a routeReflectorClusterID (v3.22). */
  readonly meshSkipsReflectors: boolean;
  /** Felix's default for mtuIfacePattern. */
  readonly mtuIfacePattern: string;
}

const V3_20: Profile = {
  release: 'v3.20',
  clusterRouteOptions: [],
  felixClusterRoutes: 'Disabled',
  birdClusterRoutes: 'Enabled',
  workloadRoutePriority: 0,
  elevatedRoutePriority: 0,
  birdRoutePriority: 0,
  hasRoutePriorities: false,
  writesRpFilter: false,
  hasSpoofingAndFloatingIps: false,
  fallsBackToTunnel: false,
  directTunnelRoutes: false,
  tunnelRouteMtu: false,
  hasDisableBgpExport: false,
  meshSkipsReflectors: false,
  mtuIfacePattern: '^((en|wl|ww|sl|ib)[opsx].*|(eth|wlan|wwan).*)',
};

const V3_31: Profile = {
  ...V3_20,
  release: 'v3.31',
  clusterRouteOptions: ['Enabled', 'Disabled'],
  writesRpFilter: true,
  hasSpoofingAndFloatingIps: true,
  fallsBackToTunnel: true,
  directTunnelRoutes: true,
  tunnelRouteMtu: true,
  hasDisableBgpExport: true,
  meshSkipsReflectors: true,
  mtuIfacePattern: '^((en|wl|ww|sl|ib)[Pcopsvx].*|(eth|wlan|wwan).*)',
};

const V3_32: Profile = {
  ...V3_31,
  release: 'v3.32',
  workloadRoutePriority: 1024,
  elevatedRoutePriority: 512,
  birdRoutePriority: 1024,
  hasRoutePriorities: true,
};

const V3_33: Profile = {
  ...V3_32,
  release: 'v3.33',
  clusterRouteOptions: ['Enabled', 'Disabled', 'EnabledIPIPOnly', 'EnabledNoEncapOnly'],
  felixClusterRoutes: 'EnabledIPIPOnly',
  birdClusterRoutes: 'EnabledNoEncapOnly',
};

const PROFILES: Readonly<Record<Release, Profile>> = {
  'v3.20': V3_20,
  'v3.31': V3_31,
  'v3.32': V3_32,
  'v3.33': V3_33,
};

export const profileOf = (release: Release): Profile => PROFILES[release];

/** The classes of cluster routes that one of the two, Felix or BIRD, writes. VXLAN is always Felix's. */
export interface ClusterRoutes {
  readonly ipip: boolean;
  readonly noEncap: boolean;
}

/** What `option` means; left out or not known to the release it means `byDefault`. */
export function clusterRoutes(
  { clusterRouteOptions }: Profile,
  option: ProgramClusterRoutes | undefined,
  byDefault: ProgramClusterRoutes,
): ClusterRoutes {
  const chosen = option !== undefined && clusterRouteOptions.includes(option) ? option : byDefault;
  return {
    ipip: chosen === 'Enabled' || chosen === 'EnabledIPIPOnly',
    noEncap: chosen === 'Enabled' || chosen === 'EnabledNoEncapOnly',
  };
}
