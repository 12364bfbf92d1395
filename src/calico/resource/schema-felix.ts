// The shape of a FelixConfiguration: the parameters that move packets here, and the names of all the others
// (felix/config/config_params.go, api/pkg/apis/projectcalico/v3/felixconfig.go).
import * as v from 'valibot';
import { parseAddress, parseCidrOrAddress } from './cidr.ts';
import { choice, integer, optional, priority, routeOwner, text, unused, word } from './schema.ts';

const LARGEST_MTU = 65535;
const mtu = integer(0, LARGEST_MTU);

function isPattern(value: string): boolean {
  try {
    return new RegExp(value) !== null;
  } catch {
    return false;
  }
}

const ipv4 = (reason: string) => text((value) => parseAddress(value)?.version === 4, reason);

const cidrs = v.pipe(
  v.array(v.string()),
  v.check((items) => items.every((item) => parseCidrOrAddress(item) !== null), 'has invalid CIDR(s)'),
);

const MOST_PORT_RANGES = 7;
const portRanges = v.pipe(
  v.array(v.unknown()),
  v.maxLength(MOST_PORT_RANGES, `node port ranges list is too long (max ${MOST_PORT_RANGES})`),
);

const tableRange = v.pipe(
  v.object({ min: v.number(), max: v.number() }),
  v.check(
    ({ min, max }) => min >= 1 && max >= min && max <= 250,
    'must be a range of route table indices within 1..250',
  ),
);

const REFRESH = [
  ...['routeRefreshInterval', 'interfaceRefreshInterval', 'iptablesRefreshInterval', 'ipsetsRefreshInterval'],
  ...['iptablesPostWriteCheckInterval', 'xdpRefreshInterval', 'nftablesRefreshInterval', 'netlinkTimeout'],
  ...['reportingInterval', 'reportingTTL', 'endpointReportingEnabled', 'endpointReportingDelay'],
  ...['dataplaneWatchdogTimeout', 'liveMigrationRouteConvergenceTime', 'localSubnetL2Reachability'],
];

const FILTERING = [
  ...['iptablesBackend', 'iptablesLockFilePath', 'iptablesLockTimeout', 'iptablesLockProbeInterval'],
  ...[
    'chainInsertMode',
    'defaultEndpointToHostAction',
    'iptablesFilterAllowAction',
    'iptablesMangleAllowAction',
  ],
  ...[
    'iptablesFilterDenyAction',
    'iptablesMarkMask',
    'disableConntrackInvalidCheck',
    'maxIpsetSize',
    'nftablesMode',
  ],
  ...[
    'nftablesFilterAllowAction',
    'nftablesMangleAllowAction',
    'nftablesFilterDenyAction',
    'nftablesMarkMask',
  ],
  ...['failsafeInboundHostPorts', 'failsafeOutboundHostPorts', 'serviceLoopPrevention', 'natPortRange'],
  ...[
    'natOutgoingExclusions',
    'iptablesNATOutgoingInterfaceFilter',
    'kubeMasqueradeBit',
    'xdpEnabled',
    'genericXDPEnabled',
  ],
  ...[
    'allowVXLANPacketsFromWorkloads',
    'allowIPIPPacketsFromWorkloads',
    'sidecarAccelerationEnabled',
    'logPrefix',
  ],
];

const OPERATION = [
  ...[
    'logFilePath',
    'logSeverityFile',
    'logSeverityScreen',
    'logSeveritySys',
    'logDebugFilenameRegex',
    'logActionRateLimit',
  ],
  ...[
    'logActionRateLimitBurst',
    'healthEnabled',
    'healthHost',
    'healthPort',
    'healthTimeoutOverrides',
    'metadataAddr',
  ],
  ...[
    'metadataPort',
    'openstackRegion',
    'prometheusMetricsEnabled',
    'prometheusMetricsHost',
    'prometheusMetricsPort',
  ],
  ...['prometheusGoMetricsEnabled', 'prometheusProcessMetricsEnabled', 'prometheusWireGuardMetricsEnabled'],
  ...[
    'prometheusMetricsCAFile',
    'prometheusMetricsCertFile',
    'prometheusMetricsKeyFile',
    'prometheusMetricsClientAuth',
  ],
  ...[
    'policySyncPathPrefix',
    'endpointStatusPathPrefix',
    'usageReportingEnabled',
    'usageReportingInitialDelay',
  ],
  ...[
    'usageReportingInterval',
    'debugMemoryProfilePath',
    'debugDisableLogDropping',
    'debugSimulateCalcGraphHangAfter',
  ],
  ...[
    'debugSimulateDataplaneHangAfter',
    'debugSimulateDataplaneApplyDelay',
    'debugHost',
    'debugPort',
    'cgroupV2Path',
  ],
  ...[
    'featureDetectOverride',
    'featureGates',
    'useInternalDataplaneDriver',
    'dataplaneDriver',
    'awsSrcDstCheck',
  ],
  ...[
    'flowLogsPolicyEvaluationMode',
    'flowLogsFlushInterval',
    'flowLogsCollectorDebugTrace',
    'flowLogsGoldmaneServer',
  ],
  ...[
    'flowLogsLocalReporter',
    'windowsManageFirewallRules',
    'goGCThreshold',
    'goMemoryLimitMB',
    'goMaxProcs',
  ],
  ...[
    'requireMTUFile',
    'nodeSelector',
    'ipv6Support',
    'istioAmbientMode',
    'istioDSCPMark',
    'ipipEncapEnabled',
  ],
];

const OTHER_DATAPLANES = [
  ...['wireguardEnabled', 'wireguardEnabledV6', 'wireguardThreadingEnabled', 'wireguardListeningPort'],
  ...[
    'wireguardListeningPortV6',
    'wireguardRoutingRulePriority',
    'wireguardInterfaceName',
    'wireguardInterfaceNameV6',
  ],
  ...['wireguardMTU', 'wireguardMTUV6', 'wireguardHostEncryptionEnabled', 'wireguardKeepAlive', 'vxlanMTUV6'],
  ...['deviceRouteSourceAddressIPv6', 'ipv6NormalRoutePriority', 'ipv6ElevatedRoutePriority'],
];

export const felixConfiguration = v.object({
  interfacePrefix: optional(word),
  interfaceExclude: optional(word),
  removeExternalRoutes: optional(v.boolean()),
  deviceRouteProtocol: optional(integer(0, 255)),
  deviceRouteSourceAddress: optional(ipv4('must be an IPv4 address')),
  routeSource: optional(choice('CalicoIPAM', 'WorkloadIPs')),
  routeSyncDisabled: optional(v.boolean()),
  ipForwarding: optional(choice('Enabled', 'Disabled')),
  ipipEnabled: optional(v.boolean()),
  ipipMTU: optional(mtu),
  vxlanEnabled: optional(v.boolean()),
  vxlanPort: optional(integer(1, 65535)),
  vxlanVNI: optional(integer(0, 0xffffff)),
  vxlanMTU: optional(mtu),
  mtuIfacePattern: optional(text(isPattern, 'must be a regular expression')),
  externalNodesList: optional(cidrs),
  floatingIPs: optional(choice('Enabled', 'Disabled')),
  programClusterRoutes: optional(routeOwner),
  ipv4NormalRoutePriority: optional(priority),
  ipv4ElevatedRoutePriority: optional(priority),
  workloadSourceSpoofing: optional(choice('Any', 'Disabled')),
  natOutgoingAddress: optional(ipv4('natOutgoingAddress must be a valid IPv4 address')),
  kubeNodePortRanges: optional(portRanges),
  routeTableRange: optional(tableRange),
  routeTableRanges: optional(v.array(tableRange)),
  bpfEnabled: optional(v.boolean()),
  ...unused(...REFRESH, ...FILTERING, ...OPERATION, ...OTHER_DATAPLANES),
});

/** The eBPF dataplane's parameters, which are many: known by their prefix. */
export const isKnownByPrefix = (field: string): boolean => /^bpf[A-Z]/.test(field);
