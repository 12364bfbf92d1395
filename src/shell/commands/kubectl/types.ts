// The resource types of the lab's API server, by the names that kubectl takes: Kubernetes' own two and Calico's.
import type { Kind } from '../../../calico/resource/types.ts';

const CALICO = 'projectcalico.org';
const CRD = 'crd.projectcalico.org';

export interface ApiType {
  readonly kind: Kind | 'Pod';
  /** '' for Kubernetes' own. */
  readonly group: string;
  readonly singular: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

const core = (kind: 'Pod' | 'Node', isNamespaced: boolean): ApiType => {
  const singular = kind.toLowerCase();
  return { kind, group: '', singular, plural: `${singular}s`, isNamespaced };
};

const calico = (kind: Kind, plural = `${kind.toLowerCase()}s`): ApiType => ({
  kind,
  group: CALICO,
  singular: kind.toLowerCase(),
  plural,
  isNamespaced: false,
});

const TYPES: readonly ApiType[] = [
  core('Pod', true),
  core('Node', false),
  calico('IPPool'),
  calico('FelixConfiguration'),
  calico('BGPConfiguration'),
  calico('BGPPeer'),
  calico('IPAMBlock'),
  calico('BlockAffinity', 'blockaffinities'),
];

const SHORT: Readonly<Record<string, string>> = {
  po: 'pods',
  no: 'nodes',
  bgpconfig: 'bgpconfigurations',
  bgpconfigs: 'bgpconfigurations',
  felixconfig: 'felixconfigurations',
  felixconfigs: 'felixconfigurations',
  affinity: 'blockaffinities',
  affinities: 'blockaffinities',
};

/** `ippool`, `ippools`, `ippools.crd.projectcalico.org`, `ippools.v3.projectcalico.org`; null for none. */
export function typeCalled(word: string): ApiType | null {
  const [name, ...rest] = word.toLowerCase().split('.');
  const plural = SHORT[name] ?? name;
  const type = TYPES.find((each) => each.plural === plural || each.singular === plural);
  const group = rest.join('.').replace(/^v\d\./, '');
  if (type === undefined || group === '' || group === 'v1') return type ?? null;
  if (type.group === '' || (group !== CALICO && group !== CRD)) return null;
  return { ...type, group };
}

/** The type of an object by what it says of itself; null for what the API server does not have. */
export function typeOf(apiVersion: string, kind: string): ApiType | null {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const type = TYPES.find((each) => each.kind === kind && (each.group === '') === (group === ''));
  return type === undefined || group === ''
    ? (type ?? null)
    : group.endsWith(CALICO)
      ? { ...type, group }
      : null;
}

export const apiVersionOf = ({ group }: ApiType): string =>
  group === '' ? 'v1' : `${group}/${group === CRD ? 'v1' : 'v3'}`;

const grouped = (name: string, { group }: ApiType): string => (group === '' ? name : `${name}.${group}`);

/** `ippool.projectcalico.org/x`: how kubectl says what it did. */
export const objectName = (type: ApiType, name: string): string => `${grouped(type.singular, type)}/${name}`;

/** `ippools.projectcalico.org "x"`: how the server calls it in errors. */
export const serverName = (type: ApiType, name: string): string => `${grouped(type.plural, type)} "${name}"`;

/** `ippool.projectcalico.org "x"`. */
export const deletedName = (type: ApiType, name: string): string =>
  `${grouped(type.singular, type)} "${name}"`;
