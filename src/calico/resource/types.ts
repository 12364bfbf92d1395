// The resources that vrouter reads, as plain data: what `calicoctl get -o yaml` and `kubectl get -o yaml` print, checked,
// with Calico's defaults filled in. Addresses stay text here, as the user wrote them; src/calico/calc makes numbers of them.

/** Where a resource, or a field of it, stands. Lines and columns from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Metadata {
  readonly name: string;
  /** '' for a kind that has none. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly uid?: string;
  readonly creationTimestamp?: string;
  readonly resourceVersion?: string;
}

interface Of<K extends string, S> {
  readonly kind: K;
  readonly metadata: Metadata;
  readonly spec: S;
  /** Null for one that was derived or made by a command. */
  readonly place: Place | null;
}

export type EncapMode = 'Never' | 'Always' | 'CrossSubnet';
export type AllowedUse = 'Workload' | 'Tunnel' | 'LoadBalancer';

export interface IpPoolSpec {
  readonly cidr: string;
  readonly ipipMode: EncapMode;
  readonly vxlanMode: EncapMode;
  readonly natOutgoing: boolean;
  readonly disabled: boolean;
  readonly disableBGPExport: boolean;
  readonly blockSize: number;
  readonly nodeSelector: string;
  readonly namespaceSelector?: string;
  readonly allowedUses: readonly AllowedUse[];
  readonly assignmentMode: 'Automatic' | 'Manual';
}

export interface NodeAddress {
  readonly address: string;
  readonly type?: 'CalicoNodeIP' | 'InternalIP' | 'ExternalIP';
}

/** Of a Calico Node; a Kubernetes Node with Calico's annotations is turned into one. */
export interface NodeSpec {
  readonly bgp?: {
    readonly asNumber?: string;
    /** With the mask: 192.168.0.1/24. */
    readonly ipv4Address?: string;
    readonly ipv6Address?: string;
    readonly ipv4IPIPTunnelAddr?: string;
    readonly routeReflectorClusterID?: string;
  };
  readonly ipv4VXLANTunnelAddr?: string;
  readonly vxlanTunnelMACAddr?: string;
  readonly ipv6VXLANTunnelAddr?: string;
  readonly vxlanTunnelMACAddrV6?: string;
  readonly orchRefs?: readonly { readonly nodeName?: string; readonly orchestrator: string }[];
  readonly addresses?: readonly NodeAddress[];
  /** Of the Kubernetes Node (`spec.podCIDR`); kept for host-local IPAM. */
  readonly podCIDRs?: readonly string[];
}

/** Of a WorkloadEndpoint; a Kubernetes Pod is turned into one. */
export interface WorkloadEndpointSpec {
  readonly orchestrator: string;
  readonly node: string;
  readonly workload?: string;
  readonly pod?: string;
  readonly endpoint?: string;
  readonly containerID?: string;
  readonly serviceAccountName?: string;
  /** Prefixes, mostly /32. */
  readonly ipNetworks: readonly string[];
  readonly ipNATs: readonly { readonly internalIP: string; readonly externalIP: string }[];
  readonly interfaceName: string;
  /** Left out: not known to Felix, which then writes no permanent neighbour (Kubernetes' datastore has none). */
  readonly mac?: string;
  /** What the container's interface has if `mac` does not say it (cni.projectcalico.org/hwAddr). */
  readonly hwAddr?: string;
  readonly profiles: readonly string[];
  readonly ports: readonly unknown[];
  readonly allowSpoofedSourcePrefixes: readonly string[];
}

export interface IpamBlockSpec {
  readonly cidr: string;
  /** `host:<node>`, `virtual:load-balancer`, or '' for none. */
  readonly affinity: string;
  /** One per ordinal: an index into `attributes`, or null for a free address. */
  readonly allocations: readonly (number | null)[];
  readonly unallocated: readonly number[];
  readonly attributes: readonly {
    readonly handle_id?: string;
    readonly secondary?: Readonly<Record<string, string>>;
  }[];
  readonly deleted: boolean;
}

export interface BlockAffinitySpec {
  readonly state: '' | 'pending' | 'confirmed' | 'pendingDeletion';
  readonly node: string;
  readonly type: string;
  readonly cidr: string;
  readonly deleted: boolean;
}

export type ProgramClusterRoutes = 'Disabled' | 'EnabledIPIPOnly' | 'EnabledNoEncapOnly' | 'Enabled';

/** Only what moves a packet here; left out means Felix's default of the release (src/calico/calc/release.ts). */
export interface FelixConfigurationSpec {
  readonly interfacePrefix?: string;
  readonly interfaceExclude?: string;
  readonly removeExternalRoutes?: boolean;
  readonly deviceRouteProtocol?: number;
  readonly deviceRouteSourceAddress?: string;
  readonly routeSource?: 'CalicoIPAM' | 'WorkloadIPs';
  readonly routeSyncDisabled?: boolean;
  readonly ipForwarding?: 'Enabled' | 'Disabled';
  readonly ipipEnabled?: boolean;
  readonly ipipMTU?: number;
  readonly vxlanEnabled?: boolean;
  readonly vxlanPort?: number;
  readonly vxlanVNI?: number;
  readonly vxlanMTU?: number;
  readonly mtuIfacePattern?: string;
  readonly externalNodesList?: readonly string[];
  readonly floatingIPs?: 'Enabled' | 'Disabled';
  readonly programClusterRoutes?: ProgramClusterRoutes;
  readonly ipv4NormalRoutePriority?: number;
  readonly ipv4ElevatedRoutePriority?: number;
  readonly workloadSourceSpoofing?: 'Any' | 'Disabled';
}

export interface BgpConfigurationSpec {
  readonly nodeToNodeMeshEnabled?: boolean;
  readonly asNumber?: string;
  readonly listenPort?: number;
  readonly logSeverityScreen?: string;
  readonly programClusterRoutes?: ProgramClusterRoutes;
  readonly ipv4NormalRoutePriority?: number;
}

export interface BgpPeerSpec {
  readonly node?: string;
  readonly nodeSelector?: string;
  readonly peerIP?: string;
  readonly asNumber?: string;
  readonly peerSelector?: string;
  readonly keepOriginalNextHop?: boolean;
  readonly nextHopMode?: 'Auto' | 'Self' | 'Keep';
}

export type IpPool = Of<'IPPool', IpPoolSpec>;
export type Node = Of<'Node', NodeSpec>;
export type WorkloadEndpoint = Of<'WorkloadEndpoint', WorkloadEndpointSpec>;
export type IpamBlock = Of<'IPAMBlock', IpamBlockSpec>;
export type BlockAffinity = Of<'BlockAffinity', BlockAffinitySpec>;
export type FelixConfiguration = Of<'FelixConfiguration', FelixConfigurationSpec>;
export type BgpConfiguration = Of<'BGPConfiguration', BgpConfigurationSpec>;
export type BgpPeer = Of<'BGPPeer', BgpPeerSpec>;

export type Resource =
  | IpPool
  | Node
  | WorkloadEndpoint
  | IpamBlock
  | BlockAffinity
  | FelixConfiguration
  | BgpConfiguration
  | BgpPeer;
export type Kind = Resource['kind'];
export type ResourceOf<K extends Kind> = Extract<Resource, { readonly kind: K }>;
