// Where the headers of a frame are: through the tunnels in it to the packet that somebody sent.
import type { Ipv4 } from '../addr/ipv4.ts';
import * as arp from '../wire/arp.ts';
import { ETHERNET_HEADER, EtherType, etherType } from '../wire/ethernet.ts';
import * as ip from '../wire/ipv4.ts';
import * as udp from '../wire/udp.ts';
import * as vxlan from '../wire/vxlan.ts';

/** Tunnels within tunnels that are followed. */
const DEPTH_LIMIT = 4;

/** One layer of encapsulation. */
export interface TunnelHeader {
  readonly kind: 'ipip' | 'vxlan';
  /** Offset of the outer IPv4 header. */
  readonly at: number;
  /** VXLAN only, else 0. */
  readonly vni: number;
}

/** What a frame holds. Offsets are into the frame; every IPv4 header named here is whole (see `isIpv4`). */
export interface Dissection {
  /** Outermost first. */
  readonly tunnels: readonly TunnelHeader[];
  /** Offset of the innermost Ethernet header, -1 for none. */
  readonly link: number;
  /** EtherType of what the innermost network header is; 0 for a packet that is none (malformed, 802.3). */
  readonly etherType: number;
  /** Offset of the innermost network header. */
  readonly network: number;
  /** Where that packet ends by its own length; the end of the frame for what is not IPv4. */
  readonly end: number;
}

/** An address and whether its tunnels are to be followed. */
export type Follows = (source: Ipv4, destination: Ipv4) => boolean;
export type IsVxlanPort = (port: number) => boolean;

/** A header that is whole, with as many bytes behind it as it says. */
export function isIpv4(view: DataView, at: number, end: number): boolean {
  if (end - at < ip.IPV4_HEADER || ip.version(view, at) !== 4) return false;
  const header = ip.headerLength(view, at);
  const total = ip.totalLength(view, at);
  return header >= ip.IPV4_HEADER && total >= header && at + total <= end;
}

/** A message of 28 bytes about IPv4 over Ethernet. */
export const isArp = (view: DataView, at: number, end: number): boolean =>
  end - at >= arp.ARP_LENGTH && arp.isIpv4OverEthernet(view, at);

/**
 * Follows the tunnels from the start of the frame. `linkLength` is 14 for an Ethernet frame, 0 for a bare packet;
 * only encapsulations for whose outer addresses `follows` says yes are opened.
 */
export function dissect(
  view: DataView,
  linkLength: number,
  follows: Follows,
  isVxlanPort: IsVxlanPort,
): Dissection {
  const tunnels: TunnelHeader[] = [];
  let end = view.byteLength;
  let link = linkLength === 0 ? -1 : 0;
  let network = linkLength;
  let type: number = link < 0 ? EtherType.IPV4 : end < ETHERNET_HEADER ? 0 : etherType(view, 0);
  for (;;) {
    if (type === EtherType.ARP) return { tunnels, link, etherType: type, network, end };
    if (type !== EtherType.IPV4) return { tunnels, link, etherType: type, network, end };
    if (!isIpv4(view, network, end)) return { tunnels, link, etherType: 0, network, end };
    end = network + ip.totalLength(view, network);
    const inside = tunnels.length < DEPTH_LIMIT ? open(view, network, end, follows, isVxlanPort) : null;
    if (inside === null) return { tunnels, link, etherType: type, network, end };
    tunnels.push(inside.tunnel);
    link = inside.link;
    network = inside.network;
    type = inside.etherType;
  }
}

interface Inside {
  tunnel: TunnelHeader;
  link: number;
  network: number;
  etherType: number;
}

/** What the IPv4 packet at `at` carries, if it is a tunnel's. */
function open(
  view: DataView,
  at: number,
  end: number,
  follows: Follows,
  isVxlanPort: IsVxlanPort,
): Inside | null {
  if (ip.isFragment(view, at) || !follows(ip.source(view, at), ip.destination(view, at))) return null;
  const inner = at + ip.headerLength(view, at);
  if (ip.protocol(view, at) === ip.IpProtocol.IPIP) {
    if (!isIpv4(view, inner, end)) return null;
    return { tunnel: { kind: 'ipip', at, vni: 0 }, link: -1, network: inner, etherType: EtherType.IPV4 };
  }
  if (ip.protocol(view, at) !== ip.IpProtocol.UDP) return null;
  return openVxlan(view, at, inner, end, isVxlanPort);
}

function openVxlan(
  view: DataView,
  at: number,
  udpAt: number,
  end: number,
  isVxlanPort: IsVxlanPort,
): Inside | null {
  const header = udpAt + udp.UDP_HEADER;
  const link = header + vxlan.VXLAN_HEADER;
  if (link + ETHERNET_HEADER > end || !isVxlanPort(udp.destinationPort(view, udpAt))) return null;
  if (vxlan.flags(view, header) !== vxlan.VXLAN_FLAG_VNI) return null;
  const tunnel: TunnelHeader = { kind: 'vxlan', at, vni: vxlan.vni(view, header) };
  return { tunnel, link, network: link + ETHERNET_HEADER, etherType: etherType(view, link) };
}
