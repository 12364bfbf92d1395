// A pod's endpoint with numbers for its text.
import { type Ipv4, parseIpv4 } from '../../addr/ipv4.ts';
import { type Mac, parseMac } from '../../addr/mac.ts';
import type { WorkloadEndpoint } from '../resource/types.ts';
import { parsePrefixes } from './prefix.ts';
import type { Prefix } from './types.ts';

export interface Endpoint {
  /** `namespace/name` of the resource. */
  readonly id: string;
  readonly namespace: string;
  /** '' for one that is no Kubernetes pod. */
  readonly pod: string;
  readonly node: string;
  readonly interfaceName: string;
  /** Null: not known to Felix. */
  readonly mac: Mac | null;
  /** What its interface has if `mac` does not say so. */
  readonly hwAddr: Mac | null;
  readonly networks: readonly Prefix[];
  /** Its external addresses (ipNATs). */
  readonly external: readonly Ipv4[];
  readonly allowSpoofed: readonly Prefix[];
}

export const endpointId = ({ metadata }: WorkloadEndpoint): string =>
  `${metadata.namespace}/${metadata.name}`;

export function endpointOf(resource: WorkloadEndpoint): Endpoint {
  const { metadata, spec } = resource;
  return {
    id: endpointId(resource),
    namespace: metadata.namespace,
    pod: spec.pod ?? '',
    node: spec.node,
    interfaceName: spec.interfaceName,
    mac: parseMac(spec.mac ?? ''),
    hwAddr: parseMac(spec.hwAddr ?? ''),
    networks: parsePrefixes(spec.ipNetworks),
    external: spec.ipNATs
      .map(({ externalIP }) => parseIpv4(externalIP))
      .filter((address) => address !== null),
    allowSpoofed: parsePrefixes(spec.allowSpoofedSourcePrefixes),
  };
}
