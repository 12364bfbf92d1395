// A node as the calculation graph sees it: its addresses, tunnels and BGP identity, from the Node resource
// (OnResourceUpdate in felix/calc/l3_route_resolver.go and vxlan_resolver.go).
import { ANY, type Ipv4, inPrefix, parseIpv4 } from '../../addr/ipv4.ts';
import { type Mac, parseMac } from '../../addr/mac.ts';
import { vxlanMac } from '../resource/names.ts';
import type { Node, NodeAddress, NodeSpec } from '../resource/types.ts';
import { asNumber } from './config.ts';
import { parsePrefix, parsePrefixes } from './prefix.ts';
import type { Prefix, Vtep } from './types.ts';

export interface HostInfo {
  readonly name: string;
  /** Its IPv4 address, 0 if none is known. */
  readonly address: Ipv4;
  /** Of the mask that the address was given with; 32 without one, which makes no subnet. */
  readonly length: number;
  /** It has an address of some family: without one Felix knows no routes of this node. */
  readonly known: boolean;
  /** BIRD has an address to speak from: spec.bgp.ipv4Address, no other will do. */
  readonly speaksBgp: boolean;
  /** Further addresses (spec.addresses), each once, its own not among them. */
  readonly others: readonly Ipv4[];
  /** Of tunl0 and of vxlan.calico, 0 for none. */
  readonly tunnel: { readonly ipip: Ipv4; readonly vxlan: Ipv4 };
  readonly vxlanMac: Mac;
  readonly labels: Readonly<Record<string, string>>;
  /** Null: the cluster's. */
  readonly asNumber: number | null;
  /** '' for a node that is no route reflector. */
  readonly routeReflectorClusterId: string;
}

export function hostOf({ metadata, spec }: Node): HostInfo {
  const { bgp } = spec;
  const own = ownAddress(spec);
  return {
    name: metadata.name,
    address: own?.address ?? ANY,
    length: own?.length ?? 32,
    known: own !== null || !!bgp?.ipv6Address || hasIpv6(spec),
    speaksBgp: parsePrefix(bgp?.ipv4Address ?? '') !== null,
    others: otherAddresses(spec, own?.address ?? ANY),
    tunnel: {
      ipip: parseIpv4(bgp?.ipv4IPIPTunnelAddr ?? '') ?? ANY,
      vxlan: parseIpv4(spec.ipv4VXLANTunnelAddr ?? '') ?? ANY,
    },
    vxlanMac: parseMac(spec.vxlanTunnelMACAddr ?? '') ?? vxlanMac(metadata.name),
    labels: metadata.labels,
    asNumber: asNumber(bgp?.asNumber),
    routeReflectorClusterId: bgp?.routeReflectorClusterID ?? '',
  };
}

/** BGP's; the list of addresses counts only where there is no BGP address of either family. */
function ownAddress({ bgp, addresses = [] }: NodeSpec): Prefix | null {
  if (bgp?.ipv4Address || bgp?.ipv6Address) return parsePrefix(bgp.ipv4Address ?? '');
  return firstOf(addresses, 'InternalIP') ?? firstOf(addresses, 'ExternalIP');
}

const firstOf = (addresses: readonly NodeAddress[], type: NodeAddress['type']): Prefix | null =>
  parsePrefixes(addresses.filter((each) => each.type === type).map(({ address }) => address))[0] ?? null;

const hasIpv6 = ({ addresses = [] }: NodeSpec): boolean =>
  addresses.some(
    ({ address, type }) =>
      (type === 'InternalIP' || type === 'ExternalIP') &&
      /^[\da-f:.]+(\/\d+)?$/i.test(address) &&
      address.includes(':'),
  );

function otherAddresses({ addresses = [] }: NodeSpec, own: Ipv4): Ipv4[] {
  const all = new Set(parsePrefixes(addresses.map(({ address }) => address)).map(({ address }) => address));
  return [...all].filter((address) => address !== own && address !== ANY);
}

/** Whether `remote` lies in the subnet of `local`: the remote's own mask does not count (nodeInOurSubnet). */
export const inSubnetOf = (local: HostInfo, remote: HostInfo): boolean =>
  local.address !== ANY && remote.address !== ANY && inPrefix(remote.address, local.address, local.length);

/** Felix's VTEP wants BGP's own address: one from the list makes none (felix/calc/vxlan_resolver.go). */
export const vtepOf = ({ name, speaksBgp, address, tunnel, vxlanMac: mac }: HostInfo): Vtep | null =>
  !speaksBgp || tunnel.vxlan === ANY ? null : { node: name, mac, address: tunnel.vxlan, parent: address };
