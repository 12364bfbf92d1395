// The steps that ask for lengths: the MTU of the way out, and what a tunnel adds.
import { ANY, formatIpv4 } from '../addr/ipv4.ts';
import { type Device, Kind } from '../netns/device.ts';
import type { PacketRoute } from '../netns/kernel.ts';
import type { Packet } from '../packet/packet.ts';
import * as ip from '../wire/ipv4.ts';
import * as udp from '../wire/udp.ts';
import * as vxlan from '../wire/vxlan.ts';
import { routeLine } from './route-step.ts';
import type { EncapsulateStep, MtuStep } from './trace-types.ts';

/** The packet's network header is the one that is asked for its length. */
export function mtuStep(packet: Packet, device: Device, mtu: number): MtuStep {
  const { view, network, tail } = packet;
  const size = tail - network;
  const df = (ip.fragment(view, network) & ip.DF) !== 0;
  const refused = df && (!packet.ignoreDf || packet.fragMaxSize > mtu);
  const verdict = size <= mtu ? 'fits' : refused ? 'too big' : 'fragmented';
  return { kind: 'mtu', times: 1, device: device.name, size, mtu, df, verdict, pieces: 0 };
}

/** Who chose the outer source address (ip_route_output_key). */
function sourceFrom(device: Device, { route, device: out }: PacketRoute): string {
  const local = device.tunnel?.local ?? device.vxlan?.local ?? ANY;
  if (local !== ANY) return `local of ${device.name}`;
  if (route !== null && route.prefsrc !== 0) return `preferred source of route ${routeLine(route)}`;
  return `address of ${out.name}, by route ${route === null ? '' : routeLine(route)}`;
}

/** The packet's head is the outer IPv4 header. */
export function encapsulateStep(
  packet: Packet,
  device: Device,
  bytes: number,
  route: PacketRoute,
): EncapsulateStep {
  const { view, head } = packet;
  const isVxlan = device.kind === Kind.VXLAN;
  const udpAt = head + ip.IPV4_HEADER;
  return {
    kind: 'encapsulate',
    times: 1,
    device: device.name,
    mode: isVxlan ? 'vxlan' : 'ipip',
    bytes,
    length: packet.length,
    source: formatIpv4(ip.source(view, head)),
    destination: formatIpv4(ip.destination(view, head)),
    sourceFrom: sourceFrom(device, route),
    ttl: ip.ttl(view, head),
    df: (ip.fragment(view, head) & ip.DF) !== 0,
    vni: isVxlan ? vxlan.vni(view, udpAt + udp.UDP_HEADER) : 0,
    port: isVxlan ? udp.destinationPort(view, udpAt) : 0,
  };
}
