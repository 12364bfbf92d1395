// What an IPIP tunnel does with ICMP errors about its outer packets: it cannot know whose inner packet was quoted, so
// it counts them and tells the next senders (ipip_err and ip_tunnel_xmit; RFC 2003 section 4).
import { ANY } from '../addr/ipv4.ts';
import type { Device } from '../netns/device.ts';
import type { Packet } from '../packet/packet.ts';
import { SECOND } from '../time/clock.ts';
import { IcmpType, UnreachableCode } from '../wire/icmp.ts';
import { sendIcmpError } from './icmp-error.ts';
import { failPath } from './route.ts';

/** How long an error about the outer packets is remembered (IPTUNNEL_ERR_TIMEO). */
const ERROR_LIFETIME = 30 * SECOND;

/**
 * The underlay refused earlier packets of this tunnel, and each refusal is told to one later sender: host unreachable,
 * though the packet goes out all the same (dst_link_failure).
 */
export function reportEarlierError(device: Device, packet: Packet): void {
  if (device.namespace.kernel.clock.now >= device.tunnelErrorAt + ERROR_LIFETIME) {
    device.tunnelErrors = 0;
    return;
  }
  device.tunnelErrors--;
  sendIcmpError(device.namespace, packet, 0, IcmpType.UNREACHABLE, UnreachableCode.HOST, 0, null);
  failPath(device.namespace, packet);
}

/** An ICMP error about an outer packet: a tunnel with a fixed remote remembers it (ipip_err). */
export function rememberTunnelError(device: Device, type: number): void {
  const tunnel = device.tunnel!;
  const { now } = device.namespace.kernel.clock;
  if (tunnel.remote === ANY || (tunnel.ttl === 0 && type === IcmpType.TIME_EXCEEDED)) return;
  device.tunnelErrors = now < device.tunnelErrorAt + ERROR_LIFETIME ? device.tunnelErrors + 1 : 1;
  device.tunnelErrorAt = now;
}
