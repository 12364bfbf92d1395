// The kinds of calicoctl by the names that it takes (calicoctl/calicoctl/resourcemgr), in lower case.
import { OTHER_CALICO_KINDS } from '../../../calico/resource/kinds.ts';
import type { Kind } from '../../../calico/resource/types.ts';

/** IPAM's own objects are no kinds of calicoctl; a lab has them to look at and to set up. */
const NAMES: Readonly<Record<Kind, readonly string[]>> = {
  IPPool: ['ippool', 'ippools', 'ipp', 'ipps', 'pool', 'pools'],
  Node: ['node', 'nodes', 'no', 'nos'],
  WorkloadEndpoint: ['workloadendpoint', 'workloadendpoints', 'wep', 'weps'],
  FelixConfiguration: ['felixconfiguration', 'felixconfigurations', 'felixconfig', 'felixconfigs'],
  BGPConfiguration: ['bgpconfiguration', 'bgpconfigurations', 'bgpconfig', 'bgpconfigs'],
  BGPPeer: ['bgppeer', 'bgppeers', 'bgpp', 'bgpps', 'bp', 'bps'],
  IPAMBlock: ['ipamblock', 'ipamblocks'],
  BlockAffinity: ['blockaffinity', 'blockaffinities'],
};

const BY_NAME = new Map(
  Object.entries(NAMES).flatMap(([kind, names]) => names.map((name) => [name, kind as Kind])),
);

export const KINDS = Object.keys(NAMES) as readonly Kind[];

export const kindCalled = (word: string): Kind | null => BY_NAME.get(word.toLowerCase()) ?? null;

/** Short names of kinds that move no packet here; the others are known by their own name and its plural. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  policy: 'NetworkPolicy',
  policies: 'NetworkPolicy',
  np: 'NetworkPolicy',
  gnp: 'GlobalNetworkPolicy',
  hep: 'HostEndpoint',
  heps: 'HostEndpoint',
  netset: 'NetworkSet',
  ipamconfig: 'IPAMConfiguration',
};

const OTHER_KINDS = new Map([...OTHER_CALICO_KINDS].map((kind) => [kind.toLowerCase(), kind]));

/** A kind that calicoctl knows and the lab does not have; null for no kind at all. */
export function absentKind(word: string): string | null {
  const name = word.toLowerCase();
  const singular = name.replace(/ies$/, 'y').replace(/s$/, '');
  return OTHER_NAMES[name] ?? OTHER_KINDS.get(name) ?? OTHER_KINDS.get(singular) ?? null;
}

export const isNamespaced = (kind: Kind): boolean => kind === 'WorkloadEndpoint';

/** As the Kubernetes API calls many of them: `ippools.crd.projectcalico.org`. */
export function pluralOf(kind: Kind): string {
  if (kind === 'Node') return 'nodes';
  if (kind === 'WorkloadEndpoint') return 'workloadendpoints';
  return `${kind === 'BlockAffinity' ? 'blockaffinities' : `${kind.toLowerCase()}s`}.crd.projectcalico.org`;
}
