// What the fields of one resource say to each other, with the texts of libcalico-go/lib/validator/v3 and of the CRDs'
// rules (calico.md section 8).
import {
  type Cidr,
  covers,
  isMasked,
  isSingleAddress,
  overlaps,
  parseAddress,
  parseCidr,
  parseCidrOrAddress,
} from './cidr.ts';
import type { Finding, Path } from './problem.ts';
import { parseSelector } from './selector.ts';
import type {
  BgpConfigurationSpec,
  BgpPeerSpec,
  BlockAffinitySpec,
  FelixConfigurationSpec,
  IpamBlockSpec,
  IpPoolSpec,
  Metadata,
  NodeSpec,
  WorkloadEndpointSpec,
} from './types.ts';

/** The rules of a kind: when one holds, its text is said of the field. */
type Rule = readonly [holds: boolean | undefined, field: string, reason: string];

/** The findings of the rules that hold, with the fields' values from the spec. */
function apply(spec: object, rules: readonly Rule[]): Finding[] {
  const fields = spec as Readonly<Record<string, unknown>>;
  return rules
    .filter(([holds]) => holds)
    .map(([, field, reason]) => ({ path: ['spec', field], value: fields[field], reason }));
}

const LINK_LOCAL = [parseCidr('169.254.0.0/16'), parseCidr('fe80::/10')] as readonly Cidr[];
const USES: ReadonlySet<string> = new Set(['Workload', 'Tunnel', 'LoadBalancer']);

export function checkIpPool(spec: IpPoolSpec): Finding[] {
  return [...checkPoolCidr(spec), ...checkPoolUses(spec), ...checkPoolSelector(spec)];
}

function checkPoolCidr(spec: IpPoolSpec): Finding[] {
  if (spec.cidr === '') return apply(spec, [[true, 'cidr', 'IPPool CIDR must be specified']]);
  const cidr = parseCidrOrAddress(spec.cidr);
  if (cidr === null) return apply(spec, [[true, 'cidr', 'IPPool CIDR must be a valid subnet']]);
  const { version } = cidr;
  const [least, most] = version === 4 ? [20, 32] : [116, 128];
  const isSize = Number.isInteger(spec.blockSize) && spec.blockSize >= least && spec.blockSize <= most;
  const isIpip = spec.ipipMode !== 'Never';
  return apply(spec, [
    [!isMasked(cidr), 'cidr', 'IPPool CIDR is not strictly masked'],
    [overlaps(cidr, LINK_LOCAL[0]), 'cidr', 'IPPool CIDR overlaps with IPv4 link local range 169.254.0.0/16'],
    [overlaps(cidr, LINK_LOCAL[1]), 'cidr', 'IPPool CIDR overlaps with IPv6 link local range fe80::/10'],
    [isIpip && version === 6, 'ipipMode', 'IPIP is not supported on IPv6 pools'],
    [isIpip && spec.vxlanMode !== 'Never', 'ipipMode', 'ipipMode and vxlanMode cannot both be enabled'],
    [
      !isSize,
      'blockSize',
      'blockSize must be between 20 and 32 for IPv4 pools, and between 116 and 128 for IPv6 pools',
    ],
    [
      isSize && !spec.disabled && cidr.length > spec.blockSize,
      'cidr',
      'IP pool size is too small for use with Calico IPAM. It must be equal to or greater than the block size.',
    ],
  ]);
}

function checkPoolUses(spec: IpPoolSpec): Finding[] {
  const uses: readonly string[] = spec.allowedUses;
  const unknown = uses.filter((use) => !USES.has(use));
  const balances = uses.includes('LoadBalancer');
  const carries = spec.ipipMode !== 'Never' || spec.vxlanMode !== 'Never';
  return apply(spec, [
    ...unknown.map((use): Rule => [true, 'allowedUses', `unknown use: ${use}`]),
    [
      balances && (uses.includes('Workload') || uses.includes('Tunnel')),
      'allowedUses',
      'LoadBalancer cannot be combined with Workload or Tunnel allowed uses',
    ],
    [balances && carries, 'allowedUses', 'LoadBalancer IP pool cannot have IPIP or VXLAN enabled'],
    [
      balances && spec.disableBGPExport,
      'disableBGPExport',
      'LoadBalancer IP pools cannot disable BGP export',
    ],
    [
      balances && spec.nodeSelector !== 'all()',
      'nodeSelector',
      'IP Pool with AllowedUse LoadBalancer must have nodeSelector set to all()',
    ],
    [
      uses.includes('Tunnel') && spec.namespaceSelector !== undefined && spec.allowedUses.length === 1,
      'namespaceSelector',
      'IP Pool with AllowedUse Tunnel cannot have namespaceSelector',
    ],
  ]);
}

function checkPoolSelector(spec: IpPoolSpec): Finding[] {
  const selector = parseSelector(spec.nodeSelector);
  const reason = 'global() selector is not valid for IPPool nodeSelector';
  return [
    ...apply(spec, [[!('error' in selector) && selector.saysGlobal, 'nodeSelector', reason]]),
    ...checkSelectors(spec, 'nodeSelector', 'namespaceSelector'),
  ];
}

function checkSelectors(spec: object, ...fields: readonly string[]): Finding[] {
  const texts = spec as Readonly<Record<string, string | undefined>>;
  return fields.flatMap((field) => {
    const selector = parseSelector(texts[field] ?? '');
    return 'error' in selector ? apply(spec, [[true, field, `Invalid selector: ${selector.error}`]]) : [];
  });
}

export function checkNode(spec: NodeSpec): Finding[] {
  const isEmpty = spec.bgp !== undefined && Object.values(spec.bgp).every((value) => value === undefined);
  return apply(spec, [[isEmpty, 'bgp', 'Spec.BGP should not be empty']]);
}

export function checkWorkloadEndpoint(spec: WorkloadEndpointSpec): Finding[] {
  const networks = spec.ipNetworks.map(parseCidrOrAddress);
  return [
    ...networks.flatMap((cidr, at) => checkNetwork(cidr, spec.ipNetworks[at], ['spec', 'ipNetworks', at])),
    ...spec.ipNATs.flatMap((nat, at) => checkNat(nat, networks, ['spec', 'ipNATs', at])),
    ...spec.ports.flatMap((port, at) => checkPort(port as EndpointPort, ['spec', 'ports', at])),
  ];
}

function checkNetwork(cidr: Cidr | null, value: string, path: Path): Finding[] {
  if (cidr === null) return [{ path, value, reason: 'invalid CIDR' }];
  return isSingleAddress(cidr) ? [] : [{ path, value, reason: 'IP network contains multiple addresses' }];
}

function checkNat(
  { internalIP, externalIP }: WorkloadEndpointSpec['ipNATs'][number],
  networks: readonly (Cidr | null)[],
  path: Path,
): Finding[] {
  const [inside, outside] = [parseAddress(internalIP), parseAddress(externalIP)];
  const field = inside === null ? 'internalIP' : 'externalIP';
  const value = inside === null ? internalIP : externalIP;
  if (inside === null || outside === null)
    return [{ path: [...path, field], value, reason: 'invalid IP address' }];
  if (inside.version !== outside.version) return [{ path, value, reason: 'mismatched IP versions' }];
  const isOurs = networks.some((network) => network !== null && covers(network, inside));
  if (isOurs) return [];
  return [
    { path: [...path, 'internalIP'], value: internalIP, reason: 'NAT is not in the endpoint networks' },
  ];
}

interface EndpointPort {
  readonly name: string;
  readonly protocol: string | number;
  readonly hostPort: number;
}

const PORT_PROTOCOLS: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp', '6', '17', '132']);

function checkPort({ name, protocol, hostPort }: EndpointPort, path: Path): Finding[] {
  const findings: Finding[] = [];
  if (name === '' && hostPort === 0)
    findings.push({
      path: [...path, 'name'],
      value: name,
      reason: 'WorkloadEndpointPort name must not be empty if no HostPort is specified',
    });
  if (!PORT_PROTOCOLS.has(String(protocol).toLowerCase()))
    findings.push({
      path: [...path, 'protocol'],
      value: protocol,
      reason: 'WorkloadEndpointPort protocol does not support ports.',
    });
  return findings;
}

export function checkIpamBlock(spec: IpamBlockSpec): Finding[] {
  const cidr = parseCidr(spec.cidr);
  if (cidr === null) return [];
  const size = 2 ** ((cidr.version === 4 ? 32 : 128) - cidr.length);
  const path = ['spec', 'allocations'];
  const wrong = spec.allocations.findIndex((index) => index !== null && index >= spec.attributes.length);
  return [
    ...apply(spec, [[!isMasked(cidr), 'cidr', 'block CIDR is not strictly masked']]),
    ...(spec.allocations.length > size
      ? [{ path, value: spec.allocations.length, reason: `${spec.cidr} has only ${size} addresses` }]
      : []),
    ...(wrong < 0
      ? []
      : [{ path: [...path, wrong], value: spec.allocations[wrong], reason: 'there is no such attribute' }]),
  ];
}

export const checkBlockAffinity = (spec: BlockAffinitySpec): Finding[] =>
  apply(spec, [[spec.deleted, 'deleted', 'spec.Deleted cannot be set to "true"']]);

/** What the schema lets through and types.ts does not know. */
interface FelixExtras {
  readonly bpfEnabled?: boolean;
  readonly wireguardEnabled?: unknown;
  readonly nodeSelector?: unknown;
  readonly routeTableRange?: unknown;
  readonly routeTableRanges?: unknown;
}

const NOT_EMULATED = 'is not emulated: routes are programmed as if it were off';

export function checkFelixConfiguration(spec: FelixConfigurationSpec, { name }: Metadata): Finding[] {
  const extras = spec as FelixExtras;
  const isForAll = name === 'default' || name.startsWith('node.');
  const errors = apply(spec, [
    [
      Boolean(extras.nodeSelector) && isForAll,
      'nodeSelector',
      "nodeSelector must not be set on the 'default' or per-node ('node.*') FelixConfiguration",
    ],
    [
      extras.routeTableRange !== undefined && extras.routeTableRanges !== undefined,
      'routeTableRange',
      'routeTableRange and routeTableRanges cannot both be set',
    ],
  ]);
  const warnings = apply(spec, [
    [extras.bpfEnabled, 'bpfEnabled', NOT_EMULATED],
    [extras.wireguardEnabled === true, 'wireguardEnabled', NOT_EMULATED],
  ]);
  return [...errors, ...warnings.map((finding) => ({ ...finding, severity: 'warning' as const }))];
}

export function checkBgpPeer(spec: BgpPeerSpec): Finding[] {
  const extras = spec as { localWorkloadSelector?: string; reachableBy?: string };
  const { node, nodeSelector, peerIP, peerSelector, asNumber, keepOriginalNextHop, nextHopMode } = spec;
  const isLocal = extras.localWorkloadSelector !== undefined;
  const isReachable = extras.reachableBy !== undefined;
  const peer = peerIP === undefined ? null : peerAddress(peerIP);
  const by = isReachable ? parseAddress(extras.reachableBy as string) : null;
  const rules: Rule[] = [
    [node && nodeSelector ? true : undefined, 'node', 'node and nodeSelector cannot both be set'],
    [peerIP && peerSelector ? true : undefined, 'peerIP', 'peerIP and peerSelector cannot both be set'],
    [peerIP !== undefined && peer === null, 'peerIP', 'must be an IP address, or one with a port'],
    [
      asNumber && peerSelector ? true : undefined,
      'asNumber',
      'asNumber must be empty when peerSelector is set',
    ],
    [isLocal && peerIP !== undefined, 'peerIP', 'peerIP must be empty when localWorkloadSelector is set'],
    [
      isLocal && peerSelector !== undefined,
      'peerSelector',
      'peerSelector must be empty when localWorkloadSelector is set',
    ],
    [isLocal && asNumber === undefined, 'asNumber', 'asNumber is required when localWorkloadSelector is set'],
    [isReachable && peerIP === undefined, 'reachableBy', 'reachableBy must be empty when peerIP is empty'],
    [
      by !== null && peer !== null && by.version !== peer.version,
      'reachableBy',
      'ReachableBy and PeerIP address family mismatched',
    ],
    [
      keepOriginalNextHop !== undefined && nextHopMode !== undefined,
      'keepOriginalNextHop',
      'keepOriginalNextHop and nextHopMode cannot both be set; keepOriginalNextHop is deprecated',
    ],
  ];
  return [
    ...apply(spec, rules),
    ...checkSelectors(spec, 'nodeSelector', 'peerSelector', 'localWorkloadSelector'),
  ];
}

/** An address, IPv4:port or [IPv6]:port. */
function peerAddress(peerIP: string): Cidr | null {
  const [, six, four] = /^(?:\[([^\]]+)\]:\d{1,5}|([\d.]+):\d{1,5})$/.exec(peerIP) ?? [];
  return parseAddress(six ?? four ?? peerIP);
}

interface BgpExtras {
  readonly nodeMeshPassword?: unknown;
  readonly nodeMeshMaxRestartTime?: unknown;
  readonly communities?: readonly { name?: string; value?: string }[];
  readonly prefixAdvertisements?: readonly { communities?: readonly string[] }[];
}

const COMMUNITY = /^\d+:\d+(:\d+)?$/;

export function checkBgpConfiguration(spec: BgpConfigurationSpec): Finding[] {
  const extras = spec as BgpExtras;
  const noMesh = spec.nodeToNodeMeshEnabled === false;
  const { communities = [], prefixAdvertisements = [] } = extras;
  const names = new Set(communities.map(({ name }) => name));
  const used = prefixAdvertisements.flatMap((advertisement) => advertisement.communities ?? []);
  const wrong = communities.some(({ value }) => value === undefined || !COMMUNITY.test(value));
  const undefinedOnes = used.some((community) => !names.has(community) && !COMMUNITY.test(community));
  const when = 'cannot be set when nodeToNodeMeshEnabled is false';
  return apply(spec, [
    [noMesh && extras.nodeMeshPassword !== undefined, 'nodeMeshPassword', `nodeMeshPassword ${when}`],
    [
      noMesh && extras.nodeMeshMaxRestartTime !== undefined,
      'nodeMeshMaxRestartTime',
      `nodeMeshMaxRestartTime ${when}`,
    ],
    [
      communities.length > 0 && used.length === 0,
      'communities',
      'communities are defined but not used in prefixAdvertisements',
    ],
    [wrong, 'communities', 'invalid community value or format used.'],
    [undefinedOnes, 'prefixAdvertisements', 'community used is invalid or not defined.'],
  ]);
}
