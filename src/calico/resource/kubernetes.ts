// Kubernetes' Pods and Nodes as Calico sees them: a WorkloadEndpoint per pod that has an address, a Node from the
// annotations (libcalico-go/lib/backend/k8s: conversion/workload_endpoint_default.go, resources/node.go).
import * as v from 'valibot';
import { parseMac } from '../../addr/mac.ts';
import {
  formatAddress,
  formatCidr,
  isSingleAddress,
  masked,
  parseAddress,
  parseCidrOrAddress,
} from './cidr.ts';
import { endpointName, vethName } from './names.ts';
import type { Finding } from './problem.ts';
import { metadata as metadataSchema } from './schema.ts';
import type { Metadata, Node, NodeAddress, NodeSpec, Place, WorkloadEndpoint } from './types.ts';

const text = v.nullish(v.string(), '');
const texts = v.nullish(v.array(v.string()), []);

const containerPort = v.object({
  name: text,
  containerPort: v.nullish(v.number(), 0),
  hostPort: v.nullish(v.number(), 0),
  hostIP: text,
  protocol: v.nullish(v.string(), 'TCP'),
});

const containers = v.nullish(
  v.array(v.object({ name: text, image: text, ports: v.nullish(v.array(containerPort), []) })),
  [],
);

/** Of a Pod only what Calico reads or `kubectl get pods` prints; all else is silently left. */
export const podSchema = v.object({
  metadata: metadataSchema,
  spec: v.nullish(
    v.object({
      nodeName: text,
      hostNetwork: v.nullish(v.boolean(), false),
      serviceAccountName: text,
      containers,
      initContainers: containers,
    }),
    {},
  ),
  status: v.nullish(
    v.object({
      phase: text,
      podIP: text,
      podIPs: v.nullish(v.array(v.object({ ip: text })), []),
      hostIP: text,
    }),
    {},
  ),
});

export const kubernetesNodeSchema = v.object({
  metadata: metadataSchema,
  spec: v.nullish(v.object({ podCIDR: text, podCIDRs: texts }), {}),
  status: v.nullish(
    v.object({ addresses: v.nullish(v.array(v.object({ address: text, type: text })), []) }),
    {},
  ),
});

type PodObject = v.InferOutput<typeof podSchema>;
type KubernetesNode = v.InferOutput<typeof kubernetesNodeSchema>;

/** A Pod, whether it has an endpoint or not. */
export interface Pod {
  readonly kind: 'Pod';
  readonly metadata: Metadata & { readonly deletionTimestamp?: string };
  readonly spec: PodObject['spec'];
  readonly status: PodObject['status'];
  readonly place: Place | null;
}

const ANNOTATION = 'cni.projectcalico.org/';

const annotationPath = (name: string): string[] => ['metadata', 'annotations', name];

/** Pods without a namespace are in `default`, as kubectl apply has it. */
export const makePod = (object: PodObject, place: Place | null): Pod => ({
  kind: 'Pod',
  metadata: { ...object.metadata, namespace: object.metadata.namespace || 'default' },
  spec: object.spec,
  status: object.status,
  place,
});

const FINISHED: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Completed']);

/** IsFinished: its addresses are free again. A pod on its way out keeps them until the CNI plugin empties the annotation. */
function isFinished({ metadata, status }: Pod): boolean {
  const released =
    metadata.deletionTimestamp !== undefined && metadata.annotations[`${ANNOTATION}podIP`] === '';
  return released || FINISHED.has(status.phase);
}

/** getPodIPs: the status comes first, the CNI plugin's annotations bridge the time until the kubelet has written it. */
function podIPs({ metadata: { annotations }, status }: Pod): { ips: readonly string[]; path: string[] } {
  const listed = status.podIPs.map(({ ip }) => ip).filter((ip) => ip !== '');
  if (listed.length > 0) return { ips: listed, path: ['status', 'podIPs'] };
  if (status.podIP !== '') return { ips: [status.podIP], path: ['status', 'podIP'] };
  for (const name of [`${ANNOTATION}podIPs`, `${ANNOTATION}podIP`]) {
    const ips = annotations[name];
    if (ips) return { ips: ips.split(','), path: annotationPath(name) };
  }
  return { ips: [], path: [] };
}

/** What follows from a pod. */
interface PodEndpoint {
  readonly endpoint: WorkloadEndpoint | null;
  readonly findings: readonly Finding[];
}

/** A pod is checked when it is read and followed when it is put into a store, and no pod changes: by interface prefix. */
const followed = new WeakMap<Pod, { readonly interfacePrefix: string; readonly found: PodEndpoint }>();

/** The endpoint of a pod; none for one that is not scheduled, in the host's network, finished, or without address. */
export function endpointOfPod(pod: Pod, interfacePrefix = 'cali'): PodEndpoint {
  const known = followed.get(pod);
  if (known?.interfacePrefix === interfacePrefix) return known.found;
  const found = follow(pod, interfacePrefix);
  followed.set(pod, { interfacePrefix, found });
  return found;
}

function follow(pod: Pod, interfacePrefix: string): PodEndpoint {
  const { spec, metadata } = pod;
  const { ips, path } = podIPs(pod);
  if (spec.nodeName === '' || spec.hostNetwork || isFinished(pod) || ips.length === 0)
    return { endpoint: null, findings: [] };
  const findings: Finding[] = [];
  const ipNetworks = networksOf(ips, path, findings);
  const endpoint: WorkloadEndpoint = {
    kind: 'WorkloadEndpoint',
    metadata: endpointMetadata(pod),
    spec: {
      orchestrator: 'k8s',
      node: spec.nodeName,
      pod: metadata.name,
      endpoint: 'eth0',
      containerID: metadata.annotations[`${ANNOTATION}containerID`],
      serviceAccountName: spec.serviceAccountName || undefined,
      ipNetworks,
      ipNATs: floatingIPs(pod, ipNetworks, findings),
      interfaceName: vethName(metadata.namespace, metadata.name, interfacePrefix),
      hwAddr: hardwareAddress(pod, findings),
      profiles: profilesOf(pod),
      ports: portsOf(pod),
      allowSpoofedSourcePrefixes: sourcePrefixes(pod, findings),
    },
    place: pod.place,
  };
  return { endpoint: findings.length > 0 ? null : endpoint, findings };
}

const LONGEST_LABEL = 63;

function endpointMetadata({ metadata, spec }: Pod): Metadata {
  const labels: Record<string, string> = { ...metadata.labels };
  labels['projectcalico.org/namespace'] = metadata.namespace;
  labels['projectcalico.org/orchestrator'] = 'k8s';
  const { serviceAccountName: account } = spec;
  if (account !== '' && account.length < LONGEST_LABEL) labels['projectcalico.org/serviceaccount'] = account;
  return {
    name: endpointName(spec.nodeName, metadata.name),
    namespace: metadata.namespace,
    labels,
    annotations: {},
    uid: metadata.uid,
    creationTimestamp: metadata.creationTimestamp,
    resourceVersion: metadata.resourceVersion,
  };
}

function profilesOf({ metadata: { namespace }, spec: { serviceAccountName } }: Pod): string[] {
  const profile = `kns.${namespace}`;
  return serviceAccountName === '' ? [profile] : [profile, `ksa.${namespace}.${serviceAccountName}`];
}

function networksOf(ips: readonly string[], path: readonly string[], findings: Finding[]): string[] {
  return ips.flatMap((ip) => {
    const cidr = parseCidrOrAddress(ip.trim());
    if (cidr === null) findings.push({ path, value: ip, reason: 'invalid CIDR' });
    return cidr === null ? [] : [formatCidr(masked(cidr))];
  });
}

const PORT_PROTOCOLS: ReadonlySet<string> = new Set(['TCP', 'UDP', 'SCTP']);

/** Only ports with a name or a host port are of use to policy (appendEndpointPorts). */
const portsOf = ({ spec }: Pod): unknown[] =>
  [...spec.containers, ...spec.initContainers]
    .flatMap(({ ports }) => ports)
    .filter(({ containerPort: port, hostPort, name }) => port !== 0 && (hostPort !== 0 || name !== ''))
    .filter(({ protocol }) => PORT_PROTOCOLS.has(protocol))
    .map(({ containerPort: port, ...rest }) => ({ ...rest, port }));

/** An annotation that holds a JSON list of texts; [] for none. */
function listAnnotation({ metadata: { annotations } }: Pod, name: string, findings: Finding[]): string[] {
  const value = annotations[ANNOTATION + name];
  if (value === undefined || value === '') return [];
  const list = parseList(value);
  if (list === null)
    findings.push({
      path: annotationPath(ANNOTATION + name),
      value,
      reason: `failed to parse '${value}' as JSON`,
    });
  return list ?? [];
}

function parseList(value: string): string[] | null {
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string') ? parsed : null;
  } catch {
    return null;
  }
}

function floatingIPs(
  pod: Pod,
  networks: readonly string[],
  findings: Finding[],
): WorkloadEndpoint['spec']['ipNATs'] {
  const external = listAnnotation(pod, 'floatingIPs', findings);
  if (external.length === 0) return [];
  const cidrs = networks.map((network) => parseCidrOrAddress(network)).filter((cidr) => cidr !== null);
  return external.flatMap((externalIP) => {
    const outside = parseAddress(externalIP);
    if (outside === null)
      findings.push({
        path: annotationPath(`${ANNOTATION}floatingIPs`),
        value: externalIP,
        reason: 'invalid IP address',
      });
    const inside = cidrs.find((cidr) => cidr.version === outside?.version && isSingleAddress(cidr));
    return inside === undefined ? [] : [{ internalIP: formatAddress(inside), externalIP }];
  });
}

function sourcePrefixes(pod: Pod, findings: Finding[]): string[] {
  const name = 'allowedSourcePrefixes';
  return listAnnotation(pod, name, findings).flatMap((value) => {
    const cidr = value.includes('/') ? parseCidrOrAddress(value) : null;
    if (cidr !== null) return [formatCidr(masked(cidr))];
    const reason = `failed to parse '${value}' as a CIDR`;
    findings.push({ path: annotationPath(ANNOTATION + name), value, reason });
    return [];
  });
}

function hardwareAddress({ metadata: { annotations } }: Pod, findings: Finding[]): string | undefined {
  const value = annotations[`${ANNOTATION}hwAddr`];
  if (value === undefined || value === '') return undefined;
  if (parseMac(value) !== null) return value;
  findings.push({ path: annotationPath(`${ANNOTATION}hwAddr`), value, reason: 'must be a MAC address' });
  return undefined;
}

type Check = (value: string) => boolean;

const isIpv4: Check = (value) => parseAddress(value)?.version === 4;
const isIpv6: Check = (value) => parseAddress(value)?.version === 6;
const isNetwork4: Check = (value) => parseCidrOrAddress(value)?.version === 4;
const isNetwork6: Check = (value) => parseCidrOrAddress(value)?.version === 6;
const isMac: Check = (value) => parseMac(value) !== null;

/** Reads `projectcalico.org/…`; one that is not valid counts as not there, as Calico has it. */
function nodeAnnotations({ metadata: { annotations } }: KubernetesNode, findings: Finding[]) {
  return (name: string, isValid: Check): string | undefined => {
    const value = annotations[`projectcalico.org/${name}`];
    if (value === undefined || value === '') return undefined;
    if (isValid(value)) return value;
    const path = annotationPath(`projectcalico.org/${name}`);
    findings.push({ path, value, reason: 'is not valid and counts as not set', severity: 'warning' });
    return undefined;
  };
}

/** K8sNodeToCalico. */
export function nodeOfKubernetes(
  object: KubernetesNode,
  place: Place | null,
): { node: Node; findings: Finding[] } {
  const findings: Finding[] = [];
  const read = nodeAnnotations(object, findings);
  const bgp: NodeSpec['bgp'] = {
    asNumber: read('ASNumber', (value) => /^\d+(\.\d+)?$/.test(value)),
    ipv4Address: read('IPv4Address', isNetwork4),
    ipv6Address: read('IPv6Address', isNetwork6),
    ipv4IPIPTunnelAddr: read('IPv4IPIPTunnelAddr', isIpv4),
    routeReflectorClusterID: read('RouteReflectorClusterID', isIpv4),
  };
  const { name } = object.metadata;
  const { podCIDR, podCIDRs } = object.spec;
  const spec: NodeSpec = {
    bgp: Object.values(bgp).some((value) => value !== undefined) ? bgp : undefined,
    ipv4VXLANTunnelAddr: read('IPv4VXLANTunnelAddr', isIpv4),
    vxlanTunnelMACAddr: read('VXLANTunnelMACAddr', isMac),
    ipv6VXLANTunnelAddr: read('IPv6VXLANTunnelAddr', isIpv6),
    vxlanTunnelMACAddrV6: read('VXLANTunnelMACAddrV6', isMac),
    orchRefs: [{ nodeName: name, orchestrator: 'k8s' }],
    addresses: addressesOf(object, bgp),
    podCIDRs: podCIDRs.length > 0 || podCIDR === '' ? podCIDRs : [podCIDR],
  };
  return { node: { kind: 'Node', metadata: { ...object.metadata, namespace: '' }, spec, place }, findings };
}

/** fillAllAddresses: Calico's own first, then what the kubelet says. */
function addressesOf({ status }: KubernetesNode, bgp: NonNullable<NodeSpec['bgp']>): NodeAddress[] {
  const own = [bgp.ipv4Address, bgp.ipv6Address].filter((address) => address !== undefined);
  const rest = status.addresses.flatMap(({ address, type }): NodeAddress[] =>
    type === 'InternalIP' || type === 'ExternalIP' ? [{ address, type }] : [],
  );
  return [...own.map((address): NodeAddress => ({ address, type: 'CalicoNodeIP' })), ...rest];
}

/** What a Calico Node of the same name lacks comes from the Kubernetes Node: labels, addresses, pod CIDRs. */
export function mergeNodes(calico: Node, kubernetes: Node): Node {
  const { addresses = [], podCIDRs = [], orchRefs } = calico.spec;
  return {
    ...calico,
    metadata: {
      ...calico.metadata,
      labels: { ...kubernetes.metadata.labels, ...calico.metadata.labels },
    },
    spec: {
      ...calico.spec,
      orchRefs: orchRefs ?? kubernetes.spec.orchRefs,
      addresses: addresses.length > 0 ? addresses : kubernetes.spec.addresses,
      podCIDRs: podCIDRs.length > 0 ? podCIDRs : kubernetes.spec.podCIDRs,
    },
  };
}
