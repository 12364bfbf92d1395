// Which tunnel device a packet is for (ip_tunnel_lookup and vxlan_vs_find_vni).
import { ANY, type Ipv4 } from '../addr/ipv4.ts';
import type { Device } from '../netns/device.ts';
import type { Namespace } from '../netns/namespace.ts';

/**
 * How well a device's addresses fit a packet from `remote` to `local`: both, the remote only, the local only, none
 * given; -1 if they do not.
 */
function rank(device: Device, remote: Ipv4, local: Ipv4): number {
  const tunnel = device.tunnel!;
  const fitsLocal = tunnel.local === ANY || tunnel.local === local;
  const fitsRemote = tunnel.remote === ANY || tunnel.remote === remote;
  if (!fitsLocal || !fitsRemote) return -1;
  return (tunnel.remote !== ANY ? 4 : 0) + (tunnel.local !== ANY ? 2 : 0);
}

/** A device on the underlay device that the packet came in by wins over any other. */
const LINK_MATCH = 8;

/** The IPIP device that takes a packet that `remote` sent to `local`, received by the device `inputIndex`; null for none. */
export function ipipDeviceFor(
  namespace: Namespace,
  remote: Ipv4,
  local: Ipv4,
  inputIndex: number,
): Device | null {
  let best: Device | null = null;
  let bestRank = -1;
  for (const device of namespace.ipipDevices) {
    const tunnel = device.tunnel!;
    if (!device.up || tunnel.fallback) continue;
    const fit = rank(device, remote, local);
    if (fit < 0) continue;
    const ranked = fit + (tunnel.link === inputIndex ? LINK_MATCH : 0);
    if (ranked > bestRank) {
      best = device;
      bestRank = ranked;
    }
  }
  return best ?? fallback(namespace);
}

function fallback(namespace: Namespace): Device | null {
  for (const device of namespace.ipipDevices) if (device.tunnel!.fallback && device.up) return device;
  return null;
}

/**
 * The socket of a VXLAN device is bound to the VRF of its underlying device; without one it hears of VRFs only where
 * udp_l3mdev_accept is on (vxlan_socket_create, compute_score).
 */
function listensIn(device: Device, vrf: Device | null): boolean {
  const { boundTo } = device.vxlan!;
  if (boundTo !== null) return boundTo === vrf;
  return vrf === null || device.underlay.conf.udp_l3mdev_accept !== 0;
}

/** The VXLAN device of a port and VNI for what came in by `vrf`, null for none of them; null if there is none. */
export function vxlanDeviceFor(
  namespace: Namespace,
  port: number,
  vni: number,
  vrf: Device | null,
): Device | null {
  for (const device of namespace.vxlanDevices) {
    const { port: own, vni: network } = device.vxlan!;
    if (device.up && own === port && network === vni && listensIn(device, vrf)) return device;
  }
  return null;
}

/** True if some VXLAN device that is up listens on the port, for what came in by `vrf`. */
export function isVxlanPort(namespace: Namespace, port: number, vrf: Device | null): boolean {
  for (const device of namespace.vxlanDevices)
    if (device.up && device.vxlan!.port === port && listensIn(device, vrf)) return true;
  return false;
}
