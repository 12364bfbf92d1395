// The tables of `calicoctl get` and `kubectl get pods` (calicoctl/calicoctl/resourcemgr; calico.md 8.9).
import type { Pod } from './kubernetes.ts';
import type { BgpConfiguration, BgpPeer, IpPool, Kind, Node, Resource, WorkloadEndpoint } from './types.ts';

export interface TableOptions {
  readonly wide?: boolean;
  /** `-A`: a leading NAMESPACE. */
  readonly allNamespaces?: boolean;
  /** Whose columns: v3.20 has fewer of `get ippool -o wide`. */
  readonly release?: string;
  /** The AS number of nodes that have none: of BGPConfiguration `default`. */
  readonly asNumber?: string;
}

type Columns<R> = readonly (readonly [heading: string, cell: (resource: R) => string])[];

interface Tabs {
  readonly least: number;
  readonly padding: number;
}

/** Go's text/tabwriter with blanks: every cell ends with a tab, the last one too. */
function tabulate(rows: readonly (readonly string[])[], { least, padding }: Tabs): string {
  const widths = rows[0].map((_, at) => Math.max(least, ...rows.map((row) => [...row[at]].length + padding)));
  return rows.map((row) => `${row.map((cell, at) => padEnd(cell, widths[at])).join('')}\n`).join('');
}

const padEnd = (cell: string, width: number): string => cell + ' '.repeat(width - [...cell].length);

function table<R>(columns: Columns<R>, resources: readonly R[], tabs: Tabs): string {
  const headings = columns.map(([heading]) => heading);
  return tabulate(
    [headings, ...resources.map((resource) => columns.map(([, cell]) => cell(resource)))],
    tabs,
  );
}

const NAME = ['NAME', ({ metadata }: Resource) => metadata.name] as const;

const POOL_MODES: Columns<IpPool> = [
  NAME,
  ['CIDR', ({ spec }) => spec.cidr],
  ['NAT', ({ spec }) => String(spec.natOutgoing)],
  ['IPIPMODE', ({ spec }) => spec.ipipMode],
  ['VXLANMODE', ({ spec }) => spec.vxlanMode],
  ['DISABLED', ({ spec }) => String(spec.disabled)],
];
const SELECTOR = ['SELECTOR', ({ spec }: IpPool) => spec.nodeSelector] as const;

function poolColumns({ wide, release }: TableOptions): Columns<IpPool> {
  if (!wide) return [NAME, POOL_MODES[1], SELECTOR];
  if (release === 'v3.20') return [...POOL_MODES, SELECTOR];
  return [
    ...POOL_MODES,
    ['DISABLEBGPEXPORT', ({ spec }) => String(spec.disableBGPExport)],
    SELECTOR,
    ['ASSIGNMENTMODE', ({ spec }) => spec.assignmentMode],
  ];
}

const ENDPOINT: Columns<WorkloadEndpoint> = [
  ['WORKLOAD', ({ spec }) => spec.workload || spec.pod || ''],
  ['NODE', ({ spec }) => spec.node],
  ['NETWORKS', ({ spec }) => spec.ipNetworks.join(',')],
  ['INTERFACE', ({ spec }) => spec.interfaceName],
];

function endpointColumns({ wide, allNamespaces }: TableOptions): Columns<WorkloadEndpoint> {
  const columns: Columns<WorkloadEndpoint> = wide
    ? [
        NAME,
        ...ENDPOINT,
        ['PROFILES', ({ spec }) => spec.profiles.join(',')],
        // Go prints the structs as they are.
        ['NATS', ({ spec }) => spec.ipNATs.map((nat) => `{${nat.internalIP} ${nat.externalIP}}`).join(',')],
      ]
    : ENDPOINT;
  return allNamespaces ? [['NAMESPACE', ({ metadata }) => metadata.namespace], ...columns] : columns;
}

const DEFAULT_AS = '64512';

function nodeColumns({ wide, asNumber = DEFAULT_AS }: TableOptions): Columns<Node> {
  if (!wide) return [NAME];
  return [
    NAME,
    ['ASN', ({ spec: { bgp } }) => (bgp === undefined ? '' : (bgp.asNumber ?? `(${asNumber})`))],
    ['IPV4', ({ spec: { bgp } }) => bgp?.ipv4Address ?? ''],
    ['IPV6', ({ spec: { bgp } }) => bgp?.ipv6Address ?? ''],
  ];
}

const PEER: Columns<BgpPeer> = [
  NAME,
  ['PEERIP', ({ spec }) => spec.peerIP ?? ''],
  ['NODE', ({ spec }) => spec.node || spec.nodeSelector || '(global)'],
  ['ASN', ({ spec }) => spec.asNumber ?? '0'],
];

const BGP: Columns<BgpConfiguration> = [
  NAME,
  ['LOGSEVERITY', ({ spec }) => spec.logSeverityScreen ?? '-'],
  ['MESHENABLED', ({ spec }) => String(spec.nodeToNodeMeshEnabled ?? '-')],
  ['ASNUMBER', ({ spec }) => spec.asNumber ?? '-'],
];

function columnsOf(kind: Kind, options: TableOptions): Columns<never> {
  if (kind === 'IPPool') return poolColumns(options);
  if (kind === 'WorkloadEndpoint') return endpointColumns(options);
  if (kind === 'Node') return nodeColumns(options);
  if (kind === 'BGPPeer') return PEER;
  return kind === 'BGPConfiguration' ? BGP : [NAME];
}

const CALICOCTL: Tabs = { least: 5, padding: 3 };
const KUBECTL: Tabs = { least: 6, padding: 3 };

/** `calicoctl get KIND [-o wide]`: the headings, a row per resource, an empty line. */
export const resourceTable = (
  kind: Kind,
  resources: readonly Resource[],
  options: TableOptions = {},
): string => `${table(columnsOf(kind, options), resources as readonly never[], CALICOCTL)}\n`;

const POD: Columns<Pod> = [
  ['NAME', ({ metadata }) => metadata.name],
  ['READY', (pod) => readiness(pod)],
  [
    'STATUS',
    ({ status, metadata }) => (metadata.deletionTimestamp ? 'Terminating' : status.phase || 'Unknown'),
  ],
  ['RESTARTS', () => '0'],
  ['AGE', () => '<unknown>'],
];

const POD_WIDE: Columns<Pod> = [
  ...POD,
  ['IP', ({ status }) => status.podIP || status.podIPs[0]?.ip || '<none>'],
  ['NODE', ({ spec }) => spec.nodeName || '<none>'],
  ['NOMINATED NODE', () => '<none>'],
  ['READINESS GATES', () => '<none>'],
];

/** Whether containers run is not modelled: a running pod's are ready. */
function readiness({ spec, status }: Pod): string {
  const count = spec.containers.length || 1;
  return `${status.phase === 'Running' ? count : 0}/${count}`;
}

/** kubectl's table: no row ends with blanks. */
export const kubectlTable = (rows: readonly (readonly string[])[]): string =>
  tabulate(rows, KUBECTL).replaceAll(/ +$/gm, '');

/** `kubectl get pods [-o wide]`. Nobody knows the pods' age here: the lab has its own clock. */
export function podTable(pods: readonly Pod[], { wide, allNamespaces }: TableOptions = {}): string {
  const columns = wide ? POD_WIDE : POD;
  const all: Columns<Pod> = allNamespaces
    ? [['NAMESPACE', ({ metadata }) => metadata.namespace], ...columns]
    : columns;
  // kubectl ends no row with a tab.
  return table(all, pods, KUBECTL).replaceAll(/ +$/gm, '');
}
