// One row per kind that vrouter uses: its shape, its defaults, its rules.
import type * as v from 'valibot';
import * as check from './check.ts';
import { formatCidr, parseAddress } from './cidr.ts';
import { vethName } from './names.ts';
import type { Finding } from './problem.ts';
import * as schema from './schema.ts';
import { felixConfiguration, isKnownByPrefix } from './schema-felix.ts';
import type { IpPoolSpec, Kind, Metadata, ResourceOf, WorkloadEndpointSpec } from './types.ts';

type SpecOf<K extends Kind> = ResourceOf<K>['spec'];

interface KindRow<K extends Kind, S extends v.GenericSchema> {
  readonly schema: S;
  readonly isNamespaced: boolean;
  /** Fields that the schema does not list one by one. */
  isKnown?(field: string): boolean;
  /** Fills the defaults that depend on something. */
  complete(spec: v.InferOutput<S>, metadata: Metadata): SpecOf<K>;
  check(spec: SpecOf<K>, metadata: Metadata): Finding[];
}

const row = <K extends Kind, S extends v.GenericSchema>(kind: K, entry: KindRow<K, S>) => ({ [kind]: entry });

const V4_BLOCK = 26;
const V6_BLOCK = 122;

/** Calico's client writes a bare address as a prefix. */
function asPrefix(text: string): string {
  const address = parseAddress(text);
  return address === null ? text : formatCidr(address);
}

function completePool(spec: v.InferOutput<typeof schema.ipPool>): IpPoolSpec {
  const { ipipMode = 'Never', vxlanMode = 'Never', assignmentMode = 'Automatic' } = spec;
  const blockSize = spec.blockSize || (spec.cidr.includes(':') ? V6_BLOCK : V4_BLOCK);
  const uses = spec.allowedUses ?? [];
  return {
    ...spec,
    cidr: asPrefix(spec.cidr),
    ...{ ipipMode, vxlanMode, assignmentMode, blockSize },
    nodeSelector: spec.nodeSelector || 'all()',
    // checkIpPool tells those that are none of the three.
    allowedUses: uses.length > 0 ? (uses as IpPoolSpec['allowedUses']) : ['Workload', 'Tunnel'],
  };
}

function completeEndpoint(
  spec: v.InferOutput<typeof schema.workloadEndpoint>,
  { namespace }: Metadata,
): WorkloadEndpointSpec {
  const interfaceName = spec.interfaceName ?? vethName(namespace, spec.pod ?? '');
  return { ...spec, interfaceName, ipNetworks: spec.ipNetworks.map(asPrefix) };
}

const same = <T>(spec: T): T => spec;

/** By kind; what calicoctl knows beside these is in OTHER_CALICO_KINDS. */
const KINDS = {
  ...row('IPPool', {
    schema: schema.ipPool,
    isNamespaced: false,
    complete: completePool,
    check: check.checkIpPool,
  }),
  ...row('Node', { schema: schema.node, isNamespaced: false, complete: same, check: check.checkNode }),
  ...row('WorkloadEndpoint', {
    schema: schema.workloadEndpoint,
    isNamespaced: true,
    complete: completeEndpoint,
    check: check.checkWorkloadEndpoint,
  }),
  ...row('IPAMBlock', {
    schema: schema.ipamBlock,
    isNamespaced: false,
    complete: same,
    check: check.checkIpamBlock,
  }),
  ...row('BlockAffinity', {
    schema: schema.blockAffinity,
    isNamespaced: false,
    complete: same,
    check: check.checkBlockAffinity,
  }),
  ...row('FelixConfiguration', {
    schema: felixConfiguration,
    isNamespaced: false,
    isKnown: isKnownByPrefix,
    complete: same,
    check: check.checkFelixConfiguration,
  }),
  ...row('BGPConfiguration', {
    schema: schema.bgpConfiguration,
    isNamespaced: false,
    complete: same,
    check: check.checkBgpConfiguration,
  }),
  ...row('BGPPeer', {
    schema: schema.bgpPeer,
    isNamespaced: false,
    complete: same,
    check: check.checkBgpPeer,
  }),
};

export interface AnyKindRow {
  readonly schema: v.GenericSchema;
  readonly isNamespaced: boolean;
  isKnown?(field: string): boolean;
  complete(spec: unknown, metadata: Metadata): ResourceOf<Kind>['spec'];
  check(spec: unknown, metadata: Metadata): Finding[];
}

/** A row whose spec is known only by its kind. */
export const kindRow = (kind: string): AnyKindRow | undefined =>
  Object.hasOwn(KINDS, kind) ? (KINDS as unknown as Record<string, AnyKindRow>)[kind] : undefined;

/** Kinds of calicoctl that move no packet here: policy, identity, bookkeeping. */
export const OTHER_CALICO_KINDS: ReadonlySet<string> = new Set([
  ...['NetworkPolicy', 'GlobalNetworkPolicy', 'StagedNetworkPolicy', 'StagedGlobalNetworkPolicy', 'Tier'],
  ...['StagedKubernetesNetworkPolicy', 'NetworkSet', 'GlobalNetworkSet', 'HostEndpoint', 'Profile'],
  ...['ClusterInformation', 'KubeControllersConfiguration', 'CalicoNodeStatus', 'BGPFilter'],
  ...['IPAMHandle', 'IPAMConfig', 'IPAMConfiguration', 'IPReservation', 'LiveMigration'],
]);
