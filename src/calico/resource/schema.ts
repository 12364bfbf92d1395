// The shapes of the resources: types, enumerations, ranges and defaults (calico.md section 8; the CRDs of
// api/pkg/apis/projectcalico/v3). What fields say to each other is in check.ts.
import * as v from 'valibot';
import { isIpv6 } from '../../addr/ipv6.ts';
import { parseMac } from '../../addr/mac.ts';
import { parseAddress, parseCidr, parseCidrOrAddress } from './cidr.ts';

/** Go's JSON reads null as if the field were not there. */
const optional = <T extends v.GenericSchema>(schema: T) =>
  v.pipe(
    v.nullish(schema),
    v.transform((value) => value ?? undefined),
  );

/** Known to Calico, and without effect here: taken as it is. */
const unused = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, v.optional(v.unknown())])) as Record<never, never>;

const integer = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.check(
      (value) => Number.isInteger(value) && value >= least && value <= most,
      `must be a whole number between ${least} and ${most}`,
    ),
  );

const isVersion = (text: string, version: 4 | 6): boolean => parseCidrOrAddress(text)?.version === version;
/** An empty string is a field that is not set (omitempty). */
const text = (isValid: (value: string) => boolean, reason: string) =>
  v.pipe(
    v.string(),
    v.check((value) => value === '' || isValid(value), reason),
    v.transform((value) => value || undefined),
  );

const ipv4 = text((value) => parseAddress(value)?.version === 4, 'must be an IPv4 address');
const ipv6 = text(isIpv6, 'must be an IPv6 address');
const ipv4Network = text((value) => isVersion(value, 4), 'must be an IPv4 address or CIDR');
const ipv6Network = text((value) => isVersion(value, 6), 'must be an IPv6 address or CIDR');
const mac = text((value) => parseMac(value) !== null, 'must be a MAC address');
const word = text(() => true, '');

/** An enumeration in which an empty string means the default. */
const choice = <const T extends readonly string[]>(...choices: T) =>
  v.pipe(
    v.union([v.literal(''), v.picklist(choices)], `must be one of ${choices.join(', ')}`),
    v.transform((value) => (value === '' ? undefined : value) as T[number] | undefined),
  );

const LARGEST_AS = 0xffffffff;

/** 65000, "65000" or "1.10" (numorstring.ASNumberFromString). */
function isAsNumber(value: string): boolean {
  const [high, low, ...more] = value.split('.');
  if (more.length > 0 || !/^\d{1,10}$/.test(high)) return false;
  return low === undefined
    ? Number(high) <= LARGEST_AS
    : /^\d{1,5}$/.test(low) && Number(high) <= 0xffff && Number(low) <= 0xffff;
}

/** Kept as one number: 1.10 is 65546. */
function plainAsNumber(value: string): string {
  const [high, low] = value.split('.');
  return low === undefined ? value : String(Number(high) * 0x10000 + Number(low));
}

const asNumber = v.pipe(
  v.union([v.string(), v.number()], 'must be an AS number'),
  v.transform(String),
  v.check(isAsNumber, 'must be an AS number'),
  v.transform(plainAsNumber),
);

/** Labels and annotations: null for none. */
const strings = v.nullish(v.record(v.string(), v.string()), () => ({}));

const NAME = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const NAME_PATTERN = new RegExp(`^${NAME}$`);
const LONGEST_NAME = 253;

/** A lower-case DNS subdomain (validateObjectMetaAnnotations' neighbour in libcalico-go/lib/validator/v3). */
const name = v.pipe(
  v.string(),
  v.check((value) => value !== '', 'is required'),
  v.check(
    (value) => value === '' || NAME_PATTERN.test(value),
    `name must consist of lower case alphanumeric characters, '-' or '.' (regex: ${NAME})`,
  ),
  v.check(
    (value) => value.length <= LONGEST_NAME,
    (issue) => `name is too long by ${String(issue.input).length - LONGEST_NAME} bytes`,
  ),
);

const optionalText = optional(v.union([v.string(), v.pipe(v.number(), v.transform(String))]));

export const metadata = v.object({
  name,
  namespace: v.nullish(v.string(), ''),
  labels: strings,
  annotations: strings,
  uid: optionalText,
  creationTimestamp: optionalText,
  resourceVersion: optionalText,
  deletionTimestamp: optionalText,
  ...unused(
    ...['managedFields', 'ownerReferences', 'generation', 'selfLink', 'finalizers', 'generateName'],
    ...['deletionGracePeriodSeconds', 'clusterName', 'initializers'],
  ),
});

const encapMode = choice('Never', 'Always', 'CrossSubnet');
const flag = v.nullish(v.boolean(), false);

export const ipPool = v.object({
  cidr: v.nullish(v.string(), ''),
  ipipMode: optional(encapMode),
  vxlanMode: optional(encapMode),
  natOutgoing: flag,
  disabled: flag,
  disableBGPExport: flag,
  blockSize: optional(v.number()),
  nodeSelector: v.nullish(v.string(), ''),
  namespaceSelector: optional(word),
  allowedUses: optional(v.array(v.string())),
  assignmentMode: optional(choice('Automatic', 'Manual')),
  ...unused('ipip', 'nat-outgoing'),
});

const nodeAddress = v.object({
  address: v.pipe(
    v.string(),
    v.check((value) => parseCidrOrAddress(value) !== null, 'must be an IP address or CIDR'),
  ),
  type: optional(choice('CalicoNodeIP', 'InternalIP', 'ExternalIP')),
});

export const node = v.object({
  bgp: optional(
    v.object({
      asNumber: optional(asNumber),
      ipv4Address: optional(ipv4Network),
      ipv6Address: optional(ipv6Network),
      ipv4IPIPTunnelAddr: optional(ipv4),
      routeReflectorClusterID: optional(ipv4),
    }),
  ),
  ipv4VXLANTunnelAddr: optional(ipv4),
  vxlanTunnelMACAddr: optional(mac),
  ipv6VXLANTunnelAddr: optional(ipv6),
  vxlanTunnelMACAddrV6: optional(mac),
  orchRefs: optional(v.array(v.object({ nodeName: optional(v.string()), orchestrator: v.string() }))),
  addresses: optional(v.array(nodeAddress)),
  podCIDRs: optional(v.array(v.string())),
  ...unused('wireguard', 'interfaces'),
});

const list = <T extends v.GenericSchema>(item: T) => v.nullish(v.array(item), () => []);

const endpointPort = v.object({
  name: v.nullish(v.string(), ''),
  protocol: v.union([v.string(), v.number()], 'must be a protocol'),
  port: integer(0, 65535),
  hostPort: v.nullish(integer(0, 65535), 0),
  hostIP: v.nullish(v.string(), ''),
});

export const workloadEndpoint = v.object({
  orchestrator: v.nullish(v.string(), 'k8s'),
  node: v.pipe(
    v.string(),
    v.check((value) => value !== '', 'is required'),
  ),
  workload: optional(word),
  pod: optional(word),
  endpoint: optional(word),
  containerID: optional(word),
  serviceAccountName: optional(word),
  ipNetworks: list(v.string()),
  ipNATs: list(v.object({ internalIP: v.string(), externalIP: v.string() })),
  interfaceName: optional(word),
  mac: optional(mac),
  hwAddr: optional(mac),
  profiles: list(v.string()),
  ports: list(endpointPort),
  allowSpoofedSourcePrefixes: list(
    v.pipe(
      v.string(),
      v.check((value) => parseCidrOrAddress(value) !== null, 'invalid CIDR'),
    ),
  ),
  ...unused('ipv4Gateway', 'ipv6Gateway', 'qosControls'),
});

const cidr = v.pipe(
  v.string(),
  v.check((value) => parseCidr(value) !== null, 'invalid CIDR value.'),
);
/** The CRDs of IPAM objects write this boolean as text. */
const deleted = v.pipe(
  v.nullish(v.union([v.boolean(), v.picklist(['true', 'false', ''])], 'must be "true" or "false"'), false),
  v.transform((value) => value === true || value === 'true'),
);

export const ipamBlock = v.object({
  cidr,
  affinity: v.nullish(v.string(), ''),
  allocations: list(v.nullable(integer(0, 0xffffffff))),
  unallocated: list(integer(0, 0xffffffff)),
  attributes: list(
    v.object({
      handle_id: optional(v.string()),
      secondary: optional(v.record(v.string(), v.string())),
      ...unused('alternateOwnerAttrs', 'releasedAt'),
    }),
  ),
  deleted,
  ...unused('sequenceNumber', 'sequenceNumberForAllocation', 'strictAffinity', 'affinityClaimTime'),
});

export const blockAffinity = v.object({
  state: v.nullish(v.picklist(['', 'pending', 'confirmed', 'pendingDeletion']), ''),
  node: v.string(),
  type: v.pipe(
    v.nullish(v.string(), ''),
    v.transform((value) => value || 'host'),
  ),
  cidr,
  deleted,
});

const routeOwner = choice('Disabled', 'EnabledIPIPOnly', 'EnabledNoEncapOnly', 'Enabled');
const priority = integer(1, 2147483646);

export const bgpConfiguration = v.object({
  nodeToNodeMeshEnabled: optional(v.boolean()),
  asNumber: optional(asNumber),
  listenPort: optional(integer(1, 65535)),
  logSeverityScreen: optional(word),
  programClusterRoutes: optional(routeOwner),
  ipv4NormalRoutePriority: optional(priority),
  communities: optional(v.array(v.object({ name: optional(v.string()), value: optional(v.string()) }))),
  prefixAdvertisements: optional(
    v.array(v.object({ cidr: optional(cidr), communities: optional(v.array(v.string())) })),
  ),
  nodeMeshPassword: optional(v.unknown()),
  nodeMeshMaxRestartTime: optional(v.unknown()),
  ...unused(
    ...[
      'serviceLoadBalancerIPs',
      'serviceExternalIPs',
      'serviceClusterIPs',
      'serviceLoadBalancerAggregation',
    ],
    ...['bindMode', 'ignoredInterfaces', 'localWorkloadPeeringIPV4', 'localWorkloadPeeringIPV6'],
    'ipv6NormalRoutePriority',
  ),
});

export const bgpPeer = v.object({
  node: optional(word),
  nodeSelector: optional(word),
  peerIP: optional(word),
  asNumber: optional(asNumber),
  peerSelector: optional(word),
  keepOriginalNextHop: optional(v.boolean()),
  nextHopMode: optional(choice('Auto', 'Self', 'Keep')),
  localWorkloadSelector: optional(word),
  reachableBy: optional(word),
  ...unused(
    ...['localASNumber', 'password', 'sourceAddress', 'maxRestartTime', 'keepaliveTime', 'ttlSecurity'],
    ...['numAllowedLocalASNumbers', 'filters', 'reversePeering'],
  ),
});

export { choice, integer, optional, priority, routeOwner, text, unused, word };
