// The MTUs of a node's tunnels and pods, from those of its links (findHostMTU, ConfigureDefaultMTUs and determinePodMTU
// in felix/dataplane/linux/int_dataplane.go). IPv4 only.
import type { FelixConfig } from './config.ts';
import type { Encapsulation } from './encapsulation.ts';

const IPIP_OVERHEAD = 20;
const VXLAN_OVERHEAD = 50;
/** When no link matches: the smallest among the common clouds. */
const FALLBACK = 1460;

export interface MtuLink {
  readonly name: string;
  readonly mtu: number;
  readonly operUp: boolean;
}

/** The smallest MTU of the links that are up and lead out of the host. */
export function hostMtu(links: Iterable<MtuLink>, pattern: RegExp): number {
  let smallest = 0;
  for (const { name, mtu, operUp } of links)
    if (operUp && pattern.test(name) && (mtu < smallest || smallest === 0)) smallest = mtu;
  return smallest || FALLBACK;
}

export interface TunnelMtus {
  readonly ipip: number;
  readonly vxlan: number;
}

/** Also of tunnels that are off; a configured MTU counts even if the host's is smaller. */
export const tunnelMtus = (host: number, { ipipMtu, vxlanMtu }: FelixConfig): TunnelMtus => ({
  ipip: ipipMtu > 0 ? ipipMtu : host - IPIP_OVERHEAD,
  vxlan: vxlanMtu > 0 ? vxlanMtu : host - VXLAN_OVERHEAD,
});

/** What Felix writes into /var/lib/calico/mtu for the CNI plugin. */
export function podMtu(host: number, tunnels: TunnelMtus, { ipip, vxlan }: Encapsulation): number {
  const enabled = [...(ipip ? [tunnels.ipip] : []), ...(vxlan ? [tunnels.vxlan] : [])];
  return enabled.length === 0 ? host : Math.min(...enabled);
}
